"""Watches a folder for new articles and adds each to the store as soon as its file is complete."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from timeline import pipeline
from timeline.articles import DEFAULT_LIMITS, ArticleError, Rejected
from timeline.articles.isolated import read_isolated
from timeline.model import Article
from timeline.scale.pieces import Unit, articles_of
from timeline.store import Added, Store

_LINES = (".jsonl", ".ndjson")


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of an article: what the store did, or why it could not be read."""

    name: str
    added: Added | None
    reason: str | None = None


@dataclass(slots=True)
class _File:
    """What is known of a file: its state when it was last looked at, and how much has been read of it."""

    size: int
    changed: int
    read: tuple[int, int] | None = None
    lines_read: int = 0


@dataclass(slots=True)
class Watch:
    """A folder that is looked at again and again.

    A file is read once it has not changed between two looks, so that nobody's half-copied file is read. Of
    JSON Lines that grow, only what is new is read, up to the last whole line. What the store knows already
    from an earlier watch is not read again, unless the file has changed since.
    """

    folder: Path
    store: Store
    who: str | None = None
    _files: dict[Path, _File] = field(default_factory=dict)

    def look(self) -> Iterator[Seen]:
        """Reads what is complete and new since the last look, in the order of the names.

        Raises:
            OSError: the folder cannot be listed.
            StoreError: the store cannot be written.
        """
        for path in sorted(_files_below(self.folder)):
            try:
                state = path.stat()
            except OSError:
                continue  # gone between listing and looking
            now = (state.st_size, state.st_mtime_ns)
            known = self._files.get(path)
            if known is None:
                done = now if self._known_to_store(path, state.st_mtime) else None
                self._files[path] = _File(*now, read=done, lines_read=state.st_size if done else 0)
            elif (known.size, known.changed) != now:
                known.size, known.changed = now
            elif known.read != now and known.size:
                yield from self._read(path, known)
                known.read = now

    def _known_to_store(self, path: Path, changed: float) -> bool:
        added = self.store.source_added(str(path))
        return added is not None and datetime.fromisoformat(added) > datetime.fromtimestamp(changed, UTC)

    def _read(self, path: Path, known: _File) -> Iterator[Seen]:
        try:
            for item in self._items(path, known):
                yield self._add(item, str(path))
        except (OSError, ArticleError) as error:
            yield Seen(str(path), None, str(error))

    def _items(self, path: Path, known: _File) -> Iterator[Article | Rejected]:
        if path.suffix.lower() in _LINES:
            start = known.lines_read if known.lines_read <= known.size else 0
            stop = _last_line_end(path, known.size)
            known.lines_read = stop
            if start < stop:
                yield from articles_of(Unit(str(path), "lines", start, stop, stop - start, ""))
            return
        limit = DEFAULT_LIMITS.max_archive
        if known.size > limit:
            raise ArticleError("too_large", name=str(path), size=known.size, limit=limit)
        yield from read_isolated(str(path), path.read_bytes())

    def _add(self, item: Article | Rejected, name: str) -> Seen:
        if isinstance(item, Rejected):
            return Seen(item.source, None, str(item.error))
        try:
            return Seen(item.source or name, pipeline.add(self.store, item, who=self.who))
        except ValueError as error:  # among them what the store refuses: this article's fault alone
            return Seen(item.source or name, None, str(error))


def _files_below(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if not hidden and path.is_file():
            yield path


def _last_line_end(path: Path, size: int) -> int:
    """Where the last whole line ends: a line that is still being written has no end yet."""
    with path.open("rb") as file:
        at = size
        while at > 0:
            start = max(0, at - 65_536)
            file.seek(start)
            found = file.read(at - start).rfind(b"\n")
            if found >= 0:
                return start + found + 1
            at = start
    return 0

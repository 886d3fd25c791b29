"""Reading articles beside the page: a thread per upload, its results one by one, and a way to stop it.

The page stays usable while articles are read. An article is stored in one transaction as soon as it is
read, so stopping loses nothing that is done.
"""

import logging
import os
import threading
from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from timeline.articles import ArticleError, Rejected, read_articles
from timeline.articles.formats import format_of
from timeline.articles.isolated import read_isolated
from timeline.articles.tables import BETWEEN
from timeline.model import Article
from timeline.store import Store
from timeline.store.values import Outcome

if TYPE_CHECKING:
    from timeline.articles.fetching import Fetcher

Given = tuple[str, bytes | None]
"""The name of a file and its bytes, or a web address and None: its bytes are fetched when it is its turn."""

Columns = tuple[str, ...]
"""The names of the columns of a table, as they stand in it."""

_PLAIN = ("text", "markdown")
_LOG = logging.getLogger(__name__)

SAMPLES = Path(__file__).parents[2] / "assets" / "samples"
"""The sample articles, where the program is run from its folder."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one article. ``error`` is set where it was refused, ``failure`` where reading broke."""

    name: str
    title: str | None = None
    article: str | None = None
    outcome: Outcome | None = None
    meetings: int = 0
    undated: bool = False
    error: ArticleError | None = None
    failure: str | None = None

    @property
    def read(self) -> bool:
        """Whether the article is in the store now."""
        return self.outcome is not None


@dataclass(slots=True)
class Job:
    """Files being read. Written by its thread, looked at by the page; ``results`` only ever grows.

    ``columns`` names the columns of a table by field; ``known`` does for tables that have just these columns
    what was said of such a table before. ``unmapped`` keeps tables whose columns nobody has
    named yet: name, bytes, and the columns that are there.
    """

    store: Store
    files: list[Given]
    published: str | None
    who: str
    sample: bool = False
    columns: Mapping[str, str] | None = None
    known: Mapping[Columns, Mapping[str, str]] = field(default_factory=dict)
    unmapped: list[tuple[str, bytes | None, Columns]] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    done: int = 0
    now: str | None = None
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _fetcher: "Fetcher | None" = None

    def start(self) -> "Job":
        """Begins to read; returns at once."""
        self._thread = threading.Thread(target=self._run, name="reading", daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Asks to stop after the article that is being read."""
        self._stop.set()

    def wait(self, seconds: float | None = None) -> None:
        """Blocks until all is read, at most ``seconds``."""
        if self._thread is not None:
            self._thread.join(seconds)

    @property
    def running(self) -> bool:
        """Whether it still reads."""
        return self._thread is not None and self._thread.is_alive()

    @property
    def stopped(self) -> bool:
        """Whether it was stopped before the end."""
        return self._stop.is_set() and self.done < len(self.files)

    def _run(self) -> None:
        while self.files[self.done :] and not self._stop.is_set():
            name, data = self.files[self.done]
            self.now = name
            # Closing ends the reading process too, where one reads.
            with closing(self._mapped(name, data)) as articles:
                for found in articles:
                    if self._stop.is_set():
                        break
                    self.results.append(self._read(name, found))
                    if isinstance(found, Rejected) and found.error.code == "columns":
                        self.unmapped.append((name, data, columns_of(found)))
            # An upload sits in memory until it is read, and no longer.
            self.files[self.done] = (name, b"")
            self.done += 1
        self.now = None

    def _mapped(self, name: str, data: bytes | None) -> Generator[Article | Rejected, None, None]:
        """As :meth:`_articles`; a table whose columns somebody has named before is read by those names."""
        for found in self._articles(name, data, self.columns):
            known = self.known.get(columns_of(found)) if isinstance(found, Rejected) else None
            if known is None or self.columns is not None:
                yield found
                continue
            for again in self._articles(name, data, known):
                # Of an archive only the table itself: the rest comes by itself.
                if (again.source or "").startswith(found.source or name):
                    yield again

    def _articles(
        self, name: str, data: bytes | None, columns: Mapping[str, str] | None
    ) -> Generator[Article | Rejected, None, None]:
        """What a file holds; all but plain text is parsed in another process: parsers can hang or die."""
        if data is None:
            from timeline.articles.fetching import Fetcher, fetched_articles

            # One for all addresses: it keeps a polite distance between two pages of a site.
            self._fetcher = self._fetcher or Fetcher()
            yield from fetched_articles(name, self._fetcher, columns=columns)
        elif format_of(name, data) in _PLAIN:
            yield from read_articles(name, data)
        else:
            yield from read_isolated(name, data, columns=columns)

    def _read(self, name: str, found: Article | Rejected) -> Result:
        from timeline.pipeline import add

        if isinstance(found, Rejected):
            return Result(found.source, error=found.error)
        shown = found.source or name
        try:
            added = add(self.store, found, if_undated=self.published, who=self.who, sample=self.sample)
            undated = self.store.need_article(added.article_id).row.reference.value is None
        except Exception as error:  # one article must never cost the others
            _LOG.exception("reading %s failed", shown)
            return Result(shown, failure=type(error).__name__)
        return Result(shown, found.title, added.article_id, added.outcome, added.claims, undated=undated)


def columns_of(found: Rejected) -> Columns:
    """The columns of a table of which nobody knows which is the text; none for other reasons."""
    if found.error.code != "columns":
        return ()
    return tuple(str(found.error.params.get("names", "")).split(BETWEEN))


def pasted(text: str) -> list[Given]:
    """A pasted text as a file, so that it takes the same way as an upload."""
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return [((first[:60] or "text") + ".txt", text.encode())]


def sample_files() -> list[Given]:
    """The sample articles that come with the program; none where only the library is installed."""
    if not SAMPLES.is_dir():
        return []
    return [(f"samples/{path.name}", path.read_bytes()) for path in sorted(SAMPLES.glob("*.txt"))]


def wants_samples(store: Store) -> bool:
    """Whether this is a first start: nothing is or was ever in the store, and nobody forbade samples."""
    if os.environ.get("TIMELINE_SAMPLES", "1") == "0":
        return False
    return not store.articles(limit=1) and not store.deleted_articles(limit=1)

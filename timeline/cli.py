"""The command line: ``dates``, ``extract``, ``explain``, ``add``, ``export``, ``projects``.

Standard output carries one JSON object per article (``dates``, ``extract``) and nothing else. What cannot
be read costs one line on standard error that names the file or line and the reason; the rest goes on, and
the exit status is 1 at the end. Modules are imported by the command that needs them.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from timeline import __version__, administration, pipeline
from timeline.language import LanguageError
from timeline.model import Article, Meeting, ReferenceDate, Timex
from timeline.scale.commands import add_commands

if TYPE_CHECKING:
    from timeline.articles.fetching import Fetcher
    from timeline.store import Store

_TABLES_HELD = (50_000, 20, 100)
"""How often Python looks for garbage (see :func:`gc.set_threshold`). The tables are many small things that
stay; to look through them again and again while they are read is a part of the start for nothing."""
_LONGEST_LINE = 150_000_000
"""Bytes of one line of JSON: an article of the greatest length, every character escaped."""
_OUTCOMES = {
    "added": "added", "same": "already there", "updated": "read again", "restored": "restored",
    "reprint": "a reprint of an article that is there",
}  # fmt: skip
_FORMATS = ("csv", "json", "parquet", "ics", "timelinejs", "html")


@dataclass(frozen=True, slots=True)
class _Input:
    """One article to read: what to call it, its text, and the date that the caller gave for it."""

    doc: str | int
    article: Article
    published: str | None


@dataclass(frozen=True, slots=True)
class _Fault:
    """A file or line that cannot be read, and why."""

    name: str
    reason: str


class _RecordError(ValueError):
    """A line of input that is JSON but not an article."""


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line; returns the exit status.

    0: all was read; 1: something could not be; 2: wrong use; 3: a table of the program itself is wrong.
    """
    gc.set_threshold(*_TABLES_HELD)
    options = _parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        return int(options.run(options))
    except BrokenPipeError:
        # The reader of the output has left (``| head``); Python would complain again on closing.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except LanguageError as error:
        _complain(_Fault("language tables", f"a table of the program is wrong: {error}"))
        return 3
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m timeline", description="German news to a timeline of diplomacy."
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(run=run)
        return sub

    for name, run, text in (
        ("dates", _dates, "Find the dates of articles; one JSON object per article."),
        ("extract", _extract, "Find the meetings of articles; one JSON object per article."),
        ("explain", _explain, "Show for each meeting its sentence, marked, and the reasons."),
    ):
        sub = command(name, run, text)
        sub.add_argument("files", nargs="*", metavar="FILE", help="articles (text, Markdown, HTML, ...)")
        sub.add_argument("--published", type=_day, metavar="YYYY-MM-DD", help="the day they appeared")
        if name != "explain":
            sub.add_argument(
                "--jsonl", action="store_true",
                help='read lines {"doc", "text", "published"} from standard input, or from the FILEs',
            )  # fmt: skip
    sub = command("add", _add, "Read articles and put them into the store; the same again changes nothing.")
    sub.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help="articles, folders of them, or web addresses (where fetching is on)",
    )
    sub.add_argument("--published", type=_day, metavar="YYYY-MM-DD", help="the day they appeared")
    sub.add_argument("--jsonl", action="store_true", help='the FILEs hold lines {"doc", "text", "published"}')
    _store_option(sub)
    sub = command("export", _export, "Write the stored meetings to standard output.")
    sub.add_argument("--format", choices=_FORMATS, required=True)
    sub.add_argument("--filter", default="", metavar="PARAMETERS", help="as in the page's address")
    _store_option(sub)
    sub = command("projects", _projects, "List projects; make and close them, give and take roles in them.")
    _database_option(sub)
    administration.add_arguments(sub)
    add_commands(command, _store_option)
    return parser


def _store_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--project", default="main", metavar="NAME", help="its name or id, not the first one")
    _database_option(parser)


def _database_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--database", metavar="URL", help="instead of TIMELINE_DATABASE_URL or the file in the data folder"
    )


def _day(value: str) -> str:
    from datetime import date

    try:
        return date.fromisoformat(value).isoformat()
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"not a day (YYYY-MM-DD): {value!r}") from error


# Inputs


def _inputs(options: argparse.Namespace) -> Iterator[_Input | _Fault]:
    """The articles that the arguments name, in order."""
    jsonl = getattr(options, "jsonl", False)
    if not options.files:
        if not jsonl:
            yield _Fault("arguments", "name at least one FILE, or give --jsonl and lines on standard input")
            return
        yield from _lines("line ", sys.stdin.buffer, options.published)
    fetchers: list[Fetcher] = []
    for name in options.files:
        if options.run is _add and not jsonl and name.startswith(("http://", "https://")):
            yield from _fetched(name, options.published, fetchers)
            continue
        path = Path(name)
        try:
            paths = _files_below(path) if path.is_dir() else [path]
            for each in paths:
                if jsonl:
                    with each.open("rb") as file:
                        yield from _lines(f"{each}, line ", file, options.published)
                else:
                    yield from _articles(each, options.published, isolated=hasattr(options, "database"))
        except OSError as error:
            yield _Fault(error.filename or name, error.strerror or str(error))


def _files_below(folder: Path) -> list[Path]:
    """The files of a folder and its folders in a fixed order, without hidden ones and the parts of pages."""
    from timeline.articles.litter import is_litter, pages_of

    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    pages = pages_of(found)
    hidden = (name for name in found if any(part.startswith(".") for part in name.split("/")))
    litter = {*hidden, *(name for name in found if is_litter(name, pages))}
    return sorted(path for name, path in found.items() if name not in litter)


def _articles(path: Path, published: str | None, *, isolated: bool) -> Iterator[_Input | _Fault]:
    """The articles of a file; ``isolated`` reads it in a process that may hang or die alone."""
    from timeline.articles import ArticleError, Rejected, read_articles

    try:
        read = read_articles
        if isolated:
            from timeline.articles.isolated import read_isolated

            read = read_isolated
        for item in read(str(path), _bytes_of(path)):
            if isinstance(item, Rejected):
                yield _Fault(item.source, str(item.error))
            else:
                yield _Input(item.source or str(path), item, published)
    except ArticleError as error:
        yield _Fault(str(path), str(error))


def _fetched(address: str, published: str | None, fetchers: list[Fetcher]) -> Iterator[_Input | _Fault]:
    """The articles of a web address; ``fetchers`` keeps the one that all addresses of a call share."""
    from timeline.articles import Rejected
    from timeline.articles.fetching import Fetcher, fetched_articles

    if not fetchers:
        fetchers.append(Fetcher())
    for item in fetched_articles(address, fetchers[0]):
        if isinstance(item, Rejected):
            yield _Fault(item.source, str(item.error))
        else:
            yield _Input(item.source or address, item, published)


def _bytes_of(path: Path) -> bytes:
    """The content of a file or pipe, which is not read beyond the limit.

    Raises:
        ArticleError: it is larger than an archive may be.
        OSError: it cannot be read.
    """
    from timeline.articles import DEFAULT_LIMITS, ArticleError

    limit = DEFAULT_LIMITS.max_archive
    size = path.stat().st_size
    data = b""
    if size <= limit:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    if max(size, len(data)) > limit:
        raise ArticleError("too_large", name=str(path), size=max(size, len(data)), limit=limit)
    return data


def _lines(prefix: str, file: BinaryIO, published: str | None) -> Iterator[_Input | _Fault]:
    """The articles of JSON Lines. Blank lines are skipped; a line beyond the limit is not kept in memory."""
    for number in count(1):
        line = file.readline(_LONGEST_LINE)
        if not line:
            return
        if len(line) == _LONGEST_LINE and not line.endswith(b"\n"):
            while line and not line.endswith(b"\n"):
                line = file.readline(_LONGEST_LINE)
            yield _Fault(f"{prefix}{number}", f"longer than {_LONGEST_LINE:,} bytes; split it")
        elif line.strip():
            try:
                yield _record(json.loads(line.decode("utf-8-sig")), published)
            except (ValueError, RecursionError) as error:
                yield _Fault(f"{prefix}{number}", _reason(error))


_PUBLISHED = ("published", "dct", "reference_date")
"""Names of the day of publication in a line, the first that is there: ours, TimeML's, and that of what the
commands write, so that output can be read again."""


def _record(record: object, published: str | None) -> _Input:
    """One line of input as an article; its text stays as it is, so that offsets count its characters."""
    from timeline.articles import article_from_text

    if not isinstance(record, dict):
        raise _RecordError("not a JSON object")
    doc, text = record.get("doc"), record.get("text")
    if not isinstance(doc, (str, int)) or isinstance(doc, bool):
        raise _RecordError('"doc" is missing or is neither a string nor a whole number')
    if not isinstance(text, str):
        raise _RecordError('"text" is missing or is not a string')
    key = next((key for key in _PUBLISHED if record.get(key) is not None), _PUBLISHED[0])
    own = record.get(key)
    if own is not None:
        if not isinstance(own, str):
            raise _RecordError(f'"{key}" is not a string YYYY-MM-DD')
        try:
            own = _day(own)
        except argparse.ArgumentTypeError as error:
            raise _RecordError(f'"{key}" is {error}') from error
    given = own or published
    title, url, outlet = (value if isinstance(value := record.get(key), str) else None
                          for key in ("title", "url", "outlet"))  # fmt: skip
    article = article_from_text(text, published=given, source=str(doc), title=title, url=url, outlet=outlet)
    return _Input(doc, article, given)


def _reason(error: BaseException) -> str:
    """An error as one line."""
    text = " ".join(str(error).split())
    if isinstance(error, json.JSONDecodeError):
        return f"not JSON ({text})"
    if isinstance(error, UnicodeDecodeError):
        return "not UTF-8"
    if isinstance(error, ValueError):
        return text
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _complain(fault: _Fault) -> None:
    name = " ".join(fault.name.split())
    reason = fault.reason if name in fault.reason else f"{name}: {fault.reason}"
    print(f"timeline: {' '.join(reason.split())}", file=sys.stderr, flush=True)


def _each(options: argparse.Namespace, work: Callable[[_Input], None]) -> int:
    """Does ``work`` for every article; one that fails costs a line on standard error, not the run."""
    status = 0
    for item in _inputs(options):
        fault = item if isinstance(item, _Fault) else None
        if isinstance(item, _Input):
            try:
                work(item)
            except (BrokenPipeError, LanguageError):  # a wrong table is wrong for every article
                raise
            except Exception as error:  # one article must not cost the others, whatever it met
                fault = _Fault(str(item.doc), _reason(error))
        if fault is not None:
            _complain(fault)
            status = 1
    return status


# Commands


def _dates(options: argparse.Namespace) -> int:
    def work(item: _Input) -> None:
        reference, timexes = pipeline.read_dates(item.article, item.published)
        _print_json(_head(item, reference) | {"timexes": [timex_record(timex) for timex in timexes]})

    return _each(options, work)


def _extract(options: argparse.Namespace) -> int:
    def work(item: _Input) -> None:
        reading = pipeline.read(item.article, item.published)
        rows = [meeting_record(meeting) for meeting in reading.meetings]
        _print_json(_head(item, reading.reference) | {"meetings": rows})

    return _each(options, work)


def _explain(options: argparse.Namespace) -> int:
    def work(item: _Input) -> None:
        print(f"{item.doc}\n{pipeline.explain(item.article, item.published)}", flush=True)

    return _each(options, work)


def _add(options: argparse.Namespace) -> int:
    store = _open_store(options)
    if store is None:
        return 1

    def work(item: _Input) -> None:
        added = pipeline.add(store, item.article, item.published, who=administration.operator())
        word = _OUTCOMES[added.outcome]
        print(f"{item.doc}: {word}, {added.claims} meetings", flush=True)

    with store:
        return _each(options, work)


def _export(options: argparse.Namespace) -> int:
    from urllib.parse import parse_qs

    from timeline.export import FORMATS, pack_of_store
    from timeline.query import Query

    store = _open_store(options)
    if store is None:
        return 1
    with store:
        query = Query.from_params(parse_qs(options.filter))
        if options.format == "html":
            settings = {
                "Programm": f"diplomatic-timeline {__version__}",
                "Filter": options.filter or "keiner",
            }
            data = pack_of_store(store, query, settings=settings)
        else:
            data = FORMATS[options.format](store.events(query))
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
    return 0


def _projects(options: argparse.Namespace) -> int:
    from timeline.store import Projects, StoreError

    try:
        with Projects.open(options.database) as projects:
            administration.run(options, projects)
    except StoreError as error:
        _complain(_Fault("projects", _reason(error)))
        return 1
    return 0


def _open_store(options: argparse.Namespace) -> Store | None:
    from timeline.store import Projects, StoreError

    try:
        projects = Projects.open(options.database)
        return projects.store(projects.named(options.project).id)
    except StoreError as error:
        _complain(_Fault("store", _reason(error)))
        return None


# Records


def _head(item: _Input, reference: ReferenceDate) -> dict[str, Any]:
    return {"doc": item.doc, "reference_date": reference.value, "reference_basis": reference.basis}


def timex_record(timex: Timex) -> dict[str, Any]:
    """A date expression as the ``dates`` command prints it."""
    return {
        "start": timex.start,
        "end": timex.end,
        "text": timex.text,
        "type": timex.type,
        "value": timex.value,
        "edtf": timex.edtf,
        "rule": timex.rule,
    }


def meeting_record(meeting: Meeting) -> dict[str, Any]:
    """A meeting as the ``extract`` command prints it: the fields of the event table."""
    return {
        "kind": meeting.kind,
        "participants": [
            {"name": actor.name, "type": actor.type, "country": actor.country}
            for actor in meeting.participants
        ],
        "place": meeting.place,
        "country": meeting.country,
        "expression": meeting.expression,
        "date": meeting.date,
        "status": meeting.status,
        "evidence": [{"start": e.start, "end": e.end, "text": e.text} for e in meeting.evidence],
    }


def _print_json(record: dict[str, Any]) -> None:
    line = json.dumps(record, ensure_ascii=False)
    try:
        line.encode()
    except UnicodeEncodeError:  # a lone surrogate, which only the escaped form can carry
        line = json.dumps(record)
    print(line, flush=True)

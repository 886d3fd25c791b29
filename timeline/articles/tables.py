"""Tables of articles to parts: JSON Lines, JSON and CSV, an article a row."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, Literal

from timeline.articles.errors import ArticleError, Rejected
from timeline.articles.markup import seen
from timeline.articles.parts import Columns, Opening, Part, Parts
from timeline.articles.plain import clean, decode, finish, first_line_title, metadata_date
from timeline.model import Article

FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "text": (
        "text", "volltext", "fulltext", "full_text", "articletext", "article_text", "artikeltext", "body",
        "content", "inhalt", "artikel", "article", "maintext", "main_text", "raw_text", "description",
        "beschreibung",
    ),
    "title": ("title", "titel", "headline", "überschrift", "ueberschrift", "schlagzeile", "heading"),
    "published": (
        "published", "published_at", "publication_date", "publishdate", "publish_date", "date_publish",
        "pubdate", "pub_date", "datepublished", "published_time", "published_date", "date", "datum",
        "erschienen", "erscheinungsdatum", "veröffentlicht", "veroeffentlicht", "publikationsdatum",
    ),
    "outlet": (
        "outlet", "medium", "quelle", "zeitung", "publisher", "newspaper", "source_name", "sitename", "site",
        "source", "source_domain", "agentur",
    ),
    "url": ("url", "link", "adresse", "webadresse", "uri", "source_url", "canonical_url"),
}  # fmt: skip
"""Usual names of columns by what they hold, the surest first; compared in lower case."""
_MOST_SHAPES: Final = 256
"""Sets of names whose columns are remembered; real files have a handful."""


BETWEEN: Final = "\x1f"
"""Parts the names of columns where an error tells them all (``names``): unlike a comma it is in none."""
_MOST_NAMES: Final = 500
_LONGEST_NAME: Final = 200


def json_rows(name: str, data: bytes, opening: Opening) -> Parts:
    """The articles of JSON Lines, of a JSON list of objects, or of one object; blank lines are passed over.

    A row that cannot be read is told with its line; a file of which no row has a text is told as a whole.

    Raises:
        ArticleError: ``columns``, ``empty``, ``binary``, ``too_many_entries``, ``damaged``.
    """
    text = decode(data, name=name)
    if text.lstrip().startswith("["):
        rows: Iterator[tuple[int, object]] = enumerate(_whole(name, text), 1)
        unit: Literal["line", "entry"] = "entry"
    elif "\n" in text.strip() and not _is_json(text.strip().split("\n", 1)[0]) and _is_json(text):
        rows, unit = iter([(1, json.loads(text))]), "entry"
    else:
        rows, unit = _lines(text), "line"
    yield from object_rows(name, rows, opening, unit=unit)


def object_rows(
    name: str, rows: Iterable[tuple[int, object]], opening: Opening, *, unit: Literal["line", "entry", "row"]
) -> Parts:
    """The articles of numbered objects of a table, whatever it was read from; ``unit`` is for their names.

    A row is a mapping from column to value, or the error that was met in its place.

    Raises:
        ArticleError: ``columns`` where no column of the first object holds the text, ``too_many_entries``.
    """
    by_names: dict[tuple[str, ...], dict[str, str]] = {}
    for number, row in rows:
        opening.account.entry(name)
        source = f"{name}, {unit} {number}"
        if isinstance(row, ValueError):
            yield _rejected(source, name, number, f"not JSON ({row})")
            continue
        if not isinstance(row, dict):
            yield _rejected(source, name, number, "not a JSON object")
            continue
        # Objects may leave out what they do not know, so that each has columns of its own.
        names = tuple(row)
        if names not in by_names:
            try:
                found = _columns(name, list(names), opening.columns)
            except ArticleError as error:
                if not by_names:
                    raise
                yield Rejected(source, error)
                continue
            if len(by_names) >= _MOST_SHAPES:
                del by_names[next(iter(by_names))]
            by_names[names] = found
        yield _row(row, by_names[names], name=name, source=source, number=number)


def _lines(text: str) -> Iterator[tuple[int, object]]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except RecursionError:
                yield number, ValueError("nested too deep")
            except ValueError as error:
                yield number, error


def _whole(name: str, text: str) -> list[object]:
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ArticleError("damaged", name=name, format="JSON", detail=str(error)[:200]) from error
    return rows if isinstance(rows, list) else [rows]


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def csv_rows(name: str, data: bytes, opening: Opening) -> Parts:
    """The articles of a table with a head line; separated by semicolon, comma, tab or bar, as the head shows.

    Raises:
        ArticleError: ``columns``, ``empty``, ``binary``, ``too_many_entries``.
    """
    text = decode(data, name=name)
    # The csv module's bound for a field is one number for the process; it is only ever raised here.
    csv.field_size_limit(max(csv.field_size_limit(), opening.account.limits.max_characters))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    head: list[str] | None = None
    found: dict[str, str] = {}
    first = 1
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise ArticleError("row", name=name, line=reader.line_num, detail=str(error)) from error
        number, first = first, reader.line_num + 1
        if not any(cell.strip() for cell in row):
            continue
        if head is None:
            head = [cell.strip() for cell in row]
            found = _columns(name, head, opening.columns)
            continue
        opening.account.entry(name)
        source = f"{name}, line {number}"
        if len(row) > len(head):
            yield _rejected(source, name, number, f"{len(row)} columns instead of {len(head)}")
            continue
        yield _row(dict(zip(head, row, strict=False)), found, name=name, source=source, number=number)


def _delimiter(text: str) -> str:
    head = text.lstrip().split("\n", 1)[0]
    unquoted = "".join(head.split('"')[::2])
    best = max(";,\t|", key=unquoted.count)
    # One column: what stands in its rows separates nothing. The unit separator of ASCII is in no text.
    return best if best in unquoted else "\x1f"


def _columns(name: str, names: list[str], given: Columns | None) -> dict[str, str]:
    """The column of the file for each field that has one.

    Raises:
        ArticleError: ``columns`` where none holds the text.
    """
    lower = {each.strip().lower(): each for each in reversed(names)}
    found = {
        field: lower[usual]
        for field, all_usual in FIELDS.items()
        for usual in reversed(all_usual)
        if usual in lower
    }
    for field, column in (given or {}).items():
        if column.strip().lower() in lower:
            found[field] = lower[column.strip().lower()]
    if "text" not in found:
        raise ArticleError(
            "columns", name=name,
            wanted=", ".join(FIELDS["text"][:9]), found=", ".join(names)[:300] or "none",
            names=BETWEEN.join(each[:_LONGEST_NAME] for each in names[:_MOST_NAMES]),
        )  # fmt: skip
    return found


def _row(
    row: Mapping[str, Any], found: dict[str, str], *, name: str, source: str, number: int
) -> Part | Rejected:
    fields = {}
    for field, column in found.items():
        value = row.get(column)
        if isinstance(value, (str, int, float)) and not isinstance(value, bool):
            fields[field] = str(value).strip()
    text = row.get(found["text"])
    if not isinstance(text, str) or not text.strip():
        return _rejected(
            source,
            name,
            number,
            f"{found['text']} is empty" if text in (None, "") else f"{found['text']} is not text",
        )

    def read() -> Article:
        whole = seen(text)
        title = fields.get("title") or first_line_title(clean(whole))
        told = fields.get("published", "")
        metadata = metadata_date(told, field=found.get("published", "")) if told else None
        url = fields.get("url", "")
        return finish(
            whole, name=source, metadata=metadata, title=title, outlet=fields.get("outlet") or None,
            url=url if url.lower().startswith(("http://", "https://")) else None,
        )  # fmt: skip

    return Part(source, read)


def _rejected(source: str, name: str, number: int, detail: str) -> Rejected:
    return Rejected(source, ArticleError("row", name=name, line=number, detail=detail))

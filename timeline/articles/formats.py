"""Finds out what a file is and takes it apart: by its content first, then by the ending of its name.

``_SINGLE`` and ``_COLLECTIONS`` list every format with its reader; a new format is a line there, a line in
``_ENDINGS`` and, where its content shows what it is, one in :func:`format_of`.
"""

import importlib
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Any, Final, cast

from timeline.articles.errors import DEFAULT_LIMITS, ArticleError, Limits, Rejected
from timeline.articles.parts import Account, Columns, Opening, Part, Parts
from timeline.model import Article

_ENDINGS: Final[dict[str, str]] = {
    "txt": "text", "text": "text", "": "text",
    "md": "markdown", "markdown": "markdown",
    "html": "html", "htm": "html", "xhtml": "html", "shtml": "html",
    "mhtml": "mhtml", "mht": "mhtml",
    "pdf": "pdf", "docx": "docx", "docm": "docx", "dotx": "docx", "odt": "odt", "ott": "odt", "rtf": "rtf",
    "epub": "epub", "eml": "mail", "mbox": "mailbox", "mbx": "mailbox",
    "csv": "csv", "tsv": "csv", "jsonl": "json", "ndjson": "json", "json": "json",
    "rss": "feed", "atom": "feed", "rdf": "feed", "warc": "warc",
    "zip": "zip", "tar": "tar", "tgz": "tar", "tbz2": "tar", "tbz": "tar", "gz": "gzip", "bz2": "gzip",
}  # fmt: skip

ENDINGS: Final = tuple(ending for ending in _ENDINGS if ending)
"""The endings of names that are read, without the dot, for whoever offers files to choose from."""

_HTML: Final = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|article|meta|p|div|h1|title)[\s>/]"
    rb"|<\?xml[^>]*\?>\s*<(?:!doctype\s+)?html[\s>]",
    re.IGNORECASE,
)
_FEED: Final = re.compile(
    rb"(?:<\?xml[^>]*\?>\s*)?"
    rb"(?:<!--.{0,500}?-->\s*|<\?xml-stylesheet[^>]*\?>\s*|<!DOCTYPE (?:rss|rdf)[^>]*>\s*)*"
    rb"<(?:rss|feed|rdf:RDF)[\s>]",
    re.DOTALL | re.IGNORECASE,
)
_MAIL: Final = re.compile(rb"(?:[!-9;-~]{1,76}:[^\n]{0,998}\n(?:[ \t][^\n]*\n)*){2,}", re.IGNORECASE)
_FOREIGN: Final = (
    (b"\x89PNG", "PNG"), (b"\xff\xd8\xff", "JPEG"), (b"GIF8", "GIF"), (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!", "RAR"), (b"\xfd7zXZ\x00", "xz"), (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\x7fELF", "ELF"), (b"MZ\x90\x00", "EXE"), (b"SQLite format 3", "SQLite"),
)  # fmt: skip


_MIMETYPE: Final = re.compile(rb"mimetypeapplication/([\w.+-]{1,80}?)PK[\x01\x03\x07]")
_MIMETYPES: Final = {b"epub+zip": "epub", b"vnd.oasis.opendocument.text": "odt",
                     b"vnd.oasis.opendocument.text-template": "odt"}  # fmt: skip
_MAILBOX: Final = re.compile(rb"From [^\n]{1,200}?\d{4}[^\n]{0,20}\r?\n[!-9;-~]{1,76}:")


def format_of(name: str, data: bytes) -> str | None:
    """The format of a file, or None where it is not read.

    >>> format_of("artikel.txt", b"<!DOCTYPE html><html><body><p>Text</p></body></html>")
    'html'
    >>> format_of("artikel.html", b"%PDF-1.7")
    'pdf'
    """
    told = _ENDINGS.get(_ending(name))
    by_content = _by_content(told, data)
    return by_content or told


def _ending(name: str) -> str:
    """The ending of a name in lower case; "" where it has none, as in "Treffen vom 22.2.2023"."""
    base = name.rsplit("/", 1)[-1].rsplit("\\", 1)[-1]
    match = re.search(r"\.([a-z][a-z0-9]{0,8})\s*\Z", base.lower())
    return match[1] if match else ""


def _by_content(told: str | None, data: bytes) -> str | None:
    """What the first bytes show beyond doubt, else None."""
    head = data[:4_096]
    if head.startswith(b"PK\x03\x04") or head.startswith(b"PK\x05\x06"):
        return _zipped(data)
    if head.startswith(b"\x1f\x8b") or (head.startswith(b"BZh") and head[4:10] == b"1AY&SY"):
        return _compressed(data)
    if b"%PDF-" in head[:1_024] and told not in ("text", "markdown", "html", "mail", "mailbox", "mhtml"):
        return "pdf"
    for mark, form in ((b"%PDF-", "pdf"), (b"{\\rtf", "rtf"), (b"WARC/1.", "warc"), (b"WARC/0.", "warc")):
        if head.startswith(mark):
            return form
    if head[257:262] == b"ustar":
        return "tar"
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if told in (None, "text", "html", "feed") and _FEED.match(start):
        return "feed"
    if told in (None, "text") and start.startswith(b"<") and _HTML.match(start):
        return "html"
    if told in (None, "text", "mail") and _MAILBOX.match(head):
        return "mailbox"
    if (
        told in (None, "mail", "mhtml", "text", "html")
        and b"mime-version:" in head.lower()
        and _MAIL.match(head.replace(b"\r\n", b"\n"))
    ):
        from timeline.articles.mail import is_mhtml

        return "mhtml" if is_mhtml(data) else "mail"
    return None


def _zipped(data: bytes) -> str:
    """What a zip archive is: DOCX, ODT, EPUB, an office file that is not read, or an archive of files.

    OpenDocument and EPUB say it in their first entry, which is not compressed; the files of Microsoft Office
    have parts by which to know them (ECMA-376, part 2), and the directory of a zip stands at its end.
    """
    match = _MIMETYPE.search(data[:200])
    if match:
        return _MIMETYPES.get(match[1], match[1].decode("ascii").rpartition(".")[2])
    directory = data[-200_000:]
    if b"[Content_Types].xml" in directory:
        for mark, form in (
            (b"word/document", "docx"),
            (b"xl/workbook", "xlsx"),
            (b"ppt/presentation", "pptx"),
        ):
            if mark in directory:
                return form
    return "zip"


def _compressed(data: bytes) -> str:
    from timeline.articles.archives import peek

    head = peek(data)
    return "tar" if head[257:262] == b"ustar" else "warc" if head.startswith(b"WARC/") else "gzip"


def take_apart(
    name: str, data: bytes, *, limits: Limits = DEFAULT_LIMITS, columns: Columns | None = None
) -> Parts:
    """The articles of a file, still to be read, in a fixed order, and what cannot become one.

    Raises:
        ArticleError: the file as a whole is not read; what came before holds.
    """
    yield from _take_apart(name, data, Account(limits, len(data)), columns, depth=0)


def _take_apart(name: str, data: bytes, account: Account, columns: Columns | None, *, depth: int) -> Parts:
    limits = account.limits
    if not data:
        raise ArticleError("empty", name=name)
    foreign = _foreign(data)
    kind = None if foreign else format_of(name, data)
    most = limits.max_archive if kind in _COLLECTIONS else limits.max_bytes
    if len(data) > most:
        raise ArticleError("too_large", name=name, size=len(data), limit=most)
    if kind in _COLLECTIONS:
        if depth >= limits.max_depth and kind in _ARCHIVES:
            raise ArticleError("too_deep", name=name, limit=limits.max_depth)

        def inner(path: str, content: bytes) -> Parts:
            return _take_apart(path, content, account, columns, depth=depth + 1)

        yield from _function(_COLLECTIONS[kind])(name, data, Opening(account, inner, columns))
    else:
        account.entries += 1
        yield Part(name, lambda: _single(name, data, kind or foreign, limits))


def _foreign(data: bytes) -> str | None:
    """The format that is not read, where the first bytes show one; "encrypted" for locked Word files."""
    from timeline.articles.office import ole_kind

    return next((form for mark, form in _FOREIGN if data.startswith(mark)), None) or ole_kind(data)


def _single(name: str, data: bytes, kind: str | None, limits: Limits) -> Article:
    if kind == "encrypted":
        raise ArticleError("encrypted", name=name)
    if kind not in _SINGLE:
        raise ArticleError("unsupported", name=name, format=kind or _ending(name) or "?")
    read = _function(_SINGLE[kind])
    article: Article = read(name, data) if kind in _UNLIMITED else read(name, data, limits)
    return article


_SINGLE: Final[dict[str, str]] = {
    "text": "plain.read_plain", "markdown": "plain.read_markdown", "html": "web.read_html",
    "mhtml": "mail.read_mhtml", "pdf": "pdf.read_pdf", "docx": "office.read_docx", "odt": "office.read_odt",
    "rtf": "office.read_rtf",
}  # fmt: skip
_COLLECTIONS: Final[dict[str, str]] = {
    "zip": "archives.unzip", "tar": "archives.untar", "gzip": "archives.ungzip", "mail": "mail.mail_parts",
    "mailbox": "mail.mailbox_parts", "feed": "feeds.feed_parts", "warc": "captures.capture_parts",
    "epub": "books.book_parts", "csv": "tables.csv_rows", "json": "tables.json_rows",
}  # fmt: skip
_ARCHIVES: Final = ("zip", "tar", "gzip", "mail", "mailbox")
_UNLIMITED: Final = ("text", "markdown", "html")
"""Readers that need no limits: they hold nothing that unpacks and have no pages."""


def _function(path: str) -> Callable[..., Any]:
    """A reader by module and name; imported late, because the parsers of all formats take seconds to load."""
    module, _, name = path.partition(".")
    return cast(Callable[..., Any], getattr(importlib.import_module(f"timeline.articles.{module}"), name))


def read_part(part: Part, limits: Limits) -> Article:
    """The article of a part.

    Raises:
        ArticleError: it cannot be read.
    """
    article = part.read()
    if len(article.text) > limits.max_characters:
        raise ArticleError("too_long", name=part.source, size=len(article.text), limit=limits.max_characters)
    return article if article.source == part.source else replace(article, source=part.source)


def read_or_reject(part: Part, limits: Limits) -> Article | Rejected:
    """The article of a part, or why there is none."""
    try:
        return read_part(part, limits)
    except ArticleError as error:
        return Rejected(part.source, error)


def read_article(name: str, data: bytes, *, limits: Limits = DEFAULT_LIMITS) -> Article:
    """The article that the bytes of a file hold; ``name`` tells its ending and is quoted in messages.

    Raises:
        ArticleError: it cannot be read; ``code`` and the message say why and what to do; ``several`` where
            the file holds more than one article.
    """
    parts = list(islice(take_apart(name, data, limits=limits), 2))
    if not parts:
        raise ArticleError("no_text", name=name)
    if len(parts) > 1:
        raise ArticleError("several", name=name)
    if isinstance(parts[0], Rejected):
        raise parts[0].error
    return read_part(parts[0], limits)


def read_articles(
    name: str, data: bytes, *, limits: Limits = DEFAULT_LIMITS, columns: Columns | None = None
) -> Iterator[Article | Rejected]:
    """Every article that the bytes of a file hold, one by one; what cannot be read comes as Rejected.

    ``columns`` tells for a table which column holds what, where its names are unusual: "text", "title",
    "published", "outlet" or "url" to the name of the column.
    """
    found = False
    try:
        for part in take_apart(name, data, limits=limits, columns=columns):
            found = True
            yield part if isinstance(part, Rejected) else read_or_reject(part, limits)
    except ArticleError as error:
        yield Rejected(name, error)
        return
    if not found:
        yield Rejected(name, ArticleError("no_text", name=name))

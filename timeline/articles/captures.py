"""Web archives (WARC, ISO 28500) to parts, a page an article."""

import logging
from collections.abc import Callable
from functools import partial
from typing import Any, BinaryIO, Final, cast

from timeline.articles.archives import unpacked_stream
from timeline.articles.errors import ArticleError, Rejected
from timeline.articles.parts import Opening, Part, Parts, read_bounded
from timeline.articles.plain import read_plain
from timeline.articles.web import read_html
from timeline.model import Article

_LONGEST_LINE: Final = 1_000_000
"""Bytes of a line of a header, far beyond any."""
_PAGES: Final = ("text/html", "application/xhtml+xml")


def capture_parts(name: str, data: bytes, opening: Opening) -> Parts:
    """The pages and texts of a web archive, gzipped or not, with the address that each was captured from.

    Answers other than 200, pictures, scripts, requests and repetitions are no articles and are passed over.
    The day of the capture is no day of publication: only what the page says of itself counts.

    Raises:
        ArticleError: ``damaged``, ``too_many_entries``, ``unpacked_too_large``, ``suspicious_ratio``.
    """
    account = opening.account
    from warcio.archiveiterator import ArchiveIterator

    logging.getLogger("warcio").setLevel(logging.CRITICAL)  # it tells addresses

    class Silent(ArchiveIterator):  # type: ignore[misc]  # warcio has no types
        INC_RECORD = ""
        """It would print lines of the pages on standard error."""

    try:
        archive = Silent(cast(BinaryIO, unpacked_stream(name, data, account)))
        lines = archive.reader
        # Pieced together as it is, a line without end would take hours within the limits of size.
        lines.readline = partial(_bounded, lines.readline)
        for record in archive:
            account.entry(name)
            form = _form(record)
            if form is None:
                continue
            url = record.rec_headers.get_header("WARC-Target-URI") or ""
            url = url.strip("<>")
            # A page that was fetched comes as an archive of one capture named by its address.
            source = name if name == url else f"{name}/{url[:1_000]}"
            try:
                content = read_bounded(record.content_stream(), name=source, account=account, packed=None)
            except ArticleError as error:
                if account.over:
                    raise
                yield Rejected(source, error)
                continue
            charset = _charset(record)
            yield Part(source, partial(_read, source, content, url, form, charset))
    except ArticleError:
        raise
    except Exception as error:  # warcio and the decoders below it raise too many kinds to name
        detail = "".join(char if char.isprintable() else " " for char in str(error)[:1_000])
        detail = " ".join(detail.split())[:200]
        raise ArticleError("damaged", name=name, format="WARC", detail=detail) from error


def _bounded(readline: Callable[[int], bytes], length: int | None = None) -> bytes:
    return readline(min(length or _LONGEST_LINE, _LONGEST_LINE))


def _form(record: Any) -> str | None:  # noqa: ANN401  warcio has no types
    """Gives "html" or "text" for a record that is a page, else None."""
    kind = record.rec_type
    if kind == "response":
        if record.http_headers is None or record.http_headers.get_statuscode() != "200":
            return None
        told = record.http_headers.get_header("Content-Type") or ""
    elif kind in ("resource", "conversion"):
        told = record.rec_headers.get_header("Content-Type") or ""
    else:
        return None
    told = told.split(";")[0].strip().lower()
    return "html" if told in _PAGES else "text" if told == "text/plain" else None


def _charset(record: Any) -> str | None:  # noqa: ANN401
    headers = record.http_headers or record.rec_headers
    _, _, charset = (headers.get_header("Content-Type") or "").lower().partition("charset=")
    return charset.split(";")[0].strip(" \"'") or None


def _read(source: str, content: bytes, url: str, form: str, charset: str | None) -> Article:
    address = url if url.startswith(("http://", "https://")) else None
    if form == "html":
        return read_html(source, content, url=address, charset=charset)
    from dataclasses import replace

    article = read_plain(source, content)
    return replace(article, url=address)

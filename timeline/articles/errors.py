"""Why a file, or an entry of one, did not become an article."""

from dataclasses import dataclass
from typing import Final

REASONS: Final[dict[str, str]] = {
    "empty": "{name} holds no text; save the article again and add it anew.",
    "binary": "{name} is not text (binary data); export it as text, HTML or PDF.",
    "too_large": "{name} is {size} bytes, more than the limit of {limit}; split it or raise max_bytes.",
    "too_long": "{name} has {size} characters of text, more than the limit of {limit}; split it or raise "
    "max_characters.",
    "no_text": "no article text was found in {name}; paste the text instead.",
    "damaged": "{name} is damaged or is not a real {format} file ({detail}); save or export it again.",
    "encrypted": "{name} is protected by a password; save it without one.",
    "scanned": "{name} has pages but no text (a scan); run a text recognition (OCR) on it first.",
    "unsupported": "{name} has a format that is not read ({format}); export it as text, HTML or PDF.",
    "several": "{name} holds several articles; read it as a collection.",
    "too_many_pages": "{name} has {size} pages, more than the limit of {limit}; split it or raise max_pages.",
    "too_many_entries": "{name} has more than {limit} entries; split it or raise max_entries.",
    "unpacked_too_large": "{name} unpacks to more than {limit} bytes; split it or raise max_unpacked.",
    "suspicious_ratio": "{name} unpacks to more than {limit} times its size, as only made-up archives do; "
    "unpack it yourself if you trust it.",
    "too_deep": "{name} lies more than {limit} archives deep; unpack the outer archive first.",
    "unsafe_name": "{name} has a path that leads out of the archive; it was not read.",
    "link": "{name} is a link or a device, not a file; it was not read.",
    "row": "{name}, line {line}: {detail}; correct the line.",
    "columns": "{name} has no column with the text (looked for: {wanted}; found: {found}); say which column "
    "it is.",
    "entities": "{name} declares XML entities of its own, as attacks do and articles do not; it was not "
    "read.",
    "timeout": "{name} was not read within {limit} seconds; the reading was stopped. Raise the limit or "
    "paste the text instead.",
    "memory": "{name} needs more than the limit of {limit} MB of memory; the reading was stopped. Split it "
    "or raise the limit.",
    "fetch_off": "{name} was not fetched: fetching from the web is turned off; whoever runs the program "
    "turns it on with {setting}=1.",
    "bad_address": "{name} is not an address that is fetched: only http:// and https:// without user name "
    "and password, at the usual ports or from 1024 on, of at most 2,000 characters; correct it, or "
    "save the page and add the file.",
    "unknown_host": "{name} was not fetched: the name {host} is not known; look for a mistake in writing.",
    "not_public": "{name} was not fetched: {host} leads to {address}, which is not an address of the public "
    "internet; save the page and add the file.",
    "robots": "{name} was not fetched: {host} does not allow it (robots.txt); save the page with the "
    "browser and add the file.",
    "robots_unread": "{name} was not fetched: the robots.txt of {host}, which says what may be fetched, "
    "cannot be read ({status}); try again later.",
    "unreachable": "{name} was not fetched: {host} does not answer as it should ({detail}); try again later.",
    "certificate": "{name} was not fetched: {host} cannot prove that it is what it says ({detail}); save the "
    "page and add the file.",
    "http_status": "{name} was not fetched: {host} answers {status}; open the address in the browser, save "
    "the page and add the file.",
    "too_many_redirects": "{name} was not fetched: it points on more than {limit} times; add "
    "the address at which it ends.",
    "fetch_timeout": "{name} was not fetched within {limit} seconds; try again later.",
    "crashed": "the reader of {name} died ({detail}); nothing else is affected. Paste the text instead.",
}
"""English wording by code; a page may word the codes in its own language with the same parameters."""


class ArticleError(ValueError):
    """Bytes that did not become an article.

    ``code`` is a key of :data:`REASONS`; ``params`` fills its wording and always has ``name``, the file
    or entry concerned. ``str()`` says in English what happened to which file and what to do.
    """

    def __init__(self, code: str, *, name: str, **params: str | int) -> None:
        self.code = code
        self.params: dict[str, str | int] = {"name": name, **params}
        super().__init__(REASONS[code].format(**self.params))

    def __reduce__(self) -> tuple[object, ...]:
        """Lets the error travel between processes with its code and parameters."""
        return _restore, (self.code, self.params)


def _restore(code: str, params: dict[str, str | int]) -> ArticleError:
    return ArticleError(code, **params)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Rejected:
    """A file or an entry of a collection that did not become an article, and why; the rest goes on."""

    source: str
    error: ArticleError


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is read; every number is an inclusive upper bound.

    Sizes are bytes unless said otherwise. The defaults let through any real newspaper page and archive
    of a newsroom, and stop what is made to exhaust memory: DEFLATE reaches at most about 1030 times
    (RFC 1951), real text about 3 to 20 times.

    Attributes:
        max_bytes: of one article's file, or of one entry as unpacked.
        max_archive: of an archive or collection (zip, tar, mbox, table, feed, web archive) as it is given.
        max_characters: of the text of one article.
        max_pages: of one PDF.
        max_entries: in an archive or collection with all that it contains.
        max_unpacked: of an archive with all archives in it, counted while unpacking.
        max_ratio: unpacked to packed, of an entry and of the whole; the first ``free_ratio`` bytes are free.
        max_depth: archives in archives; 1 is an archive of plain files.
    """

    max_bytes: int = 50_000_000
    max_archive: int = 500_000_000
    max_characters: int = 20_000_000
    max_pages: int = 2_000
    max_entries: int = 100_000
    max_unpacked: int = 1_000_000_000
    max_ratio: int = 200
    free_ratio: int = 2_000_000
    max_depth: int = 3


DEFAULT_LIMITS: Final = Limits()

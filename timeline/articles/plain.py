"""Bytes to text, text to Article: encodings, plain text and Markdown.

Text read from a file is made final here: NFC, line feeds as line ends, no invisible characters. Text that the
caller hands over is left as it is, because his offsets count its characters.
"""

import hashlib
import re
import unicodedata
from datetime import date
from typing import Any

from timeline import edtf
from timeline.articles.errors import ArticleError
from timeline.model import Article, ReferenceDate
from timeline.reference import told_date, told_outlet

# C0 and C1 controls except tab and line feed, soft hyphens, zero-width and bidirectional marks, BOM,
# halves of surrogate pairs (JSON and RTF can hold them; no database can): a reader sees none of them, and
# they tear words apart for every later step.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ud800-\udfff]"
)
_NOT_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe\x00\x00", "utf-32"), (b"\x00\x00\xfe\xff", "utf-32"),
         (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))  # fmt: skip
_GUESSES = ["cp1252", "cp1250", "mac_roman", "cp850"]
_UMLAUTS = re.compile("[äöüßÄÖÜ„“”‚‘’–—…€é]")


def article_id(text: str) -> str:
    """SHA-256 of the text in NFC with white space folded, in hexadecimal: the same words, the same id."""
    folded = " ".join(unicodedata.normalize("NFC", text).split())
    return hashlib.sha256(folded.encode("utf-8", "surrogatepass")).hexdigest()


def decode(data: bytes, *, name: str, declared: str | None = None) -> str:
    """The text of ``data``; the encoding is found by its mark, by ``declared``, or from the bytes.

    Order: byte order mark; UTF-8 if the bytes are valid UTF-8 (no other text is, by chance); UTF-16
    without a mark; the declared encoding; the likeliest of the old single-byte encodings of German.

    Raises:
        ArticleError: ``empty``, or ``binary`` where the bytes are not text.
    """
    if not data.strip(b"\x00 \t\r\n"):
        raise ArticleError("empty", name=name)
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return (
                data[len(mark) :].decode("utf-8", "replace")
                if encoding == "utf-8"
                else _strict(data, encoding, name=name)
            )
    sample = data[:65536]
    if b"\x00" in sample:
        return _utf16(data, sample, name=name)
    if len(_NOT_TEXT.findall(sample)) > max(2, len(sample) // 200):
        raise ArticleError("binary", name=name)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        mended = _damaged_utf8(data)
    if mended is not None:
        return mended
    if declared:
        try:
            # A page that declares ISO 8859-1 means Windows-1252 (WHATWG Encoding Standard, 4.2).
            latin = declared.lower().replace("_", "-") in ("iso-8859-1", "latin1", "latin-1", "us-ascii")
            return data.decode("cp1252" if latin else declared)
        except (ValueError, LookupError):  # no such encoding, a name with a NUL in it, or other bytes
            pass
    return _single_byte(data, sample, name=name)


def _damaged_utf8(data: bytes) -> str | None:
    """UTF-8 with a few bytes changed, or cut off within a character; None where it is no UTF-8.

    Letters of the old encodings hardly ever stand so that they are valid in UTF-8 (two in a row of the right
    kind), so a text with four good characters beyond ASCII to one bad byte is UTF-8.
    """
    text = data.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = sum(char > "\x7f" for char in text) - bad
    return text if good >= 4 * bad else None


def _strict(data: bytes, encoding: str, *, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise ArticleError("damaged", name=name, format=encoding.upper(), detail=str(error.reason)) from error


def _utf16(data: bytes, sample: bytes, *, name: str) -> str:
    """UTF-16 without a byte order mark: every other byte of European text is zero."""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) / 2
    if odd > 0.7 * half and even < 0.1 * half:
        return _strict(data, "utf-16-le", name=name)
    if even > 0.7 * half and odd < 0.1 * half:
        return _strict(data, "utf-16-be", name=name)
    raise ArticleError("binary", name=name)


def _single_byte(data: bytes, sample: bytes, *, name: str) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(sample, cp_isolation=_GUESSES, threshold=0.4).best()
    guesses = [best.encoding, *_GUESSES] if best is not None else _GUESSES
    texts = [sample.decode(encoding, "replace") for encoding in guesses]
    # The detector alone confuses the Windows code page with its neighbours on short texts: what yields
    # the most German letters and quotation marks wins, the detector's choice first among equals.
    scores = [len(_UMLAUTS.findall(text)) - 3 * text.count("\ufffd") for text in texts]
    encoding = guesses[scores.index(max(scores))]
    text = data.decode(encoding, "replace")
    if text.count("\ufffd") > len(text) // 50:
        raise ArticleError("binary", name=name)
    return text


def clean(text: str) -> str:
    """The text as a reader sees it: NFC, line feeds as line ends, no invisible characters, edges stripped."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n\n")
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", text)).strip()


def article_from_text(
    text: str,
    *,
    source: str | None = None,
    published: str | date | None = None,
    title: str | None = None,
    outlet: str | None = None,
    url: str | None = None,
) -> Article:
    """An article of text that is already text; it is left as it is, so offsets count the given characters.

    ``published`` is the publication day (a date, or EDTF of a day, month or year) as the caller knows it;
    without it, header lines and dateline of the text are looked at. The day of the call plays no part.

    Raises:
        ValueError: ``published`` is not such a date.
    """
    reference = told_date(text) if published is None else _given(published)
    return Article(
        id=article_id(text), text=text, reference=reference, title=title, outlet=outlet, url=url,
        source=source,
    )  # fmt: skip


def _given(published: str | date) -> ReferenceDate:
    value = published.isoformat()[:10] if isinstance(published, date) else published
    if not edtf.is_valid(value) or edtf.precision(value) not in ("day", "month", "year"):
        raise ValueError(f"not a publication date (YYYY-MM-DD, YYYY-MM or YYYY): {value!r}")
    return ReferenceDate(value, "given", ())


def finish(
    text: str,
    *,
    name: str,
    metadata: ReferenceDate | None = None,
    title: str | None = None,
    outlet: str | None = None,
    url: str | None = None,
) -> Article:
    """An article of text read from a file: made final, its date from metadata, header lines or dateline.

    Raises:
        ArticleError: ``empty`` where no text is left.
    """
    text = clean(text)
    if not text:
        raise ArticleError("empty", name=name)
    reference = metadata if metadata is not None and metadata.value else told_date(text)
    outlet = outlet or told_outlet(text)
    title, outlet, url = (clean(value) or None if value else None for value in (title, outlet, url))
    return Article(article_id(text), text, reference, title=title, outlet=outlet, url=url, source=name)


def read_plain(name: str, data: bytes) -> Article:
    """An article of a plain text file; its first line is the title where it stands alone as one.

    Raises:
        ArticleError: as :func:`decode` and :func:`finish`.
    """
    text = decode(data, name=name)
    return finish(text, name=name, title=first_line_title(clean(text)))


def first_line_title(text: str) -> str | None:
    """The first line where it looks like a headline: short, alone, no full stop, and text below it."""
    line, _, rest = text.partition("\n")
    line = line.strip()
    if not rest.strip() or not 3 <= len(line) <= 160 or line[-1] in ".,;:–" or told_date(line).value:
        return None
    return line


_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?\n)(?:---|\.\.\.)[ \t]*\n", re.DOTALL)
_FIELD = re.compile(r"^([A-Za-z_-]+)[ \t]*:[ \t]*(.+?)[ \t]*$", re.MULTILINE)
_FIELD_DATES = ("published", "date", "datum", "pubdate", "publishdate", "published_at", "veroeffentlicht")


def read_markdown(name: str, data: bytes) -> Article:
    """An article of a Markdown file: the rendered text; title, date and more from its front matter.

    Raises:
        ArticleError: as :func:`decode` and :func:`finish`.
    """
    source = clean(decode(data, name=name)) + "\n"
    fields: dict[str, str] = {}
    match = _FRONT_MATTER.match(source)
    if match:
        source = source[match.end() :]
        fields = {key.lower(): value.strip("\"'") for key, value in _FIELD.findall(match[1])}
    text, heading = _rendered(source)
    metadata = None
    for key in _FIELD_DATES:
        if key in fields and (metadata := metadata_date(fields[key], field=key)) is not None:
            break
    return finish(
        text, name=name, metadata=metadata, title=fields.get("title") or fields.get("titel") or heading,
        outlet=fields.get("outlet") or fields.get("medium"), url=fields.get("url") or fields.get("link"),
    )  # fmt: skip


def _rendered(source: str) -> tuple[str, str | None]:
    """Markdown (CommonMark) as a reader sees it, and its first heading."""
    from markdown_it import MarkdownIt

    blocks: list[str] = []
    heading: str | None = None
    opened = ""
    for token in MarkdownIt("commonmark", {"html": True}).parse(source):
        if token.type.endswith("_open"):
            opened = token.type
        if token.type == "inline":
            block = "".join(_inline(child) for child in token.children or [])
            if opened == "heading_open" and heading is None:
                heading = block
            blocks.append(block)
        elif token.type in ("code_block", "fence"):
            blocks.append(token.content)
    return "\n\n".join(block.strip() for block in blocks if block.strip()), heading


def _inline(token: Any) -> str:  # noqa: ANN401  markdown-it's Token, imported late
    if token.type in ("text", "code_inline"):
        return str(token.content)
    return "\n" if token.type in ("softbreak", "hardbreak") else ""


def metadata_date(value: str, *, field: str) -> ReferenceDate | None:
    """The publication date that a field of metadata tells, the field as evidence; None if not complete."""
    from timeline.reference.complete import complete_date

    day = complete_date(value)
    return None if day is None else ReferenceDate(day.isoformat(), "metadata", (f"{field}: {value.strip()}",))

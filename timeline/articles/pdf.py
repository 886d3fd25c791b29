"""PDF to article: lines in reading order, columns apart, hyphenated words joined, running heads once."""

import io
import logging
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any, Final

from timeline.articles.errors import ArticleError, Limits
from timeline.articles.filed import publication
from timeline.articles.plain import clean, finish, first_line_title
from timeline.model import Article

_MOST_LINES: Final = 3_000
"""Of a page whose columns are looked for; one with more is no newspaper's, and is read from top to bottom."""
_FEWEST: Final = 20
"""Characters a page below which a file with pictures is taken for a scan."""
_GUTTER: Final = 5.0
"""Least width of white between columns in points; 4 mm (11 points) is usual in newspapers."""
_KEPT_HYPHEN: Final = re.compile(r"(?:und|oder|bzw|bis|sowie|wie|als|noch|statt)\b")
"""Behind "Außen- und Innenminister" the hyphen stays (Duden, rule K 31)."""
_PAGE_NUMBER: Final = re.compile(
    r"[-–— ]*(?:Seite |S\. )?\d{1,4}(?: ?(?:von|/|of) ?\d{1,4})?[-–— ]*", re.IGNORECASE
)
_PRINTED: Final = re.compile(r"\d{1,2}[./]\d{1,2}[./]\d{2,4}, \d{1,2}:\d\d(?: [AP]M)?(?: .*)?")
"""What browsers print above every page: day and hour of printing (not of publication), often the title."""
_ADDRESS: Final = re.compile(r"(https?://\S+|file://\S+)(?: \d+/\d+)?")
_UNREADABLE: Final = re.compile(r"\(cid:\d+\)")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of print; coordinates in points from the lower left corner of the page."""

    left: float
    bottom: float
    right: float
    top: float
    size: float
    text: str


def read_pdf(name: str, data: bytes, limits: Limits) -> Article:
    """An article of a PDF (ISO 32000).

    The title is the largest print on the first page. The publication date is told by the text; the file's
    own day counts only with it, see :func:`timeline.articles.filed.publication`.

    Raises:
        ArticleError: ``damaged``, ``encrypted``, ``scanned``, ``too_many_pages``, ``too_long``, ``no_text``.
    """
    pages: list[list[Line]] = []
    pictures = 0
    created = ""
    characters = 0
    for page, info in _pages(name, data):
        if len(pages) == limits.max_pages:
            most = limits.max_pages
            raise ArticleError("too_many_pages", name=name, size=f"over {most}", limit=most)
        created = created or info
        lines, figures = _lines(page)
        pictures += figures
        characters += sum(len(line.text) for line in lines)
        if characters > limits.max_characters:
            raise ArticleError(
                "too_long", name=name, size=f"over {limits.max_characters}", limit=limits.max_characters
            )
        pages.append(_reading_order(lines))
    if characters < _FEWEST * max(1, len(pages)) and pictures:
        raise ArticleError("scanned", name=name)
    pages, url = _without_print_marks(pages)
    pages = _without_running_heads(pages)
    text = "\n\n".join(_paragraphs([line for page in pages for line in page]))
    if not text.strip() or len("".join(_UNREADABLE.findall(text))) > len(text) // 4:
        raise ArticleError("no_text", name=name)
    return finish(text, name=name, metadata=publication(text, created=created, field="CreationDate"),
                  title=_headline(pages) or first_line_title(clean(text)), url=url)  # fmt: skip


def _pages(name: str, data: bytes) -> Iterator[tuple[Any, str]]:
    """Every page laid out, with the file's day of creation (ISO 8601, or "")."""
    from pdfminer.converter import PDFPageAggregator
    from pdfminer.layout import LAParams
    from pdfminer.pdfdocument import PDFDocument, PDFEncryptionError, PDFPasswordIncorrect
    from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
    from pdfminer.pdfpage import PDFPage
    from pdfminer.pdfparser import PDFParser

    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)  # it tells every oddity of every font
    start = data.find(b"%PDF-", 0, 1_024)
    if start < 0:
        raise ArticleError("damaged", name=name, format="PDF", detail="no %PDF- at its start")
    try:
        document = PDFDocument(PDFParser(io.BytesIO(data[start:])))
        created = _created(document.info)
        # No boxes_flow: the order of the lines is found below, by the white between them.
        device = PDFPageAggregator(
            manager := PDFResourceManager(), laparams=LAParams(boxes_flow=None, all_texts=True)
        )
        interpreter = PDFPageInterpreter(manager, device)
        for page in PDFPage.create_pages(document):
            interpreter.process_page(page)
            yield device.get_result(), created
    except (PDFPasswordIncorrect, PDFEncryptionError) as error:
        raise ArticleError("encrypted", name=name) from error
    except MemoryError:
        raise
    except Exception as error:  # pdfminer raises whatever its parsing of broken files leads to
        detail = " ".join(str(error).split())[:200] or type(error).__name__
        raise ArticleError("damaged", name=name, format="PDF", detail=detail) from error


def _created(infos: list[dict[str, Any]]) -> str:
    """The day of creation: ``D:YYYYMMDD...`` (ISO 32000, 7.9.4) as YYYY-MM-DD."""
    for info in infos:
        value = info.get("CreationDate")
        match = re.match(rb"(?:D:)?(\d{4})(\d\d)(\d\d)", value) if isinstance(value, bytes) else None
        if match:
            return b"-".join(match.groups()).decode("ascii")
    return ""


def _lines(page: Any) -> tuple[list[Line], int]:  # noqa: ANN401  pdfminer's layout, imported late
    """The lines of print on a page, and the number of its pictures."""
    from pdfminer.layout import LTChar, LTContainer, LTImage, LTTextLineHorizontal

    lines: list[Line] = []
    pictures = 0
    stack = [page]
    while stack:
        item = stack.pop()
        if isinstance(item, LTTextLineHorizontal):
            text = " ".join(item.get_text().replace("\xa0", " ").split())
            if text:
                sizes = [char.size for char in item if isinstance(char, LTChar)]
                lines.append(
                    Line(item.x0, item.y0, item.x1, item.y1, round(median(sizes or [item.height]), 1), text)
                )
        elif isinstance(item, LTImage):
            pictures += 1
        elif isinstance(item, LTContainer):
            stack.extend(item)
    return lines, pictures


def _reading_order(lines: list[Line]) -> list[Line]:
    """The lines of a page as they are read: bands from top to bottom, within a band column after column.

    A recursive cut at the white between the lines (Nagy and Seth, 1984). A band is the longest run of rows
    through which one white gutter goes, so that paragraphs ending at the same height do not break columns.
    """
    ordered = sorted(lines, key=lambda line: (-line.top, line.left))
    return _cut(ordered, 0) if 2 < len(ordered) <= _MOST_LINES else ordered


def _cut(lines: list[Line], depth: int) -> list[Line]:
    if len(lines) < 2 or depth > 12:
        return lines
    rows = _rows(lines)
    found: list[Line] = []
    start = 0
    while start < len(rows):
        end, gutter = start + 1, _gutter(rows[start])
        spans = _spans(rows[start])
        if gutter is not None:
            while end < len(rows):
                wider = _merged(spans + _spans(rows[end]))
                if len(wider) < 2:
                    break
                spans, end = wider, end + 1
            gutter = _widest(spans)
        else:
            # A row of one column may belong to a band whose other column has white here.
            while end < len(rows):
                wider = _merged(spans + _spans(rows[end]))
                if len(wider) < 2 and len(spans) > 1:
                    break
                if len(wider) < 2 and _gutter(rows[end]) is not None:
                    break
                spans, end = wider, end + 1
                if len(spans) < 2 and end - start > 200:
                    break
            gutter = _widest(spans) if len(spans) > 1 else None
        band = [line for row in rows[start:end] for line in row]
        if gutter is None:
            found.extend(band)
        else:
            found.extend(_cut([line for line in band if line.right <= gutter], depth + 1))
            found.extend(_cut([line for line in band if line.right > gutter], depth + 1))
        start = end
    return found


def _rows(lines: list[Line]) -> list[list[Line]]:
    """Lines whose heights overlap stand in one row."""
    rows: list[list[Line]] = []
    bottom = 0.0
    for line in sorted(lines, key=lambda line: (-line.top, line.left)):
        middle = (line.top + line.bottom) / 2
        if rows and middle > bottom:
            rows[-1].append(line)
            bottom = min(bottom, line.bottom) if len(rows[-1]) < 2 else bottom
        else:
            rows.append([line])
            bottom = line.bottom
    return [sorted(row, key=lambda line: line.left) for row in rows]


def _spans(row: list[Line]) -> list[tuple[float, float]]:
    return _merged([(line.left, line.right) for line in row])


def _merged(spans: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Spans of print with the white of a gutter between them."""
    merged: list[tuple[float, float]] = []
    for left, right in sorted(spans):
        if merged and left < merged[-1][1] + _GUTTER:
            merged[-1] = (merged[-1][0], max(right, merged[-1][1]))
        else:
            merged.append((left, right))
    return merged


def _widest(spans: list[tuple[float, float]]) -> float | None:
    """The left border of the widest gutter, None where there is none."""
    gaps = [(right[0] - left[1], left[1]) for left, right in pairwise(spans)]
    return max(gaps)[1] if gaps else None


def _gutter(row: list[Line]) -> float | None:
    return _widest(_spans(row))


def _without_print_marks(pages: list[list[Line]]) -> tuple[list[list[Line]], str | None]:
    """Pages without what a browser printed around them, and the address that it printed."""
    url: str | None = None
    cleaned = []
    for page in pages:
        marks = [match for line in page if (match := _ADDRESS.fullmatch(line.text)) and line.bottom < 60]
        if not marks:
            cleaned.append(page)
            continue
        if url is None and marks[0][1].startswith("http"):
            url = marks[0][1]
        edge = max(line.top for line in page) - 30
        cleaned.append([
            line for line in page
            if not (line.bottom < 60 and (_ADDRESS.fullmatch(line.text) or _PAGE_NUMBER.fullmatch(line.text)))
            and not (line.top > edge and _PRINTED.fullmatch(line.text))
        ])  # fmt: skip
    return cleaned, url


def _without_running_heads(pages: list[list[Line]]) -> list[list[Line]]:
    """Pages without page numbers; lines that come back at the edge of most pages stay only once.

    The first stays, because it often is where a newspaper prints its date.
    """
    if len(pages) < 2:
        return [[line for line in page if not _is_number(line, page)] for page in pages]
    counts = Counter(key for page in pages for key in {_key(line) for line in _edge(page)})
    most = max(2, (len(pages) + 1) // 2)
    told: set[str] = set()
    cleaned = []
    for page in pages:
        edge = {id(line) for line in _edge(page)}
        kept = []
        for line in page:
            key = _key(line)
            if _is_number(line, page) or (id(line) in edge and counts[key] >= most and key in told):
                continue
            if id(line) in edge and counts[key] >= most:
                told.add(key)
            kept.append(line)
        cleaned.append(kept)
    return cleaned


def _edge(page: list[Line]) -> list[Line]:
    """The two highest and the two lowest lines of a page, without those that end a sentence."""
    by_height = sorted(page, key=lambda line: -line.top)
    return [line for line in by_height[:2] + by_height[2:][-2:] if line.text[-1] not in ".!?"]


def _key(line: Line) -> str:
    return re.sub(r"\d+", "0", line.text)


def _is_number(line: Line, page: list[Line]) -> bool:
    return (
        bool(_PAGE_NUMBER.fullmatch(line.text))
        and line in _edge(page)
        and not re.fullmatch(r"\d{4}", line.text)
    )


def _paragraphs(lines: list[Line]) -> Iterator[str]:
    """Paragraphs of lines that follow each other: the same print, no wider white, no indented start."""
    paragraph = ""
    last: Line | None = None
    for line in lines:
        if last is not None and _starts_anew(last, line):
            yield paragraph
            paragraph = ""
        paragraph = _joined(paragraph, line.text)
        last = line
    if paragraph:
        yield paragraph


def _starts_anew(last: Line, line: Line) -> bool:
    size = max(last.size, line.size)
    if abs(last.size - line.size) > 0.12 * size:
        return True
    below = last.bottom - line.top
    if line.top > last.top or below < -size:
        # The next column or page: a sentence that has not ended goes on.
        return last.text[-1] in '.!?:“"»' or not (
            line.text[0].islower() or last.text[-1] in "-,\xad" or line.text[0].isalpha()
        )
    if below > 0.65 * size:
        return True
    # An indented first line, behind a line that ended a sentence.
    return 0.7 * size < line.left - last.left < 4 * size and last.text[-1] in '.!?“"»'


def _joined(paragraph: str, line: str) -> str:
    """The paragraph with one more line; a word parted at the end of the line is whole again.

    >>> _joined("Der Außen-", "minister sprach mit US-"), _joined("Außen-", "und Innenminister")
    ('Der Außenminister sprach mit US-', 'Außen- und Innenminister')
    >>> _joined("mit US-", "Präsident Biden")
    'mit US-Präsident Biden'
    """
    if not paragraph:
        return line
    if paragraph[-1] in "\xad\u2010":
        return paragraph[:-1] + line
    if paragraph[-1] == "-" and len(paragraph) > 1 and paragraph[-2].isalnum():
        if _KEPT_HYPHEN.match(line):
            return f"{paragraph} {line}"
        if paragraph[-2].isalpha() and line[0].islower():
            return paragraph[:-1] + line
        return paragraph + line
    return f"{paragraph} {line}"


def _headline(pages: list[list[Line]]) -> str | None:
    """The largest print of the first page where it is much larger than the text, and not all of it."""
    first = next((page for page in pages if page), [])
    if not first:
        return None
    usual = median(line.size for line in first for _ in range(min(len(line.text), 200)))
    largest = max((line.size for line in first if len(line.text) > 8), default=0.0)
    if largest < 1.25 * usual:
        return None
    title = ""
    for line in first:
        if line.size >= 0.97 * largest:
            title = _joined(title, line.text)
    return title if 8 < len(title) <= 250 else None

"""PDF to article: lines in reading order, columns apart, hyphenated words joined, running heads once."""

import io
import logging
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise
from statistics import median
from typing import Any, Final

from timeline.articles.errors import ArticleError, Limits
from timeline.articles.filed import head_date, publication
from timeline.articles.plain import clean, finish, first_line_title
from timeline.model import Article, ReferenceDate

_MOST_LINES: Final = 3_000
"""Of a page whose columns are looked for; one with more is no newspaper's, and is read from top to bottom."""
_FEWEST: Final = 20
"""Characters a page below which a file with pictures is taken for a scan."""
_GUTTER: Final = 5.0
"""Least width of white between columns in points; 4 mm (11 points) is usual in newspapers."""
_APART: Final = 1.3
"""Widths of a character that part pieces of a line: less than a gutter, more than most blanks; what was
parted within a column is joined again."""
_KEPT_HYPHEN: Final = re.compile(r"(?:und|oder|bzw|bis|sowie|wie|als|noch|statt)\b")
"""Behind "Außen- und Innenminister" the hyphen stays (Duden, rule K 31)."""
_PAGE_NUMBER: Final = re.compile(
    r"[-–— ]*(?:Seite |S\. )?\d{1,4}(?: ?(?:von|/|of) ?\d{1,4})?[-–— ]*", re.IGNORECASE
)
_PRINTED: Final = re.compile(r"\d{1,2}[./]\d{1,2}[./]\d{2,4}, \d{1,2}:\d\d(?: [AP]M)?(?: .*)?")
"""What browsers print above every page: day and hour of printing (not of publication), often the title."""
_ADDRESS: Final = re.compile(r"(https?://\S+|file://\S+)(?: \d+/\d+)?")
_UNREADABLE: Final = re.compile(r"\(cid:\d+\)")


_LIGATURE: Final = re.compile("[\ufb00-\ufb06]")
_LONGEST_CAPTION: Final = 500
_CREDIT: Final = re.compile(r"\b(?:Fotos?|Bild|Grafik|Quelle|Karte): |©|\((?:Foto|Bild)\b")


def _letters(ligature: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", ligature[0])


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
    lines = [line for page in pages for line in _without_captions(page)]
    text = "\n\n".join(_paragraphs(lines))
    if not text.strip() or len("".join(_UNREADABLE.findall(text))) > len(text) // 4:
        raise ArticleError("no_text", name=name)
    metadata = publication(text, created=created, field="CreationDate") or _head_date(pages)
    title = _headline(pages) or first_line_title(clean(text))
    return finish(text, name=name, metadata=metadata, title=title, url=url)


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
            manager := PDFResourceManager(),
            laparams=LAParams(boxes_flow=None, all_texts=True, char_margin=_APART),
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
            text = " ".join(_LIGATURE.sub(_letters, item.get_text()).split())
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

    A recursive cut at the white between the lines (Nagy and Seth, 1984), at the longest gutter first, so that
    paragraphs of neighbouring columns that end at the same height do not break the columns.
    """
    rows = _rows(lines)
    return _cut(rows, 0) if len(lines) <= _MOST_LINES else [_as_one(row) for row in rows]


_Row = list[Line]


def _rows(lines: list[Line]) -> list[_Row]:
    """Pieces of print whose heights overlap stand in one row; rows from the top, pieces from the left."""
    rows: list[_Row] = []
    bottom = 0.0
    for line in sorted(lines, key=lambda line: (-line.top, line.left)):
        if rows and (line.top + line.bottom) / 2 > bottom:
            rows[-1].append(line)
        else:
            rows.append([line])
            bottom = line.bottom
    return [sorted(row, key=lambda line: line.left) for row in rows]


def _cut(rows: list[_Row], depth: int) -> list[Line]:
    gutter = _longest_gutter(rows) if depth < 12 else None
    if gutter is None:
        return [_as_one(row) for row in rows]
    start, end, middle = gutter
    band = [line for row in rows[start:end] for line in row]
    return [
        *_cut(rows[:start], depth + 1),
        *_cut(_rows([line for line in band if line.right <= middle]), depth + 1),
        *_cut(_rows([line for line in band if line.right > middle]), depth + 1),
        *_cut(rows[end:], depth + 1),
    ]


def _longest_gutter(rows: list[_Row]) -> tuple[int, int, float] | None:
    """First row, row behind the last and middle of the white between two columns, or None."""
    best: tuple[int, int, int, float] | None = None
    tried: set[int] = set()
    for number, row in enumerate(rows):
        for left, right in pairwise(row):
            middle = (left.right + right.left) / 2
            if right.left - left.right < _GUTTER or round(middle / 3) in tried:
                continue
            found = _gutter(rows, number, left.right, right.left)
            if found is not None:
                tried.add(round(found[3] / 3))
                best = found if best is None or found[0] > best[0] else best
    return None if best is None else best[1:]


def _gutter(rows: list[_Row], seed: int, left: float, right: float) -> tuple[int, int, int, float] | None:
    """The gutter through row ``seed`` between two pieces, grown up and down as long as nothing crosses it.

    Answers its number of rows with print on both sides, its first row, the row behind its last, its middle.
    """
    start = end = seed
    both = 0
    size = max(line.size for line in rows[seed])
    for step in (1, -1):
        at = seed if step > 0 else seed - 1
        low, high = left, right
        while 0 <= at < len(rows):
            row = rows[at]
            low = max([low, *(line.right for line in row if line.left < (left + right) / 2)])
            high = min([high, *(line.left for line in row if line.left >= (left + right) / 2)])
            if high - low < _GUTTER:
                break
            sides = {line.left < (left + right) / 2 for line in row}
            # A headline beside nothing belongs to what is below it, not to the column that it stands over.
            if len(sides) == 1 and max(line.size for line in row) > 1.25 * size:
                break
            left, right = low, high
            if len(sides) == 2:
                both += 1
            start, end = min(start, at), max(end, at)
            at += step
    # Words of a justified line stand apart like columns, but not through several lines.
    needed = 2 if right - left > 24 else 3 if right - left > 15 else 4
    return (both, start, end + 1, (left + right) / 2) if both >= needed else None


def _as_one(row: _Row) -> Line:
    """The pieces of a row as one line."""
    if len(row) == 1:
        return row[0]
    return Line(
        row[0].left, min(line.bottom for line in row), max(line.right for line in row),
        max(line.top for line in row), max((len(line.text), line.size) for line in row)[1],
        " ".join(line.text for line in row),
    )  # fmt: skip


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
    >>> _joined("mit US-", "Präsident Biden"), _joined("vom 22.-", "24. Februar")
    ('mit US-Präsident Biden', 'vom 22.-24. Februar')
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
    if paragraph.endswith((".-", ".–")) and line[0].isdigit():
        return paragraph + line
    return f"{paragraph} {line}"


def _without_captions(page: list[Line]) -> list[Line]:
    """The page without runs of small print that name a photographer or a source: no part of the article."""
    if not page:
        return page
    most = 0.9 * _usual_size(page)
    kept: list[Line] = []
    for small, run in groupby(page, key=lambda line: line.size < most):
        lines = list(run)
        words = " ".join(line.text for line in lines)
        if not (small and len(words) <= _LONGEST_CAPTION and _CREDIT.search(words)):
            kept.extend(lines)
    return kept


def _usual_size(page: list[Line]) -> float:
    """The size of most of the print on a page."""
    sizes = Counter[float]()
    for line in page:
        sizes[line.size] += len(line.text)
    return sizes.most_common(1)[0][0]


def _head_date(pages: list[list[Line]]) -> ReferenceDate | None:
    """The day in the running head or foot of the first page with print."""
    first = next((page for page in pages if page), [])
    if not first:
        return None
    highest, lowest = max(first, key=lambda line: line.top), min(first, key=lambda line: line.bottom)
    return head_date(highest.text) or head_date(lowest.text)


def _headline(pages: list[list[Line]]) -> str | None:
    """The largest print of the first page where it is much larger than the text, and not all of it."""
    first = next((page for page in pages if page), [])
    if not first:
        return None
    usual = _usual_size(first)
    largest = max((line.size for line in first if len(line.text) > 8), default=0.0)
    if largest < 1.25 * usual:
        return None
    title = ""
    for line in first:
        if line.size >= 0.97 * largest:
            title = _joined(title, line.text)
    return title if 8 < len(title) <= 250 else None

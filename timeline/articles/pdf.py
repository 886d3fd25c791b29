"""PDF to article: lines in reading order, columns apart, hyphenated words joined, running heads once."""

import io
import logging
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from statistics import median
from typing import Any, Final

from timeline.articles.errors import ArticleError, Limits
from timeline.articles.filed import head_date, publication
from timeline.articles.layout import Line, joined, paragraphs, reading_order
from timeline.articles.plain import clean, finish, first_line_title
from timeline.model import Article, ReferenceDate

_FEWEST: Final = 20
"""Characters a page below which a file with pictures is taken for a scan."""
_APART: Final = 1.3
"""Widths of a character that part pieces of a line: less than a gutter, more than most blanks; what was
parted within a column is joined again."""
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
        pages.append(reading_order(lines))
    if characters < _FEWEST * max(1, len(pages)) and pictures:
        raise ArticleError("scanned", name=name)
    pages, url = _without_print_marks(pages)
    pages = _without_running_heads(pages)
    lines = [line for page in pages for line in _without_captions(page)]
    text = "\n\n".join(paragraphs(lines))
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
            title = joined(title, line.text)
    return title if 8 < len(title) <= 250 else None

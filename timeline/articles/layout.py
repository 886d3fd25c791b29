"""Lines of print to text as it is read: columns one after the other, paragraphs, parted words whole again.

Only geometry and hyphens: where the lines come from, and what of them is no article, others know.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

_MOST_LINES: Final = 3_000
"""Of a page whose columns are looked for; one with more is no newspaper's, and is read from top to bottom."""
_GUTTER: Final = 5.0
"""Least width of white between columns in points; 4 mm (11 points) is usual in newspapers."""
_KEPT_HYPHEN: Final = re.compile(r"(?:und|oder|bzw|bis|sowie|wie|als|noch|statt)\b")
"""Behind "Außen- und Innenminister" the hyphen stays (Duden, rule K 31)."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of print; coordinates in points from the lower left corner of the page."""

    left: float
    bottom: float
    right: float
    top: float
    size: float
    text: str


def reading_order(lines: list[Line]) -> list[Line]:
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


def paragraphs(lines: list[Line]) -> Iterator[str]:
    """Paragraphs of lines that follow each other: the same print, no wider white, no indented start."""
    paragraph = ""
    last: Line | None = None
    for line in lines:
        if last is not None and _starts_anew(last, line):
            yield paragraph
            paragraph = ""
        paragraph = joined(paragraph, line.text)
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


def joined(paragraph: str, line: str) -> str:
    """The paragraph with one more line; a word parted at the end of the line is whole again.

    >>> joined("Der Außen-", "minister sprach mit US-"), joined("Außen-", "und Innenminister")
    ('Der Außenminister sprach mit US-', 'Außen- und Innenminister')
    >>> joined("mit US-", "Präsident Biden"), joined("vom 22.-", "24. Februar")
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

"""Clues from what is known of the world: who held an office when, and when things happened.

The tables are ``knowledge/terms.tsv`` (shared with the actors), ``knowledge/office_holders.tsv`` and
``knowledge/world_events.tsv``. A text is cut into words once; each word is looked up in one dictionary, so
the time grows with the text and hardly with the tables.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from timeline import edtf
from timeline.language import LanguageError, read_toml, read_tsv
from timeline.reference.clue import MONTHS, Clue, month_index

_WORD = re.compile(r"\w+")
_INFLECTIONS = ("", "s", "es", "e", "en", "er", "em", "n", "ns", "r", "m")
_BEFORE, _BEHIND = 6, 3
"""A title stands at most so many words before a name ("Bundeskanzlerin der Bundesrepublik Deutschland, Angela
Merkel"), or behind it ("Angela Merkel, die Kanzlerin")."""

_NAMED, _SURNAMED, _UNTIMELY = 3.8, 3.2, 5.0
"""Log weights: a title with the whole name, with the surname alone (another may bear it), and a thing that
did not exist yet. On articles with known dates three of a hundred holders were told outside their time."""

_KINDS: Final = ("lasting", "since", "event", "era")


@dataclass(frozen=True, slots=True)
class _Term:
    given: str
    titles: tuple[str, ...]
    first: int
    last: int
    detail: str


@dataclass(frozen=True, slots=True)
class _Event:
    needs: tuple[tuple[int, ...], ...]  # alternatives, each the phrases that must all occur
    pieces: tuple[tuple[int, int, float], ...]
    detail: str


@dataclass(frozen=True, slots=True)
class _Tables:
    holders: dict[str, list[_Term]]
    phrases: dict[str, list[tuple[tuple[frozenset[str], ...], int]]]
    events: list[_Event]
    by_phrase: dict[int, list[int]]
    former: tuple[str, ...]
    not_yet: tuple[str, ...]


def _span(row: dict[str, str], table: str) -> tuple[date, date | None]:
    try:
        first = edtf.bounds(row["from"]).first
        last = edtf.bounds(row["to"]).last if row["to"] else None
    except edtf.EdtfError as error:
        raise LanguageError(f"{table}: row {row}: {error}") from error
    if first is None or (last is not None and last < first):
        raise LanguageError(f"{table}: row {row}: ends before it begins")
    return first, last


def _years(first: date, last: date | None) -> str:
    return f"{first.year}–{'' if last is None else last.year}"


def _terms() -> Iterator[tuple[str, _Term]]:
    titles = {
        office: tuple(parts)
        for office, parts in read_toml("languages/de/reference/clues.toml")["titles"].items()
    }
    shared = [
        (row, titles[row["office"]]) for row in read_tsv("knowledge/terms.tsv") if row["office"] in titles
    ]
    own = [(row, tuple(row["titles"].split(","))) for row in read_tsv("knowledge/office_holders.tsv")]
    for row, parts in shared + own:
        if not row["from"]:
            continue
        first, last = _span(row, "knowledge/terms.tsv")
        names = _WORD.findall(row["person"].lower())
        end = MONTHS - 1 if last is None else month_index(last)
        term = _Term(names[0], parts, month_index(first), end, _years(first, last))
        # Of "Moon Jae-in" newspapers repeat the first part.
        surname = names[-1] if len(names[-1]) > 2 else names[0]
        for ending in ("", "s"):
            yield surname + ending, term


@lru_cache(maxsize=1)
def _tables() -> _Tables:
    holders: dict[str, list[_Term]] = {}
    for surname, term in _terms():
        holders.setdefault(surname, []).append(term)
    phrases: dict[str, list[tuple[tuple[frozenset[str], ...], int]]] = {}
    numbers: dict[str, int] = {}
    events: list[_Event] = []
    by_phrase: dict[int, list[int]] = {}
    for row in read_tsv("knowledge/world_events.tsv"):
        first, last = _span(row, "knowledge/world_events.tsv")
        if row["kind"] not in _KINDS:
            raise LanguageError(f"knowledge/world_events.tsv: row {row}: unknown kind")
        needs = []
        for alternative in row["words"].split("|"):
            needs.append(tuple(_phrase(part, phrases, numbers) for part in alternative.split("&")))
        event = _Event(tuple(needs), _shape(row["kind"], first, last), _years(first, last))
        for number in {number for need in needs for number in need}:
            by_phrase.setdefault(number, []).append(len(events))
        events.append(event)
    words = read_toml("languages/de/reference/clues.toml")["words"]
    return _Tables(holders, phrases, events, by_phrase, tuple(words["former"]), tuple(words["not_yet"]))


def _phrase(
    words: str, phrases: dict[str, list[tuple[tuple[frozenset[str], ...], int]]], numbers: dict[str, int]
) -> int:
    """The number of a phrase; a new one is entered under each form of its first word."""
    words = words.strip()
    if words in numbers:
        return numbers[words]
    number = numbers[words] = len(numbers)
    forms = []
    for part in re.findall(r"\w+\*?", words):
        stem = part.rstrip("*")
        forms.append(
            frozenset(stem + ending for ending in _INFLECTIONS) if part != stem else frozenset((part,))
        )
    for first in forms[0]:
        phrases.setdefault(first, []).append((tuple(forms[1:]), number))
    return number


def _shape(kind: str, first: date, last: date | None) -> tuple[tuple[int, int, float], ...]:
    """Months before ``first`` are all but ruled out; an event fades, an era is remembered."""
    start = month_index(first)
    end = MONTHS - 1 if last is None else month_index(last)
    pieces = [(start, MONTHS - 1, _UNTIMELY)]
    if kind == "since":
        pieces += [(start, start + 3, 3.6), (start + 4, start + 12, 2.4), (start + 13, start + 36, 1.2)]
    elif kind == "event":
        pieces += [(start, end + 2, 4.0), (end + 3, end + 14, 1.6)]
    elif kind == "era" and end < MONTHS - 1:
        pieces += [(start, end + 1, 2.5), (end + 2, end + 12, 1.0)]
    pieces = [(low, min(high, MONTHS - 1), weight) for low, high, weight in pieces]
    return tuple(piece for piece in pieces if piece[0] <= piece[1])


def known_clues(text: str) -> list[Clue]:
    """Every clue that holders of offices and known events give, each holder and event once."""
    tables = _tables()
    written = _WORD.findall(text)
    words = list(map(str.lower, written))
    holders, phrases = tables.holders, tables.phrases
    clues: dict[object, Clue] = {}
    seen: dict[int, tuple[int, int]] = {}
    for i, word in enumerate(words):
        if word in phrases:
            for rest, number in phrases[word]:
                if number not in seen and all(
                    i + k < len(words) and words[i + k] in forms for k, forms in enumerate(rest, 1)
                ):
                    seen[number] = (i, i + 1 + len(rest))
        if word in holders and written[i][0].isupper():
            clue = _holder(words, i, holders[word], text, tables)
            if clue is not None:
                clues.setdefault(clue.pieces, clue)
    for number, span in seen.items():
        for index in tables.by_phrase[number]:
            event = tables.events[index]
            if ("event", index) not in clues and any(all(n in seen for n in need) for need in event.needs):
                quote = _quote(text, *span)
                clues["event", index] = Clue("event", quote, event.pieces, event.detail)
    return list(clues.values())


def _holder(words: list[str], i: int, terms: list[_Term], text: str, tables: _Tables) -> Clue | None:
    """The clue of a surname at word ``i`` with its title around it; None for a former holder or no title."""
    before = words[max(0, i - _BEFORE) : i]
    behind = words[i + 1 : i + 1 + _BEHIND]
    around = before + behind
    given = {term.given for term in terms} & set(before[-3:])
    known = [term for term in terms if not given or term.given in given]
    matching = [term for term in known if any(part in word for word in around for part in term.titles)]
    if not matching:
        return _named(known, text, i) if given else None
    at = max(
        (k for k, word in enumerate(before) if any(p in word for t in matching for p in t.titles)), default=0
    )
    start = i - len(before) + at
    detail = ", ".join(sorted({term.detail for term in matching}))
    quote = _quote(text, start, i + 1)
    lead = words[max(0, start - 2) : i]
    first, last = min(term.first for term in matching), max(term.last for term in matching)
    if _any_begins(lead, tables.former):
        if len(matching) > 1 or last == MONTHS - 1:
            return None
        low = max(last - 1, 0)
        return Clue("former", quote, ((low, MONTHS - 1, 2.5), (low, min(last + 60, MONTHS - 1), 0.5)), detail)
    if _any_begins(lead, tables.not_yet):
        if len(matching) > 1:
            return None
        return Clue("not_yet", quote, ((max(first - 15, 0), min(first + 1, MONTHS - 1), 2.5),), detail)
    weight = _NAMED if given or matching[0].given == words[i] else _SURNAMED
    pieces: list[tuple[int, int, float]] = []
    reach = -1
    for begin, end in sorted((term.first, term.last) for term in matching):
        # A month more on both sides: the newly elected, and the one who has just left, bear the title too.
        low, high = max(begin - 1, reach + 1), min(end + 1, MONTHS - 1)
        if low <= high:
            pieces.append((low, high, weight))
            if high + 6 < MONTHS:
                pieces.append((high + 1, high + 6, weight - 1.8))  # "früher" is often left out just after
            reach = high
    return Clue("holder", quote, tuple(pieces), detail)


def _named(terms: list[_Term], text: str, i: int) -> Clue | None:
    """The clue of a whole name without its title: most are written about around their time in office."""
    first, last = min(term.first for term in terms), max(term.last for term in terms)
    low, high = max(first - 24, 0), min(last + 24, MONTHS - 1)
    detail = ", ".join(sorted({term.detail for term in terms}))
    pieces = ((low, high, 1.2), (max(first - 3, 0), min(last + 3, MONTHS - 1), 0.6))
    return Clue("named", _quote(text, max(i - 1, 0), i + 1), pieces, detail)


def _any_begins(words: list[str], beginnings: tuple[str, ...]) -> bool:
    return any(
        word == part if len(part) <= 2 else word.startswith(part) for word in words for part in beginnings
    )


def _quote(text: str, first: int, end: int) -> str:
    """The words ``first`` to ``end`` (exclusive) of the text as written, shortened in the middle."""
    start = stop = 0
    for k, match in enumerate(_WORD.finditer(text)):
        if k == first:
            start = match.start()
        if k == end - 1:
            stop = match.end()
            break
    quote = " ".join(text[start:stop].split())
    return quote if len(quote) <= 80 else f"{quote[:38]} … {quote[-38:]}"

"""The tables of what is known of the world, made ready for looking words up.

Persons, their offices, states and places are those of :mod:`timeline.actors.knowledge`; further offices that
actors do not need (``office_holders.tsv``), ``world_events.tsv``, ``series.tsv``, ``recurring.tsv``,
``births.tsv``, ``us_trips.tsv`` and ``visits.tsv`` serve the reference date alone.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from timeline import edtf
from timeline.actors.knowledge import Person, knowledge
from timeline.language import LanguageError, read_toml, read_tsv
from timeline.reference.clue import FIRST_YEAR, LAST_YEAR, MONTHS, month_index

WORD: Final = re.compile(r"\w+|(?<=[a-zäöüß\d)“])[.!?](?=\s+[„\"]?[A-ZÄÖÜ])(?<!\d\.)")
"""A word, or the mark that ends a sentence (not the one behind a number)."""
NUMERAL: Final = re.compile(r"[ivx]+")
"""The number of a pope or monarch, in lower case."""
_INFLECTIONS: Final = ("", "s", "es", "e", "en", "er", "em", "n", "ns", "r", "m")
_PART: Final = re.compile(r"\w+\*?")
_KINDS: Final = ("lasting", "since", "event", "era", "summit", "anchor")
_FOLDER: Final = "knowledge/"
_TRAVELLERS: Final = ("president", "head_of_government", "foreign_minister", "monarch", "pope")

UNTIMELY: Final = 5.0
LOOSELY: Final = 3.5
"""Log weights against the months before a thing existed: named by one phrase; by words apart, which may be
there for another reason."""

AROUND: Final = (-3, 1, 2.6)
"""First and last month around a day of election in which most is written of it, and their log weight."""

Pieces = tuple[tuple[int, int, float], ...]


Phrases = dict[str, dict[str, list[tuple[tuple[frozenset[str], ...], int]]]]
"""Phrases by first and second word ("" where there is none): the forms of further words, and the number."""


@dataclass(frozen=True, slots=True)
class Term:
    """A person's time in an office: months by index, both inclusive; ``titles`` are parts of its titles.

    ``given`` are spellings of the given name, or the one name of a pope or monarch; ``surname`` is the key
    of the tables of journeys, however the article spells it. ``numbered`` marks popes and monarchs with a
    number, whose names many others bear.
    """

    given: frozenset[str]
    titles: tuple[str, ...]
    first: int
    last: int
    detail: str
    side: str = ""
    surname: str = ""
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """A row of the table of events, or a member of a numbered series or of recurring events.

    ``first`` is the day from which anniversaries count, None where there is none.
    """

    pieces: Pieces
    detail: str
    first: date | None


@dataclass(frozen=True, slots=True)
class Tables:
    """All tables by lower-case word: surnames to terms and births, first words to phrases.

    ``by_phrase`` leads from the number of a phrase to the events with an alternative that begins with it:
    the event's index, and the numbers of all phrases that must occur in the article.
    """

    holders: dict[str, list[Term]]
    births: dict[str, list[tuple[str, date]]]
    phrases: Phrases
    telling: set[str]
    events: list[Event]
    by_phrase: dict[int, list[tuple[int, tuple[int, ...]]]]
    former: tuple[str, ...]
    not_yet: tuple[str, ...]
    offices: tuple[str, ...]
    numbers: dict[str, int]
    anniversary: tuple[str, ...]
    places: dict[str, str]
    trips: dict[tuple[str, str], list[tuple[date, date]]]


def _days(row: dict[str, str], table: str) -> tuple[date, date | None]:
    try:
        first = edtf.bounds(row["from"]).first
        last = edtf.bounds(row["to"]).last if row["to"] else None
    except edtf.EdtfError as error:
        raise LanguageError(f"{table}: row {row}: {error}") from error
    if first is None or (last is not None and last < first):
        raise LanguageError(f"{table}: row {row}: ends before it begins")
    return first, last


def split_surname(name: str) -> tuple[str, str]:
    """Given name and surname in lower case, as newspapers repeat it: of "Moon Jae-in" the first part."""
    names = WORD.findall(name.lower())
    if len(names) > 1 and NUMERAL.fullmatch(names[-1]):
        names.pop()  # "Johannes Paul II."
    return names[0], names[-1] if len(names[-1]) > 2 else names[0]


def spellings(person: Person) -> dict[str, frozenset[str]]:
    """The surnames by which newspapers repeat a person, in lower case, with the given names before each."""
    found: dict[str, set[str]] = {}
    for name in (person.name, *person.forms):
        given, surname = split_surname(name)
        found.setdefault(surname, set()).add(given)
    for spelling in person.surnames if person.given else ():
        surname = WORD.findall(spelling.lower())[-1]
        found.setdefault(surname, set()).add(WORD.findall(person.given.lower())[0])
    return {surname: frozenset(given) for surname, given in found.items()}


def _terms() -> Iterator[tuple[str, Term]]:
    words = read_toml("languages/de/reference/clues.toml")
    offices, bodies = words["titles"], words["bodies"]
    for person in knowledge().persons.values():
        terms = [term for term in person.terms if term.office in offices]
        surname = split_surname(person.name)[1]
        numbered = NUMERAL.fullmatch(person.name.lower().rstrip(".").split()[-1]) is not None
        for spelling, given in spellings(person).items() if terms else ():
            for term in terms:
                heads = bodies.get(term.side, []) if term.office == "secretary_general" else []
                titles = tuple(offices[term.office] + heads)
                side = term.side if term.office in _TRAVELLERS else ""
                yield spelling, Term(given, titles, *_span(term.first, term.last), side, surname, numbered)
    for row in _read("office_holders.tsv"):
        name, surname = split_surname(row["person"])
        titles = tuple(row["titles"].split(","))
        yield surname, Term(frozenset((name,)), titles, *_span(*_days(row, "office_holders")), "", surname)


def _span(first: date, last: date | None) -> tuple[int, int, str]:
    """The months of a term, and its years for the user."""
    end = MONTHS - 1 if last is None else month_index(last)
    return month_index(first), end, f"{first.year}–{'' if last is None else last.year}"


def _read(name: str) -> list[dict[str, str]]:
    return read_tsv(_FOLDER + name)


@lru_cache(maxsize=1)
def tables() -> Tables:
    """The tables, read once.

    Raises:
        LanguageError: a row is not understood; the message has the table and the row.
    """
    words = read_toml("languages/de/reference/clues.toml")["words"]
    numbers = {form: number for number, forms in enumerate(words["numbers"]) for form in forms}
    found = Tables(
        {}, {}, {}, set(), [], {},
        tuple(words["former"]), tuple(words["not_yet"]), tuple(words["offices"]), numbers,
        tuple(words["anniversary"]), _places(), _trips(),
    )  # fmt: skip
    for surname, term in _terms():
        for ending in ("", "s"):
            found.holders.setdefault(surname + ending, []).append(term)
    for row in _read("births.tsv"):
        given, surname = split_surname(row["person"])
        found.births.setdefault(surname, []).append((given, date.fromisoformat(row["born"])))
    phrase_numbers: dict[str, int] = {}
    for words_, event_pieces, detail, first in (*_events(), *_series(), *_recurring()):
        needs = tuple(
            tuple(_phrase(part, found.phrases, phrase_numbers) for part in alternative.split("&"))
            for alternative in words_.split("|")
        )
        for need in needs:
            found.by_phrase.setdefault(need[0], []).append((len(found.events), need))
        found.events.append(Event(event_pieces, detail, first))
    found.telling.update(found.phrases, found.holders, found.births)
    return found


def _places() -> dict[str, str]:
    """Country by the last word of a place's name; of one word, or long enough to be nothing else."""
    found: dict[str, str] = {}
    known = knowledge()
    for state in known.states.values():
        for name in (state.name, *state.variants, *state.capitals):
            _enter_place(name, state.code, found)
    for name, places in known.places.items():
        _enter_place(name, places[0].country or "", found)
    return found


def _enter_place(name: str, code: str, found: dict[str, str]) -> None:
    words = WORD.findall(name)
    # "US" begins words such as "US-Präsident".
    if code and words and len(words[-1]) > (2 if len(words) == 1 else 4) and words[-1][0].isupper():
        found.setdefault(words[-1].lower(), code)


def _trips() -> dict[tuple[str, str], list[tuple[date, date]]]:
    found: dict[tuple[str, str], list[tuple[date, date]]] = {}
    for row in _read("us_trips.tsv"):
        days = date.fromisoformat(row["from"]), date.fromisoformat(row["to"])
        found.setdefault((row["traveller"], row["country"]), []).append(days)
    for row in _read("visits.tsv"):
        for month in row["months"].split(","):
            try:
                span = edtf.bounds(month)
            except edtf.EdtfError as error:
                raise LanguageError(f"{_FOLDER}visits.tsv: row {row}: {error}") from error
            if span.first is not None and span.last is not None:
                found.setdefault((row["traveller"], row["country"]), []).append((span.first, span.last))
    return found


def _events() -> Iterator[tuple[str, Pieces, str, date | None]]:
    for row in _read("world_events.tsv"):
        first, last = _days(row, "world_events")
        if row["kind"] not in _KINDS:
            raise LanguageError(f"{_FOLDER}world_events.tsv: row {row}: unknown kind")
        span = str(first.year) if last == first else f"{first.year}–{'' if last is None else last.year}"
        yield row["words"], _shape(row["kind"], first, last), span, first


def _series() -> Iterator[tuple[str, Pieces, str, date | None]]:
    for row in _read("series.tsv"):
        ordinal, base, step = int(row["ordinal"]), int(row["year"]), int(row["step"])
        until = int(row["until"]) if row["until"] else LAST_YEAR
        for year in range(base - (base - FIRST_YEAR) // step * step, until + 1, step):
            number = ordinal + (year - base) // step
            if number < 1:
                continue
            names = "|".join(f"{number}. {name}" for name in row["words"].split("|"))
            month = month_index(date(year, 1, 1))
            last = min(month + 12 * step - 1, MONTHS - 1)
            # A member is spoken of beforehand too, and now and then looked back upon.
            pieces = [(month, last, 7.0), (max(month - 4, 0), max(month - 1, 0), 5.0)]
            pieces.append((min(last + 1, MONTHS - 1), min(last + 3, MONTHS - 1), 4.5))
            yield names, tuple(pieces), str(year), None


def _recurring() -> Iterator[tuple[str, Pieces, str, date | None]]:
    for row in _read("recurring.tsv"):
        try:
            days = [date.fromisoformat(day) for day in row["dates"].split(",")]
        except ValueError as error:
            raise LanguageError(f"{_FOLDER}recurring.tsv: row {row}: {error}") from error
        # Most is written shortly before and just after; the rounds may overlap, then both count.
        shape = ((-9, -4, 1.4), AROUND, (2, 4, 1.0))
        pieces = [
            (max(month + first, 0), min(month + last, MONTHS - 1), weight)
            for month in map(month_index, days)
            for first, last, weight in shape
        ]
        yield row["words"], tuple(piece for piece in pieces if piece[0] <= piece[1]), "", None


@lru_cache(maxsize=8192)
def _inflected(part: str) -> frozenset[str]:
    """The forms of a word; one that ends in ``*`` is inflected."""
    stem = part.rstrip("*")
    return frozenset([stem + ending for ending in _INFLECTIONS] if part != stem else [part])


def _phrase(words: str, phrases: Phrases, numbers: dict[str, int]) -> int:
    """The number of a phrase; a new one is entered under each form of its first two words."""
    words = words.strip()
    if words in numbers:
        return numbers[words]
    number = numbers[words] = len(numbers)
    forms = [_inflected(part) for part in _PART.findall(words)]
    entry = tuple(forms[2:]), number
    for first in forms[0]:
        heads = phrases.setdefault(first, {})
        for second in forms[1] if len(forms) > 1 else ("",):
            heads.setdefault(second, []).append(entry)
    return number


def _shape(kind: str, first: date, last: date | None) -> Pieces:
    """Months before ``first`` are all but ruled out; an event fades, an era is remembered."""
    if kind == "anchor":
        return ()
    start = month_index(first)
    if kind == "summit":
        shape = ((-12, -5, 2.5), (-4, -1, 4.5), (0, 1, 6.0), (2, 6, 4.0), (7, 24, 2.5))
        spread = ((max(start + low, 0), min(start + high, MONTHS - 1), weight) for low, high, weight in shape)
        return tuple(piece for piece in spread if piece[0] <= piece[1])
    end = MONTHS - 1 if last is None else month_index(last)
    pieces = [(start, MONTHS - 1, UNTIMELY)]
    if kind == "since":
        pieces += [(start, start + 3, 3.2), (start + 4, start + 12, 2.2), (start + 13, start + 36, 1.3)]
    elif kind == "event":
        pieces += [
            (start, min(start + 1, end), 5.4), (start + 2, end, 4.4),
            (end + 1, end + 3, 3.0), (end + 4, end + 14, 1.6),
        ]  # fmt: skip
    elif kind == "era" and end < MONTHS - 1:
        pieces += [(start, end + 1, 2.5), (end + 2, end + 12, 1.0)]
    return tuple(
        (low, min(high, MONTHS - 1), weight) for low, high, weight in pieces if low < MONTHS and low <= high
    )

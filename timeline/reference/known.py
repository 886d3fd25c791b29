"""Clues from what is known of the world: holders of offices, events and their anniversaries, ages.

A text is cut into words once, and each word is looked up in dictionaries, so the time grows with the text
and hardly with the tables.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import cached_property
from itertools import compress
from math import log
from typing import Final

from timeline.reference.clue import FIRST_YEAR, LAST_YEAR, MONTHS, Clue, month_index
from timeline.reference.tables import LOOSELY, NUMERAL, UNTIMELY, WORD, Event, Tables, Term, tables

_BEFORE, _BEHIND = 6, 3
"""A title stands at most so many words before a name ("Bundeskanzlerin der Bundesrepublik Deutschland, Angela
Merkel"), or behind it ("Angela Merkel, die Kanzlerin")."""

_NAMED, _SURNAMED = 3.8, 3.2
"""Log weights: a title with the whole name, with the surname alone, which another may bear. On articles with
known dates three of a hundred holders were told outside their time."""

_LEAD: Final = 150
"""Characters. An event named in the opening is the news itself more often than one named later."""
_CURRENT: Final = 4.0
"""Weights of the months in which an event is news; those of remembrance lie below."""
_TOLD_FIRST: Final = 1.3
"""Log weight more for an event in the opening, in the months in which it is news. Of 25 such in articles with
known dates all were written in those months, but the rows were chosen with some of them in view."""

_DEPUTY: Final = "vize"
_ENDS: Final = frozenset(".!?")
_PARTICLES: Final = frozenset(("al", "el", "bin", "ibn", "von", "van", "de"))
_REACH: Final = 14
"""Words between a traveller and the place."""
_AROUND: Final = 9
"""Words between an event and the years since it: "60 Jahre nach der Befreiung von Auschwitz"."""


_AGE_BEHIND: Final = re.compile(r" \((\d\d)\)")


class _Words:
    """A text cut into words: as written, in lower case, and where they stand."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.written = WORD.findall(text)
        self.lower = list(map(str.lower, self.written))

    @cached_property
    def spans(self) -> list[tuple[int, int]]:
        """Start and end of each word; few texts have a clue to quote."""
        return [match.span() for match in WORD.finditer(self.text)]

    def quote(self, first: int, end: int) -> str:
        """The words ``first`` to ``end`` (exclusive) as written, shortened in the middle."""
        words = " ".join(self.text[self.spans[first][0] : self.spans[end - 1][1]].split())
        return words if len(words) <= 80 else f"{words[:38]} … {words[-38:]}"


def known_clues(text: str, named: frozenset[tuple[int, int]] = frozenset()) -> list[Clue]:
    """Every clue that holders of offices, their journeys, ages and known events give, each once.

    ``named`` are the days of the calendar (month, day) that the text names.
    """
    table = tables()
    cut = _Words(text)
    words, written = cut.lower, cut.written
    holders, phrases, births = table.holders, table.phrases, table.births
    clues: dict[object, Clue] = {}
    seen: dict[int, tuple[int, int]] = {}
    last = len(words) - 1
    for i in compress(range(len(words)), map(table.telling.__contains__, words)):
        word = words[i]
        if word in phrases:
            heads = phrases[word]
            for _, number in heads.get("", ()):
                seen.setdefault(number, (i, i + 1))
            for rest, number in heads.get(words[i + 1], ()) if i < last else ():
                if number not in seen and all(
                    i + k <= last and words[i + k] in forms for k, forms in enumerate(rest, 2)
                ):
                    seen[number] = (i, i + 2 + len(rest))
        if word in holders and written[i][0].isupper():
            clue = _holder(cut, i, table)
            if clue is not None:
                clues.setdefault(clue.pieces, clue)
                if clue.rule == "holder":
                    for key, trip in _journeys(cut, i, named):
                        clues.setdefault(key, trip)
        if word in births and ("age", word) not in clues:
            clue = _age(cut, i, births[word])
            if clue is not None:
                clues["age", word] = clue
    read: set[int] = set()
    begun = [pair for number in seen for pair in table.by_phrase.get(number, ())]
    for index, need in sorted(begun):
        event = table.events[index]
        if index in read or not all(number in seen for number in need):
            continue
        read.add(index)
        after = seen[need[0]][1]
        if not event.detail and after <= last and words[after].isdecimal() and len(words[after]) == 4:
            continue  # "Bundestagswahl 2009" names one of them, whenever it is written
        if event.pieces:
            quote = " … ".join(cut.quote(*seen[number]) for number in need[:3])
            pieces = event.pieces
            if cut.spans[seen[need[0]][0]][0] < _LEAD:
                pieces = tuple(
                    (low, high, weight + _TOLD_FIRST)
                    if weight != UNTIMELY and weight >= _CURRENT
                    else (low, high, weight)
                    for low, high, weight in pieces
                )
            if len(need) > 1 and pieces[0][2] == UNTIMELY:
                pieces = ((*pieces[0][:2], LOOSELY), *pieces[1:])
            # Two rows that begin alike tell of one happening, which counts once.
            clues.setdefault(("event", pieces[0][:2]), Clue("event", quote, pieces, event.detail))
        anniversary = _anniversary(cut, seen[need[0]], event, table)
        if anniversary is not None:
            clues["since", index] = anniversary
    return list(clues.values())


def _sentence(words: list[str], i: int) -> tuple[list[str], list[str]]:
    """The words of the same sentence before and behind word ``i`` among which its title may stand."""
    before = words[max(0, i - _BEFORE) : i]
    for k in range(len(before) - 1, -1, -1):
        if before[k] in _ENDS:
            before = before[k + 1 :]
            break
    behind = words[i + 1 : i + 1 + _BEHIND]
    ends = [k for k, word in enumerate(behind) if word in _ENDS]
    return before, behind[: ends[0]] if ends else behind


def _holder(cut: _Words, i: int, table: Tables) -> Clue | None:
    """The clue of a surname at word ``i``: in office, no longer, not yet; None where nothing can be said."""
    words, written = cut.lower, cut.written
    before, behind = _sentence(words, i)
    around = before + behind
    terms = table.holders[words[i]]
    names: frozenset[str] = frozenset().union(*(term.given for term in terms))
    given = names.intersection(before[-3:])
    numbered = i + 1 < len(words) and NUMERAL.fullmatch(words[i + 1]) is not None
    if numbered:
        given |= names.intersection((words[i],))  # "Benedikt XVI."
    elif not given and (i + 1 < len(words) and (written[i + 1][0].isupper() or words[i + 1] in _PARTICLES)):
        return None  # "Omar" before "al-Baschir" is a given name
    if not given and i and written[i - 1][0].isupper() and not _has(words[i - 1], table.offices):
        return None  # another's given name
    known = [term for term in terms if not given or term.given & given]
    in_office = any(_has(word, table.offices) for word in around)
    matching = [
        term
        for term in known
        if any(
            _has(word, (part,)) and _same_rank(word, part) and (in_office or _has(part, table.offices))
            for word in around
            for part in term.titles
        )
    ]
    if not matching:
        known = [term for term in known if numbered or not term.numbered]
        return _named(known, cut, i) if given and known else None
    titles = {title for term in matching for title in term.titles}
    at = max((k for k, word in enumerate(before) if _has(word, titles)), default=0)
    start = i - len(before) + at
    detail = ", ".join(sorted({term.detail for term in matching}))
    quote = cut.quote(start, i + 1)
    if any(
        words[k] in table.holders and written[k][0].isupper() and words[k] not in given | titles
        for k in range(start + 1, i)
    ):
        return None  # the title is another's
    lead = words[max(0, start - 2) : i]
    first, last = min(term.first for term in matching), max(term.last for term in matching)
    if _any_begins(lead, table.former) or (before and _is_ex(before[at], titles)):
        if len(matching) > 1 or last == MONTHS - 1:
            return None
        low = max(last - 1, 0)
        return Clue("former", quote, ((low, MONTHS - 1, 1.2), (low, min(last + 60, MONTHS - 1), 0.4)), detail)
    if _any_begins(lead, table.not_yet):
        if len(matching) > 1:
            return None
        return Clue("not_yet", quote, ((max(first - 15, 0), min(first + 1, MONTHS - 1), 2.5),), detail)
    weight = _NAMED if given or words[i] in matching[0].given else _SURNAMED
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


def _journeys(cut: _Words, i: int, named: frozenset[tuple[int, int]]) -> Iterator[tuple[object, Clue]]:
    """The clues of a traveller at word ``i`` and the places of the sentence: when was he there?"""
    table = tables()
    words, written = cut.lower, cut.written
    start = max((k for k in range(max(0, i - _REACH), i) if words[k] in _ENDS), default=max(0, i - _REACH))
    for k in range(start, min(len(words), i + _REACH)):
        if words[k] in _ENDS and k > i:
            return
        code = table.places.get(words[k]) if written[k][0].isupper() else None
        if code is None:
            continue
        for term in table.holders[words[i]]:
            traveller = term.side if code == "US" and (term.side, code) in table.trips else term.surname
            trips = [
                (month_index(first), first, last)
                for first, last in table.trips.get((traveller, code), ())
                if term.side and term.first <= month_index(first) <= term.last
            ]
            if trips:
                pieces = _trip_pieces(trips, named, min(term.last - term.first, 96))
                yield ("trip", traveller, code), Clue("trip", cut.quote(min(i, k), max(i, k) + 1), pieces)


def _trip_pieces(
    trips: list[tuple[int, date, date]], named: frozenset[tuple[int, int]], months: int
) -> tuple[tuple[int, int, float], ...]:
    """Two in five named in a sentence with a place are there, or come from there; few trips tell more."""
    weight = log(max(0.4 / len(trips) / (0.6 / max(months, 12)), 1.0))
    pieces = []
    for month, first, last in trips:
        # Of some journeys only the month is known.
        length = (last - first).days if (last - first).days < 27 else -1
        days = ((first + timedelta(days=k)) for k in range(length + 1))
        here = weight + (2.5 if any((day.month, day.day) in named for day in days) else 0.0)
        pieces.append((month, month, here))
        pieces += [(at, at, here / 2) for at in (month - 1, month + 1) if 0 <= at < MONTHS]
    return tuple(pieces)


def _named(terms: list[Term], cut: _Words, i: int) -> Clue:
    """The clue of a whole name without its title: most are written about around their time in office."""
    first, last = min(term.first for term in terms), max(term.last for term in terms)
    low, high = max(first - 24, 0), min(last + 24, MONTHS - 1)
    detail = ", ".join(sorted({term.detail for term in terms}))
    pieces = ((low, high, 1.2), (max(first - 3, 0), min(last + 3, MONTHS - 1), 0.6))
    return Clue("named", cut.quote(max(i - 1, 0), i + 1), pieces, detail)


def _age(cut: _Words, i: int, births: list[tuple[str, date]]) -> Clue | None:
    """An age beside a name tells a year from birthday to birthday.

    "Die 64-jährige Angela Merkel" and "Angela Merkel (64)".
    """
    before = cut.lower[max(0, i - 8) : i]
    behind = _AGE_BEHIND.match(cut.text, cut.spans[i][1])
    for given, born in births:
        if behind is not None and given in before[-3:]:
            return _age_clue(born, int(behind[1]), cut.quote(max(i - 1, 0), i + 1))
        for k, word in enumerate(before[:-1]):
            if not (word.isdecimal() and len(word) == 2 and before[k + 1].startswith("jährig")):
                continue
            # The surname alone may be another's; a given name in between must be the right one.
            if given not in before[-3:] and k + 3 < len(before):
                continue
            return _age_clue(born, int(word), cut.quote(i - len(before) + k, i + 1))
    return None


def _age_clue(born: date, age: int, quote: str) -> Clue | None:
    year = born.year + age
    if not FIRST_YEAR <= year < LAST_YEAR:
        return None
    month = month_index(date(year, born.month, 1))
    return Clue("age", quote, ((month, min(month + 12, MONTHS - 1), 6.2),), f"* {born.year}")


def _anniversary(cut: _Words, span: tuple[int, int], event: Event, table: Tables) -> Clue | None:
    """The years since an event tell the year of writing ("20 Jahre nach dem Mauerfall", "60. Jahrestag")."""
    if event.first is None:
        return None
    words = cut.lower
    start, end = span
    low, high = max(0, start - _AROUND), min(len(words), end + _AROUND)
    for k in range(low, high - 1):
        years = table.numbers.get(words[k]) or (
            int(words[k]) if words[k].isdecimal() and len(words[k]) < 4 else 0
        )
        if not 2 <= years <= 600:
            continue
        behind = words[k + 1]
        named = behind.startswith(table.anniversary)
        counted = behind in ("jahre", "jahren") and (
            (k and words[k - 1] == "vor") or (k + 2 < len(words) and words[k + 2] in ("nach", "danach"))
        )
        year = event.first.year + years
        if not (named or counted) or not FIRST_YEAR <= year < LAST_YEAR:
            continue
        month = month_index(date(year, event.first.month, 1))
        shape = ((-2, 1, 7.0), (-8, -3, 4.0), (2, 4, 4.0)) if named else ((-7, 7, 5.2),)
        pieces = tuple(
            (max(month + first, 0), min(month + last, MONTHS - 1), weight) for first, last, weight in shape
        )
        quote = cut.quote(min(k, start), max(k + 2, end))
        return Clue("span", quote, pieces, f"{event.first.year} + {years}")
    return None


def _has(word: str, parts: Iterable[str]) -> bool:
    """Whether the word names one of the offices; "Präsidentschaft" and the like do not."""
    if "präsidentschaft" in word:
        return any(part in word for part in parts if not part.endswith("präsident"))
    return any(part in word for part in parts)


def _same_rank(word: str, title: str) -> bool:
    """Whether not one of both is a deputy's: "Vizepremier" is not the premier."""
    return word.startswith(_DEPUTY) == title.startswith(_DEPUTY)


def _is_ex(word: str, titles: Iterable[str]) -> bool:
    """Whether the word is a former holder's: "Expräsident"."""
    return any(word.startswith(f"ex{part}") for part in titles)


def _any_begins(words: list[str], beginnings: tuple[str, ...]) -> bool:
    return any(
        word == part if len(part) <= 2 else word.startswith(part) for word in words for part in beginnings
    )

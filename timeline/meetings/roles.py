"""How names, places and dates stand in a sentence: preposition, genitive, clause.

German marks roles by prepositions and case. Case is mostly invisible without a model, but who-met-whom is
nearly symmetric, so it is enough to tell a party ("mit", subject, object, genitive of the trigger) from a
bystander ("über", "gegen", the genitive of some other noun).
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from timeline.actors import Mention, PlaceMention
from timeline.meetings.clauses import Clause, clauses, is_adjective, is_noun
from timeline.meetings.grammar import grammar
from timeline.model import Timex

POSSESSIVE = re.compile(r"(?:sein|ihr)(?:e[nmrs]?)?", re.IGNORECASE)
_NUMERAL = re.compile(r"[IVX]+\.?")
_REACH = 12
"""Tokens that a preposition may stand before its name; German noun phrases of news are seldom longer."""


@dataclass(frozen=True, slots=True)
class Words:
    """The tokens of a Doc as plain lists: written form, lower case, first character."""

    raw: Sequence[str]
    lower: Sequence[str]
    offsets: Sequence[int]


@dataclass(frozen=True, slots=True)
class Slot:
    """A mention in its place. ``first``, ``last`` are tokens (end exclusive), ``np`` begins its noun phrase.

    ``prep`` is the preposition that governs it in its full form ("im" is "in"), empty for subject, object
    or genitive; ``head`` the noun in whose genitive (or behind whose "von") it stands, None otherwise.
    """

    mention: Mention
    first: int
    last: int
    np: int
    prep: str
    head: int | None
    clause: int


@dataclass(frozen=True, slots=True)
class PlaceSlot:
    """A place in its sentence; the fields are those of :class:`Slot`."""

    mention: PlaceMention
    first: int
    last: int
    np: int
    prep: str
    head: int | None
    clause: int


@dataclass(frozen=True, slots=True)
class TimeSlot:
    """A resolved date in its sentence."""

    timex: Timex
    first: int
    last: int
    clause: int


@dataclass(frozen=True, slots=True)
class Scene:
    """A sentence ready to be read: its clauses and what stands in them, in order of the text."""

    number: int
    start: int
    end: int
    words: Words
    clauses: tuple[Clause, ...]
    clause_of: dict[int, int]
    slots: tuple[Slot, ...]
    places: tuple[PlaceSlot, ...]
    times: tuple[TimeSlot, ...]

    def spans(self) -> Iterator["Slot | PlaceSlot | TimeSlot"]:
        """All that stands in the sentence."""
        yield from self.slots
        yield from self.places
        yield from self.times

    def text(self, clause: int) -> str:
        """The words of a clause, parted by blanks."""
        return " ".join(self.words.raw[i] for i in self.clauses[clause].tokens)


@dataclass(frozen=True, slots=True)
class _Government:
    np: int
    prep: str
    head: int | None


class _Governor:
    """Finds the government of spans from left to right, so that later ones can inherit from earlier ones.

    ``walls`` are tokens across which no preposition reaches: finite verbs and what opens a clause.
    """

    def __init__(
        self,
        words: Words,
        start: int,
        clause_of: dict[int, int],
        time_tokens: frozenset[int],
        walls: frozenset[int],
    ) -> None:
        self._words = words
        self._start = start
        self._clause_of = clause_of
        self._time = time_tokens
        self._walls = walls
        self._done: dict[int, _Government] = {}
        self._names: set[int] = set()
        self._last = -1
        self._base = False  # whether the name in question ends in -s by itself: no genitive
        self._grammar = grammar()

    def __call__(
        self, first: int, last: int, *, name: bool, male: bool = False, base: bool = False
    ) -> _Government:
        self._base = base
        self._last = last - 1
        found = self._walk(first, first - 1, name=name, male=male)
        for i in range(first, last):
            self._done.setdefault(i, found)
            if name:
                self._names.add(i)
        return found

    def owner(self, first: int) -> bool:
        """Whether it is a possessive pronoun before its noun ("sein Besuch"), not a party by itself."""
        raw, lower = self._words.raw, self._words.lower
        if not POSSESSIVE.fullmatch(lower[first]) or first + 1 >= len(raw):
            return False
        return is_noun(raw[first + 1]) or is_adjective(raw[first + 1], self._grammar)

    def noun(self, index: int) -> _Government:
        """The government of the noun phrase whose head noun is the token."""
        return self._walk(index, index - 1)

    def _made_up(self, aus: int) -> bool:
        """Whether a group is made up of those who stand for sides: "die Runde aus Vertretern der Ukraine"."""
        lower = self._words.lower
        after = lower[aus + 1] if aus + 1 < len(lower) else ""
        return (
            lower[aus] == "aus"
            and lower[aus - 1].endswith(self._grammar.group_ends)
            and (after in self._grammar.official)
        )

    def _nominative(self, article: int, *, male: bool) -> bool:
        """Whether "der" is no genitive: before an adjective in -e ("der russische ...") or a single man."""
        lower, raw = self._words.lower, self._words.raw
        if lower[article] != "der":
            return False
        after = raw[article + 1] if article + 1 < len(raw) else ""
        return male or (after.endswith("e") and is_adjective(after, self._grammar))

    def _walk(self, first: int, i: int, *, name: bool = False, male: bool = False) -> _Government:
        lower, raw, words = self._words.lower, self._words.raw, self._grammar
        np = first
        article = lower[first] if lower[first] in words.determiners else None
        limit = max(self._start, first - _REACH)
        while i >= limit:
            word = lower[i]
            if word == "wie" or (word in words.likening and "wie" in lower[max(self._start, i - 2) : i]):
                return _Government(np, "wie", None)
            if (i in self._time and not is_adjective(raw[i], words)) or i in self._walls:
                break
            if word == "an" and i - 1 in self._time:
                break  # "von Samstag an"
            if i in self._done:
                earlier = self._done[i]
                if i not in self._names:
                    break  # "in Paris François Hollande": a place and a name side by side
                if article in words.genitive_articles:
                    return _Government(np, "", i)
                if not raw[i].endswith(words.genitive_ends):
                    return _Government(np, "", None)
                return _Government(earlier.np, earlier.prep, earlier.head)
            if word in words.among and lower[i - 1] == "unter":
                return _Government(np, "", None)  # "50 Staatschefs, unter ihnen X und Y"
            if word in words.prepositions and not (
                word == "zu" and lower[i + 1].endswith("en") and raw[i + 1][0].islower()
            ):
                prep = words.contracted.get(word, word)
                if prep == "von" and (led := self._delegation(i)) is not None:
                    outer = self._walk(led, led - 1)
                    return _Government(outer.np, outer.prep, outer.head)
                if (
                    (prep in ("von", "aus") or (prep == "in" and name))
                    and i > self._start
                    and (lower[i - 1] in words.official or self._made_up(i))
                    and (i - 1) not in self._done
                ):
                    outer = self._walk(i - 1, i - 2)
                    return _Government(outer.np, outer.prep, outer.head)
                if prep == "zwischen" and (of := self._before_place(i)) is not None:
                    return _Government(i, prep, of)
                if (
                    prep in words.for_genitive
                    and i > self._start
                    and is_noun(raw[i - 1])
                    and i - 1 not in self._time
                ):
                    return _Government(i, prep, i - 1)
                return _Government(i, prep, None)
            if word == "auch" and lower[i - 1] not in words.before_also:
                break  # "in Kairo auch der Minister X"
            if word in words.joints:
                return self._coordinated(np, first, i)
            if word in words.determiners:
                if article is not None and word not in words.before_determiner:
                    break
                if article is None and self._nominative(i, male=male):
                    return _Government(i, "", None)
                article, np = word, i
            elif is_noun(raw[i]):
                if article is not None:
                    return self._genitive(np, i, article)
                if not name and first - i == 1 and word in words.topics and word not in words.official:
                    break  # "seit Beginn der Krise Athen (besucht)": side by side
                if word in words.official or word.endswith(words.office_ends):
                    np = i
                elif (
                    (raw[first].endswith("s") or (name and raw[self._last].endswith("s")))
                    and not self._base
                    and word not in words.localities
                    and not word.endswith(words.locality_ends)
                    and i > self._start
                    and first - i == 1
                ):
                    return self._genitive(np, i, "des")
                elif lower[first] in words.official or lower[first].endswith(words.office_ends):
                    break  # "in der Hauptstadt Präsident X": two noun phrases side by side
                else:
                    np = i
            elif is_adjective(word, words) or word.rstrip(".").isdigit() or word in ("rund", "etwa"):
                if article is not None:
                    break
                np = i
            else:
                break
            i -= 1
        return _Government(np, "", None)

    def _delegation(self, of: int) -> int | None:
        """The first word of those whom the name behind "von" leads: "eine von X geführte Delegation".

        Also "eine Delegation unter Leitung von X"; None where nobody is led.
        """
        lower, raw, words = self._words.lower, self._words.raw, self._grammar
        if (led := self._led(of - 1)) is not None:
            return led
        for i in range(of + 1, min(of + _REACH, len(raw) - 1)):
            if lower[i] in words.headed and lower[i + 1] in words.official:
                return of - 1 if lower[of - 1] in words.determiners else of
            if raw[i][0].islower() and lower[i] not in words.listing:
                return None
        return None

    def _led(self, leading: int) -> int | None:
        """Those who are led, before "unter Leitung": "eine Delegation unter Leitung des Ministers X"."""
        lower, words = self._words.lower, self._grammar
        unter = leading - 2 if lower[leading - 1] in words.determiners else leading - 1
        behind = lower[leading] in words.leading and unter > self._start and lower[unter] == "unter"
        return unter - 1 if behind and lower[unter - 1] in words.official else None

    def _before_place(self, between: int) -> int | None:
        """The noun whose place stands before "zwischen": "die Gespräche in Lausanne zwischen A und B"."""
        place = self._done.get(between - 1)
        if place is None or between - 1 in self._names or place.prep not in self._grammar.where:
            return None
        noun = place.np - 1
        while noun > self._start and (noun in self._time or self._words.lower[noun] in ("am", "im")):
            noun -= 1  # "das Treffen am Montag in Minsk zwischen A und B"
        return noun if noun >= self._start and is_noun(self._words.raw[noun]) else None

    def _genitive(self, np: int, head: int, article: str) -> _Government:
        """A noun before the article: its genitive attribute, or by chance a neighbour."""
        lower, words = self._words.lower, self._grammar
        if article not in words.genitive_articles:
            return _Government(np, "", None)
        if (led := self._led(head)) is not None:
            outer = self._walk(led, led - 1)
            return _Government(outer.np, outer.prep, outer.head)
        known = lower[head] in words.official or lower[head] in words.localities
        if known or lower[head].endswith(words.officials_ends):
            outer = self._walk(head, head - 1)
            return _Government(outer.np, outer.prep, outer.head)
        return _Government(np, "", head)

    def _coordinated(self, np: int, first: int, joint: int) -> _Government:
        """Behind a comma or "und": as the name before it stands, if it belongs to the same clause."""
        j, lower, words = joint, self._words.lower, self._grammar
        while j >= self._start and (lower[j] in words.joints or lower[j] in words.afterwards):
            j -= 1
        if j > self._start and lower[j] == ")" and "(" in lower[max(self._start, j - 4) : j]:
            j = max(i for i in range(max(self._start, j - 4), j) if lower[i] == "(") - 1
        if j < self._start or self._clause_of.get(j) != self._clause_of.get(first):
            return _Government(np, "", None)
        if j in self._done:
            earlier = self._done[j]
            return _Government(np, earlier.prep, earlier.head)
        if is_noun(self._words.raw[j]) and j not in self._time:
            outer = self._walk(j, j - 1)
            return _Government(np, outer.prep, outer.head)
        return _Government(np, "", None)


def _is_man(mention: Mention, lower: Sequence[str]) -> bool:
    """Whether a title in its base form, among the mention's words, names one man: "der" is nominative."""
    if mention.title is None or len(mention.actors) != 1 or mention.actors[0].type != "person":
        return False
    base = mention.title.rsplit(" ", 1)[-1].lower()
    return any(word.endswith(base) for word in lower)


def _ends_in_s(mention: Mention, word: str) -> bool:
    """Whether the -s at the end of the name is no genitive: "Abbas"."""
    return word.endswith("s") and word.lower() in mention.actors[0].name.lower().split()


def _pronoun(clause: Clause, lower: Sequence[str]) -> int:
    """The relative pronoun, which is no article of the name behind it: "an dem Merkel teilnahm"."""
    behind = lower[clause.tokens[0]] in grammar().prepositions and len(clause.tokens) > 1
    return clause.tokens[int(behind)]


def _tokens_of(words: Words, start: int, end: int, begin: int, finish: int) -> tuple[int, int] | None:
    """The tokens (end exclusive) between ``begin`` and ``finish`` that a span of characters touches."""
    offsets = words.offsets
    last = bisect_left(offsets, end, begin, finish)
    first = bisect_right(offsets, start, begin, last)
    if first > begin and offsets[first - 1] + len(words.raw[first - 1]) > start:
        first -= 1
    return (first, last) if first < last else None


def scene(
    number: int,
    start: int,
    end: int,
    words: Words,
    *,
    mentions: Sequence[Mention],
    places: Sequence[PlaceMention],
    timexes: Sequence[Timex],
) -> Scene:
    """The sentence of tokens ``start`` to ``end`` (exclusive) with the spans that lie in it."""
    found = tuple(clauses(start, end, words.raw, words.lower))
    clause_of = {token: n for n, clause in enumerate(found) for token in clause.tokens}
    times = []
    for timex in timexes:
        span = _tokens_of(words, timex.start, timex.end, start, end)
        if span is not None:
            times.append(TimeSlot(timex, *span, clause_of.get(span[0], 0)))
    govern = _Governor(
        words,
        start,
        clause_of,
        frozenset(i for t in times for i in range(t.first, t.last)),
        frozenset(c.finite for c in found if c.finite is not None)
        | frozenset(_pronoun(c, words.lower) for c in found if c.kind == "relative")
        | frozenset(c.tokens[0] for c in found if c.kind == "sub")  # "Während X mit Y sprach"
        | frozenset(
            c.tokens[0] for c in found if c.kind == "infinitive" and words.lower[c.tokens[0]] == "um"
        ),  # "um X zu treffen": X is the object
    )
    spans: list[tuple[int, int, Mention | None, PlaceMention | None]] = []
    for mention in mentions:
        span = _tokens_of(words, mention.start, mention.end, start, end)
        if span is not None:
            first, last = span
            numbered = last < end and _NUMERAL.fullmatch(words.raw[last]) is not None  # "König Abdullah II."
            spans.append((first, last + int(numbered), mention, None))
    for place in places:
        span = _tokens_of(words, place.start, place.end, start, end)
        if span is not None:
            spans.append((*span, None, place))
    spans.sort(key=lambda s: (s[0], -s[1]))
    slots: list[Slot] = []
    place_slots: list[PlaceSlot] = []
    for first, last, who, where in spans:
        if who is not None and govern.owner(first):
            slots.append(Slot(who, first, last, first, "possessive", None, clause_of.get(first, 0)))
            continue
        at = govern(
            first,
            last,
            name=who is not None,
            male=who is not None and _is_man(who, words.lower[first:last]),
            base=_ends_in_s(who, words.raw[last - 1])
            if who is not None
            else where is not None and where.place.name.endswith(words.raw[last - 1]),
        )
        clause = clause_of.get(first, 0)
        if who is not None:
            slots.append(Slot(who, first, last, at.np, at.prep, at.head, clause))
        if where is not None:
            place_slots.append(PlaceSlot(where, first, last, at.np, at.prep, at.head, clause))
    return Scene(number, start, end, words, found, clause_of, tuple(slots), tuple(place_slots), tuple(times))

"""The knowledge base: states, bodies, persons and who held which office when.

Read once from ``timeline/knowledge/*.tsv``. Days are inclusive calendar days. A term without an end is
still running. What the tables mean is checked here; a wrong row raises :class:`LanguageError`.
"""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from timeline.actors.words import word_classes
from timeline.language import LanguageError, read_tsv
from timeline.model import Actor, Place

FAMILY_FIRST = frozenset({"CN", "HK", "KH", "KP", "KR", "TW"})
"""Sides whose persons German newspapers name with the family name first (Duden: Mao Zedong, Kim Jong-un)."""

GIVEN_FIRST = frozenset({"ER", "ET", "MY", "TH"})
"""Sides whose persons German newspapers repeat by the given name: "Abiy", "Mahathir", "Prayut"."""
_SHORTEST_GIVEN = 3
"""Letters; a given name must have more to stand for a person."""

_NUMERAL = re.compile(r" [IVX]+\.?$")
"""The number of a monarch or pope: "Abdullah II."."""


@dataclass(frozen=True, slots=True)
class State:
    """A state with its German words: ``adjectives`` are stems ("russisch"), ``people`` inhabitants."""

    code: str
    name: str
    variants: tuple[str, ...]
    adjectives: tuple[str, ...]
    people: tuple[str, ...]
    capitals: tuple[str, ...]
    earlier: tuple[str, date] | None = None

    @property
    def actor(self) -> Actor:
        """The state as a party to a meeting, under its name of today."""
        return Actor(f"state:{self.code}", self.name, "state", self.code)

    def actor_on(self, on: date | None) -> Actor:
        """The state under the name it bore on a day: "Mazedonien" before 12 February 2019."""
        if on is not None and self.earlier is not None and on < self.earlier[1]:
            return Actor(f"state:{self.code}", self.earlier[0], "state", self.code)
        return self.actor


@dataclass(frozen=True, slots=True)
class Body:
    """An international body, or a non-state party with its home ``country``."""

    key: str
    name: str
    country: str | None
    variants: tuple[str, ...]
    seat: str | None

    @property
    def actor(self) -> Actor:
        """The body as a party to a meeting."""
        return Actor(f"org:{self.key}", self.name, "organisation", self.country)


@dataclass(frozen=True, slots=True)
class Term:
    """A person's time in an office. ``side`` is a state's code or a body's key; both days inclusive."""

    side: str
    office: str
    person: str
    first: date
    last: date | None

    def distance(self, on: date) -> int:
        """Days between ``on`` and the term; 0 within it."""
        if on < self.first:
            return (self.first - on).days
        if self.last and on > self.last:
            return (on - self.last).days
        return 0


@dataclass(frozen=True, slots=True)
class Person:
    """A person of the tables of terms.

    ``given`` and ``surnames`` are spellings; ``forms`` are whole names that need no rule. ``bare`` is True
    where newspapers write the surname alone without introducing the person, ``lasting`` where they do so
    however long ago it was ("Reagan und Gorbatschow").
    """

    key: str
    name: str
    sex: str
    given: str
    surnames: tuple[str, ...]
    forms: tuple[str, ...]
    bare: bool
    lasting: bool
    terms: tuple[Term, ...]

    @property
    def led(self) -> bool:
        """Whether the person ever led a state, its diplomacy, a church or a body: the name does not fade."""
        return any(term.office in LEADING_OFFICES for term in self.terms)

    def side(self, on: date | None) -> str | None:
        """The state's code or body's key for which the person stands on a day (latest if None)."""
        term = self.term(on)
        return term.side if term else None

    def term(self, on: date | None) -> Term | None:
        """The term in force on a day, else the nearest; the latest where the day is None.

        Of several at one time the weightier office counts (:data:`OFFICE_RANK`).
        """
        if not self.terms:
            return None
        if on is None:
            return max(self.terms, key=lambda t: t.first)
        return min(self.terms, key=lambda t: (t.distance(on), OFFICE_RANK.get(t.office, 99)))

    def distance(self, on: date | None) -> int:
        """Days between a day and the nearest term; 0 in office or where the day is None."""
        return 0 if on is None else min((t.distance(on) for t in self.terms), default=0)


_WELL_KNOWN_SIDES = frozenset([
    "US", "DE", "FR", "GB", "RU", "UA", "TR", "IL", "IR", "IT", "PL", "EU", "NATO", "UN", "AT", "HU", "GR",
    "ES", "NL", "SY", "EG", "SA", "RS", "BY", "VE", "BR", "LY",
])  # fmt: skip
_WELL_KNOWN = frozenset(
    [
        "president",
        "head_of_government",
        "foreign_minister",
        "high_representative",
        "commission_president",
        "council_president",
        "secretary_general",
    ]
)
"""Who in these offices of these sides is named in the news by his surname alone."""

LEADING_OFFICES = frozenset(
    [
        "pope",
        "president",
        "monarch",
        "leader",
        "head_of_government",
        "foreign_minister",
        "secretary_general",
        "commission_president",
    ]
)
"""Who held one of these is recalled by his full name decades later: "Willy Brandt in Erfurt"."""

OFFICE_RANK = {
    office: rank
    for rank, office in enumerate(
        [
            "pope",
            "president",
            "monarch",
            "leader",
            "head_of_government",
            "secretary_general",
            "commission_president",
            "council_president",
            "high_representative",
            "crown_prince",
            "foreign_minister",
            "vice_president",
        ]
    )
}
"""Which office names a person's side where several are held at once; lower is weightier."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """All tables. ``offices`` maps (side, office) to its terms in order of their first day."""

    states: dict[str, State]
    bodies: dict[str, Body]
    persons: dict[str, Person]
    places: dict[str, tuple[Place, ...]]
    metonyms: dict[str, tuple[str, str]]
    offices: dict[tuple[str, str], tuple[Term, ...]]
    by_key: dict[str, Person]

    def side_actor(self, side: str | None, on: date | None = None) -> Actor | None:
        """The state (under its name of that day) or body behind a side, None if unknown."""
        if side in self.states:
            return self.states[side].actor_on(on)
        return self.bodies[side].actor if side in self.bodies else None

    def country(self, side: str | None) -> str | None:
        """The ISO code for a side: its own for a state, the home's for a party, None for a body."""
        if side is None or side in self.states or (len(side) == 2 and side not in self.bodies):
            return side
        return self.bodies[side].country if side in self.bodies else None

    def holders(self, side: str, offices: tuple[str, ...], on: date | None) -> tuple[Person, ...]:
        """Who holds one of the offices of a side on a day, in the order of ``offices``.

        Without a day: who holds it last of all.
        """
        found = []
        for office in offices:
            terms = self.offices.get((side, office), ())
            if on is None:
                terms = terms[-1:]
            in_office = [t for t in terms if on is None or t.distance(on) == 0]
            found += [
                self.persons[t.person] for t in reversed(in_office)
            ]  # on the day of a change the new one
        return tuple(dict.fromkeys(found))

    def actor(self, person: Person, on: date | None) -> Actor:
        """The person as a party to a meeting on a day: with the country of the side he then stands for."""
        return Actor(person.key, person.name, "person", self.country(person.side(on)))


def _split(cell: str) -> tuple[str, ...]:
    return tuple(filter(None, cell.split("|"))) if cell else ()


def _earlier(cell: str) -> tuple[str, date] | None:
    name, _, day = cell.partition("<")
    return (name, _day(day, "states.tsv")) if name else None


def _day(text: str, table: str, row: object = "") -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise LanguageError(f"knowledge/{table}: {row}: {text!r} is not a day") from error


def read_terms(name: str) -> list[Term]:
    """The rows of a table of terms.

    Raises:
        LanguageError: a day is malformed, or a term ends before it begins.
    """
    terms = []
    for row in read_tsv(f"knowledge/{name}"):
        first = _day(row["from"], name, row)
        last = _day(row["to"], name, row) if row["to"] else None
        if last and last < first:
            raise LanguageError(f"knowledge/{name}: {row}: ends before it begins")
        terms.append(Term(row["side"], row["office"], row["person"], first, last))
    return terms


def split_name(name: str, *, family_first: bool) -> tuple[str, str]:
    """Given and family name by the rules of German newspapers.

    >>> split_name("Ursula von der Leyen", family_first=False)
    ('Ursula', 'von der Leyen')
    >>> split_name("Xi Jinping", family_first=True)
    ('Jinping', 'Xi')
    """
    words = name.split()
    if len(words) == 1:
        return "", name
    if family_first:
        return " ".join(words[1:]), words[0]
    start, particles = len(words) - 1, word_classes()["surname_particles"]
    for i in range(1, len(words) - 1):
        if words[i].casefold() in particles:
            start = i
            break
    return " ".join(words[:start]), " ".join(words[start:])


def _is_well_known(term: Term) -> bool:
    return term.side in _WELL_KNOWN_SIDES and term.office in _WELL_KNOWN


def _persons(terms: list[Term]) -> dict[str, Person]:
    by_person: dict[str, list[Term]] = {}
    for term in terms:
        by_person.setdefault(term.person, []).append(term)
    extra = {row["person"]: row for row in read_tsv("knowledge/persons.tsv")}
    ids = {row["person"]: row["wikidata"] for row in read_tsv("knowledge/wikidata.tsv")}
    women = {row["name"] for row in read_tsv("knowledge/female_given_names.tsv")}
    persons = {}
    for name in dict.fromkeys([*by_person, *extra]):
        row = extra.get(name, {})
        own = sorted(by_person.get(name, []), key=lambda t: t.first)
        base = _NUMERAL.sub("", name) if name[-1] in "IVX." else name
        given, family = (
            ("", base)
            if base != name
            else split_name(name, family_first=bool(own) and own[0].side in FAMILY_FIRST)
        )
        surnames = _split(row.get("surnames", "")) or ((family,) if given or base != name else ())
        if surnames == ("-",):
            surnames = ()
        elif not row.get("surnames") and own and own[0].side in GIVEN_FIRST and len(given) > _SHORTEST_GIVEN:
            surnames = (*surnames, given)
        persons[name] = Person(
            key=row.get("wikidata") or ids.get(name) or f"person:{name}",
            name=name,
            sex=row.get("sex") or ("f" if given.replace("-", " ").partition(" ")[0] in women else "m"),
            given=given,
            surnames=surnames,
            forms=_split(row.get("forms", "")),
            bare=row.get("bare", "") != "" or any(map(_is_well_known, own)),
            lasting=row.get("bare") == "bb",
            terms=tuple(own),
        )
    return persons


@lru_cache(maxsize=1)
def knowledge() -> Knowledge:
    """The knowledge base, read at the first call.

    Raises:
        LanguageError: a table is missing or wrong.
    """
    states = {
        row["code"]: State(
            code=row["code"],
            name=row["name"],
            variants=_split(row["variants"]),
            adjectives=_split(row["adjectives"]),
            people=_split(row["people"]),
            capitals=_split(row["capital"]),
            earlier=_earlier(row["earlier"]),
        )
        for row in read_tsv("knowledge/states.tsv")
    }
    bodies = {
        row["key"]: Body(
            row["key"], row["name"], row["country"] or None, _split(row["variants"]), row["seat"] or None
        )
        for row in read_tsv("knowledge/bodies.tsv")
    }
    terms = read_terms("terms.tsv") + read_terms("terms_generated.tsv")
    offices: dict[tuple[str, str], list[Term]] = {}
    for term in sorted(terms, key=lambda t: t.first):
        offices.setdefault((term.side, term.office), []).append(term)
    places: dict[str, list[Place]] = {}
    for row in read_tsv("knowledge/places.tsv"):
        place = Place(row["name"], row["country"] or None)
        for form in (row["name"], *_split(row["variants"])):
            places.setdefault(form, []).append(place)
    for code, state in states.items():
        for city in state.capitals:
            places.setdefault(city, [Place(state.capitals[0], code)])
    persons = _persons(terms)
    return Knowledge(
        states=states,
        bodies=bodies,
        persons=persons,
        by_key={person.key: person for person in persons.values()},
        places={form: tuple(found) for form, found in places.items()},
        metonyms={row["form"]: (row["side"], row["place"]) for row in read_tsv("knowledge/metonyms.tsv")},
        offices={key: tuple(found) for key, found in offices.items()},
    )


def state_of(code: str | None, on: date | None = None) -> Actor | None:
    """The state with an ISO code as a party to a meeting (under its name of a day), None if there is none.

    >>> state_of("RU")
    Actor(key='state:RU', name='Russland', type='state', country='RU')
    """
    state = knowledge().states.get(code or "")
    return state.actor_on(on) if state else None


def body_of(actor: Actor, on: date | None) -> str | None:
    """The key of the body for which an actor speaks: ``org:EU`` for Mogherini in 2015; None for a state."""
    if actor.type == "organisation":
        return actor.key
    if actor.type == "state" or actor.country is not None:
        return None
    person = knowledge().persons.get(actor.name)
    side = person.side(on) if person else None
    return f"org:{side}" if side in knowledge().bodies else None

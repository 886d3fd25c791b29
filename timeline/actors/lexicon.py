"""All spellings of the knowledge base and of the German word tables in one dictionary, and where they occur.

The dictionary maps a spelling's first folded word to its entries, longest first, so that a text is
scanned with one look-up per word.
"""

import gc
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from timeline.actors.knowledge import Knowledge, Person, knowledge
from timeline.actors.spelling import name_variants
from timeline.actors.words import Words, endings, fold, split, tables, word_classes
from timeline.language import LanguageError, read_tsv
from timeline.model import Place


@dataclass(frozen=True, slots=True)
class Title:
    """A title in one of its forms. ``number`` is "s", "p" or "" (either); ``sex`` "m", "f" or "" (either).

    The office of a compound that only its end makes a title is its own: "minister:tourismusminister".
    """

    word: str
    offices: tuple[str, ...]
    sides: tuple[str, ...]
    number: str
    sex: str


def general(offices: Iterable[str]) -> tuple[str, ...]:
    """The offices, those of compounds as their kind: "minister:tourismusminister" is "minister"."""
    return tuple(office.partition(":")[0] for office in offices)


@dataclass(slots=True)
class Entry:
    """One spelling: the words after the first, and what it may be."""

    rest: tuple[str, ...]
    persons: tuple[Person, ...] = ()
    exact: Person | None = None
    state: str | None = None
    adjective: str | None = None
    people: str | None = None
    capital: str | None = None
    body: str | None = None
    metonym: tuple[str, str] | None = None
    places: tuple[Place, ...] = ()
    title: Title | None = None
    trip: str | None = None
    region: bool = False
    pope: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry found at words ``i`` to ``j`` (exclusive); ``genitive`` if by an added -s."""

    i: int
    j: int
    entry: Entry
    genitive: bool


@dataclass(frozen=True, slots=True)
class Spelling:
    """What a word may begin: entries spelt so, others without its -s or in capitals, a title by its end."""

    plain: list[Entry]
    other: list[Entry]
    compound: Entry | None
    genitive: bool


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The dictionary and what goes with it.

    ``classes`` are the word classes of ``words.toml`` (folded), ``given`` the known given names,
    ``homonyms`` the surnames that alone name nobody, ``compounds`` the titles that end a compound,
    ``halves`` the first halves of divided countries with the other half (in lower case), ``parties`` the
    states of parties and their members.
    """

    entries: dict[str, list[Entry]]
    classes: dict[str, frozenset[str]]
    given: frozenset[str]
    homonyms: frozenset[str]
    knowledge: Knowledge
    compounds: dict[str, Title]
    services: dict[str, str]
    divided: dict[str, tuple[str, ...]]
    halves: dict[str, str]
    numbers: dict[str, int]
    parties: dict[str, frozenset[str]]
    known: "_Spellings" = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "known", _Spellings(self))

    def openers(self, forms: Sequence[str]) -> list[tuple[int, Spelling]]:
        """The words of a text that may begin an entry, by their number, with what each may begin."""
        known = self.known  # asked for every word of every article: a look-up without a call
        return [(i, spelling) for i, form in enumerate(forms) if (spelling := known[form]) is not None]

    def spelling(self, form: str) -> Spelling | None:
        """What a word may begin, None if nothing."""
        plain = self.entries.get(form)
        genitive = form[-1] == "s" and len(form) > 2
        if genitive:
            other = self.entries.get(form[:-2] if form[-2] == "'" else form[:-1])
            if other is None and form[-2] == "e":  # "des Golfrates": nouns have it, names of persons do not
                other = [e for e in self.entries.get(form[:-2], ()) if e.body is not None] or None
        else:
            other = self.entries.get(form.capitalize()) if form.isupper() and len(form) > 3 else None
        compound = None
        if plain is None and other is None and len(form) > SHORTEST_COMPOUND and form[0].isupper():
            compound = self._by_end(form.lower())
        if plain is None and other is None and compound is None:
            return None
        return Spelling(plain or [], other or [], compound, genitive=genitive)

    def _by_end(self, word: str) -> Entry | None:
        """The title that an unlisted compound is by its end: "Tourismusminister"."""
        end = next((word[n:] for n in range(3, len(word) - 6) if word[n:] in self.compounds), None)
        if end is None:
            return None
        title = self.compounds[end]
        return Entry((), title=replace(title, offices=(f"{title.offices[0]}:{word.removesuffix(end)}",)))

    def at(self, words: Words, i: int, spelling: Spelling) -> Hit | None:
        """The longest entry that begins at word ``i``, which is spelt so."""
        if spelling.compound is not None:
            return Hit(i, i + 1, spelling.compound, genitive=False)
        hit = self._match(spelling.plain, words, i, genitive=False) if spelling.plain else None
        if hit is None and spelling.other:
            return self._match(spelling.other, words, i, genitive=spelling.genitive)
        return hit

    @staticmethod
    def _match(found: list[Entry], words: Words, i: int, *, genitive: bool) -> Hit | None:
        forms = words.forms
        second: Hit | None = None
        for entry in found:
            n = len(entry.rest)
            if n == 0:
                return second or Hit(i, i + 1, entry, genitive)
            if genitive or i + n >= len(forms):
                continue
            last, want = forms[i + n], entry.rest[-1]
            if not last.startswith(want) or tuple(forms[i + 1 : i + n]) != entry.rest[:-1]:
                continue
            if any(words.gap(k) not in _JOINTS for k in range(i + 1, i + n + 1)):
                continue
            if last == want:
                return Hit(i, i + n + 1, entry, genitive=False)
            endings = ("s", "'s", "es") if entry.body is not None else ("s", "'s")
            if second is None and last[len(want) :] in endings:
                second = Hit(i, i + n + 1, entry, genitive=True)
        return second


class _Spellings(dict[str, Spelling | None]):
    """What each word may begin, worked out when a word is first met."""

    def __init__(self, lexicon: Lexicon) -> None:
        super().__init__()
        self._lexicon = lexicon

    def __missing__(self, form: str) -> Spelling | None:
        if len(self) >= _KEPT:
            self.clear()
        found = self[form] = self._lexicon.spelling(form)
        return found


_KEPT = 50_000
"""Words that are remembered; a long run must not grow without end."""

SHORTEST_COMPOUND = 10
"""Letters of the shortest compound that its end alone makes a title: "Ölminister" and the like are listed."""

_JOINTS = frozenset({" ", "-", "+", "- ", ". ", ".", "\n", " \n"})


def _title_forms(word: str, kind: str) -> list[tuple[str, str, str]]:
    """(form, number, sex) of a title by its class of inflection.

    Raises:
        LanguageError: ``words.toml`` has no such class, or a wrong rule in it.
    """
    rules = tables()["inflection"].get(kind)
    if rules is None:
        raise LanguageError(f"languages/de/actors/titles.tsv: {word}: no class {kind!r}")
    forms = []
    for rule in rules:
        cells = [cell.strip("*") for cell in rule.split()]
        if len(cells) != 3 or ">" not in cells[0]:
            raise LanguageError(f"languages/de/actors/words.toml: [inflection] {kind}: {rule!r}")
        change, number, sex = cells
        old, _, new = change.partition(">")
        forms.append((word.removesuffix(old) + new, number, sex))
    return forms


def _halves(form: str) -> tuple[str, tuple[str, ...]]:
    words = split(form)
    return words[0], words[1:]


class _Builder:
    def __init__(self) -> None:
        self.entries: dict[str, dict[tuple[str, ...], Entry]] = {}

    def entry(self, form: str, ending: str = "") -> Entry:
        first, rest = (form, ()) if form.isascii() and form.isalpha() else _halves(form)
        if ending and rest:
            rest = (*rest[:-1], rest[-1] + ending)
        elif ending:
            first += ending
        by_rest = self.entries.setdefault(first, {})
        return by_rest.setdefault(rest, Entry(rest))

    def put(self, form: str, ending: str = "", **what: Any) -> None:  # noqa: ANN401 - the fields of Entry
        entry = self.entry(form, ending)
        for name, value in what.items():
            if not getattr(entry, name):
                setattr(entry, name, value)

    def person(self, form: str, person: Person) -> None:
        entry = self.entry(form)
        if person not in entry.persons:
            entry.persons += (person,)

    def done(self) -> dict[str, list[Entry]]:
        found = {first: list(by_rest.values()) for first, by_rest in self.entries.items()}
        for entries in found.values():
            if len(entries) > 1:
                entries.sort(key=lambda e: -len(e.rest))
        return found


def _add_states(build: _Builder, known: Knowledge) -> None:
    for code, state in known.states.items():
        for form in (state.name, *state.variants):
            build.put(form, state=code)
            if " " not in form and len(form) > 3:
                for end in endings("trip_endings"):
                    build.put(form, end, trip=code)
        for stem in state.adjectives:
            for cased in (stem, stem[0].upper() + stem[1:]):
                for end in ("",) if stem == "Schweizer" else (*endings("adjective_endings"), ""):
                    build.put(cased, end, adjective=code)
        for person in state.people:
            if person.endswith("in"):
                build.put(person, people=code)
                continue
            in_n = person.endswith(endings("inhabitants_in_n_endings"))
            forms = [person + "n"] if in_n else [person + "en", person + "s"]
            for form in (person, *forms):
                build.put(form, people=code)
        for city in state.capitals:
            # a former capital or a seat of government is a town of its own, if the table of places has it
            place = next((p for p in known.places[city] if p.country == code), Place(city, code))
            build.put(city, capital=code, places=(place,))
    build.entry("Brüssel").capital = "EU"
    for end in endings("papal_endings"):
        build.put("Papst" + end, pope=True)


def _add_persons(build: _Builder, known: Knowledge) -> None:
    for person in known.persons.values():
        side = person.terms[-1].side if person.terms else None
        surnames = dict.fromkeys(v for s in person.surnames for v in name_variants(s, side))
        for surname in surnames:
            build.person(surname, person)
            if surname[:1].islower():  # "De la Calle" opens a sentence
                build.person(surname[0].upper() + surname[1:], person)
        forms = [person.name, *person.forms]
        if person.given and "-" in person.given and person.name.startswith(person.surnames[0]):
            forms.append(person.name.replace("-", " ").title())  # "Moon Jae In"
        for form in forms:
            if " " in form or len(split(form)) > 1:
                entry = build.entry(form)
                entry.exact = entry.exact or person
            elif not person.surnames:
                build.person(form, person)


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The lexicon, built at the first call.

    Raises:
        LanguageError: a table is missing or wrong.
    """
    collecting = gc.isenabled()
    gc.disable()  # everything built here stays, looking for garbage is in vain
    try:
        return _built(knowledge())
    finally:
        if collecting:
            gc.enable()


def _built(known: Knowledge) -> Lexicon:
    build = _Builder()
    _add_states(build, known)
    for key, body in known.bodies.items():
        for form in (body.name, *body.variants):
            build.put(form, body=key)
    for form, meant in known.metonyms.items():
        build.put(form, metonym=meant)
    for form, places in known.places.items():
        build.put(form, places=places)
    _add_persons(build, known)
    compounds: dict[str, Title] = {}
    for row in read_tsv("languages/de/actors/titles.tsv"):
        offices, sides = tuple(row["offices"].split()), tuple(row["sides"].split())
        for form, number, sex in _title_forms(row["title"], row["class"]):
            title = Title(row["title"], offices, sides, number, sex)
            if form.startswith("-"):
                compounds.setdefault(fold(form[1:]), title)
            else:
                build.put(form, title=title)
    words, classes = tables(), word_classes()
    for stem, code in words["regions"].items():
        for cased in (stem, stem[0].upper() + stem[1:]):
            for end in endings("adjective_endings"):
                build.put(cased, end, adjective=code, region=True)
    given = (
        frozenset(fold(p.given.split()[0]) for p in known.persons.values() if p.given)
        | classes["given_names"]
    )
    homonyms = frozenset(r["surname"] for r in read_tsv("knowledge/homonyms.tsv") if r["rule"] == "title")
    return Lexicon(
        entries=build.done(),
        classes=classes,
        given=given,
        homonyms=homonyms,
        knowledge=known,
        compounds=compounds,
        services={name: str(code) for name, code in words["services"].items()},
        divided={name: tuple(str(codes).split()) for name, codes in words["divided"].items()},
        halves={fold(first): fold(second).lower() for first, second in words["halves"].items()},
        numbers={fold(word): int(number) for word, number in words["numbers"].items()},
        parties={fold(name): frozenset(str(codes).split()) for name, codes in words["parties"].items()},
    )

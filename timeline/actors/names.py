"""Which words are names: of listed persons, and of persons whom nobody listed.

Nothing is resolved here. A name carries the persons it may be, or none where nobody listed it.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Self

from timeline.actors.knowledge import Person
from timeline.actors.lexicon import Entry, Hit, Lexicon
from timeline.actors.spelling import same_given_name
from timeline.actors.words import Words, endings, fold
from timeline.model import Actor

if TYPE_CHECKING:
    from timeline.actors.reading import Titled


@dataclass(slots=True)
class Named:
    """A name at words ``i`` to ``j``: the listed ``persons`` it may be, or nobody listed.

    ``loose`` are listed persons of that surname with another given name: one of them is meant only if the
    title before the name is his.
    """

    i: int
    j: int
    persons: tuple[Person, ...]
    name: str
    surname: str
    full: bool
    rule: str
    titled: "Titled | None" = None
    loose: tuple[Person, ...] = ()


@dataclass(slots=True)
class NameReader:
    """One text on its way through the first pass: what was found in it, and its names."""

    words: Words
    lexicon: Lexicon
    hits: dict[int, Hit]
    ends: dict[int, Hit]
    on: date | None = None
    taken: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, text: str, lexicon: Lexicon, on: date | None = None) -> Self:
        """Find all entries of the lexicon in a text, from left to right, the longest first."""
        words = Words.of(text)
        hits: dict[int, Hit] = {}
        after = 0
        for i, spelling in lexicon.openers(words.forms):
            hit = lexicon.at(words, i, spelling) if i >= after else None
            if hit is not None:
                hits[i] = hit
                after = hit.j
        return cls(words, lexicon, hits, {hit.j: hit for hit in hits.values()}, on)

    def state(self, code: str) -> Actor:
        """A state under its name of the day."""
        return self.lexicon.knowledge.states[code].actor_on(self.on)

    def isin(self, form: str, kind: str) -> bool:
        """Whether a folded word belongs to a word class."""
        return form in self.lexicon.classes[kind]

    @staticmethod
    def endsin(form: str, kind: str) -> bool:
        """Whether a folded word ends in a word or an ending of a class, written in lower case."""
        return form.endswith(endings(kind))

    def is_adjective(self, form: str) -> bool:
        """Whether a folded word looks like an adjective before a noun: in lower case, with its ending."""
        return form[:1].islower() and self.endsin(form, "adjective_endings")

    def name_at(self, k: int, *, alone: bool) -> Named | None:
        """The name that begins at word ``k``; with ``alone`` only a full or a listed one."""
        words = self.words
        while (
            self.isin(words.form(k), "honorifics")
            and words.gap(k + 1) in (" ", ". ")
            and (k not in self.hits or self.hits[k].entry.exact is None)  # "Sheikh Hasina" is a full name
        ):
            k += 1
        hit = self.hits.get(k)
        if hit is not None and hit.entry.exact is not None:
            person = hit.entry.exact
            return Named(k, hit.j, (person,), person.name, "", full=True, rule="full")
        run = self._run(k)
        for p in run:
            hit = self.hits.get(p)
            if hit is None or not (hit.entry.persons or hit.entry.exact):
                continue
            if hit.entry.exact is not None:
                return Named(k, hit.j, (hit.entry.exact,), hit.entry.exact.name, "", full=True, rule="full")
            given, persons = words.forms[k:p], hit.entry.persons
            fitting = tuple(x for x in persons if agrees(given, x)) if given else persons
            if hit.j in run and (not given or not fitting):
                continue
            surname = words.forms[hit.j - 1]
            if fitting:
                return Named(k, hit.j, fitting, "", surname, full=bool(given), rule="surname")
            other = self._unlisted(run, alone=alone)
            if other is not None:
                other.loose = persons
            return other
        return self._unlisted(run, alone=alone)

    def _unlisted(self, run: list[int], *, alone: bool) -> Named | None:
        words = self.words
        while run and not words.form(run[-1])[:1].isupper() and words.gap(run[-1]) != "-":
            run.pop()
        if not run or (alone and len(run) < 2) or self.isin(words.form(run[0]), "inner_particles"):
            return None
        first, last = run[0], run[-1]
        if len(run) == 1:
            form = words.form(first)
            if len(form) < 3 or self.endsin(form.lower(), "not_name_endings") or form.isupper():
                return None
        name = words.raw[words.starts[first] : words.ends[last]]
        return Named(first, last + 1, (), name, fold(name.split()[-1]), full=len(run) > 1, rule="introduced")

    def _run(self, k: int) -> list[int]:
        """The words from ``k`` on that may be parts of one person's name."""
        words, run = self.words, []
        for m in range(k, min(k + 7, len(words.forms))):
            form, gap = words.forms[m], words.gap(m)
            if m > k:
                before = words.form(m - 1)
                initial = len(before) <= 2 or self.isin(before, "name_abbreviations")
                if gap not in (" ", "-") and not (gap in (". ", ".") and initial):
                    break
            hit = self.hits.get(m)
            if form[0].isupper():
                part = not self.isin(form, "not_names") and (
                    hit is None
                    or _name_like(hit.entry)
                    or (m > k and hit.j == m + 1 and m - 1 not in self.hits and _is_town(hit.entry))
                )
            elif form in ("der", "den"):
                part = words.form(m - 1) == "van"
            else:
                part = self.isin(form, "name_particles") and words.form(m + 1)[:1].isalpha()
            if not part and not (m > k and gap == "-" and form[0].islower()):  # "Kye-gwan"
                break
            run.append(m)
        return run

    def free_names(self) -> list[Named]:
        """Names that no title introduces."""
        found = []
        for i in sorted(self.hits):
            hit = self.hits[i]
            if i in self.taken or not (hit.entry.persons or hit.entry.exact):
                continue
            named = self._free(hit)
            if named is not None:
                found.append(named)
                self.taken.update(range(named.i, named.j))
        return found

    def company(self) -> list[Named]:
        """Full names of persons whom nobody listed, right after "mit", "traf", "empfing" and the like."""
        words, found = self.words, []
        verbs = self.lexicon.classes["company"]
        for i, form in enumerate(words.forms):
            k = i + 1
            if form in verbs and k not in self.hits and k not in self.taken and words.gap(k) == " ":
                named = self._unlisted(self._run(k), alone=True) if self._other_given_name(k) else None
                if (
                    named is not None
                    and " " in named.name
                    and not self.taken.intersection(range(named.i, named.j))
                ):
                    named.rule = "company"
                    found.append(named)
                    self.taken.update(range(named.i, named.j))
        return found

    def entities(self, spans: tuple[tuple[int, int], ...]) -> list[Named]:
        """Persons whom a trained pipeline saw and nobody else found."""
        words, found = self.words, []
        for start, end in spans:
            inside = [i for i, s in enumerate(words.starts) if start <= s < end]
            if len(inside) < 2 or self.taken.intersection(inside):
                continue
            name = words.raw[words.starts[inside[0]] : words.ends[inside[-1]]]
            surname = fold(name.split()[-1])
            found.append(Named(inside[0], inside[-1] + 1, (), name, surname, full=True, rule="entity"))
            self.taken.update(inside)
        return found

    def _free(self, hit: Hit) -> Named | None:
        words, i = self.words, hit.i
        rule = self._compound(hit)
        if rule is None or self._is_namesake(hit):
            return None
        if hit.entry.places and self.isin(words.form(i - 1), "place_prepositions"):
            return None  # "in Austin"
        if hit.entry.exact is not None:
            person = hit.entry.exact
            return Named(i, hit.j, (person,), person.name, "", full=True, rule=rule or "full")
        persons = hit.entry.persons
        start, left = i, i
        while left > 0 and words.gap(left) in (" ", "-", ". ") and i - left < 3:
            form = words.form(left - 1)
            if left - 1 in self.taken or not form[0].isupper():
                break
            if words.gap(left) == ". " and len(form) > 1:
                break
            if any(agrees([form], x) for x in persons):
                start = left - 1
            elif len(form) > 1 and self._other_given_name(left - 1):
                return None
            left -= 1
        given = words.forms[start:i]
        if given:
            persons = tuple(x for x in persons if agrees(given, x))
            return Named(start, hit.j, persons, "", words.forms[hit.j - 1], full=True, rule=rule or "full")
        if words.gap(hit.j) == " " and self._is_given_name(hit):
            return None
        if words.forms[i] == "Kurz" and self.isin(words.form(hit.j), "after_kurz"):
            return None
        if self._aide(hit):
            return None
        return Named(i, hit.j, persons, "", words.forms[hit.j - 1], full=False, rule=rule or "surname")

    def _other_given_name(self, i: int) -> bool:
        """Whether word ``i`` before a surname is a given name: a known one, or one that ends like one."""
        form = self.words.form(i)
        if self.isin(form, "given_names"):
            return True
        if not form[:1].isupper() or i in self.hits or self.isin(form, "not_names"):
            return False
        return form in self.lexicon.given or (self.endsin(form, "given_name_endings") and len(form) < 10)

    def _is_given_name(self, hit: Hit) -> bool:
        """Whether a surname is the given name of the one after it: "Abbas Araghtschi", "Blair Witch"."""
        words = self.words
        form, after = words.forms[hit.i], self.hits.get(hit.j)
        if after is not None:
            return any(agrees([form], person) for person in after.entry.persons)
        unknown = (
            not hit.genitive
            and words.form(hit.j)[:1].isupper()
            and not self.isin(words.form(hit.j), "not_names")
        )
        opening = words.gap(hit.i)[:1] in (".", "\n", "!", "?", ":")
        return unknown and (form in self.lexicon.given or opening)

    def _compound(self, hit: Hit) -> str | None:
        """Nothing for a free name, "hyphen" within "Xi-Putin-Treffen", None within "Obama-Sprecher"."""
        words, joined = self.words, False
        if hit.i > 0 and words.gap(hit.i) == "-":
            before = self.ends.get(hit.i)
            if before is not None and (before.entry.persons or before.entry.state or before.entry.body):
                joined = True
            elif not self.isin(words.form(hit.i - 1), "former_prefixes") and not hit.entry.exact:
                return None
        k = hit.j
        if k < len(words.forms) and words.gap(k) == "-" and words.form(k)[:1].isupper():
            while words.gap(k + 1) == "-" and k + 1 < len(words.forms):
                k += 1
            if not self.meeting_noun(words.form(k)):
                return None
            joined = True
        return "hyphen" if joined else ""

    def _is_namesake(self, hit: Hit) -> bool:
        """Whether the name is that of a ship or a building: "der Flugzeugträger „Charles de Gaulle“"."""
        words = self.words
        before = not words.gap(hit.i).strip(" \"'„“”‚‘»«") and self.isin(words.form(hit.i - 1), "named_after")
        return before or (words.gap(hit.j) == " " and self.isin(words.form(hit.j), "named_after"))

    def meeting_noun(self, form: str) -> bool:
        """Whether a word is, or ends in, a word for a meeting."""
        return self.isin(form, "meeting_nouns") or self.endsin(form.lower(), "meeting_nouns")

    def _aide(self, hit: Hit) -> bool:
        """Whether a genitive name belongs to somebody else: "Putins Berater"."""
        nxt = self.words.form(hit.j)
        return hit.genitive and self.words.gap(hit.j) == " " and self.isin(nxt, "aide_nouns")


def side_of(entry: Entry) -> str | None:
    """The state's code or the body's key that an entry names."""
    return (
        entry.state or entry.body or (entry.metonym[0].partition("|")[0] or None if entry.metonym else None)
    )


def _is_town(entry: Entry) -> bool:
    """Whether an entry is a place and nothing weightier: behind a given name a surname."""
    return bool(entry.places) and not (
        entry.title
        or entry.state
        or entry.body
        or entry.adjective
        or entry.people
        or entry.metonym
        or entry.capital
    )


def _name_like(entry: Entry) -> bool:
    return bool(entry.persons or entry.exact) or not (
        entry.title
        or entry.state
        or entry.body
        or entry.adjective
        or entry.people
        or entry.metonym
        or entry.capital
        or entry.places
    )


def agrees(given: list[str], person: Person) -> bool:
    """Whether given names in a text may be those of a person: "Mohamed", "G. W.", "Bill" for William."""
    own = [fold(x) for x in person.given.replace("-", " ").replace(".", " ").split()]
    return any(same_given_name(a, b) for a in given for b in own)

"""Who is meant: the second of two passes. Titles become their holders, surnames persons, pronouns actors.

The article comes first: a title means the person whom the article names with it, a surname the person
whom it introduced. Only then the day decides. What stays open is left out.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

from timeline.actors.entities import find_persons, model_name
from timeline.actors.groups import Groups
from timeline.actors.holders import MINOR_OFFICES, STATE_OFFICES, Holders, Known, is_lent
from timeline.actors.knowledge import FAMILY_FIRST, GIVEN_FIRST, Knowledge, Person, Term
from timeline.actors.lexicon import general, lexicon
from timeline.actors.mention import Mention, PlaceMention
from timeline.actors.names import Named
from timeline.actors.reading import Reader, Titled
from timeline.actors.states import place_mentions, state_mentions
from timeline.actors.words import fold, pattern
from timeline.model import Actor

if TYPE_CHECKING:
    from spacy.tokens import Doc

BARE_DAYS = 6 * 365
"""How long after his term a well-known person is still meant by his bare surname, in days."""

BEFORE_DAYS = 180
"""How long before his first term, in days: candidates are in the news."""

NAMED_DAYS = 25 * 365
"""How far from his term a minister or envoy may be named in full, in days; beyond it is a namesake.

Who led a state, its diplomacy, a church or a body is known by his full name for ever."""

_APPOSED = ", <masculine_articles> "
_TURNS = frozenset({"council_president"})
"""Offices that the leaders of member states hold in turn: "EU-Ratspräsident Sarkozy"."""

_LISTED = r",? <joining>\b"

TITLE_DAYS = 180
"""How far from his term a person may still bear its title in the news, in days."""


class Resolver:
    """The second pass over one text."""

    def __init__(self, reader: Reader, sentences: list[int], on: date | None) -> None:
        self.reader = reader
        self.words = reader.words
        self.known: Knowledge = reader.lexicon.knowledge
        self.on = on
        self.sentences = sentences
        self.introduced: dict[str, Known] = {}
        self.persons: dict[str, Known] = {}
        self.mentions: list[Mention] = []
        self.sport = self._is_sport()
        self.home: str | None = None
        self.told: Counter[str] = Counter()
        self.seen: tuple[tuple[int, int], ...] = ()
        self.titles: list[Titled] = []
        self.free: list[Named] = []

    def _is_sport(self) -> bool:
        forms = self.words.forms
        sport = self.reader.lexicon.classes["sport"]
        politics = self.reader.lexicon.classes["politics"]
        score = sum(1 for form in forms if form in sport)
        return score >= 3 and score > 2 * sum(1 for form in forms if form in politics)

    def sentence(self, i: int) -> int:
        """The number of the sentence in which word ``i`` stands."""
        return bisect_right(self.sentences, self.words.starts[i])

    def run(self) -> list[Mention]:
        """All mentions, in order of their start."""
        titles = self.titles = self.reader.titles()
        free = self.reader.free_names()
        if not self.sport:
            free += self.reader.company()
            free += self.reader.entities(self.seen)
        self.free = free
        self.home = self._home(titles)
        for titled in titles:
            for n, named in enumerate(titled.names):
                self._introduce(named, self._sides_of(titled, n))
        for named in free:
            if named.full:
                self._introduce(named, ())
        for titled in titles:
            for named in titled.names:
                self._name(named)
        for named in free:
            self._name(named)
        for named in free:
            self._in_company(named)
        self._later_names()
        if not self.sport:
            self.mentions += state_mentions(self.reader, self.home)
        self.mentions.sort(key=lambda m: (m.start, -m.end))
        for titled in titles:
            if not titled.names:
                self._title(titled)
        self.mentions.sort(key=lambda m: (m.start, -m.end))
        groups = Groups(self.reader, self.mentions, self.sentences, self.on)
        self.mentions = groups.find(titles)
        self.mentions.sort(key=lambda m: (m.start, -m.end))
        return self._without_overlap()

    def _without_overlap(self) -> list[Mention]:
        kept: list[Mention] = []
        for mention in self.mentions:
            if kept and self._explains(mention, kept[-1]):
                kept.pop()
            if kept and mention.start < kept[-1].end:
                if mention.end - mention.start > kept[-1].end - kept[-1].start:
                    kept[-1] = mention
                continue
            kept.append(mention)
        return kept

    def _explains(self, mention: Mention, before: Mention) -> bool:
        """Whether a name is in apposition to the title before it: "mit dem OSZE-Chef, dem Minister X"."""
        text = self.words.text
        named = mention.form == "name" and mention.title is not None
        if before.form != "title" or before.named or not named:
            return False
        between = text[before.end : mention.start]
        return bool(pattern(_APPOSED).fullmatch(between)) and not pattern(_LISTED).match(text, mention.end)

    def _home(self, titles: list[Titled]) -> str | None:
        """The one state of which the article tells most, None where two are as frequent."""
        count: Counter[str] = Counter()
        for hit in self.reader.hits.values():
            code = hit.entry.state or hit.entry.adjective or hit.entry.capital
            if code and code in self.known.states:
                count[code] += 1
        for titled in titles:
            count.update(side for side in titled.sides if side in self.known.states)
        self.told = count
        top = count.most_common(2)
        if not top or top[0][1] < 2 or (len(top) > 1 and top[1][1] == top[0][1]):
            return None
        return top[0][0]

    def _sides_of(self, titled: Titled, n: int) -> tuple[str, ...]:
        return (
            titled.sides[n : n + 1]
            if titled.plural and len(titled.sides) == len(titled.names)
            else titled.sides
        )

    # Names

    def _introduce(self, named: Named, sides: tuple[str, ...]) -> None:
        titled = named.titled
        offices = titled.title.offices if titled else ()
        if named.loose and titled and not titled.former:
            self._settle(named, sides, offices)
        person = self._choose(named, sides, offices)
        if person is not None:
            side = person.side(self.on)
            for_side = next((s for s in sides if any(t.side == s for t in person.terms)), side)
            actor = Actor(person.key, person.name, "person", self.known.country(for_side))
            held = frozenset(t.office for t in person.terms if self.on is None or t.distance(self.on) < 120)
            known = Known(actor, person, held | frozenset(offices), for_side, person.sex)
            old = self.persons.get(person.name)
            if old is not None:
                known = Known(old.actor, person, old.offices | known.offices, old.side, person.sex)
            self.persons[person.name] = known
            return
        if named.persons and not (titled and (named.full or sides)):
            return
        name = named.name or self.words.raw[self.words.starts[named.i] : self.words.ends[named.j - 1]]
        if named.rule in ("company", "entity") and fold(named.surname) not in self.introduced:
            actor = Actor(f"name:{fold(name)}", name, "person", None)
            self.introduced[fold(named.surname)] = Known(actor, None, frozenset(), None, "m")
        if titled is None or titled.foreign:
            return
        if not named.full and set(general(offices)) & MINOR_OFFICES:
            return
        side = sides[0] if len(sides) == 1 else None
        if side is None and not sides and not titled.former and any(is_lent(o) for o in general(offices)):
            side = self._neighbour_side(named) or self._host_side(titled) or self.home
        if titled.title.sides and not sides:
            side = self._usual_side(titled.title.sides)
        surname = name if len(name.split()[-1]) < 4 and name.split()[-1].isupper() else name.split()[-1]
        old = self.introduced.get(fold(surname))
        if old is not None:
            if len(name) > len(old.actor.name):
                actor = Actor(
                    f"name:{fold(name)}", name, "person", old.actor.country or self.known.country(side)
                )
                self.introduced[fold(surname)] = Known(
                    actor, None, old.offices | frozenset(offices), old.side or side, old.sex
                )
            return
        actor = Actor(f"name:{fold(name)}", name, "person", self.known.country(side))
        known = Known(actor, None, frozenset(offices), side, titled.title.sex or "m")
        self.introduced[fold(surname)] = known
        if side in FAMILY_FIRST | GIVEN_FIRST:
            self.introduced.setdefault(fold(name.split()[0]), known)

    def _usual_side(self, sides: tuple[str, ...]) -> str:
        """Whose title it is that several states have: the home state, else that of the last person named."""
        if self.home in sides:
            return self.home
        told = (known.side for known in reversed(self.persons.values()) if known.side in sides)
        return next(told, sides[0]) or sides[0]

    def _settle(self, named: Named, sides: tuple[str, ...], offices: tuple[str, ...]) -> None:
        """Take a listed person whose title this is on the day, though the given name is spelt otherwise."""
        for person in named.loose:
            for term in person.terms:
                near = self.on is None or term.distance(self.on) <= TITLE_DAYS
                if near and term.office in offices and (not sides or term.side in sides):
                    named.persons, named.full = (person,), True
                    return

    def _neighbour_side(self, named: Named) -> str | None:
        """The side of the title joined to this one by "und": "Präsident X und Außenminister Y"."""
        titled = named.titled
        joined = titled is not None and self.reader.isin(self.words.form(titled.i - 1), "joining")
        if titled is None or titled.i < 2 or not joined:
            return None
        surname = self.words.form(titled.i - 2)
        for known in (*self.persons.values(), *self.introduced.values()):
            if fold(known.actor.name.split()[-1]) == surname:
                return known.side
        return None

    def _host_side(self, titled: Titled) -> str | None:
        """The state of the town in which one of another side meets the titled person.

        As in "US-Außenminister X sprach in Beirut mit Präsident Y", unless somebody of it is named too.
        """
        here = self.sentence(titled.i)
        beside = [t for t in self.titles if t is not titled and self.sentence(t.i) == here]
        names = [name for t in beside for name in t.names]
        names += [name for name in self.free if self.sentence(name.i) == here]
        others: set[str | None] = {side for t in beside for side in t.sides}
        others |= {p.side(self.on) for name in names for p in name.persons[:1]}
        for i, hit in self.reader.hits.items():
            country = hit.entry.places[0].country if hit.entry.places else hit.entry.capital
            if (
                others
                and country is not None
                and country not in others
                and self.words.form(i - 1).lower() in ("in", "nach")
                and hit.entry.state is None
                and self.sentence(i) == here
            ):
                return country
        return None

    def _choose(self, named: Named, sides: tuple[str, ...], offices: tuple[str, ...]) -> Person | None:
        """The listed person whom a name with a title means, None if it is nobody listed."""
        persons = named.persons
        if not persons:
            return None
        if sides:
            fitting = tuple(p for p in persons if any(t.side in sides for t in p.terms))
            if fitting:
                persons = fitting
            elif not named.full and not (_TURNS & set(offices) and all(p.bare for p in persons)):
                return None
        persons = tuple(p for p in persons if self._is_remembered(p, full=named.full))
        if not persons:
            return None
        if not named.full and not sides:
            held = tuple(p for p in persons if p.bare or any(t.office in offices for t in p.terms))
            persons = held if named.titled else persons
            if not persons:
                return None

        def rank(person: Person) -> tuple[int, int, int, int]:
            right = [t for t in person.terms if t.office in offices]
            near = min((t.distance(self.on) for t in right), default=10**6) if self.on and right else 0
            told = max((self.told[t.side] for t in person.terms), default=0)
            return (0 if right else 1, near, -told, person.distance(self.on))

        return min(persons, key=rank)

    def _name(self, named: Named) -> None:
        titled = named.titled
        known: Known | None = None
        rule = named.rule
        if named.persons:
            here = [self.persons[p.name] for p in named.persons if p.name in self.persons]
            known = here[-1] if here else None
            if len(here) > 1:
                known = self._nearest(here, named)
            common = any(
                form in names
                for form in (named.surname, named.surname.removesuffix("s"))
                for names in (self.reader.lexicon.classes["common_surnames"], self.reader.lexicon.homonyms)
            )
            if known is None and titled is None and not (named.full or self.sport or common):
                bare = [p for p in named.persons if p.bare and self._is_known(p)]
                if bare:
                    person = min(bare, key=lambda p: p.distance(self.on))
                    side = person.side(self.on)
                    known = Known(self.known.actor(person, self.on), person, frozenset(), side, person.sex)
                    self.persons[person.name] = known
                    rule = "bare"
            if known is not None and self.sport and titled is None and not named.full:
                known = None
        if known is None:
            known = self.introduced.get(
                fold(named.surname or named.name.split()[-1]) if named.name or named.surname else ""
            )
        if known is None:
            return
        self._emit(named, known, rule)

    def _in_company(self, named: Named) -> None:
        """Take a common surname for the politician in office where another side's is named beside it.

        "Ein Treffen Gabriels mit Putin": the sentence must name a person of another side, and the word must
        not be an ordinary one ("Kurz").
        """
        if self.on is None or self.sport or named.full or named.titled is not None or not named.persons:
            return
        start, end = self.words.starts[named.i], self.words.ends[named.j - 1]
        if any(m.start < end and start < m.end for m in self.mentions):
            return
        surname = named.surname.removesuffix("s")
        if {named.surname, surname} & self.reader.lexicon.classes["ordinary_words"]:
            return
        here = self.sentence(named.i)
        sides = {
            m.side
            for m in self.mentions
            if m.actors[0].type == "person" and m.side and bisect_right(self.sentences, m.start) == here
        }
        holders = [p for p in named.persons if any(self._governs(t) for t in p.terms)]
        if len(holders) != 1 or not sides - {holders[0].side(self.on)}:
            return
        person = holders[0]
        known = Known(
            self.known.actor(person, self.on), person, frozenset(), person.side(self.on), person.sex
        )
        self.persons[person.name] = known
        self._emit(named, known, "company")

    def _governs(self, term: Term) -> bool:
        """Whether the term is one of a member of a government, on the reference day."""
        return term.office in STATE_OFFICES and self.on is not None and term.distance(self.on) == 0

    def _is_remembered(self, person: Person, *, full: bool) -> bool:
        """Whether a name on this day may still mean a person, in full or by the surname with a title."""
        if not person.terms or person.lasting or (full and person.led):
            return True
        return person.distance(self.on) <= (NAMED_DAYS if full else BARE_DAYS)

    def _is_known(self, person: Person) -> bool:
        """Whether a person has held an office by the day (or soon will), and not long ago."""
        if self.on is None:
            return True
        begun = any((t.first - self.on).days <= BEFORE_DAYS for t in person.terms)
        return begun and (person.lasting or person.distance(self.on) <= BARE_DAYS)

    def _nearest(self, here: list[Known], named: Named) -> Known:
        """Of several introduced persons with one surname the one named last before this word.

        Behind a look back ("Sein Vater Kim Jong Il hatte ...") a sentence is again of the one in office.
        """
        start = self.words.starts[named.i]
        if named.full and len(named.persons) == 1:
            return self.persons[named.persons[0].name]
        serving = [k for k in here if k.person is not None and k.person.distance(self.on) == 0]
        opening = self.sentences[bisect_right(self.sentences, start) - 1] if self.sentences else 0
        for mention in sorted(self.mentions, key=lambda m: -m.start):
            if mention.start < start:
                for known in here:
                    if known.actor in mention.actors:
                        past = known.person is not None and known.person.distance(self.on) > BARE_DAYS
                        return serving[0] if past and len(serving) == 1 and mention.start < opening else known
        return min(here, key=lambda k: k.person.distance(self.on) if k.person else 0)

    def _emit(self, named: Named, known: Known, rule: str) -> None:
        titled = named.titled
        start = named.i if titled is None or titled.names[0] is not named else titled.i
        self.mentions.append(
            Mention(
                self.words.starts[start],
                self.words.ends[named.j - 1],
                (known.actor,),
                "name",
                f"name.{rule}",
                title=titled.title.word if titled else None,
                office=next((o for o in titled.title.offices if o in known.offices - {"colleague"}), None)
                if titled
                else None,
                side=known.side,
            )
        )

    def _later_names(self) -> None:
        """Surnames of persons whom nobody listed, after (or before) the article introduced them."""
        if not self.introduced:
            return
        words, taken = self.words, self.reader.taken
        for i, form in enumerate(words.forms):
            if i in taken:
                continue
            known = self.introduced.get(form) or (
                self.introduced.get(form[:-1]) if form.endswith("s") else None
            )
            if known is None or (i in self.reader.hits and self.reader.hits[i].entry.persons):
                continue
            double = words.gap(i) == "-" and fold(known.actor.name).endswith(f"{words.form(i - 1)}-{form}")
            after = words.gap(i + 1) == "-" and not self.reader.meeting_noun(words.form(i + 1))
            if (words.gap(i) == "-" and not double) or after:
                continue
            start, given = i, fold(known.actor.name).replace("-", " ").split()[:-1]
            while start > 0 and words.gap(start) in (" ", "-"):
                before = words.form(start - 1)
                if before not in given and before.lower() not in given:
                    break
                start -= 1
            if (
                start == i
                and words.gap(i) == " "
                and words.form(i - 1) in self.reader.lexicon.given
                and given
            ):
                continue
            taken.update(range(start, i + 1))
            self.mentions.append(
                Mention(
                    words.starts[start],
                    words.ends[i],
                    (known.actor,),
                    "name",
                    "name.introduced",
                    side=known.side,
                )
            )

    # Titles without a name

    def _title(self, titled: Titled) -> None:
        words = self.words
        if (
            "colleague" in titled.title.offices
            or titled.former
            or titled.foreign
            or titled.plural
            or titled.possessive is not None
        ):
            return
        own = frozenset(o for o in titled.title.offices if ":" in o)
        if own and not titled.sides and not any(k.offices & own for k in self.introduced.values()):
            return
        if titled.region and not any(k.offices & set(titled.title.offices) for k in self.introduced.values()):
            return
        holders = Holders(
            self.known, self.persons, self.introduced, self.mentions, self.home, self.on, words.text
        )
        start = words.starts[titled.i]
        found = holders.side_only(titled.sides) if titled.indefinite else holders.holder(titled, start)
        if found is None:
            return
        actor, side, office, named, rule = found
        self.mentions.append(
            Mention(
                words.starts[titled.i],
                words.ends[titled.j - 1],
                (actor,),
                "title",
                f"title.{rule}",
                title=titled.title.word,
                office=office,
                side=side,
                named=named,
            )
        )


def find_actors(
    text: str, sentences: list[int], on: date | None, *, model: str | None = None
) -> tuple[list[Mention], list[PlaceMention]]:
    """The actors and the places that a text names, each in order; mentions of actors do not overlap.

    Args:
        text: the text.
        sentences: where its sentences begin, in characters, ascending.
        on: the reference day of the article, with which titles and surnames are resolved; without it
            only what the article itself names counts, and the most likely bearer of a surname.
        model: which trained spaCy pipeline adds unknown persons (see :mod:`timeline.actors.entities`).
    """
    reader = Reader.of(text, lexicon(), on)
    if not reader.hits:
        return [], []
    resolver = Resolver(reader, sentences, on)
    if model_name(model) is not None:
        resolver.seen = find_persons(text, model)
    mentions = resolver.run()
    return mentions, place_mentions(reader)


def find_mentions(doc: Doc, on: date | None) -> list[Mention]:
    """The actors that a text names: the first half of :func:`find_actors`; the Doc is only read."""
    return find_actors(doc.text, [sentence.start_char for sentence in doc.sents], on)[0]


def find_places(doc: Doc, on: date | None = None) -> list[PlaceMention]:
    """The places that a text names: the second half of :func:`find_actors`; the Doc is only read."""
    return find_actors(doc.text, [sentence.start_char for sentence in doc.sents], on)[1]

"""Who is meant by a title alone: whom the article names with it, else who held it on the day."""

from dataclasses import dataclass
from datetime import date

from timeline.actors.knowledge import Knowledge, Person
from timeline.actors.mention import Mention
from timeline.actors.reading import Titled
from timeline.actors.words import behind_preposition
from timeline.model import Actor

Found = tuple[Actor, str | None, str | None, bool, str]
"""Actor, side, office, whether the article names him, and the rule."""

MINOR_OFFICES = frozenset(
    [
        "chair",
        "mayor",
        "member_of_parliament",
        "senator",
        "party_leader",
        "governor",
        "prince",
        "spiritual_leader",
    ]
)
"""Offices whose bare surname ("Bürgermeister Schaden") is too often a common noun."""

LENT_OFFICES = frozenset(
    [
        "president",
        "head_of_government",
        "foreign_minister",
        "monarch",
        "defence_minister",
        "interior_minister",
        "finance_minister",
        "economy_minister",
        "vice_president",
        "deputy_head_of_government",
        "crown_prince",
        "minister",
        "opposition_leader",
        "speaker",
        "chief_negotiator",
        "deputy_foreign_minister",
        "justice_minister",
        "trade_minister",
        "energy_minister",
        "army_chief",
    ]
)
"""Offices whose holder, where nothing tells his state, stands for the one of which the article tells."""


def is_lent(office: str) -> bool:
    """Whether the office is one of :data:`LENT_OFFICES`, or of any minister."""
    return office in LENT_OFFICES or office.endswith("_minister")


STATE_OFFICES = frozenset(
    [
        "president",
        "head_of_government",
        "foreign_minister",
        "monarch",
        "leader",
        "defence_minister",
        "interior_minister",
        "finance_minister",
        "vice_president",
        "deputy_head_of_government",
        "vice_chancellor",
        "economy_minister",
        "crown_prince",
    ]
)
"""Offices of which a state has one: "der Präsident" alone means the one of the article's state."""


SHARED_OFFICES = frozenset(
    [
        "commissioner",
        "envoy",
        "chief_negotiator",
        "minister",
        "rebel_leader",
        "opposition_leader",
        "vice_president",
        "deputy_head_of_government",
        "deputy_foreign_minister",
        "deputy_secretary_general",
        "speaker",
        "army_chief",
        "intelligence_chief",
    ]
)
"""Offices of which a side has several: alone they name a person only while he is the only one."""


_BESIDE = 200
"""Characters within which two persons are told together."""


@dataclass(frozen=True, slots=True)
class Known:
    """A person whom the article names, with the offices and the side under which it does."""

    actor: Actor
    person: Person | None
    offices: frozenset[str]
    side: str | None
    sex: str


@dataclass(frozen=True, slots=True)
class Holders:
    """What is known when titles alone are resolved: persons, mentions and state of the article, its day."""

    known: Knowledge
    persons: dict[str, Known]
    introduced: dict[str, Known]
    mentions: list[Mention]
    home: str | None
    on: date | None
    text: str

    def holder(self, titled: Titled, start: int) -> Found | None:
        """Who is meant by a title alone: first whom the article names with it, then who held it that day."""
        offices = titled.title.offices
        everyone = [*self.persons.values(), *self.introduced.values()]
        fitting = [k for k in everyone if _fits(k.offices, offices)]
        sides = titled.sides
        if sides:
            fitting = [k for k in fitting if k.side in sides]
        elif titled.title.sides:
            fitting = [k for k in fitting if k.side in titled.title.sides]
        if titled.title.sex in ("m", "f"):
            fitting = [k for k in fitting if k.sex == titled.title.sex]
        if titled.deputy:
            fitting = [k for k in fitting if k.person is None]
        if fitting:
            known = self._last_before(fitting, start)
            if sides or len(fitting) == 1 or known is not None:
                known = known or fitting[0]
                office = next((o for o in offices if o in known.offices), None)
                return known.actor, known.side, office, True, "named"
        if titled.deputy:
            return self.side_only(sides)
        if not sides and titled.title.sides:
            sides = (self.home,) if self.home in titled.title.sides else titled.title.sides[:1]
        rule = "date"
        if not sides and set(offices[:1]) & STATE_OFFICES and self.home:
            sides, rule = (self.home,), "context"
        for side in sides:
            holders = self.known.holders(side, offices, self.on) if self.on else ()
            if titled.title.sex in ("m", "f"):
                holders = tuple(h for h in holders if h.sex == titled.title.sex)
            if len(holders) > 1 and set(offices) <= SHARED_OFFICES:
                return self.side_only((side,))
            if holders:
                person = holders[0]
                office = next(
                    (t.office for t in person.terms if t.side == side and t.office in offices), None
                )
                actor = Actor(person.key, person.name, "person", self.known.country(side))
                return actor, side, office, person.name in self.persons, rule
        return self.side_only(titled.sides)

    def side_only(self, sides: tuple[str, ...]) -> Found | None:
        """The state or body itself, where nothing tells who held the office."""
        actor = self.known.side_actor(sides[0], self.on) if len(sides) == 1 else None
        return (actor, sides[0], None, False, "side") if actor else None

    def _last_before(self, fitting: list[Known], start: int) -> Known | None:
        """The one told last, but of two told together the one who is no object.

        "Plassnik sprach mit ihrer Kollegin Mitreva. Die Ministerin" is Plassnik.
        """
        told = [
            (mention, known)
            for mention in sorted(self.mentions, key=lambda m: -m.start)
            if mention.start < start
            for known in fitting
            if known.actor in mention.actors
        ]
        if not told:
            return None
        last, known = told[0]
        if not behind_preposition(self.text, last.start):
            return known
        beside = (k for m, k in told if last.start - m.start < _BESIDE and k is not known)
        subject = {m.actors[0] for m, _ in told if not behind_preposition(self.text, m.start)}
        return next((k for k in beside if k.actor in subject), known)


def _fits(held: frozenset[str], offices: tuple[str, ...]) -> bool:
    """Whether one of the offices is held; a minister is one of any kind."""
    return bool(held & frozenset(offices)) or (
        "minister" in offices and any(office.endswith("_minister") for office in held)
    )

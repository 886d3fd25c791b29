"""Which side an actor stands for, and whether a set of actors is an encounter of two sides at all."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache

from timeline.actors import Mention
from timeline.actors.knowledge import knowledge
from timeline.language import read_toml
from timeline.model import Actor, Place


def side_actor(side: str | None) -> Actor | None:
    """The state or body behind a side, None where it is not known."""
    return knowledge().side_actor(side)


def host_state(country: str | None) -> Actor | None:
    """The state that receives a visitor in a country."""
    return side_actor(country)


def named_on(actor: Actor, on: date | None) -> Actor:
    """A state under the name that it bore on a day, any other actor as he is."""
    state = knowledge().states.get(actor.country or "") if actor.type == "state" else None
    return state.actor_on(on) if state is not None and state.actor.key == actor.key else actor


def seat_of(side: str) -> str | None:
    """The city in which a body has its seat; None for a state, or where the tables do not tell it."""
    body = knowledge().bodies.get(side)
    return body.seat if body is not None else None


def capital_in(country: str | None) -> Place | None:
    """The capital of a country, None where there is none in the tables."""
    state = knowledge().states.get(country or "")
    return Place(state.capitals[0], country) if state is not None and state.capitals else None


def capital_of(place: Place) -> Actor | None:
    """The state whose capital the place is, None for any other place."""
    state = knowledge().states.get(place.country or "")
    return side_actor(place.country) if state is not None and place.name in state.capitals else None


_UNOFFICIAL = frozenset(["opposition_leader", "rebel_leader", "party_leader", "ambassador"])
_LATELY = 120
"""Days after a term within which its holder is still news."""

_CITY_STATES = frozenset(["LU", "MC", "SG", "SM", "VA"])


def is_town(place: Place) -> bool:
    """Whether the place is no whole country; a city state is a town ("Luxemburg")."""
    state = host_state(place.country)
    return place.country in _CITY_STATES or (state is not None and state.name != place.name)


def city_of(adjective: str) -> Place | None:
    """The city in "Pekinger", "Genfer", "Münchner"."""
    places = knowledge().places
    stems = (adjective[:-2], adjective[:-3] + "en", adjective[:-2] + "e") if adjective.endswith("er") else ()
    return next((places[stem][0] for stem in stems if len(stem) > 2 and stem in places), None)


@lru_cache(maxsize=1)
def parliaments() -> dict[str, str]:
    """The country of a parliament by its name, lower case."""
    return {name: str(code) for name, code in read_toml("languages/de/meetings/parliaments.toml").items()}


_JOURNEY = re.compile(r"(?P<where>\w{3,}?)s?(?:besuch(?:s|es|e|en)?|reisen?|visiten?)", re.IGNORECASE)


@lru_cache(maxsize=4096)
def compound_place(word: str) -> Place | None:
    """The country in a closed compound: "Deutschlandbesuch", "Chinareise"."""
    match = _JOURNEY.fullmatch(word)
    if match is None:
        return None
    name = match["where"].capitalize()
    found = knowledge().places.get(name)
    code = _state_names().get(name)
    return found[0] if found else Place(knowledge().states[code].name, code) if code else None


@lru_cache(maxsize=1)
def _state_names() -> dict[str, str]:
    return {
        form: code for code, state in knowledge().states.items() for form in (state.name, *state.variants)
    }


def is_body(actor: Actor) -> bool:
    """Whether the actor is an international body; an organisation with a country is a non-state party."""
    return actor.type == "organisation" and actor.country is None


class Sides:
    """The sides of one article's actors, as its own mentions and the knowledge base tell them.

    A side is a state's code or the key of a body or non-state party. The institutions of one body are one
    side, as are the offices of one state (event table, section 1).
    """

    def __init__(self, mentions: Sequence[Mention], on: date | None) -> None:
        self.on = on
        self._told: dict[str, str] = {}
        self._titled: dict[str, str] = {}
        self._named: Counter[str] = Counter()
        for mention in mentions:
            if mention.form != "pronoun":
                self._named.update({self._side_of(mention, actor) for actor in mention.actors})
            if mention.office is not None:
                self._titled.update({actor.key: mention.office for actor in mention.actors})
            if mention.side is not None and len(mention.actors) == 1:
                self._told.setdefault(mention.actors[0].key, mention.side)

    def _side_of(self, mention: Mention, actor: Actor) -> str:
        return (mention.side if len(mention.actors) == 1 else None) or self.of(actor)

    def main_body(self) -> Actor | None:
        """The international body that the article names most often, if it names one at least twice."""
        bodies = [(n, side) for side, n in self._named.items() if side in knowledge().bodies and n >= 2]
        actors = [knowledge().side_actor(side) for _, side in sorted(bodies, reverse=True)]
        return next((a for a in actors if a is not None and is_body(a)), None)

    def main_other(self, told: Iterable[Actor], least: int = 2) -> Actor | None:
        """The state or body that the article names most often beside those told, if ``least`` times."""
        known = self.all(told)
        for side, n in self._named.most_common():
            actor = knowledge().side_actor(side)
            if actor is not None and side not in known:
                return actor if n >= least else None
        return None

    def main_pair(self) -> tuple[Actor, ...]:
        """The two states or bodies named most often, if both at least twice and more than others."""
        ranked = [
            (actor, n)
            for side, n in self._named.most_common()
            if (actor := knowledge().side_actor(side)) is not None
        ]
        clear = len(ranked) >= 2 and ranked[1][1] >= (2 if len(ranked) > 2 else 1)
        if not clear or (len(ranked) > 2 and ranked[2][1] == ranked[1][1]):
            return ()
        return (ranked[0][0], ranked[1][0])

    def home(self, told: Iterable[Actor]) -> Actor | None:
        """The state that a single non-state party is in conflict with: its home."""
        codes = {a.country for a in told if a.type == "organisation"}
        code = codes.pop() if len(codes) == 1 else None
        return knowledge().side_actor(code) if code is not None else None

    def in_office(self, actor: Actor) -> bool:
        """Whether the person speaks for a government: he holds an office now, or is called by its title.

        Not who opposes it, nor envoys, who live where they are posted.
        """
        person = knowledge().by_key.get(actor.key)
        office = self._titled.get(actor.key)
        if person is not None and self.on is not None:
            term = person.term(self.on)
            office = term.office if term is not None and term.distance(self.on) <= _LATELY else None
        return office is not None and office not in _UNOFFICIAL

    def speaks_for(self, actor: Actor) -> Actor:
        """The state or body behind a person; the actor himself where it is not known."""
        return knowledge().side_actor(self.of(actor)) or actor

    def of(self, actor: Actor) -> str:
        """The side that the actor stands for; his own key where nothing is known."""
        if actor.type == "state":
            return actor.country or actor.key
        if actor.type == "organisation":
            return actor.key.removeprefix("org:")
        return self._told.get(actor.key) or actor.country or actor.key

    def known(self, actors: Iterable[Actor]) -> frozenset[str]:
        """The sides of several actors, without those of whom nothing is known but the name."""
        return frozenset(side for a in actors if (side := self.of(a)) != a.key)

    def all(self, actors: Iterable[Actor]) -> frozenset[str]:
        """The sides of several actors."""
        return frozenset(self.of(actor) for actor in actors)

    def fold(self, actors: Iterable[Actor]) -> tuple[Actor, ...]:
        """The actors once each, in order; a state or body is left out where a person of it is named."""
        unique = list({actor.key: actor for actor in actors}.values())
        spoken_for = {self.of(actor) for actor in unique if actor.type == "person"}
        return tuple(a for a in unique if a.type == "person" or self.of(a) not in spoken_for)

"""Which side an actor stands for, and whether a set of actors is an encounter of two sides at all."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache

from timeline.actors import Mention
from timeline.actors.knowledge import knowledge
from timeline.model import Actor, Place


def host_state(country: str | None) -> Actor | None:
    """The state that receives a visitor in a country."""
    return knowledge().side_actor(country)


_JOURNEY = re.compile(r"(?P<where>\w{3,}?)s?(?:besuch(?:s|es|e|en)?|reisen?|visiten?)", re.IGNORECASE)


@lru_cache(maxsize=4096)
def compound_place(word: str) -> Place | None:
    """The country in a closed compound: "Deutschlandbesuch", "Chinareise"."""
    match = _JOURNEY.fullmatch(word)
    found = knowledge().places.get(match["where"].capitalize()) if match is not None else None
    return found[0] if found else None


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
        for mention in mentions:
            if mention.side is not None and len(mention.actors) == 1:
                self._told.setdefault(mention.actors[0].key, mention.side)

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

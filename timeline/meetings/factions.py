"""Parties to a conflict that are named by what they are only: "die syrische Regierung und die Opposition".

Which one is meant follows from the state beside it: the only party of that home that the
article names elsewhere, else the knowledge base's whose name says the same ("Huthi-Rebellen").
"""

import re
from collections.abc import Sequence

from timeline.actors import Mention
from timeline.actors.knowledge import knowledge
from timeline.model import Actor

_WORD = re.compile(
    r"\b(?:Rebellen|Aufständischen?|Separatisten|Guerillas?|Opposition|Regimegegnern?|Regierungsgegnern?|Milizen)\b"
)
_ARMED = ("Rebellen", "Separatisten", "Miliz")
"""Different words for one and the same party, of which the knowledge base has one."""
_STOP = re.compile(r"[.!?;:]\s")
_BESIDE = re.compile(r"\b(?:und|mit|sowie)\b|,")
_REACH = 60
"""Characters between the state and the word; more than two noun phrases hardly lie between."""


def _party(word: str, home: str, named: Sequence[Actor]) -> Actor | None:
    told = {a.key: a for a in named if a.type == "organisation" and a.country == home}
    if len(told) == 1:
        return next(iter(told.values()))
    endings = (word,) if word == "Opposition" else (word, *_ARMED)
    for ending in endings:
        stem = ending.lower().rstrip("n")
        said = [
            body
            for body in knowledge().bodies.values()
            if body.country == home
            and any(v.lower().rstrip("n").endswith(stem) for v in (body.name, *body.variants))
        ]
        if len(said) == 1:
            return said[0].actor
    return None


def factions(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """Mentions of unnamed parties that stand beside their state, joined to it by "und" or "mit"."""
    found: list[Mention] = []
    named = [a for m in mentions for a in m.actors]
    for match in _WORD.finditer(text):
        if any(m.start <= match.start() < m.end for m in mentions):
            continue
        for m in mentions:
            home = m.actors[0].country if len(m.actors) == 1 and m.actors[0].type == "state" else None
            if home is None:
                continue
            begin, end = (m.end, match.start()) if m.start < match.start() else (match.end(), m.start)
            between = text[begin:end]
            if len(between) > _REACH or _STOP.search(between) or not _BESIDE.search(between):
                continue
            actor = _party(match.group(), home, named)
            if actor is not None:
                found.append(
                    Mention(
                        match.start(),
                        match.end(),
                        (actor,),
                        "organisation",
                        "organisation.faction",
                        side=actor.key.removeprefix("org:"),
                    )
                )
                break
    return found

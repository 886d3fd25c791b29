"""Parties to a conflict that are named by what they are only: "die syrische Regierung und die Opposition".

Also the government beside a party of its state: "zwischen der Regierung und den Huthi". Which one
is meant follows from the state beside it: the only party of that home that the article names
elsewhere, else the knowledge base's whose name says the same ("Huthi-Rebellen").
"""

import re
from collections.abc import Sequence

from timeline.actors import Mention
from timeline.actors.knowledge import knowledge
from timeline.meetings.grammar import grammar
from timeline.model import Actor

_WORD = re.compile(
    r"\b(?:Rebellen|Aufständischen?|Separatisten|Guerillas?|Opposition|Regimegegnern?|Regierungsgegnern?|Milizen)\b"
)
_STOP = re.compile(r"[.!?;:]\s")
_BESIDE = re.compile(r"\b(?:und|mit|sowie)\b|,")
_GOVERNMENT = re.compile(
    r"\b(?:und|zwischen|mit|von)\s+(?:d(?:er|ie)\s+)?(Regierung)\b(?!\s+(?:in|im|von|aus|de[rs])\b)"
)
_JOINT = re.compile(r"\s*\b(?:und|mit)\s+(?:de[rmn]\s+|die\s+)?(?:[\w-]+(?:en|er)\s+)?")
_BETWEEN = re.compile(
    r"\b(?P<state>[A-ZÄÖÜ]\w+)-(?:\w*[Gg]espräche?n?|\w*[Vv]erhandlungen)\s+"
    r"(?:(?:in|im)\s+\w+\s+)?zwischen\s+(?:der\s+)?"
    r"(?P<own>Regierung)\s+und\s+(?:der\s+|den\s+)?(?P<other>\w+)"
)
_REACH = 60
"""Characters between the state and the word; more than two noun phrases hardly lie between."""


def _party(word: str, home: str, named: Sequence[Actor]) -> Actor | None:
    told = {a.key: a for a in named if a.type == "organisation" and a.country == home}
    if len(told) == 1:
        return next(iter(told.values()))
    endings = (word,) if word == "Opposition" else (word, *grammar().armed_ends)
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


def _faction(begin: int, word: str, actor: Actor) -> Mention:
    side = actor.country if actor.type == "state" else actor.key.removeprefix("org:")
    return Mention(begin, begin + len(word), (actor,), "organisation", "organisation.faction", side=side)


def governments(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """The government beside a party to a conflict of its state: "zwischen der Regierung und den Huthi".

    Also both in "Syrien-Gespräche zwischen Regierung und Opposition", where the compound tells the state.
    """
    found: list[Mention] = []
    if "Regierung" not in text:
        return found
    named = [a for m in mentions for a in m.actors]
    states = knowledge().states
    for match in _BETWEEN.finditer(text):
        home = next((c for c, s in states.items() if match["state"] in (s.name, *s.variants)), None)
        party = _party(match["other"], home, named) if home and _WORD.fullmatch(match["other"]) else None
        state = knowledge().side_actor(home)
        if party is not None and state is not None:
            found.append(_faction(match.start("own"), match["own"], state))
            found.append(_faction(match.start("other"), match["other"], party))
    taken = {f.start for f in found}
    for match in _GOVERNMENT.finditer(text):
        begin, end = match.span(1)
        if begin in taken or any(m.start <= begin < m.end for m in mentions):
            continue
        for m in mentions:
            actor = m.actors[0]
            if len(m.actors) != 1 or actor.type != "organisation" or actor.country is None:
                continue
            between = text[end : m.start] if end <= m.start else text[m.end : begin]
            state = knowledge().side_actor(actor.country)
            if state is not None and len(between) <= _REACH and _JOINT.fullmatch(between.rstrip() + " "):
                found.append(_faction(begin, match[1], state))
                break
    return found


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
                found.append(_faction(match.start(), match.group(), actor))
                break
    return found

"""Where and when: the place, the destination and the date that belong to a trigger."""

import re
from collections.abc import Sequence

from timeline.meetings.candidate import Candidate, Telling
from timeline.meetings.clauses import Clause, is_adjective
from timeline.meetings.parties import Parties
from timeline.meetings.roles import PlaceSlot, Scene, Slot, TimeSlot
from timeline.meetings.sides import Sides, city_of, compound_place, host_state, parliaments, side_actor
from timeline.meetings.triggers import Trigger
from timeline.model import Actor, Kind, Place

_SESSION = re.compile(
    r"(?!(?:sonder|krisen|spitzen|mini|gipfel)+-?(?:gipfel|konferenz))"
    r"(?P<title>[\w-]+?)-?(?:sonder|krisen|spitzen|mini|gipfel)*(?:gipfel|konferenz)(?:treffen)?(?:s|n|en)?"
)
"""A session's word; ``title`` tells which session it is ("balkan" of "Balkankonferenz")."""
_NUMBERS = dict(
    zip(
        ["ein", "einen", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn"],
        (1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
        strict=True,
    )
)


_DASHES = frozenset(["–", "—", "-", "--"])
_DATELINE = 12
"""Words that a dateline has at most: place, country, agency, day."""


def country_of(place: Place | None) -> str | None:
    """The country of a place, None where either is unknown."""
    return place.country if place is not None else None


class Circumstances(Parties):
    """Finds place and date of a trigger in the sentence that is being read."""

    def __init__(self, who: Sides) -> None:
        super().__init__(who)
        self._scene: Scene | None = None

    def _located(self, place: PlaceSlot, scene: Scene) -> bool:
        """Whether "in X" tells where something happens, not what a noun before it is about."""
        before = place.np - 1
        if place.prep not in ("in", "auf", "bei", "nach", "an", "aus") or before < scene.start:
            return place.prep in ("in", "auf", "nach")
        named = any(s.first <= before < s.last for s in scene.slots)
        if not named and scene.words.lower[before] in ("und", "oder", ","):
            earlier = next((p for p in scene.places if p.last == before and p.clause == place.clause), None)
            if earlier is not None and earlier.prep == place.prep:
                return self._located(earlier, scene)
        return place.prep in ("in", "auf", "nach") and (
            named or not (self._is_topic(before, scene) or self._aside(before, scene))
        )

    def _is_topic(self, noun: int, scene: Scene) -> bool:
        """Whether the noun before "in X" is a matter and no place; troops are both where they are visited."""
        word = scene.words.lower[noun]
        visited = word in self._grammar.troops and any(h.frame.kind == "visit" for h in self._hits)
        return self._topical(word) and not visited

    def _aside(self, noun: int, scene: Scene) -> bool:
        """Whether the noun before "in X" is only talked about: "über die Feuerpause im Donbass"."""
        if any(h.token == noun for h in self._hits):
            return False
        lower, words = scene.words.lower, self._grammar
        for i in range(noun - 1, max(scene.start, noun - 6) - 1, -1):
            if lower[i] in words.aside:
                return True
            if lower[i] not in words.determiners and not is_adjective(scene.words.raw[i], words):
                return False
        return False

    def _place(self, trigger: Trigger, scene: Scene) -> Place | None:
        """Where a meeting takes place: the nearest "in ..." of the clause that belongs to no topic."""
        places = [p for p in scene.places if p.clause == trigger.clause and self._located(p, scene)]
        places = [p for p in places if p.prep != "nach"]
        attached = [p for p in places if p.first > trigger.token]
        chosen = min(attached or places, key=lambda p: abs(p.first - trigger.token), default=None)
        if chosen is None:
            clause = scene.clauses[trigger.clause]
            if clause.kind == "infinitive" and clause.parent is not None:
                around = [
                    p
                    for p in scene.places
                    if p.clause == clause.parent and p.prep in ("in",) and self._located(p, scene)
                ]
                chosen = around[-1] if around else None
            before = scene.words.raw[trigger.token - 1] if trigger.token > scene.start else ""
            if chosen is None and trigger.frame.noun is not None and (city := city_of(before)) is not None:
                return city  # "die Pekinger Weltfrauenkonferenz"
            if chosen is None and "dort" in {scene.words.lower[i] for i in clause.tokens}:
                return self._memory.place
        return self._finest(chosen, places) if chosen else self._where(trigger, scene)

    def _finest(self, chosen: PlaceSlot, places: Sequence[PlaceSlot]) -> Place:
        """The city where city and country stand side by side ("in Genf in der Schweiz")."""
        place = chosen.mention.place
        state = host_state(place.country)
        if state is not None and state.name == place.name:
            around = self._scene.places if self._scene is not None else ()
            beside = [p for p in around if 0 < p.first - chosen.last <= 4]
            for other in (*places, *beside):
                finer = other.mention.place
                if finer.country == place.country and finer.name != place.name:
                    return finer
        return place

    def _destination(self, trigger: Trigger, scene: Scene) -> Place | None:
        """Where a visit goes to."""
        frame, t = trigger.frame, trigger.token
        own = [p for p in scene.places if p.clause == trigger.clause]
        inside = [p for p in own if p.first <= t < p.last]
        whole = compound_place(scene.words.lower[t])
        if whole is not None:
            return whole
        if inside:
            return inside[0].mention.place
        reached = [p for p in own if p.prep in frame.destination and self._located(p, scene)]
        if frame.noun is not None:
            near = [p for p in reached if p.first > t and not self._verb_between(t, p.np, scene)]
            genitive = [p for p in own if p.head == t and p.prep in ("", "von")]
            visited = (
                near or [p for p in genitive if not any(s.first == p.first for s in scene.slots)] or reached
            )
        elif frame.id in ("besuchen", "besuch-abstatten"):
            visited = [p for p in own if p.prep == "" and p.head is None] or reached
        else:
            visited = [p for p in reached if p.prep == "nach"] or reached
        chosen = min(visited, key=lambda p: abs(p.first - t), default=None)
        if chosen is None:
            return self._where(trigger, scene)
        return self._finest(chosen, visited)

    def _where(self, trigger: Trigger, scene: Scene) -> Place | None:
        """The place before a clause with "wo": "nach Kuba weiter, wo er am Dienstag eintraf"."""
        first = scene.clauses[trigger.clause].tokens[0]
        if scene.words.lower[first] not in ("wo", "wohin"):
            return None
        before = [p for p in scene.places if p.last <= first]
        return before[-1].mention.place if before else None

    def _parliament(self, trigger: Trigger, scene: Scene) -> Place | None:
        """The country before whose parliament somebody speaks."""
        for i in scene.clauses[trigger.clause].tokens:
            state = host_state(parliaments().get(scene.words.lower[i]))
            if state is not None:
                return Place(state.name, state.country)
            if scene.words.lower[i].startswith("parlament") and i > scene.start:
                near = [s for s in scene.slots if s.last in (i, i - 1) or s.head == i]
                actor = side_actor(self._who.of(near[0].mention.actors[0])) if near else None
                if actor is not None and actor.type == "state":
                    return Place(actor.name, actor.country)
        return None

    def _verb_between(self, a: int, b: int, scene: Scene) -> bool:
        finite = scene.clauses[scene.clause_of[a]].finite
        return finite is not None and a < finite < b

    def _time(self, trigger: Trigger, scene: Scene) -> TimeSlot | None:
        """The date that stands nearest to the trigger in its clause; finer dates first."""
        usable = [
            x
            for x in scene.times
            if (x.timex.edtf is not None or x.timex.value == "PRESENT_REF")
            and not self._since(x, scene)
            and not self._until(x, scene)
            and not self._in_dateline(x, scene)
            and not self._belongs(x, trigger, scene)
        ]
        own = [x for x in usable if x.clause == trigger.clause]
        if not own and self._leans(trigger, scene):
            own = [x for x in usable if x.clause == scene.clauses[trigger.clause].parent]
        if not own:
            return None
        t = trigger.token

        def distance(x: TimeSlot) -> tuple[bool, int]:
            return (x.timex.edtf is None, x.first - t if x.first > t else t - x.last + 1)

        return min(own, key=distance)

    def _in_dateline(self, time: TimeSlot, scene: Scene) -> bool:
        """Whether the date only says when the article was written: "Berlin, 08.11.2005 – Der Minister"."""
        lower = scene.words.lower
        dash = next((i for i in range(time.last, min(time.last + 4, scene.end)) if lower[i] in _DASHES), None)
        opens = scene.number <= 1 or "\n" in scene.words.raw[scene.start - 1]
        if dash is None or not opens or time.last - scene.start > _DATELINE:
            return False
        return not any(c.finite is not None and c.finite < dash for c in scene.clauses)

    def _leans(self, trigger: Trigger, scene: Scene) -> bool:
        """Whether the main clause dates it: "sagte er am Mittwoch, als er X empfing"."""
        clause = scene.clauses[trigger.clause]
        if clause.parent is None:
            return False
        first = scene.words.lower[clause.tokens[0]]
        past = scene.clauses[clause.parent].tense in ("past", "pluperfect")
        if clause.kind == "infinitive":
            return trigger.frame.noun is not None or (first == "um" and past)
        return clause.kind == "sub" and first in ("als", "während") and past

    def _belongs(self, time: TimeSlot, trigger: Trigger, scene: Scene) -> bool:
        """Whether the date stands with another trigger, or with the verb across from the noun."""
        finite = scene.clauses[trigger.clause].finite
        if trigger.frame.noun is not None:
            prep = self._prep(trigger, scene)
            if (
                prep == "vor"
                and time.last <= trigger.token
                and "vor" in scene.words.lower[time.last : trigger.token]
            ):
                return True  # "nahm am Donnerstag vor dem Gipfel an ... teil"
            across = finite is not None and (trigger.token < finite) != (time.first < finite)
            return across and prep in self._grammar.outside
        for other in self._hits:
            if other.frame.noun is None or other.clause != trigger.clause or other.token > time.first:
                continue
            between = range(other.token + 1, time.first)
            if (
                len(between) <= 8
                and finite not in between
                and self._prep(other, scene) in ("bei", "nach", "vor", "während")
            ):
                return other.token > trigger.token or trigger.token not in between
        return False

    def _since(self, slot: TimeSlot, scene: Scene) -> bool:
        """Whether it dates a state of affairs: "seit 2019" (section 2), but not "seit Samstag"."""
        lower = scene.words.lower
        word = (
            lower[slot.first]
            if lower[slot.first] in ("seit", "ab")
            else lower[slot.first - 1]
            if slot.first
            else ""
        )
        value = slot.timex.edtf or ""
        begin = max(scene.start, slot.first - 8)
        if (
            word != "seit"
            and "seit" in lower[begin : slot.first]
            and not any(h.token in range(begin, slot.first) for h in self._hits)
        ):
            return True  # "seit Beginn des Kriegs vor einem Jahr"
        return word == "seit" and len(value.removesuffix("/..").rstrip("~")) <= 7

    def _until(self, slot: TimeSlot, scene: Scene) -> bool:
        lower = scene.words.lower
        return lower[slot.first] == "bis" or (slot.first > scene.start and lower[slot.first - 1] == "bis")

    def _turn_of(
        self, behind: Sequence[Slot], scene: Scene, place: Place | None, time: TimeSlot | None
    ) -> tuple[Place | None, TimeSlot | None]:  # fmt: skip
        """Place and date of one of several talks: those told last before its party."""
        first, clause = behind[0].first, behind[0].clause
        places = [p for p in scene.places if p.clause == clause and p.prep == "in" and p.first < first]
        times = [
            x for x in scene.times if x.clause == clause and x.first < first and x.timex.edtf is not None
        ]
        return (places[-1].mention.place if places else place, times[-1] if times else time)

    def _planned_for(self, time: TimeSlot, trigger: Trigger, scene: Scene) -> bool:
        """Whether the date is the meeting's own ("das für Dienstag geplante"), not that of calling off."""
        lower = scene.words.lower
        before = lower[max(scene.start, time.first - 2) : time.first]
        return (time.last <= trigger.token and trigger.token - time.last <= 3) or "für" in before

    def _shift(self, trigger: Trigger, scene: Scene) -> int | None:
        """Days from the date to the meeting: -3 for "drei Tage nach dem"; None if not in days."""
        lower = scene.words.lower
        for i in range(trigger.token - 1, max(scene.start, trigger.token - 8) - 1, -1):
            if lower[i] in ("nach", "vor") and i - 1 >= scene.start and lower[i - 1] in self._grammar.units:
                count = _NUMBERS.get(lower[i - 2]) if i - 2 >= scene.start else None
                if lower[i - 1].startswith("tag") and count is not None:
                    return -count if lower[i] == "nach" else count
                return None
        return 0

    def _far_back(self, clause: Clause, scene: Scene) -> bool:
        """Whether the clause itself says "damals"; not where only a comparison does ("wie damals X")."""
        lower = scene.words.lower
        return any(
            lower[i] in self._grammar.remote and "wie" not in lower[max(scene.start, i - 2) : i]
            for i in clause.tokens
        )

    def _is_destination(self, slot: Slot, place: Place, scene: Scene) -> bool:
        """Whether a state's name in the list of parties is only where the journey goes."""
        return any(p.first == slot.first and p.mention.place == place for p in scene.places) and not any(
            a.type == "person" for a in slot.mention.actors
        )

    def _make(
        self,
        trigger: Trigger,
        scene: Scene,
        kind: Kind,
        actors: tuple[Actor, ...],
        how: Telling,
        *,
        place: Place | None,
    ) -> Candidate:
        lower = scene.words.lower
        clause = scene.clauses[trigger.clause]
        said = {lower[i] for i in clause.tokens}
        before = {lower[i] for i in range(max(scene.start, trigger.token - 3), trigger.token)}
        shift = (
            self._shift(trigger, scene)
            if trigger.frame.noun is not None and how.prep in ("nach", "vor")
            else 0
        )
        name = _SESSION.fullmatch(lower[trigger.token])
        return Candidate(
            shift=shift or 0,
            kind=kind,
            actors=self._who.fold(actors),
            place=place,
            time=how.time if shift is not None else None,
            status=how.status,
            scene=scene.number,
            clause=trigger.clause,
            token=trigger.token,
            rules=[f"frame:{trigger.frame.id}", how.why, *(["margin"] if "rande" in said else [])],
            again=bool((before if trigger.frame.noun else said) & self._grammar.again),
            remote=self._far_back(clause, scene),
            follows=lower[clause.tokens[0]] in self._grammar.following,
            prep=how.prep,
            title=name["title"] if name is not None and kind == "summit" else "",
        )

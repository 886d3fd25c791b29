"""Where and when: the place, the destination and the date that belong to a trigger."""

import itertools
import re
from collections.abc import Sequence

from timeline.actors.knowledge import knowledge
from timeline.meetings.candidate import Candidate, Telling
from timeline.meetings.clauses import is_adjective, is_noun
from timeline.meetings.grammar import patterns
from timeline.meetings.moments import ATTRIBUTE, Moments, is_attribute
from timeline.meetings.roles import PlaceSlot, Scene, Slot, TimeSlot
from timeline.meetings.sides import (
    Sides,
    capital_in,
    city_of,
    compound_place,
    host_state,
    parliaments,
    side_actor,
)
from timeline.meetings.triggers import Trigger
from timeline.model import Actor, Kind, Place

_BESIDE = 3
"""Words at most from a noun to the preposition of its own place: "dem Gipfel der Nato in Rom"."""

_SESSION = re.compile(
    r"(?!(?:sonder|krisen|spitzen|mini|gipfel)+-?(?:gipfel|konferenz))"
    r"(?P<title>[\w-]+?)-?(?:sonder|krisen|spitzen|mini|gipfel)*(?:gipfel|konferenz)(?:treffen)?(?:s|n|en)?"
)
"""A session's word; ``title`` tells which session it is ("balkan" of "Balkankonferenz")."""

_PHRASE, _LIST = 6, 16
"""Words that a noun, and a list of nouns with what belongs to them, has at most behind its preposition."""

_SENT = re.compile(r"liefer|export|ausfuhr|transport|fl[uü]g|abschieb|invest|pipeline|verkauf|verkäuf|hilf")
"""In nouns that "nach X" may belong to: "Waffenlieferungen nach Israel"."""

_PLURAL = re.compile(
    r"^(?:USA|Alpen|Anden)$|(?:landen|aten|gebieten|inseln|ippinen|iven|ellen|amas|oren|onen|erden)$"
)
"""Names of places in the plural, which have "in den" in the dative too: "in den USA", "in den Emiraten"."""


def country_of(place: Place | None) -> str | None:
    """The country of a place, None where either is unknown."""
    return place.country if place is not None else None


_NEXT_TO = 2
"""Words at most between a state's name and "wo": a comma, "aus"."""


class Circumstances(Moments):
    """Finds place and date of a trigger in the sentence that is being read."""

    def __init__(self, who: Sides) -> None:
        super().__init__(who)
        self._scene: Scene | None = None

    def _located(self, place: PlaceSlot, scene: Scene) -> bool:
        """Whether "in X" tells where something happens, not what a noun before it is about."""
        before, words = place.np - 1, self._grammar
        if place.prep not in words.spatial or before < scene.start:
            return place.prep in words.where_or_whither
        named = any(s.first <= before < s.last for s in scene.slots)
        if not named and scene.words.lower[before] in words.joints:
            earlier = next((p for p in scene.places if p.last == before and p.clause == place.clause), None)
            if earlier is not None and earlier.prep == place.prep:
                return self._located(earlier, scene)
        if place.prep == "nach":  # a crisis leads nowhere, goods and people do
            return named or _SENT.search(scene.words.lower[before]) is None
        if place.prep not in words.where:
            return False
        told_of = self._is_topic(before, scene) or self._aside(before, scene)
        return named or not told_of or self._is_objected_to(before, place, scene)

    def _is_objected_to(self, noun: int, place: PlaceSlot, scene: Scene) -> bool:
        """Whether the place is that of the verb behind it: "trotz scharfer Kritik in Rom empfangen"."""
        verb = any(h.frame.verb and h.token == place.last for h in self._hits)
        objection = patterns()["objection"].fullmatch(scene.words.lower[noun]) is not None
        return verb and objection and self._aside(noun, scene)

    def _is_matter(self, place: Place | None, clause: int, scene: Scene) -> bool:
        """Whether the place stands behind "auf": "haben sich auf Patrouillen in Nordsyrien verständigt"."""
        on = next((i for i in scene.clauses[clause].tokens if scene.words.lower[i] == "auf"), scene.end)
        return any(p.clause == clause and p.mention.place == place and p.first > on for p in scene.places)

    @staticmethod
    def _leads_to(place: PlaceSlot, scene: Scene) -> bool:
        """Whether "in" tells where to and not where, by its accusative: "seit der Rückkehr in den Kreml"."""
        raw, before = (
            scene.words.raw,
            list(scene.words.lower[max(scene.start, place.first - 2) : place.first]),
        )
        if before[-1:] == ["ins"] or before in (["in", "die"], ["in", "das"]):
            return True
        return before == ["in", "den"] and _PLURAL.search(raw[place.last - 1]) is None

    def _is_topic(self, noun: int, scene: Scene) -> bool:
        """Whether the noun before "in X" is a matter and no place.

        Troops are visited, and treaties signed, where they are.
        """
        word = scene.words.lower[noun]
        visited = word in self._grammar.troops and any(h.frame.kind == "visit" for h in self._hits)
        treaty = word.endswith(self._grammar.treaty_ends)
        signed = treaty and any(h.frame.needs in ("signing", "together") for h in self._hits)
        return self._topical(word) and not (visited or signed)

    def _aside(self, noun: int, scene: Scene) -> bool:
        """Whether the noun before "in X" is only talked about: "über die Feuerpause im Donbass"."""
        if any(h.token == noun for h in self._hits) or any(x.first <= noun < x.last for x in scene.times):
            return False  # "gegen neun Uhr in Rom"
        lower, raw, words = scene.words.lower, scene.words.raw, self._grammar
        listed = False  # "über das Atomprogramm, den Wiederaufbau im Irak und den Klimaschutz"
        for i in range(noun - 1, max(scene.start, noun - (_LIST if is_noun(raw[noun]) else _PHRASE)) - 1, -1):
            if lower[i] in words.aside:
                return True
            item = listed and is_noun(raw[i])
            listed = is_noun(raw[noun]) and lower[i] in words.listing
            if not (item or listed or lower[i] in words.determiners or is_adjective(raw[i], words)):
                return False
        return False

    def _place(self, trigger: Trigger, scene: Scene) -> Place | None:
        """Where a meeting takes place: the nearest "in ..." of the clause that belongs to no topic."""
        places = [p for p in scene.places if p.clause == trigger.clause and self._located(p, scene)]
        places = [p for p in places if p.prep != "nach" and not self._ruled_out(p, scene)]
        summons = trigger.frame.kind == "summons"  # "ins Auswärtige Amt einbestellt"
        places = [p for p in places if summons or not self._leads_to(p, scene)]
        places = [p for p in places if not self._of_another(p, trigger, scene)]
        attached = self._before_participle(trigger, places, scene)
        attached = attached or [p for p in places if p.first > trigger.token]
        if any(p.first < trigger.token for p in places) and self._goes_on_elsewhere(trigger, attached, scene):
            attached = []
        chosen = min(attached or places, key=lambda p: abs(p.first - trigger.token), default=None)
        chosen = chosen or self._above(trigger, scene) or self._bound_for(trigger, scene)
        if chosen is None and self._shares_verb(trigger, scene):
            earlier = (p for p in scene.places if p.clause == trigger.clause - 1 and self._located(p, scene))
            chosen = next((p for p in earlier if p.prep == "in"), None)
        if chosen is None and (behind := self._going_on(trigger, scene)) is not None:
            tokens = scene.clauses[behind].tokens
            # up to ", hieß es in X"
            end = next((b for a, b in itertools.pairwise(tokens) if b != a + 1), scene.end)
            inside = (p for p in scene.places if p.clause == behind and p.first < end)
            chosen = next((p for p in inside if p.prep == "in"), None)
        if chosen is not None:
            return self._finest(chosen, places)
        before = scene.words.raw[trigger.token - 1] if trigger.token > scene.start else ""
        if trigger.frame.noun is not None and (city := city_of(before)) is not None:
            return city  # "die Pekinger Weltfrauenkonferenz"
        return (
            self._pointed_to(trigger.clause, scene)
            or self._where(trigger, scene)
            or self._about(trigger.clause, scene)
        )

    @staticmethod
    def _goes_on_elsewhere(trigger: Trigger, places: Sequence[PlaceSlot], scene: Scene) -> bool:
        """Whether a comma parts the places from the trigger: "In A ist ein Treffen, in B ein Fest"."""
        first = min((p.np for p in places), default=trigger.token)
        return scene.words.lower[max(trigger.token, first - 2) : first].count(",") > 0

    def _before_participle(
        self, trigger: Trigger, places: Sequence[PlaceSlot], scene: Scene
    ) -> list[PlaceSlot]:
        """The place that a participle joins to a noun: "ein für Montag in Rom angesetzter Gipfel"."""
        lower, t = scene.words.lower, trigger.token
        if trigger.frame.noun is None:
            return []
        between = {p: range(p.last, t) for p in places if 0 < t - p.last <= ATTRIBUTE}
        return [p for p, words in between.items() if any(is_attribute(lower[i]) for i in words)]

    def _above(self, trigger: Trigger, scene: Scene) -> PlaceSlot | None:
        """The place in the main clause of an infinitive: "flog nach Genf, um X zu treffen".

        Where it was agreed to meet is none: "verabredeten in Rom, sich im Mai zu treffen".
        """
        clause = scene.clauses[trigger.clause]
        if clause.kind != "infinitive" or clause.parent is None:
            return None
        if patterns()["act"].search(scene.text(clause.parent)):
            return None
        purpose = scene.words.lower[clause.tokens[0]] == "um"
        around = [p for p in scene.places if p.clause == clause.parent and self._located(p, scene)]
        around = [p for p in around if p.prep == "in" or (purpose and p.prep == "nach")]
        return around[-1] if around else None

    def _bound_for(self, trigger: Trigger, scene: Scene) -> PlaceSlot | None:
        """Where somebody is asked or goes to for what a noun tells: "zum Gipfel nach Rom laden"."""
        if trigger.frame.noun is None or self._prep(trigger, scene) != "zu":
            return None
        behind = (p for p in scene.places if p.clause == trigger.clause and p.first > trigger.token)
        return next((p for p in behind if p.prep == "nach"), None)

    def _of_another(self, place: PlaceSlot, trigger: Trigger, scene: Scene) -> bool:
        """Whether the place is that of an earlier encounter: "Nach dem Gipfel in Rom will A B sehen"."""
        if trigger.frame.noun is not None and self._after_another(place.first, trigger, scene):
            return True
        for other in self._hits:
            near = other.clause == place.clause and 0 < place.np - other.token <= _BESIDE
            if near and other.frame.noun is not None and other.token != trigger.token:
                between = trigger.token in range(other.token, place.first)
                apart = scene.clauses[trigger.clause].tense in ("modal", "future", "conditional")
                if not between and apart and self._prep(other, scene) in self._grammar.over_or_ahead:
                    return True
        return False

    def _pointed_to(self, clause: int, scene: Scene) -> Place | None:
        """The place that "dort" means, or the capital that "in der Hauptstadt" does."""
        lower = scene.words.lower
        for i in scene.clauses[clause].tokens:
            if lower[i] == "dort":
                return self._told_before(i, scene)
            if lower[i] == "hauptstadt" and list(lower[max(scene.start, i - 2) : i]) == ["in", "der"]:
                return capital_in(country_of(self._told_before(i, scene)))
        return None

    def _told_before(self, there: int, scene: Scene) -> Place | None:
        """What "dort" points back to: a place of the sentence, else the last one of those before."""
        preps = self._grammar.where_or_whither
        before = [p for p in scene.places if p.last <= there and p.prep in preps]
        return before[-1].mention.place if before else self._memory.place

    def _about(self, clause: int, scene: Scene) -> Place | None:
        """A city that is told by a building in it or as near by: "im Genfer Hotel X", "unweit von Moskau"."""
        raw, lower, words = scene.words.raw, scene.words.lower, self._grammar
        for i in scene.clauses[clause].tokens[1:-1]:
            if not raw[i].endswith("er") or not raw[i][0].isupper():
                continue
            inside = words.contracted.get(lower[i - 1]) in words.at_building or (
                lower[i - 1] in words.determiners and lower[i - 2] in words.at_building
            )
            building = lower[i + 1].rsplit("-", 1)[-1].endswith(words.building_ends)
            if inside and building and (city := city_of(raw[i])) is not None:
                return city
        for place in (p for p in scene.places if p.clause == clause):
            beside = {
                lower[j] for j in range(max(scene.start, place.first - 2), place.first)
            } & words.vicinity
            of = place.head is not None and lower[place.head] in words.vicinity
            if beside or of or (place.prep == "bei" and host_state(place.mention.place.country) is not None):
                state = host_state(place.mention.place.country)
                if state is None or state.name != place.mention.place.name:
                    return place.mention.place
        return None

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
        lower = self._scene.words.lower if self._scene is not None else []
        for other in places:  # "in Anchorage in Alaska"
            there = other.mention.place
            if (
                other.prep == chosen.prep == "in"
                and other.last == chosen.np
                and there.country == place.country
            ):
                return there
        divisions = self._grammar.division_ends
        for other in places:  # "in Annapolis im US-Staat Maryland"
            between = lower[other.last : chosen.first]
            if 0 < len(between) <= _BESIDE and any(word.endswith(divisions) for word in between):
                return other.mention.place
        return place

    def _destination(self, trigger: Trigger, scene: Scene) -> Place | None:
        """Where a visit goes to."""
        frame, t = trigger.frame, trigger.token
        own = [p for p in scene.places if p.clause == trigger.clause and not self._ruled_out(p, scene)]
        inside = [p for p in own if p.first <= t < p.last]
        whole = compound_place(scene.words.lower[t])
        if whole is not None:
            return whole
        if inside:
            return inside[0].mention.place
        reached = [p for p in own if p.prep in frame.destination and self._located(p, scene)]
        if frame.verb:
            reached = [p for p in reached if not self._is_origin(p, scene)]
        if "" in frame.destination:
            visited = [p for p in own if p.prep == "" and p.head is None]
        elif frame.noun is not None:
            near = [p for p in reached if p.first > t and not self._verb_between(t, p.np, scene)]
            genitive = [p for p in own if p.head == t and p.prep in ("", "von")]
            further = self._prep(trigger, scene) in self._grammar.over_or_ahead and any(
                h.clause == trigger.clause and h.frame.verb and h.frame.kind == "visit" for h in self._hits
            )  # "Nach seinem Aufenthalt reist er nach Rom weiter": that is the next one
            visited = (
                near
                or [p for p in genitive if not any(s.first == p.first for s in scene.slots)]
                or ([] if further else reached)
            )
        elif frame.id in ("besuchen", "besuch-abstatten"):
            visited = [p for p in own if p.prep == "" and p.head is None] or reached
        else:
            visited = [p for p in reached if p.prep == "nach"] or reached
        chosen = min(visited, key=lambda p: abs(p.first - t), default=None)
        if chosen is None and frame.id == "besuchen" and (host := self._visited_state(trigger, scene)):
            return host
        if chosen is None:
            return self._where(trigger, scene) or self._about(trigger.clause, scene)
        return self._finest(chosen, visited)

    def _is_origin(self, place: PlaceSlot, scene: Scene) -> bool:
        """Whether the place is that of a noun behind "von" or "aus": "brach vom Gipfel in Rom auf"."""
        raw, lower = scene.words.raw, scene.words.lower
        noun = place.np - 1
        before = set(lower[max(scene.start, noun - 2) : noun])
        common = noun > scene.start and is_noun(raw[noun]) and not self._taken(noun, scene)
        return common and bool(before & self._grammar.origins)

    def _visited_state(self, trigger: Trigger, scene: Scene) -> Place | None:
        """Where a person goes to, named as a party would be: "Teheran hatte er besucht"."""
        bare = [s for s in scene.slots if s.clause == trigger.clause and not s.prep]
        if trigger.frame.verb and not any(s.mention.actors[0].type == "person" for s in bare):
            return None
        return next((place for s in bare if (place := self._land(s, scene)) is not None), None)

    def _land(self, slot: Slot, scene: Scene) -> Place | None:
        """The place that a state or its capital is, though named as a party would be; None for others."""
        actor, name = slot.mention.actors[0], " ".join(scene.words.raw[slot.first : slot.last])
        if actor.type != "state":
            return None
        towns = (p for p in knowledge().places.get(name, ()) if p.country == actor.country)
        return next(towns, Place(actor.name, actor.country))

    def _where(self, trigger: Trigger, scene: Scene) -> Place | None:
        """The place before a clause with "wo": "nach Kuba weiter, wo er am Dienstag eintraf"."""
        first = scene.clauses[trigger.clause].tokens[0]
        if scene.words.lower[first] not in ("wo", "wohin"):
            return None
        before = [p for p in scene.places if p.last <= first]
        states = [s for s in scene.slots if first - _NEXT_TO <= s.last <= first]
        if states and states[-1].mention.actors[0].type == "state":  # "Von Vietnam aus, wo er ..."
            state = states[-1].mention.actors[0]
            return Place(state.name, state.country)
        return before[-1].mention.place if before else None

    def _parliament(self, trigger: Trigger, scene: Scene) -> Place | None:
        """The country before whose parliament somebody speaks."""
        for i in scene.clauses[trigger.clause].tokens:
            state = host_state(parliaments().get(scene.words.lower[i]))
            if state is not None:
                return self._town_in(state.country, trigger.clause, scene) or Place(state.name, state.country)
            if scene.words.lower[i].startswith("parlament") and i > scene.start:
                near = [s for s in scene.slots if s.last in (i, i - 1) or s.head == i]
                actor = side_actor(self._who.of(near[0].mention.actors[0])) if near else None
                if actor is not None and actor.type == "state":
                    return Place(actor.name, actor.country)
        return None

    def _town_in(self, country: str | None, clause: int, scene: Scene) -> Place | None:
        """The town of the country that the clause tells: "vor dem Kongress in Washington"."""
        inside = (p.mention.place for p in scene.places if p.clause == clause and p.prep == "in")
        return next((p for p in inside if p.country == country), None)

    def _verb_between(self, a: int, b: int, scene: Scene) -> bool:
        finite = scene.clauses[scene.clause_of[a]].finite
        return finite is not None and a < finite < b

    def _turn_of(
        self, behind: Sequence[Slot], scene: Scene, place: Place | None, time: TimeSlot | None
    ) -> tuple[Place | None, TimeSlot | None]:  # fmt: skip
        """Place and date of one of several talks: told last before its party, or the place right behind."""
        first, clause = behind[0].first, behind[0].clause
        places = [p for p in scene.places if p.clause == clause and p.prep == "in" and p.first < first]
        times = [
            x for x in scene.times if x.clause == clause and x.first < first and x.timex.edtf is not None
        ]
        after = [p for p in scene.places if p.prep == "in" and p.np == behind[-1].last]
        places = after or places
        return (places[-1].mention.place if places else place, times[-1] if times else time)

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
            if trigger.frame.noun is not None and how.prep in self._grammar.over_or_ahead
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
            remote=self._far_back(clause, scene) or bool(before & self._grammar.former),
            follows=lower[clause.tokens[0]] in self._grammar.following,
            prep=how.prep,
            title=name["title"] if name is not None and kind == "summit" else "",
        )

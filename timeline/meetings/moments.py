"""Which date belongs to a trigger: the one nearest to it that tells no other thing."""

import itertools
from collections.abc import Sequence

from timeline.meetings.clauses import Clause, is_participle
from timeline.meetings.grammar import grammar, patterns
from timeline.meetings.parties import Parties
from timeline.meetings.roles import PlaceSlot, Scene, TimeSlot
from timeline.meetings.status import LASTING, is_aim, is_long_after, on_the_way
from timeline.meetings.triggers import Trigger

_DASHES = frozenset(["–", "—", "-", "--"])
_NEAR = 8
"""Words at most between a noun and its own date or place."""
_LIKENED = 6
"""Words from "anders als" to the date or place of another encounter."""
_DATELINE = 12
"""Words that a dateline has at most: place, country, agency, day."""

_MOMENTARY = frozenset(["meeting", "call", "visit", "summit"])
"""Kinds that have a day by which they take place; who negotiates "bis Freitag" does so until then."""

ATTRIBUTE = 5
"""Words at most between a date and the noun that a participle joins it to: "am 3. Mai in Bern begonnene"."""

_SHORTEST_PARTICIPLE = 7
"""Letters: "gehende"."""


def is_attribute(word: str) -> bool:
    """Whether the lower-case word is a past participle before a noun: "geplante", "begonnenen"."""
    ends = grammar().adjective_ends
    return any(word.endswith(end) and is_participle(word.removesuffix(end)) for end in ends)


def is_present_attribute(word: str) -> bool:
    """Whether the lower-case word is a present participle before a noun: "regierenden", "dauernde"."""
    return word.endswith(grammar().present_participle_ends) and len(word) > _SHORTEST_PARTICIPLE


class Moments(Parties):
    """Finds the date of a trigger in the sentence that is being read."""

    def _time(self, trigger: Trigger, scene: Scene) -> TimeSlot | None:
        """The date that stands nearest to the trigger in its clause; finer dates first."""
        if not scene.times:
            return None
        meets_by = self._has_deadline(trigger, scene)
        process = trigger.frame.id == "verhandeln" and scene.clauses[trigger.clause].tense == "present"
        usable = [
            x
            for x in scene.times
            if (x.timex.edtf is not None or self._is_now(x, scene))
            and (
                process or not self._since(x, scene)
            )  # "verhandeln seit 2012": from its known start (section 2)
            and (meets_by or not self._until(x, scene))
            and not self._in_dateline(x, scene)
            and not self._belongs(x, trigger, scene)
            and not self._ruled_out(x, scene)
            and scene.words.lower[x.first - 1 : x.last] != ["zu", "abend"]  # "aßen zu Abend"
        ]
        own = [x for x in usable if x.clause == trigger.clause]
        if own and self._done_about(trigger, scene):
            own = [x for x in own if self._is_object(x, trigger, scene)]
        own = own or self._around(trigger, scene, usable)
        if not own:
            return None
        if any("T" not in x.timex.value and x.timex.first == x.timex.last for x in own):
            # "bis in die Nacht berieten sie am Mittwoch": an hour is of the day that is told with it
            own = [x for x in own if "T" not in x.timex.value or x.timex.basis != "reference"]
        t = trigger.token

        def distance(x: TimeSlot) -> tuple[bool, int]:
            return (x.timex.edtf is None, x.first - t if x.first > t else t - x.last + 1)

        return self._finer(min(own, key=distance), own, scene)

    def _finer(self, told: TimeSlot, own: Sequence[TimeSlot], scene: Scene) -> TimeSlot:
        """The day that stands beside its period: "vergangene Woche, am 14. März"."""
        first, last = told.timex.first, told.timex.last
        if first is None or last is None or first == last:
            return told
        for other in own:
            a, b = (told, other) if told.first < other.first else (other, told)
            between, day = set(scene.words.lower[a.last : b.first]), other.timex.first
            beside = other is not told and between <= self._grammar.apposed and "," in between
            if beside and day is not None and day == other.timex.last and first <= day <= last:
                return other
        return told

    def _is_now(self, time: TimeSlot, scene: Scene) -> bool:
        """Whether it says "now" of what is told, not of a number ("nunmehr 86 Milliarden")."""
        number = scene.words.lower[time.last : time.last + 1]
        return time.timex.value == "PRESENT_REF" and not any(w[:1].isdigit() for w in number)

    def _around(self, trigger: Trigger, scene: Scene, usable: Sequence[TimeSlot]) -> list[TimeSlot]:
        """The dates of the clauses around, where they tell of the same time as the trigger's.

        The main clause of an infinitive ("bot an, am ..."), the clause with "während" before it, or what
        "damals" points back to.
        """
        clause = scene.clauses[trigger.clause]
        if self._leans(trigger, scene):
            above = [x for x in usable if x.clause == clause.parent]
            act = patterns()["act"].search(scene.text(clause.parent or 0)) if above else None
            return [x for x in above if act is None or self._ahead(x)]
        if self._shares_verb(trigger, scene):
            return [x for x in usable if x.clause == trigger.clause - 1]
        if self._follows_front(trigger, scene):
            return [x for x in usable if x.clause == trigger.clause - 1]
        going_on = self._going_on(trigger, scene)
        if going_on is not None:
            return [x for x in usable if x.clause == going_on]
        if trigger.clause == 0:
            return []
        first = clause.tokens[0]
        if scene.words.lower[first] == "damals":
            return [x for x in usable if x.last <= first][-1:]
        before = scene.clauses[trigger.clause - 1]
        if scene.words.lower[first] == "wo" and clause.tense != "pluperfect":
            return self._stop_before(first, scene, usable)
        begins = scene.words.lower[before.tokens[0]] in self._grammar.same_time
        if clause.kind == "main" and before.kind == "sub" and begins:
            return [x for x in usable if x.clause == trigger.clause - 1]
        return []

    def _shares_verb(self, trigger: Trigger, scene: Scene) -> bool:
        """Whether the clause before has its auxiliary too: "wird am Freitag in Rom reden und X treffen"."""
        clause = scene.clauses[trigger.clause]
        if trigger.clause == 0 or clause.finite is None or clause.finite in clause.tokens:
            return False
        return clause.finite in scene.clauses[trigger.clause - 1].tokens

    def _follows_front(self, trigger: Trigger, scene: Scene) -> bool:
        """Whether it leaves out what opens the clause before: "Am Montag kam er an und wurde empfangen"."""
        clause = scene.clauses[trigger.clause]
        if trigger.clause == 0 or len(clause.tokens) < 2 or clause.finite != clause.tokens[1]:
            return False
        before = scene.clauses[trigger.clause - 1]
        opens = scene.words.lower[clause.tokens[0]] == "und" and before.kind == clause.kind == "main"
        front = range(before.tokens[0], before.tokens[0] + 2)
        return opens and any(x.clause == trigger.clause - 1 and x.first in front for x in scene.times)

    def _going_on(self, trigger: Trigger, scene: Scene) -> int | None:
        """The clause behind that goes on about the noun: "... war geplant und findet am Montag statt"."""
        behind = trigger.clause + 1
        if trigger.frame.noun is None or behind >= len(scene.clauses) or self._bare(scene, behind):
            return None
        opens = scene.words.lower[scene.clauses[behind].tokens[0]] == "und"
        return behind if opens and patterns()["comes_off"].search(scene.text(behind)) else None

    def _stop_before(self, where: int, scene: Scene, usable: Sequence[TimeSlot]) -> list[TimeSlot]:
        """The date beside the place that "wo" takes up: "am 5. Kiew, am Montag Rom, wo er X sprach"."""
        place = next((p for p in reversed(scene.places) if p.last <= where <= p.last + 1), None)
        return [x for x in usable if place is not None and place.np - 1 <= x.last <= place.first]

    def _ahead(self, time: TimeSlot) -> bool:
        first = time.timex.first
        told = time.timex.basis != "previous"  # "am Abend" is of the day told last, whichever that is
        return told and first is not None and self._on is not None and first > self._on

    def _ruled_out(self, told: TimeSlot | PlaceSlot, scene: Scene) -> bool:
        """Whether another stands for it: "nicht am Montag, sondern am Freitag", "anders als in Bern"."""
        lower = scene.words.lower
        before = lower[max(scene.start, told.first - _LIKENED) : told.first]
        if any(pair in (["anders", "als"], ["so", "wie"]) for pair in map(list, itertools.pairwise(before))):
            return True
        return "nicht" in before[-2:] and "sondern" in lower[told.last : told.last + 3]

    def _done_about(self, trigger: Trigger, scene: Scene) -> bool:
        """Whether the clause tells what is done about the meeting: "lehnte am Montag ein Treffen ab"."""
        if trigger.frame.status in ("proposed", "planned", "cancelled"):
            return True
        text = scene.text(trigger.clause)
        if trigger.frame.noun is None or patterns()["act"].search(text) is None:
            return False
        if patterns()["without_result"].search(text):
            return False  # "haben ihre Gespräche am Montag ohne Ergebnis vertagt": they were held on that day
        prep = self._prep(trigger, scene)
        return not prep or prep in self._grammar.objects or (prep == "auf" and is_aim(trigger, scene))

    def _is_object(self, time: TimeSlot, trigger: Trigger, scene: Scene) -> bool:
        """Whether the date belongs to the meeting that something is done about, not to the doing.

        The doing was mostly of late; a day ahead is the meeting's, and so is what stands within its noun
        phrase. A month or year is the meeting's where it is called off ("hatte im Mai das Treffen abgesagt").
        """
        if self._planned_for(time, trigger, scene):
            return True
        lower, finite, t = scene.words.lower, scene.clauses[trigger.clause].finite, trigger.token
        called_off = patterns()["calls_off"].search(scene.text(trigger.clause)) is not None
        if called_off and "auf" in lower[max(scene.start, time.first - 2) : time.first + 1]:
            return False  # put off to that day
        if self._ahead(time):
            return True
        if t < time.first and finite is not None and t < time.first < finite:
            return True  # "Ein Treffen am Montag lehnte er ab"
        if t < time.first <= t + 2 and not called_off:
            return True  # "schlug ein Treffen am Montag vor"
        coarse = len((time.timex.edtf or "").rstrip("~")) <= 7
        return coarse and (called_off or t < time.first)

    def _in_dateline(self, time: TimeSlot, scene: Scene) -> bool:
        """Whether it only says when it was written: "Berlin, 08.11.2005 – Der Minister", "10.40 Uhr: ..."."""
        lower = scene.words.lower
        if time.timex.rule.startswith("clock") and lower[time.last : time.last + 1] == [":"]:
            return not any(lower[i].isalpha() for i in range(scene.start, time.first))
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
        return clause.kind == "sub" and first in self._grammar.same_time and past

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
            if self._after_another(time.first, trigger, scene):
                return True
            across = finite is not None and (trigger.token < finite) != (time.first < finite)
            long_after = (
                prep == "nach" and is_long_after(trigger, scene) and self._shift(trigger, scene) is None
            )
            apart = prep in self._grammar.outside or long_after or on_the_way(trigger, scene)
            return across and apart
        for other in self._hits:
            if other.frame.noun is None or other.clause != trigger.clause or other.token > time.first:
                continue
            between = range(other.token + 1, time.first)
            prep = self._prep(other, scene) if len(between) <= _NEAR and finite not in between else ""
            if prep in self._grammar.occasions or (prep == "auf" and is_aim(other, scene)):
                return other.token > trigger.token or trigger.token not in between
        return False

    def _after_another(self, first: int, trigger: Trigger, scene: Scene) -> bool:
        """Whether what stands there belongs to an encounter told as over or ahead, closer to it.

        As in "ein Gespräch ist nach dem Gipfel am 14. Mai in Rom geplant".
        """
        finite = scene.clauses[trigger.clause].finite
        for other in self._hits:
            between = range(other.token + 1, first)
            near = other.clause == trigger.clause and trigger.token < other.token < first
            if near and other.frame.noun is not None and len(between) <= _NEAR and finite not in between:
                prep = self._prep(other, scene)
                return prep == "seit" or prep in self._grammar.over_or_ahead
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
        finite = scene.clauses[slot.clause].finite
        if finite is not None and begin <= finite < slot.first:
            begin = (
                finite  # "Seit seinem Amtsantritt ist er am Montag ...": across the verb is another matter
            )
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

    def _has_deadline(self, trigger: Trigger, scene: Scene) -> bool:
        """Whether "bis" says by when two mean to meet ("bis Juni"), not how long it lasts."""
        words, lower = self._grammar, scene.words.lower
        if trigger.frame.kind not in _MOMENTARY or trigger.frame.id in LASTING:
            return False
        tokens = scene.clauses[trigger.clause].tokens
        ahead = any(lower[i] in words.modal or lower[i] in words.future for i in tokens)
        return ahead and patterns()["stays"].search(scene.text(trigger.clause)) is None

    def _planned_for(self, time: TimeSlot, trigger: Trigger, scene: Scene) -> bool:
        """Whether the date is the meeting's own ("das für Dienstag geplante"), not that of calling off."""
        lower, finite = scene.words.lower, scene.clauses[trigger.clause].finite
        between = range(time.last, trigger.token)
        if 0 < len(between) <= ATTRIBUTE and finite not in between:
            words = [lower[i] for i in between]
            if not set(words) & self._grammar.determiners and any(is_attribute(w) for w in words):
                return True
        return "für" in lower[max(scene.start, time.first - 2) : time.first]

    def _shift(self, trigger: Trigger, scene: Scene) -> int | None:
        """Days from the date to the meeting: -3 for "drei Tage nach dem"; None if not in days."""
        lower, words = scene.words.lower, self._grammar
        for i in range(trigger.token - 1, max(scene.start, trigger.token - 8) - 1, -1):
            if lower[i] in words.over_or_ahead and i - 1 >= scene.start and lower[i - 1] in words.units:
                number = words.numbers.get(lower[i - 2]) if i - 2 >= scene.start else None
                count = int(number) if number is not None else None
                if lower[i - 1] == "tag" and lower[i - 2 : i - 1] in (["am"], ["dem"]):
                    count = 1  # "am Tag nach dem Treffen"
                if lower[i - 1].startswith("tag") and count is not None:
                    return -count if lower[i] == "nach" else count
                return None
        return 0

    def _far_back(self, clause: Clause, scene: Scene) -> bool:
        """Whether the clause itself says "damals"; not where only a comparison does ("wie damals X")."""
        lower = scene.words.lower
        if patterns()["far_back"].search(" ".join(lower[i] for i in clause.tokens)):
            return True
        return any(
            lower[i] in self._grammar.remote and "wie" not in lower[max(scene.start, i - 2) : i]
            for i in clause.tokens
        )

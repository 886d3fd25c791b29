"""Reads one sentence: from its triggers, names, places and dates to candidate encounters."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from timeline.meetings.candidate import Candidate, Telling
from timeline.meetings.circumstances import country_of
from timeline.meetings.grammar import patterns
from timeline.meetings.moments import is_attribute, is_present_attribute
from timeline.meetings.roles import POSSESSIVE, Scene, Slot, TimeSlot
from timeline.meetings.sides import host_state, is_body, is_town, side_actor
from timeline.meetings.status import by_date, noun_status, verb_status
from timeline.meetings.tours import Tours
from timeline.meetings.triggers import Trigger, triggers
from timeline.meetings.visits import OFFICES, TELLING
from timeline.model import Actor, Kind, Place, Status

_DAY = len("2023-02-22")
_TAKING_TURNS = frozenset(["meeting", "call", "negotiation"])
"""Kinds of talks that one may have with several, one after the other."""

_BEHIND_NOUN = 3
"""Words at most from a noun to a date of its own: "Besuch in Rom am Montag"."""
_PARTINGS = frozenset(["sich-trennen", "auseinandergehen"])
"""Frames of the end of talks, which those told before had: "Die Delegationen trennten sich ohne Einigung"."""
_TOLD_AGAIN = frozenset(["meeting", "call"])
"""Kinds of which a further one is told without its parties."""

_YEAR = re.compile(r"(\d{4}(?:-\d\d)?)(?:/\.\.)?")


class Reader(Tours):
    """Reads the sentences of one article in order."""

    def read(self, scene: Scene) -> list[Candidate]:
        """The candidates of a sentence in the order of their triggers."""
        found = []
        hits = self._hits = triggers(scene)
        self._scene = scene
        for trigger in hits:
            if self._habitual(trigger, scene):
                continue
            if self._hypothetical(trigger, scene) or self._as_patient(trigger, scene):
                continue
            if trigger.frame.needs == "stations":
                continue
            if trigger.frame.verb:
                found.extend(self._verb(trigger, scene))
            elif not any(c.token == trigger.token and not c.anaphoric for c in found):
                candidate = self._noun(trigger, scene, hits)
                if candidate is not None:
                    found = [c for c in found if c.token != trigger.token]
                    found.append(candidate)
        self._remember(scene, found)
        told = [self._mediated(candidate, scene) for candidate in self._combined(found)]
        told = [part for candidate in told for part in self._apart(candidate)]
        told = [talk for candidate in told for talk in self._one_by_one(candidate, scene)]
        told = [*told, *self._abroad(told, scene)]
        told = [stop for candidate in told for stop in self._stops(candidate, scene)]
        told = [*told, *(stop for trigger in hits for stop in self._stations(trigger, scene))]
        told = [*told, *self._at_one_place(told, scene), *self._headline(told, scene)]
        told = [*told, *self._in_session(told, scene)]
        told = [*told, *self._attending(told, scene), *self._receiving(scene)]
        told = [*told, *self._named_after(told, scene)]
        told = [*told, *(c for f in told for c in self._put_off(f, scene))]
        for candidate in told:
            people = tuple(a for a in candidate.actors if a.type == "person")
            if not candidate.anaphoric and len(self._who.all(people)) == 2:
                self._memory.met, self._memory.meeting = people, scene.number
            if candidate.time is None and patterns()["remark"].match(scene.text(candidate.clause)):
                candidate.rules.append("remark")
        return [*told, *(c for f in told for c in (*self._likened(f, scene), *self._implied(f, scene)))]

    def _habitual(self, trigger: Trigger, scene: Scene) -> bool:
        """Whether the clause tells a habit or several meetings; "mit zahlreichen Verbündeten" does not."""
        lower = scene.words.lower
        met = {h.token for h in self._hits}
        return any(
            lower[i] in self._grammar.habitual
            and (not lower[i].endswith("en") or i + 1 in met)
            and not is_attribute("".join(lower[i + 1 : i + 2]))  # "das mehrfach verschobene Treffen"
            for i in scene.clauses[trigger.clause].tokens
        )

    def _mediated(self, told: Candidate, scene: Scene) -> Candidate:
        """Adds who leads talks of others: "unter Vermittlung Katars", "unter norwegischer Vermittlung"."""
        if told.kind not in ("meeting", "negotiation", "mediation", "summit") or told.anaphoric:
            return told
        lower = scene.words.lower
        for slot in scene.slots:
            h = slot.head
            own = slot.prep == "unter" and lower[slot.last - 1] in self._grammar.led
            of = h is not None and lower[h] in self._grammar.led
            of = of and "unter" in lower[max(scene.start, (h or 0) - 3) : h]
            if slot.clause != told.clause or not (own or of):
                continue
            if self._who.all(slot.mention.actors) & self._who.all(told.actors):
                continue
            if len(self._who.all(told.actors)) >= 2 and told.kind != "summit":
                told.kind = "mediation"
            told.actors = self._who.fold((*told.actors, *slot.mention.actors))
            told.rules.append("led-by")
        return told

    def _apart(self, told: Candidate) -> list[Candidate]:
        """The summit and the talk that two persons have "am Rande" of it (event table, section 1)."""
        people = tuple(a for a in told.actors if a.type == "person")
        bodies = tuple(a for a in told.actors if a.type != "person")
        if told.kind != "summit" or told.prep != "rande" or len(self._who.known(people)) < 2:
            return [told]
        if not bodies:
            return [replace(told, kind="meeting", title="", rules=[*told.rules, "margin"])]
        talk = replace(told, kind="meeting", actors=people, title="", rules=[*told.rules, "margin"])
        return [replace(told, actors=bodies), talk]

    def _one_by_one(self, told: Candidate, scene: Scene) -> list[Candidate]:
        """The talks that somebody has with each of several: "empfing nacheinander A und B"."""
        words = {scene.words.lower[i] for i in scene.clauses[told.clause].tokens}
        singly = words & self._grammar.separately or patterns()["one_by_one"].search(scene.text(told.clause))
        if told.kind not in ("meeting", "call") or not singly:
            return [told]
        parties = [
            s
            for s in scene.slots
            if s.clause == told.clause and all(a in told.actors for a in s.mention.actors)
        ]
        groups = [self._actors(group) for group in self._groups(parties, scene)]
        several = [group for group in groups if len(self._who.all(group)) > 1]
        if len(several) != 1:
            return [told]
        one = tuple(a for a in told.actors if a not in several[0])
        sides = dict.fromkeys(self._who.of(a) for a in several[0])
        talks = [(*one, *(a for a in several[0] if self._who.of(a) == side)) for side in sides]
        return [replace(told, actors=actors, rules=[*told.rules]) for actors in talks] if one else [told]

    def _implied(self, told: Candidate, scene: Scene) -> list[Candidate]:
        """Tells, from "der erste Besuch seit 2019", of one in 2019 (event table, section 2)."""
        if (
            told.anaphoric
            or len(told.actors) < 2
            or told.token not in {h.token for h in self._hits if h.frame.noun}
        ):
            return []
        lower = scene.words.lower
        clause = scene.clauses[told.clause].tokens
        since = [x for x in scene.times if x.clause == told.clause and self._since(x, scene)]
        behind = {x.first: "".join(lower[x.last : x.last + 1]) for x in since}  # "des seit 1992 regierenden"
        year = next((x for x in since if not is_present_attribute(behind[x.first])), None)
        first = any(
            lower[i].startswith("erste")
            and (0 < told.token - i <= 3 or (i > told.token and lower[i - 1] in self._grammar.nominatives))
            for i in clause
        )
        if year is None or not any(ch.isdigit() for ch in year.timex.text):
            return []
        if lower[year.first - 1] not in ("seit", "jahr") and lower[year.first] != "seit":
            return []  # "seit der Unabhängigkeit 1946" tells when it became possible
        if not first or not _YEAR.fullmatch(year.timex.edtf or ""):
            return []
        actors = told.actors
        if told.kind == "visit" and told.place is not None:
            state = host_state(told.place.country)
            actors = (told.actors[0], state) if state is not None else told.actors
        if lower[told.token + 1 : told.token + 2] == ["eines"]:
            # "der erste Besuch eines türkischen Ministers seit 2019": somebody of that state
            whose = self._actors([s for s in scene.slots if s.head == told.token])
            actors = self._who.fold((*(self._who.speaks_for(a) for a in whose[:1]), *actors[1:]))
            if not whose or len(self._who.all(actors)) < 2:
                return []
        place = told.place if told.kind == "visit" else None  # another talk may have been anywhere
        return [
            replace(
                told,
                actors=actors,
                place=place,
                time=year,
                status="held",
                again=True,
                rules=["implied-since", *told.rules[:1]],
            )
        ]

    def _put_off(self, told: Candidate, scene: Scene) -> list[Candidate]:
        """As for "wurde auf Mai verschoben": planned at the new date (event table, section 1)."""
        if told.status != "cancelled" or not patterns()["put_off"].search(scene.text(told.clause)):
            return []
        lower = scene.words.lower
        new = [
            x
            for x in scene.times
            if x.clause == told.clause
            and "auf" in lower[max(scene.start, x.first - 2) : x.first + 1]
            and not 0 <= told.token - x.last <= 3  # "der auf Mai angesetzte Besuch"
        ]
        later = told.clause + 1
        if not new and later < len(scene.clauses) and patterns()["made_up"].search(scene.text(later)):
            new = [
                x for x in scene.times if x.clause == later
            ]  # "verschoben worden und soll im Juni stattfinden"
        if not new or new[0].timex.edtf is None:
            return []
        return [replace(told, time=new[0], status="planned", again=True, rules=["put-off", *told.rules[:1]])]

    def _hypothetical(self, trigger: Trigger, scene: Scene) -> bool:
        """Whether no plan is told: "Sollte er je nach X reisen", "falls er X trifft" (section 1).

        Nor is one in "reiste ab, ohne X zu treffen".
        """
        clause, words = scene.clauses[trigger.clause], self._grammar
        first = scene.words.lower[clause.tokens[0]]
        if clause.kind == "infinitive" and first in words.instead:
            return True
        if first in words.hypothetical or (first == "wenn" and clause.tense != "past"):
            dated = any(x.clause == trigger.clause and x.timex.edtf is not None for x in scene.times)
            # "wenn sie am Freitag tagen" tells a plan
            return first != "wenn" or clause.tense == "conditional" or not dated
        return clause.kind == "main" and first in words.opens_condition

    def _likened(self, told: Candidate, scene: Scene) -> list[Candidate]:
        """A comparison, "wie schon seinerzeit X": another's visit to the same host, at another time."""
        others = [s for s in scene.slots if s.clause == told.clause and s.prep == "wie"]
        if told.kind != "visit" or told.anaphoric or not others:
            return []
        guest = self._who.of(told.actors[0])
        hosts = tuple(a for a in told.actors if self._who.of(a) != guest)
        state = host_state(told.place.country) if told.place else None
        actors = self._who.fold((*self._actors(others), *((state,) if state else hosts)))
        if len(self._who.all(actors)) < 2:
            return []
        return [
            replace(
                told,
                actors=actors,
                time=None,
                status="held",
                remote=True,
                again=True,
                rules=["likened", *told.rules[:1]],
            )
        ]

    def _combined(self, found: list[Candidate]) -> list[Candidate]:
        """One candidate for what a clause tells in two words: "reist zum Gipfel"."""
        kept: list[Candidate] = []
        for candidate in found:
            pair = next((p for k in kept if (p := self._journey_and_purpose(k, candidate)) is not None), None)
            if pair is None:
                kept.append(candidate)
                continue
            journey, purpose = pair
            first = journey if journey in kept else purpose
            if purpose.kind in ("summit", "negotiation", "mediation"):
                people = tuple(a for a in journey.actors if a.type == "person")
                purpose.actors = self._who.fold((*(people or journey.actors), *purpose.actors))
                purpose.place, purpose.time = journey.place or purpose.place, purpose.time or journey.time
                on_his_way = purpose.time is None or "frame:aufgebrochen" in journey.rules
                purpose.status = "planned" if journey.status == "ongoing" and on_his_way else journey.status
                purpose.anaphoric = False
                purpose.rules.extend(journey.rules)
                kept[kept.index(first)] = purpose
            else:
                journey.actors = self._who.fold((*journey.actors, *purpose.actors))
                journey.place = journey.place or purpose.place
                if purpose.kind == "visit":
                    journey.token = (
                        purpose.token
                    )  # beside which its length is told: "zu einem zweitägigen Besuch"
                journey.rules.extend(purpose.rules)
                kept[kept.index(first)] = journey
        return kept

    def _journey_and_purpose(self, a: Candidate, b: Candidate) -> tuple[Candidate, Candidate] | None:
        """Which of two candidates of a clause is the journey, and which its purpose ("zu", "für").

        Or which of two the journey to where a summit is: "flog nach Brüssel, wo die Außenminister tagten".
        """
        if self._leads_there(a, b):
            return a, b
        if a.clause != b.clause or "visit" not in (a.kind, b.kind):
            return None
        if a.kind == b.kind:
            journey, purpose = (b, a) if a.prep == "zu" else (a, b)
            return (journey, purpose) if purpose.prep == "zu" and journey.prep == "" else None
        journey, purpose = (a, b) if a.kind == "visit" else (b, a)
        reached = purpose.kind == "summit" and purpose.prep == "bei"  # "ist beim Gipfel in X eingetroffen"
        aimed = reached or purpose.prep in self._grammar.aims
        if journey.anaphoric or not aimed or journey.prep not in ("", "zu"):
            return None
        if journey.status == "held" and "status:purpose" in purpose.rules:
            return None  # "Auf dem Weg zum Gipfel machte er in X Station"
        return journey, purpose

    def _as_patient(self, trigger: Trigger, scene: Scene) -> bool:
        """Whether a journey is one to a doctor: "flog nach X, um sich behandeln zu lassen"."""
        if trigger.frame.needs != "journey":
            return False
        return any(patterns()["patient"].search(scene.text(n)) for n in range(len(scene.clauses)))

    def _leads_there(self, journey: Candidate, summit: Candidate) -> bool:
        """Whether a journey leads to where, in a clause with "wo", a body holds a summit."""
        if (journey.kind, summit.kind) != ("visit", "summit") or not summit.actors or journey.anaphoric:
            return False
        scene = cast("Scene", self._scene)
        clauses, lower = scene.clauses, scene.words.lower
        there = journey.place.country if journey.place is not None else None
        behind = summit.clause > journey.clause and lower[clauses[summit.clause].tokens[0]] == "wo"
        same = summit.place is None or summit.place.country == there
        return behind and same and all(a.type == "organisation" for a in summit.actors)

    def _verb(self, trigger: Trigger, scene: Scene) -> list[Candidate]:
        """A verb's encounter; several where the parties are met one after the other."""
        bare, behind = self._verb_parties(trigger, scene)
        if len(bare) > 2 and not behind and trigger.frame.kind in _TAKING_TURNS:
            objects = self._turns(bare[1:], scene)
            if len(objects) > 1:  # "suchte erst X in A und danach Y in B auf"
                bare, behind = bare[:1], bare[1:]
        turns = self._turns(behind, scene) if bare and trigger.frame.kind in _TAKING_TURNS else [behind]
        found = [self._verb_once(trigger, scene, bare, turn, turned=len(turns) > 1) for turn in turns]
        return [candidate for candidate in found if candidate is not None]

    def _verb_once(
        self, trigger: Trigger, scene: Scene, bare: list[Slot], behind: list[Slot], *, turned: bool
    ) -> Candidate | None:  # fmt: skip
        frame = trigger.frame
        if (
            "object" in frame.parties
            and frame.kind not in ("visit", "summons")
            and not behind
            and not (frame.id == "empfangen" and trigger.passive)
            and not self._reciprocal(trigger, scene, bare)
        ):
            return None
        if frame.needs == "mit-or-body" and not behind and len(self._groups(bare, scene)) > 1:
            return None
        if (
            frame.needs == "mit"
            and not any(s.prep == "mit" for s in behind)
            and not self._meets_group(bare)
            and not self._mutual(trigger, scene, bare)
            and not self._talk_over(trigger, scene, bare)
        ):
            return None
        time = self._time(trigger, scene)
        status, why = verb_status(trigger, scene, time, self._on)
        place = self._place(trigger, scene)
        if turned:
            place, time = self._turn_of(behind, scene, place, time)
        if frame.needs == "agreement" and trigger.mood == "held":
            # "einigten sich auf Fangquoten in der Nordsee im kommenden Jahr": what was agreed upon
            time = None if by_date(time, self._on) == "planned" else time
            place = None if self._is_matter(place, trigger.clause, scene) else place
        kind = frame.kind
        actors = self._actors([*bare, *behind])
        text = scene.text(trigger.clause)
        if frame.visit_with is not None and frame.visit_with.search(text):
            kind = "visit"
        if frame.kind == "visit" and frame.id != "willkommen-heißen":
            return self._visit(trigger, scene, bare, behind, Telling(time, status, why))
        if not behind and frame.needs not in ("together", "agreement"):
            actors = self._with_host(trigger, scene, actors, place)
        body = self._nameless(trigger, scene) if not actors and (time or place) else None
        if body is not None:
            how = Telling(time, status, why)
            made = self._make(trigger, scene, "summit", (body,), how, place=place)
            made.rules.append("spare-party")
            return made
        counted = frame.kind in ("meeting", "summit") and patterns()["counted"].search(text) is not None
        if counted and not self._who.all(actors) and (time or place):
            told = self._make(trigger, scene, "summit", (), Telling(time, status, why), place=place)
            told.anaphoric = told.awaits = True
            return told
        if kind == "meeting" and (len(self._who.all(actors)) == 1 or counted):
            kind = "summit"
        actors = self._at_home(actors, place, scene)
        if not self._meets(trigger, scene, actors, time, place):
            settled = frame.needs != "agreement" or time is not None or place is not None
            if not settled or not self._convenes([*bare, *behind], scene, trigger):
                spare = self._spare(trigger, scene, actors, time, place)
                apart = frame.id in _PARTINGS and not actors and settled
                if not spare and not apart:
                    return None
                told = self._make(trigger, scene, kind, actors, Telling(time, status, why), place=place)
                told.anaphoric, told.spare = True, spare
                return told
            kind = "summit"
        return self._make(trigger, scene, kind, actors, Telling(time, status, why), place=place)

    def _nameless(self, trigger: Trigger, scene: Scene) -> Actor | None:
        """The body whose leaders meet without its name: "Die Staats- und Regierungschefs tagen"."""
        frame, clause = trigger.frame, scene.clauses[trigger.clause]
        if frame.kind not in ("meeting", "summit"):
            return None
        if frame.needs not in (None, "mit-or-body", "body", "summit"):
            return None
        text = scene.text(trigger.clause)
        if clause.kind == "relative":
            first = clause.tokens[0]
            text = " ".join(scene.words.raw[max(scene.start, first - 8) : first])
        if not patterns()["nameless"].search(text):
            return None
        named = [a for s in scene.slots for a in s.mention.actors if is_body(a)]
        return named[0] if named else self._who.main_body()

    def _convenes(self, slots: Sequence[Slot], scene: Scene, trigger: Trigger) -> bool:
        """Whether a body's ministers or leaders meet among themselves: that is a summit of the body."""
        actors = self._actors(slots)
        if (
            len(self._who.all(actors)) != 1
            or not all(is_body(a) for a in actors)
            or (trigger.frame.kind != "meeting" and trigger.frame.needs != "agreement")
        ):
            return False
        clause = scene.clauses[trigger.clause].tokens
        whose = scene.words.lower[clause[0]] in ("dessen", "deren")  # "der IWF, dessen Spitzen tagen"
        spoken = (
            scene.text(trigger.clause)
            if whose
            else " ".join(
                scene.words.raw[i] for s in slots for i in range(max(scene.start, s.np - 3), s.last)
            )
        )
        if trigger.frame.id == "zusammentreffen" and not patterns()["organ"].search(spoken):
            return True  # "Der Europäische Rat tritt zusammen"
        return bool(patterns()["leaders"].search(spoken))

    def _in_session(self, told: Sequence[Candidate], scene: Scene) -> list[Candidate]:
        """Sessions that no word tells: a body's ministers or leaders act in a town, or decide on a day.

        As in "Die EU-Außenminister setzten Moskau am Montag in Luxemburg eine Frist".
        """
        found = []
        for n, clause in enumerate(scene.clauses):
            if clause.tense not in TELLING or clause.negated or any(c.clause == n for c in told):
                continue
            group = (self._groups(self._subjects(scene, n), scene) or [[]])[0]
            actors = self._actors(group)
            if not self._leaders(group, scene) or patterns()["apart"].search(scene.text(n)):
                continue
            line = next((p.mention for p in scene.places if p.mention.rule == "place.dateline"), None)
            place, day = self._here(n, scene), self._this_day(n, scene)
            town = place is not None and is_town(place)
            if not town:
                place = line.place if line is not None else None
            decide = patterns()["decides"].search(scene.text(n)) is not None and (day or line)
            if not (town or decide) or (day is not None and self._since(day, scene)):
                continue
            status, why = self._told_as(clause, day, scene)
            rules, token = ["session", why], clause.tokens[0]
            found.append(Candidate("summit", actors, place, day, status, scene.number, n, token, rules))
        return found

    def _attending(self, told: Sequence[Candidate], scene: Scene) -> list[Candidate]:
        """Who else took part in the summit that the sentence before tells: "Auch X und Y waren dabei"."""
        found = []
        for n, clause in enumerate(scene.clauses):
            text = scene.text(n)
            met = any(c.clause == n and len(self._who.all(c.actors)) > 1 for c in told)
            mediates = patterns()["mediates"].search(text) is not None
            if clause.negated or met or not (mediates or patterns()["attends"].search(text)):
                continue
            beside = [s for s in scene.slots if s.clause == n and s.prep == "neben" and s.head is None]
            led = {None, *(h.token for h in self._hits)}  # "Geleitet wird das Treffen von A und B"
            beside += [s for s in scene.slots if s.clause == n and s.prep == "von" and s.head in led]
            actors = self._actors([*beside, *(self._groups(self._subjects(scene, n), scene) or [[]])[0]])
            if len(self._who.known(actors)) < 1 or clause.tense not in TELLING:
                continue
            status, why = self._told_as(clause, None, scene)
            rules, token = ["attends", why], clause.tokens[0]
            talk = any(h.clause == n and h.frame.noun and h.frame.kind == "meeting" for h in self._hits)
            kind: Kind = "meeting" if talk else "summit"
            made = Candidate(kind, actors, None, None, status, scene.number, n, token, rules)
            made.anaphoric = True
            if mediates:
                made.rules.append("mediates")
            found.append(made)
        return found

    def _named_after(self, told: Sequence[Candidate], scene: Scene) -> list[Candidate]:
        """Who they were that the sentence before calls ministers: "X, Y und Z billigten eine Erklärung"."""
        found = []
        for n, clause in enumerate(scene.clauses):
            if clause.kind != "main" or any(c.clause == n for c in told):
                continue
            groups = self._groups(self._subjects(scene, n), scene)
            actors = self._actors(groups[0]) if groups else ()
            if len(self._who.known(actors)) >= 2 and all(a.type == "person" for a in actors):
                rules, at = ["named-after"], clause.tokens[0]
                made = Candidate("meeting", actors, None, None, "held", scene.number, n, at, rules)
                made.anaphoric = True
                found.append(made)
        return found

    def _receiving(self, scene: Scene) -> list[Candidate]:
        """Who received those told before: "Gastgeber X widersprach", "der Gastgeber, Präsident X, ..."."""
        found = []
        for slot in scene.slots:
            before = scene.words.lower[max(scene.start, slot.np - 2) : slot.first]
            if before[:1] in (["der"], ["den"]) and "," not in before:
                continue  # "auf Bitten der Gastgeber reiste X ab"
            if slot.mention.actors[0].type == "person" and self._grammar.host & set(before):
                rules, at = ["host"], slot.first
                actors = self._actors(self._group_of(slot, scene))
                made = Candidate("visit", actors, None, None, "held", scene.number, slot.clause, at, rules)
                made.anaphoric = True
                found.append(made)
        return found

    def _leaders(self, slots: Sequence[Slot], scene: Scene) -> bool:
        """Whether these are the ministers or leaders of one body."""
        actors = self._actors(slots)
        spoken = " ".join(
            scene.words.raw[i] for s in slots for i in range(max(scene.start, s.np - 3), s.last)
        )
        single = len(self._who.all(actors)) == 1 and all(is_body(a) for a in actors)
        return single and bool(patterns()["ministers"].search(spoken))

    def _attendants(self, scene: Scene, trigger: Trigger) -> list[Slot]:
        """The subjects attending a session: persons, bodies, several states ("hatten A und B vereinbart")."""
        subjects = self._subjects(scene, trigger.clause)
        several = len(self._who.all(self._actors((self._groups(subjects, scene) or [[]])[0]))) > 1
        beside = [
            s for s in scene.slots if s.clause == trigger.clause and s.prep == "neben" and s.head is None
        ]
        return [
            s
            for s in (*subjects, *beside)
            if any(a.type == "person" for a in s.mention.actors)
            or (s.mention.form == "group" and all(is_body(a) for a in s.mention.actors))
            or several
            or (all(is_body(a) for a in s.mention.actors) and not self._organ(s, scene))
        ]

    def _phase(self, trigger: Trigger, scene: Scene) -> bool:
        """Whether a part of it is told: "zu Beginn der Gespräche", but not "einen Tag nach dem Gespräch"."""
        before = scene.words.lower[max(scene.start, trigger.token - 4) : trigger.token]
        at = next((n for n, word in enumerate(before) if word in self._grammar.phases), None)
        return at is not None and not self._grammar.prepositions & set(before[at + 1 :])

    def _doers(self, scene: Scene, clause: int) -> list[Slot]:
        """The first names of a clause, and the persons among the others.

        A state that is named later is what they talk about: "zu Beginn nannte er Syrien als Thema".
        """
        first, *others = self._groups(self._bare(scene, clause), scene) or [[]]
        people = (s for group in others for s in group if s.mention.actors[0].type == "person")
        return [*first, *people]

    def _organ(self, slot: Slot, scene: Scene) -> bool:
        """Whether it is an institution within a body, whose sessions are its own affair (section 1)."""
        words = " ".join(scene.words.raw[slot.np : slot.last + 1])
        return bool(patterns()["organ"].search(words))

    def _of_body(
        self, slots: Sequence[Slot], scene: Scene, place: Place | None, time: TimeSlot | None
    ) -> bool:
        """Whether a dated or placed "Treffen" is one of a body: "beim Treffen der G8 in Enniskillen"."""
        actors = self._actors(slots)
        return (
            (place is not None or time is not None)
            and len(self._who.all(actors)) == 1
            and all(is_body(a) for a in actors)
            and not any(self._organ(s, scene) for s in slots)
        )

    def _reciprocal(self, trigger: Trigger, scene: Scene, bare: Sequence[Slot]) -> bool:
        """Whether subject and object are both there, or the one subject of several meets itself ("sich")."""
        words = {scene.words.lower[i] for i in scene.clauses[trigger.clause].tokens}
        if words & self._grammar.reciprocal:
            return True
        return len(self._groups(bare, scene)) > 1

    def _meets_group(self, slots: Sequence[Slot]) -> bool:
        return any(len(self._who.all(s.mention.actors)) > 1 for s in slots)

    def _talk_over(self, trigger: Trigger, scene: Scene, bare: Sequence[Slot]) -> bool:
        """Whether people of two sides talk "über" a matter: "A und B hatten über die Krise gesprochen"."""
        groups = self._groups(bare, scene)
        first = groups[0] if groups else []
        envoys = bool(first) and scene.words.lower[first[0].np] in self._grammar.official
        people = [a for a in self._actors(first) if envoys or self._speaks(a, first)]
        words = {scene.words.lower[i] for i in scene.clauses[trigger.clause].tokens}
        return len(groups) == 1 and len(self._who.known(people)) >= 2 and "über" in words

    def _mutual(self, trigger: Trigger, scene: Scene, bare: Sequence[Slot]) -> bool:
        """Whether the subjects do it with each other: "A und B berieten miteinander"."""
        words = {scene.words.lower[i] for i in scene.clauses[trigger.clause].tokens}
        if words & self._grammar.mutual:
            return True
        groups = self._groups(bare, scene)
        return "sich" in words and len(groups) == 1 and len(self._who.known(self._actors(groups[0]))) >= 2

    def _of_verb(self, time: TimeSlot | None, trigger: Trigger) -> bool:
        """Whether a date behind a noun is that of a journey or talk which the verb of its clause tells."""
        verb = any(h.frame.verb and h.clause == trigger.clause for h in self._hits)
        return verb and time is not None and time.first - trigger.token > _BEHIND_NOUN

    @staticmethod
    def _is_called_off_by_others(trigger: Trigger, scene: Scene, status: Status) -> bool:
        """Whether only an end of talks is demanded: "fordert den Abbruch der Verhandlungen"."""
        before = scene.words.lower[max(scene.start, trigger.token - 3) : trigger.token]
        return status == "proposed" and any(patterns()["ending"].fullmatch(word) for word in before)

    def _noun(self, trigger: Trigger, scene: Scene, hits: Sequence[Trigger]) -> Candidate | None:
        frame = trigger.frame
        if any(
            h.frame.kind == "negotiation"
            and h.token - trigger.token in (2, 3)
            and trigger.frame.kind == h.frame.kind
            and scene.words.lower[trigger.token + 1] in ("der", "von")
            for h in hits
        ):
            return None  # "die letzte Runde der Sechsergespräche": the talks tell it
        slots = self._noun_parties(trigger, scene)
        actors = self._actors(slots)
        prep = self._prep(trigger, scene)
        end = scene.words.offsets[trigger.token] + len(scene.words.raw[trigger.token])
        if any(
            s.mention.end == end and ((s.head is not None and prep != "bei") or prep == "rande")
            for s in slots
            if s.last == trigger.token + 1
        ):
            return None  # "Generaldebatte der UN-Vollversammlung", "am Rande der UN-Vollversammlung"
        time = self._time(trigger, scene)
        status, why = noun_status(trigger, scene, prep, time, self._on)
        if self._is_called_off_by_others(trigger, scene, status):
            return None
        if frame.kind == "visit":
            if prep == "nach" and self._of_verb(time, trigger):
                time = None  # "Nach seinem Besuch beim Papst traf er am Mittwoch in Berlin ein"
            hosts = [
                s
                for s in slots
                if (s.prep in self._grammar.met and not self._possessor(s, trigger.token, scene))
                or (frame.id == "einladung" and s.prep != "an")
                or all(is_body(a) for a in s.mention.actors)
            ]
            guests = [s for s in slots if s not in hosts]
            return self._visit(trigger, scene, guests, hosts, Telling(time, status, why, prep))
        place = self._place(trigger, scene)
        apart = prep in self._grammar.over_or_ahead
        if place is not None and self._shift(trigger, scene) != 0 and apart:
            place = None  # "drei Tage nach dem Treffen sagte er in Wien"
        behind = self._relative_of(trigger, scene)
        if behind is not None and patterns()["takes_part"].search(scene.text(behind)):
            inner = replace(trigger, clause=behind)
            if (
                time is None
                and (time := self._time(inner, scene)) is not None
                and by_date(time, self._on) == "planned"
            ):
                status, why = "planned", "status:date"
            place = place or self._place(inner, scene)
            lead = scene.words.lower[scene.clauses[behind].tokens[0]]
            if lead in self._grammar.taken_up:
                actors = (*actors, *self._actors(self._bare(scene, behind)))
        word = scene.words.lower[trigger.token]
        if status == "denied" and not (time or place) and word.endswith(self._grammar.talk_ends):
            return None  # "keine Gespräche mehr": no one encounter
        guessed: tuple[Actor, ...] = ()
        named = bool(actors) or self._owned(trigger, scene) or frame.needs == "predicate"
        if "subject-attending" in frame.parties:
            if prep in self._grammar.attending or prep == "":
                people = self._attendants(scene, trigger)
                said = {scene.words.lower[i] for i in scene.clauses[trigger.clause].tokens}
                if said & {"werden", "worden"}:
                    people = []  # a passive: its subject is no one who attends
                venue = any(
                    h.clause == trigger.clause
                    and h.token != trigger.token
                    and h.frame.kind in ("meeting", "call", "negotiation")
                    and h.frame.needs not in ("signing", "agreement")
                    and not (h.frame.particle == {"zusammen"} and prep == "zu")
                    for h in hits
                )
                if venue:
                    actors = self._actors([s for s in slots if s.prep != "mit"])
                if prep in self._grammar.attending and not venue:
                    actors = (*self._actors(people), *actors)
                elif prep == "" and self._owned(trigger, scene):
                    bodies = [s for s in people if all(is_body(a) for a in s.mention.actors)]
                    actors = (*self._actors(bodies), *actors)
                elif prep == "" and len(self._who.all(actors)) == 1 and any(s.prep == "mit" for s in slots):
                    actors = (*self._actors([s for s in people if s not in slots][:1]), *actors)
        elif (
            named
            and {"subject", "mit"} & frame.parties
            and self._one_sided(slots, actors)
            and not (frame.id == "begegnung" and self._of_body(slots, scene, place, time))
        ):
            subjects = self._subjects(scene, trigger.clause)
            if not subjects and scene.clauses[trigger.clause].parent is not None:
                subjects = self._subjects(scene, scene.clauses[trigger.clause].parent or 0)
            groups = self._groups([s for s in subjects if s not in slots], scene)
            actors = (*self._actors(groups[0] if groups else []), *actors)
            if len(self._who.all(actors)) < 2:
                actors = (*self._actors(groups[1] if len(groups) > 1 else []), *actors)
            # "Auf dem Programm stehen Gespräche mit A und B": neither is the visitor
            unmet = not groups and not self._owned(trigger, scene) and all(s.prep == "mit" for s in slots)
            if len(self._who.all(actors)) < 2 or unmet:
                guessed = self._fallback(scene, trigger, actors)
                actors = (*guessed, *actors)
        if frame.id == "gespräch" and slots:
            actors = self._with_host(trigger, scene, actors, place, slots)
        elif frame.kind == "meeting" and not slots and "mit" in frame.parties:
            groups = self._groups(self._subjects(scene, trigger.clause), scene)
            visitors = self._actors(groups[0]) if groups else ()
            hosted = self._with_host(trigger, scene, visitors, place)
            actors = hosted if hosted != visitors else actors
        if self._owned(trigger, scene) and not slots:
            slots = [s for s in self._bare(scene, trigger.clause) if s.mention.actors == actors]
        if frame.id == "begegnung" and (
            self._convenes(slots, scene, trigger) or self._of_body(slots, scene, place, time)
        ):
            return self._make(trigger, scene, "summit", actors, Telling(time, status, why, prep), place=place)
        involved = not prep or prep in self._grammar.engaging
        if not actors and "subject" in frame.parties and involved:
            purpose = (
                prep == "zu"
                and frame.kind == "meeting"
                and any(
                    h.clause == trigger.clause
                    and h.frame.verb
                    and h.frame.kind in ("meeting", "negotiation")
                    and h.frame.needs != "signing"
                    for h in hits
                )
            )  # "kamen zu Beratungen zusammen"
            phase = self._phase(trigger, scene)
            alone = not purpose and (
                frame.kind == "negotiation"
                or not self._definite(trigger, scene)
                or self._owned(trigger, scene)
                or word.endswith(self._grammar.meal_ends)
                or phase
            )
            doers = self._doers(scene, trigger.clause) if phase else self._bare(scene, trigger.clause)
            themselves = self._actors(doers) if alone else ()
            actors = themselves if len(self._who.all(themselves)) >= 2 else actors
        if frame.sides:
            seated = tuple(a for side in frame.sides if (a := side_actor(side)) is not None)
            actors = self._who.fold((*actors, *seated))
        if frame.body is not None and not any(is_body(a) for a in actors):
            implied = side_actor(frame.body)
            actors = (*actors, implied) if implied is not None else actors
        actors = self._at_home(actors, place, scene)
        if not self._meets(trigger, scene, actors, time, place):
            candidate = self._make(
                trigger, scene, frame.kind, actors, Telling(time, status, why, prep), place=place
            )
            candidate.anaphoric = True
            candidate.spare = self._spare(trigger, scene, actors, time, place)
            further = candidate.again and frame.kind in _TOLD_AGAIN and prep == ""  # "ein weiteres Treffen"
            if candidate.spare or self._definite(trigger, scene) or named or further:
                return candidate
            candidate.anew = (
                frame.id == "begegnung" and not actors and self._ahead_anew(trigger, scene, status)
            )
            if candidate.anew:
                return candidate
            new = prep == "" or (prep in ("auf", "bei") and not self._definite(trigger, scene))
            awaits = frame.kind in ("summit", "negotiation") and not actors and (time or place) and new
            candidate.awaits = bool(awaits) and status in ("held", "ongoing", "planned")
            return candidate if candidate.awaits else None
        made = self._make(trigger, scene, frame.kind, actors, Telling(time, status, why, prep), place=place)
        made.guessed = guessed
        return made

    def _ahead_anew(self, trigger: Trigger, scene: Scene, status: Status) -> bool:
        """Whether "ein Treffen" is planned, proposed or ruled out, without a word of whose it is."""
        before = scene.words.lower[max(scene.start, trigger.token - 4) : trigger.token]
        indefinite = any(w.startswith(self._grammar.indefinite_starts) for w in before)
        behind = "".join(scene.words.lower[trigger.token + 1 : trigger.token + 2])
        of = behind in self._grammar.genitive_articles or behind in self._grammar.whose
        others = self._bare(scene, trigger.clause)  # "X blieb einem Treffen fern"
        return indefinite and not of and not others and status in ("planned", "proposed", "denied")

    def _relative_of(self, trigger: Trigger, scene: Scene) -> int | None:
        """The relative clause that hangs on the noun: "ein Treffen in Genf, an dem X und Y teilnehmen"."""
        for n, clause in enumerate(scene.clauses):
            first = clause.tokens[0]
            if clause.kind != "relative" or first <= trigger.token or first - trigger.token > 14:
                continue
            between = range(trigger.token + 1, first)
            other = any(h.token in between for h in self._hits)
            verb = scene.clauses[trigger.clause].finite
            if not other and not (verb is not None and verb in between):
                return n
        return None

    def _spare(
        self,
        trigger: Trigger,
        scene: Scene,
        actors: tuple[Actor, ...],
        time: TimeSlot | None,
        place: Place | None,
    ) -> tuple[Actor, ...]:
        """The parties where a sure trigger names none or one: what the article is mostly about."""
        kind, text = trigger.frame.kind, scene.text(trigger.clause)
        settled = self._beside(trigger, scene) or (
            kind != "negotiation" and (time is not None or place is not None)
        )
        further = kind == "negotiation" and bool(patterns()["further"].search(text))
        settled = settled or (further and (time is not None or place is not None))
        found = self._who.all(actors)
        if (
            kind in ("summit", "call")
            and not found
            and settled
            and trigger.frame.needs in ("summit", "body", None)
        ):
            body = self._spoken_for(trigger, scene) or self._who.main_body()
            return (body,) if body is not None else ()
        if trigger.frame.id == "einberufen" and len(found) == 1 and settled:
            named = [a for s in scene.slots for a in s.mention.actors if is_body(a)]
            body = named[0] if named else self._who.main_body()
            return (*actors, body) if body is not None else ()
        if not found and settled and further:
            return self._who.main_pair()
        home = self._who.home(actors) if time is not None or place is not None else None
        if kind == "negotiation" and len(found) == 1 and home is not None:
            return (*actors, home)
        if len(found) != 1 or not (kind == "summons" or (kind == "negotiation" and settled)):
            return ()
        host = host_state(country_of(place)) if kind == "summons" else None
        if host is not None and host not in actors and self._who.of(host) not in found:
            return (*actors, host)
        other = self._who.main_other(actors, least=1 if kind == "summons" else 2)
        return (*(self._who.speaks_for(a) for a in actors), other) if other is not None else ()

    def _spoken_for(self, trigger: Trigger, scene: Scene) -> Actor | None:
        """The body whose head announces it: "Der Nato-Chef sagte, dass am Montag in einer Sitzung ..."."""
        for slot in scene.slots:
            if slot.clause != trigger.clause and slot.prep == "" and slot.head is None:
                actor = self._who.speaks_for(slot.mention.actors[0])
                if is_body(actor) and not self._organ(slot, scene):
                    return actor
        return None

    def _beside(self, trigger: Trigger, scene: Scene) -> bool:
        """Whether a date or place stands right beside the trigger: "die nächste Runde im Mai in Delhi"."""
        firsts = [x.first for x in scene.times if x.clause == trigger.clause]
        firsts += [x.first for x in scene.places if x.clause == trigger.clause]
        t = trigger.token
        return any(-4 <= i - t <= 5 and not self._verb_between(min(i, t), max(i, t), scene) for i in firsts)

    def _agree(self, trigger: Trigger, scene: Scene) -> bool:
        """Whether the subjects, or subject and "mit", are of two sides."""
        groups = self._groups(self._bare(scene, trigger.clause), scene)
        behind = [s for s in scene.slots if s.clause == trigger.clause and s.prep == "mit"]
        return len(self._who.all(self._actors([*(groups[0] if groups else []), *behind]))) >= 2

    def _is_office(self, actor: Actor, scene: Scene) -> bool:
        """Whether a state or body stands for its people here: "die Außenminister der EU"."""
        return any(actor in s.mention.actors and s.mention.rule in OFFICES for s in scene.slots)

    def _at_home(self, actors: tuple[Actor, ...], place: Place | None, scene: Scene) -> tuple[Actor, ...]:
        """The same, but whoever has an office of an untold state is of that where the other side meets him.

        "US-Außenminister X traf in Beirut Präsident Y": the Lebanese president.
        """
        known, country = self._who.known(actors), country_of(place)
        if len(known) != 1 or country is None or country in known:
            return actors
        titled = {a.key for s in scene.slots if s.mention.title is not None for a in s.mention.actors}
        return tuple(
            replace(a, country=country)
            if a.type == "person" and a.key in titled and self._who.of(a) == a.key
            else a
            for a in actors
        )

    def _needed(self, actors: tuple[Actor, ...]) -> int:
        """How many sides must be known by more than a name: both, unless one speaks for a non-state party."""
        parties = any(a.type == "organisation" and a.country is not None for a in actors)
        return 1 if parties else 2

    def _one_sided(self, slots: Sequence[Slot], actors: tuple[Actor, ...]) -> bool:
        """Whether the noun names only whom somebody meets ("Treffen mit A und B"), not who does."""
        return len(self._who.all(actors)) < 2 or all(s.prep in self._grammar.met for s in slots)

    def _meets(
        self,
        trigger: Trigger,
        scene: Scene,
        actors: tuple[Actor, ...],
        time: TimeSlot | None,
        place: Place | None,
    ) -> bool:
        """Whether what the frame needs is there."""
        found = self._who.all(actors)
        bodies = any(is_body(a) for a in actors)
        text = " ".join(scene.words.raw[i] for i in range(scene.start, scene.end))
        match trigger.frame.needs:
            case "body":
                return bodies or len(found) >= 3
            case "summit":
                return len(found) >= 2 or (bodies and (place is not None or time is not None))
            case "conference":
                return (bodies or len(found) >= 2) and (place is not None or time is not None)
            case "ministerial-body":
                held = (
                    time is not None
                    or place is not None
                    or self._prep(trigger, scene) in self._grammar.attending
                )
                return (bodies and held and bool(patterns()["ministerial"].search(text))) or len(found) >= 3
            case "counterpart":
                people = {self._who.of(a) for a in actors if a.type == "person"}
                people |= people and {self._who.of(a) for a in actors if self._is_office(a, scene)}
                if patterns()["delegates"].search(text):  # "die Unterhändler von A und B"
                    people |= set(found)
                aim = scene.clauses[trigger.clause].kind == "infinitive"  # "reiste an, um sich abzustimmen"
                return len(people) >= 2 and (place is not None or time is not None or aim)
            case "persons":
                return len({self._who.of(a) for a in actors if a.type == "person"}) >= 2
            case "signing":
                day = time is not None and len(time.timex.edtf or "") == _DAY
                city = place is not None and is_town(place)
                summit = any(h.clause == trigger.clause and h.frame.kind == "summit" for h in self._hits)
                return self._agree(trigger, scene) and (day or city) and not summit
            case "together":
                met = self._groups(self._bare(scene, trigger.clause), scene)
                return len(met) == 1 and len(found) >= 2 and (place is not None or time is not None)
            case "agreement":
                summit = any(
                    h.clause == trigger.clause
                    and h.frame.kind == "summit"
                    and self._prep(h, scene) != "rande"
                    for h in self._hits
                )
                people = {self._who.of(a) for a in actors if a.type == "person"}
                faced = trigger.frame.kind == "meeting" and len(people) >= 2
                settled = place is not None or time is not None or faced
                settled = settled or patterns()["after_talks"].search(scene.text(trigger.clause)) is not None
                return self._agree(trigger, scene) and not summit and settled
            case "person" | "predicate":
                return len(found) >= 2 and any(a.type == "person" for a in actors)
            case "mit-or-body":
                return len(found) >= 2 or (bodies and bool(patterns()["ministerial"].search(text)))
            case "round":
                return len(found) >= 2 and (
                    time is not None
                    or place is not None
                    or bool(patterns()["round"].search(scene.text(trigger.clause)))
                )
            case "zwischen":
                return len(found) >= 2
            case _:
                return len(found) >= 2 and len(self._who.known(actors)) >= self._needed(actors)

    def _names_hosts(self, clause: int, scene: Scene) -> bool:
        """Whether its subjects are those whom somebody else meets: "Seine Gastgeber waren A und B"."""
        words = [scene.words.lower[i] for i in scene.clauses[clause].tokens[:2]]
        hosts = len(words) > 1 and POSSESSIVE.fullmatch(words[0]) and words[1] in self._grammar.host
        return bool(hosts) or any(h.clause == clause and h.frame.needs == "predicate" for h in self._hits)

    def _remember(self, scene: Scene, found: Sequence[Candidate]) -> None:
        """Keeps the subject of the last main clause, the last place and the last traveller."""
        for one in found:
            if one.kind == "visit" and one.actors and one.actors[0].type == "person":
                self._memory.guests, self._memory.journey = one.actors[:1], scene.number
        for n, clause in enumerate(scene.clauses):
            if clause.kind == "main" and not self._names_hosts(n, scene):
                groups = self._groups(
                    [s for s in self._bare(scene, n) if any(a.type == "person" for a in s.mention.actors)],
                    scene,
                )
                if groups:
                    self._memory.subjects, self._memory.scene = self._actors(groups[0]), scene.number
        places = [p for p in scene.places if p.prep in self._grammar.stops]
        # "reist nach Brunei, wie ein Sprecher in Peking mitteilte": "dort" is Brunei
        told = [p for p in places if not patterns()["source"].search(scene.text(p.clause))]
        for place in (told or places)[-1:]:
            self._memory.place, self._memory.where = place.mention.place, scene.number

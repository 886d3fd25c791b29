"""Journeys and stays: who visits whom, each stop a visit of its own, and who stands beside whom abroad."""

import itertools
from collections.abc import Sequence
from dataclasses import replace

from timeline.actors.knowledge import knowledge
from timeline.meetings.candidate import Candidate, Telling
from timeline.meetings.circumstances import Circumstances, country_of
from timeline.meetings.clauses import Clause, is_noun, is_participle
from timeline.meetings.grammar import patterns
from timeline.meetings.roles import PlaceSlot, Scene, Slot, TimeSlot
from timeline.meetings.sides import Sides, host_state, is_body, is_town, seat_of
from timeline.meetings.status import by_date, was_wanted
from timeline.meetings.triggers import Trigger
from timeline.model import Actor, Kind, Place, Status

OFFICES = frozenset(["group.office", "state.representatives"])
"""Rules of mentions that name the people of a state or body by what they are."""

_PAST = ("past", "pluperfect")
BEHIND = 2
"""Sentences that a further stop may stand behind the one that tells who travels."""

_LINE = 16
"""Tokens that a line without a verb has at most."""

TELLING = ("past", "pluperfect", "present", "future", "modal")
_TOUR = 3
"""Sentences within which a stop without a traveller belongs to the journey told before."""


class Visits(Circumstances):
    """Reads journeys; the parties and circumstances of a trigger come from the classes below.

    ``fled`` are the keys of persons whose stay abroad is flight or exile and no visit.
    """

    def __init__(self, who: Sides, fled: frozenset[str] = frozenset()) -> None:
        super().__init__(who)
        self._fled = fled

    def _stops(self, told: Candidate, scene: Scene) -> list[Candidate]:
        """The visit, or one for each stop where it names several: "reist nach Kairo und Amman"."""
        if told.kind != "visit" or told.place is None:
            return [told]
        stops = self._chain(told, scene)
        states = [a for a in told.actors[1:] if a.type == "state"]
        listed = {"frame:besuchen", "frame:station"} & set(told.rules)
        if listed and len(states) > 1 and told.actors[0].type == "person":
            people = [a for a in told.actors if a not in states]
            return [
                replace(
                    told,
                    actors=(*people, s),
                    place=Place(s.name, s.country),
                    rules=[*told.rules],
                    again=n > 0,
                )
                for n, s in enumerate(states)
            ]
        countries = {p.mention.place.country for p in stops}
        if len(countries) < 2 or len(stops) != len(countries):
            return [told]
        guests = [a for a in told.actors if self._who.of(a) not in countries]
        found = []
        for n, stop in enumerate(stops):
            country = stop.mention.place.country
            hosts = [a for a in told.actors if self._who.of(a) == country]
            state = host_state(country)
            actors = (*guests, *(hosts or ([state] if state is not None else [])))
            if len(self._who.all(actors)) >= 2:
                place = stop.mention.place
                day = self._day_of_stop(stop, stops[n - 1] if n else None, scene)
                time = day or (told.time if n == 0 or not self._sets_out(told.time, scene) else None)
                visit = replace(told, actors=actors, place=place, time=time, rules=[*told.rules], again=n > 0)
                if n and told.status == "ongoing":
                    visit.status, visit.time = "planned", day  # who has set out reaches the first stop first
                found.append(visit)
        return found

    def _sets_out(self, time: TimeSlot | None, scene: Scene) -> bool:
        """Whether the date is only the first of a journey: "von Mittwoch an", "ab Mittwoch"."""
        lower = scene.words.lower
        return time is not None and (
            "ab" in lower[max(scene.start, time.first - 2) : time.first + 1]
            or (time.last < scene.end and lower[time.last] == "an")
        )

    def _day_of_stop(self, stop: PlaceSlot, before: PlaceSlot | None, scene: Scene) -> TimeSlot | None:
        """The day told between two stops: "am Montag nach Kairo und am Dienstag nach Amman"."""
        if before is None:
            return None
        between = [x for x in scene.times if before.last <= x.first < stop.first and self._is_day(x)]
        return between[-1] if between else None

    def _chain(self, told: Candidate, scene: Scene) -> list[PlaceSlot]:
        """The places of a journey that commas, "und" or "danach" string together, its own among them."""
        places = [p for p in scene.places if p.clause == told.clause and p.mention.place.country]
        chain: list[PlaceSlot] = []
        for place in places:
            if chain:
                between = scene.words.lower[chain[-1].last : place.first]
                link = set(between) & self._grammar.listing
                timed = {i for x in scene.times for i in range(x.first - 1, x.last)}  # "am Freitag"
                strange = [
                    scene.words.lower[i]
                    for i in range(chain[-1].last, place.first)
                    if i not in timed and scene.words.lower[i] not in self._grammar.stringing
                ]
                alike = place.prep in (chain[-1].prep, "")
                goes_on = alike or {place.prep, chain[-1].prep} <= self._grammar.stops
                if not link or strange or not goes_on:
                    if any(p.mention.place == told.place for p in chain):
                        break
                    chain = []
            chain.append(place)
        return chain if any(p.mention.place == told.place for p in chain) else []

    def _with_host(
        self,
        trigger: Trigger,
        scene: Scene,
        actors: tuple[Actor, ...],
        place: Place | None,
        slots: Sequence[Slot] = (),
    ) -> tuple[Actor, ...]:
        """Adds the state in which a visitor negotiates or is received, where nobody of it is named.

        Also where he talks "mit der Regierung", "mit den Gastgebern" of the place, or a dinner is "für X".
        ``slots`` are the parties that stand with a noun.
        """
        frame, country = trigger.frame, country_of(place)
        honoured = bool(slots) and all(s.prep == "für" for s in slots)
        received = (frame.id == "empfangen" and trigger.passive) or honoured
        hosted = frame.kind in ("meeting", "negotiation") and patterns()["hosts"].search(
            scene.text(trigger.clause)
        )
        if not (received or hosted or frame.id == "verhandeln") or len(self._who.all(actors)) != 1:
            return actors
        people = [a for a in actors if (a.type == "person" or hosted) and self._who.of(a) != a.key]
        state = host_state(country)
        if not people or state is None or country in self._who.all(actors):
            return actors
        if not received and place is not None and place.name.lower() in self._grammar.venues:
            return actors
        return (*actors, state)

    def _at_one_place(self, told: Sequence[Candidate], scene: Scene) -> list[Candidate]:
        """Meetings that no word tells: persons of different sides act together at one place.

        They are joined by "und" ("unterzeichneten A und B am Freitag in Brüssel"), or one stands by the other
        in his own country ("an der Seite von B") or is his witness ("im Beisein von B"). Nothing else in
        the clause tells a meeting. Where no day is told, the place must be a town.
        """
        found = []
        for n, clause in enumerate(scene.clauses):
            if clause.tense not in TELLING or clause.negated or self._tells(n, told):
                continue
            place, day = self._here(n, scene), self._this_day(n, scene)
            if day is not None and self._since(day, scene):
                continue
            if self._grammar.habitual & {scene.words.lower[i] for i in clause.tokens}:
                continue
            groups = [
                [a for a in self._actors(group) if self._speaks(a, group)]
                for group in self._groups(self._subjects(scene, n), scene)
                if self._may_act(group[0], scene)
            ]
            verb = scene.words.lower[clause.finite] if clause.finite is not None else "sind"
            plural = verb.endswith("n") or verb == "sind"  # else several persons are no subject
            joined = next((g for g in groups if plural and len(self._who.known(g)) >= 2), [])
            country = place.country if place is not None else None
            witnesses = [s for s in scene.slots if s.clause == n and self._is_witness(s, scene)]
            hosts = [s for s in scene.slots if s.clause == n and self._is_companion(s, country, scene)]
            beside = [*(groups[0] if groups else []), *self._actors([*hosts, *witnesses])]
            actors = self._who.fold(joined or (beside if hosts or witnesses else []))
            if len(self._who.known(actors)) < 2 or patterns()["untold"].search(scene.text(n)):
                continue
            if self._each_at_home(n, scene):
                continue
            if not witnesses and (
                place is None
                # A title may tell of two persons apart: "Xi verlässt Moskau, Kishida war in Kiew".
                or (
                    day is None
                    and not (
                        clause.tense in _PAST and is_town(place) and "." in scene.words.raw[scene.end - 1]
                    )
                )
            ):
                continue
            status, why = self._told_as(clause, day, scene)
            token = day.first if day is not None else clause.tokens[0]
            rules = ["at-one-place", why]
            found.append(Candidate("meeting", actors, place, day, status, scene.number, n, token, rules))
        return found

    def _abroad(self, told: Sequence[Candidate], scene: Scene) -> list[Candidate]:
        """What politicians of one side do in a town of another state, though no word tells of a journey.

        It is a talk where a person of that state is named ("will in Ankara den Premier umstimmen"), else a
        visit if its day is told ("will am Montag in Ankara um Hilfe werben").
        """
        found = []
        for n, clause in enumerate(scene.clauses):
            if clause.tense not in TELLING or clause.negated or any(c.clause == n for c in told):
                continue
            place, day = self._here(n, scene), self._this_day(n, scene) or self._time_ahead(n, scene)
            if place is None or not is_town(place) or (day is not None and self._since(day, scene)):
                continue
            groups = [g for g in self._groups(self._subjects(scene, n), scene) if self._may_act(g[0], scene)]
            guests = self._travellers(groups[0], place) if groups else ()
            text = scene.text(n)
            if not guests or patterns()["untold"].search(text):
                continue
            faced = self._actors([s for g in groups[1:] for s in g])
            faced += self._actors([s for s in scene.slots if s.clause == n and self._stands_by(s, scene)])
            there = patterns()["addresses"].search(text) is not None  # he need not be of that state
            hosts = tuple(
                a for a in faced if a.type == "person" and (there or self._who.of(a) == place.country)
            )
            state = host_state(place.country)
            if len(self._who.known((*guests, *hosts))) < 2:
                lives = any(side in knowledge().bodies for side in self._who.all(guests))
                ahead = clause.tense in ("future", "modal")  # people of a body live where they are posted
                official = all(self._who.in_office(a) for a in guests) and (ahead or not lives)
                if day is None or state is None or not self._may_host(place) or not official:
                    continue
                hosts = (state,)
            status, why = self._told_as(clause, day, scene)
            actors = self._who.fold((*guests, *hosts))
            token = day.first if day is not None else clause.tokens[0]
            kind: Kind = "visit" if state in hosts else "meeting"
            rules = ["abroad", why]
            found.append(Candidate(kind, actors, place, day, status, scene.number, n, token, rules))
        return found

    def _travellers(self, group: Sequence[Slot], place: Place) -> tuple[Actor, ...]:
        """The persons of a group if all are of one side that has come to the place from elsewhere.

        Envoys live where they are posted.
        """
        people = self._actors(group)
        sides = self._who.known(people)
        away = len(sides) == 1 and place.country not in sides and all(a.type == "person" for a in people)
        pope = "VA" in sides and place.name in ("Rom", "Castel Gandolfo")  # where he lives, too
        if not away or pope or any(s.mention.office == "ambassador" for s in group):
            return ()
        return tuple(a for a in people if a.key not in self._fled)

    def _each_at_home(self, clause: int, scene: Scene) -> bool:
        """Whether two towns are told side by side: "haben in Peking und Moskau gratuliert"."""
        places = [p for p in scene.places if p.clause == clause and p.prep == "in"]
        return any(
            a.mention.place.country != b.mention.place.country
            and scene.words.lower[a.last : b.first] in (["und"], ["und", "in"])
            for a, b in itertools.pairwise(places)
        )

    def _tells(self, clause: int, told: Sequence[Candidate]) -> bool:
        """Whether the clause itself tells an encounter, be it not a summit before which something is done."""
        return any(c.clause == clause and (c.kind, c.prep) != ("summit", "vor") for c in told)

    def _told_as(self, clause: Clause, day: TimeSlot | None, scene: Scene) -> tuple[Status, str]:
        """Whether what a clause tells of persons is past or ahead, and the id of the rule that says so."""
        if was_wanted(clause, scene):
            return "cancelled", "status:unreal"
        first = day.timex.first if day is not None else None
        ahead = self._on is not None and first is not None and first > self._on
        if ahead or clause.tense in ("future", "modal"):
            return "planned", "status:modal"
        return "held", "status:past"

    def _speaks(self, actor: Actor, group: Sequence[Slot]) -> bool:
        """Whether it is a person, or the people of a state: "die Außenminister Russlands und der USA"."""
        if actor.type == "person":
            return True
        return any(actor in s.mention.actors and s.mention.rule in OFFICES for s in group)

    def _headline(self, told: Sequence[Candidate], scene: Scene) -> list[Candidate]:
        """A visit that a line without a verb tells: "Erdogan bei Trump: ...", "Scholz in Moskau"."""
        colon = next((i for i in range(scene.start, scene.end) if scene.words.lower[i] == ":"), None)
        halves = [range(scene.start, colon or scene.end)]
        if colon is not None:
            halves.append(range(colon + 1, scene.end))
        lines = (self._line(half, scene) for half in halves if not any(c.token in half for c in told))
        return [line for line in lines if line is not None][:1]

    def _line(self, inside: range, scene: Scene) -> Candidate | None:
        """The visit that the tokens tell without a verb."""
        clause = scene.clause_of.get(inside.start, 0)
        verbs = any(c.finite in inside for c in scene.clauses)
        groups = self._groups([s for s in self._bare(scene, clause) if s.first in inside], scene)
        guests = [a for a in self._actors(groups[0]) if a.type == "person"] if len(groups) == 1 else []
        several = self._grammar.afterwards & {scene.words.lower[i] for i in inside}
        if verbs or several or len(inside) > _LINE or not guests:
            return None  # "Erst Putin in Alaska, dann Selenskyj in Washington": two
        hosts, place = self._hosted(range(groups[0][-1].last, inside.stop), clause, scene)
        actors = self._who.fold((*guests, *hosts))
        if not hosts or len(self._who.known(actors)) < 2:
            return None
        time = next((x for x in scene.times if x.first in inside or x.last + 1 == inside.start), None)
        listed = time is not None and time.last < inside.start and time.timex.rule == "weekday"
        status: Status = "planned" if listed or by_date(time, self._on) == "planned" else "held"
        words = {scene.words.lower[i] for i in inside}
        guest = hosts[0].type == "state" or bool(words & self._grammar.visiting)
        kind: Kind = "visit" if guest else "meeting"  # section 2: a visit needs a word of visiting
        rules, token = ["headline", "status:headline"], groups[0][0].first
        return Candidate(kind, actors, place, time, status, scene.number, clause, token, rules)

    def _hosted(self, after: range, clause: int, scene: Scene) -> tuple[tuple[Actor, ...], Place | None]:
        """Who receives the guest named before the tokens, and where: a person, or the state of the place."""
        last = after.start
        places = [p for p in scene.places if p.clause == clause and p.first in after]
        town = next((p for p in places if p.prep == "in"), None)
        for slot in scene.slots:
            person = slot.clause == clause and slot.mention.actors[0].type == "person"
            if person and slot.prep == "bei" and slot.head is None and self._follows(last, slot.np, scene):
                return slot.mention.actors, town.mention.place if town is not None else None
        goal = next((p for p in places if p.prep == "nach" and self._underway(last, p, scene)), None)
        stays = town is not None and self._follows(last, town.np, scene) and self._ends(town.last, scene)
        if goal is None and town is not None and stays and self._may_host(town.mention.place):
            goal = town
        state = host_state(goal.mention.place.country) if goal is not None else None
        return ((state,), goal.mention.place) if state is not None and goal is not None else ((), None)

    def _may_host(self, place: Place) -> bool:
        """Whether to be there is to visit the state: not in the towns where bodies sit."""
        return is_town(place) and place.name.lower() not in self._grammar.venues

    def _underway(self, last: int, goal: PlaceSlot, scene: Scene) -> bool:
        """Whether only the way lies between guest and place: "Scholz auf dem Weg nach Kiew"."""
        between = scene.words.lower[last : goal.np]
        return bool(between) and all(w in self._grammar.underway for w in between)

    def _follows(self, last: int, first: int, scene: Scene) -> bool:
        """Whether nothing but "zu Gast", "zu Besuch" and dates stands between guest and host."""
        timed = {i for x in scene.times for i in range(x.first, x.last)}
        placed = {i for p in scene.places for i in range(p.np, p.last)}
        lower = scene.words.lower
        return last <= first and all(
            i in timed or i in placed or lower[i] in self._grammar.as_guest for i in range(last, first)
        )

    def _ends(self, last: int, scene: Scene) -> bool:
        """Whether the line, or its first half, ends at the token: "Scholz in Moskau: ..."."""
        lower = scene.words.lower
        return last >= scene.end or lower[last] in (":", "–", "-") or not lower[last].strip()

    def _here(self, clause: int, scene: Scene) -> Place | None:
        """The place that the clause tells, or means by "dort"."""
        places = [
            p
            for p in scene.places
            if p.clause == clause and p.prep in self._grammar.where and self._located(p, scene)
        ]
        agreed = any(h.clause == clause and h.frame.needs == "agreement" for h in self._hits)
        if agreed:
            places = [p for p in places if not self._is_matter(p.mention.place, clause, scene)]
        if places:
            return places[0].mention.place
        first = scene.clauses[clause].tokens[0]
        there = [i for i in scene.clauses[clause].tokens if scene.words.lower[i] in ("dort", "wo")]
        before = [p for p in scene.places if p.last <= first and p.prep in self._grammar.stops]
        if not there:
            return self._about(clause, scene)
        return before[-1].mention.place if before else self._memory.place

    def _this_day(self, clause: int, scene: Scene) -> TimeSlot | None:
        """The day that the clause tells, or the one before it whose subject it shares."""
        own = next((x for x in scene.times if x.clause == clause and self._is_day(x)), None)
        if own is None and clause and not self._bare(scene, clause) and self._subjects(scene, clause):
            return next((x for x in scene.times if x.clause == clause - 1 and self._is_day(x)), None)
        return own

    def _time_ahead(self, clause: int, scene: Scene) -> TimeSlot | None:
        """The days or week in which a clause puts what is to be done: "will nächste Woche in Rom werben"."""
        if scene.clauses[clause].tense not in ("future", "modal"):
            return None
        times = [x for x in scene.times if x.clause == clause and x.timex.edtf is not None]
        return next((x for x in times if by_date(x, self._on) == "planned"), None)

    def _may_act(self, slot: Slot, scene: Scene) -> bool:
        """Whether a name may be the subject: no other noun stands between the verb and it."""
        finite = scene.clauses[slot.clause].finite
        if finite is None or slot.first < finite:
            return True
        raw = scene.words.raw
        return not any(is_noun(raw[i]) and not self._taken(i, scene) for i in range(finite + 1, slot.np))

    def _is_day(self, time: TimeSlot) -> bool:
        """Whether the date is a day, or a month of a year."""
        return len((time.timex.edtf or "").rstrip("~")) in (7, 10)

    def _is_companion(self, slot: Slot, country: str | None, scene: Scene) -> bool:
        """Whether a person of the country stands with the subject: behind "mit", "neben", "an der Seite"."""
        actor = slot.mention.actors[0]
        return actor.type == "person" and self._who.of(actor) == country and self._stands_by(slot, scene)

    def _stands_by(self, slot: Slot, scene: Scene) -> bool:
        """Whether it stands behind "mit", "neben", "bei", "an der Seite", or "von" as who does it."""
        side = slot.prep == "an" and "seite" in scene.words.lower[slot.np : slot.first]
        return side or (slot.head is None and slot.prep in self._grammar.beside)

    def _is_witness(self, slot: Slot, scene: Scene) -> bool:
        """Whether the person is present: "im Beisein von B"."""
        person = slot.mention.actors[0].type == "person"
        return person and slot.head is not None and scene.words.lower[slot.head] in self._grammar.present_at

    def _arrives(self, trigger: Trigger, scene: Scene) -> bool:
        """Whether somebody arrives where the text is set: "war zu einem zweitägigen Besuch angereist"."""
        near = scene.number - self._memory.where <= 1
        return near and scene.words.lower[trigger.token] in self._grammar.arrived

    def _stop_told(self, trigger: Trigger, scene: Scene, how: Telling) -> bool:
        """Whether a visit ahead is a stop of the journey told before: "Geplant ist ein Besuch in Rom"."""
        near = scene.number - self._memory.journey <= _TOUR
        ahead = how.status in ("planned", "proposed", "cancelled") and not how.prep
        return near and ahead and not self._definite(trigger, scene)

    def _is_perfect(self, trigger: Trigger, scene: Scene) -> bool:
        """Whether another verb's participle closes the clause or a part of it: "war in Rom geboren"."""
        lower, tokens = scene.words.lower, scene.clauses[trigger.clause].tokens
        last = {a for a, b in itertools.pairwise(tokens) if b != a + 1} | set(tokens[-3:])
        return any(is_participle(lower[i]) for i in last if i != trigger.token)

    def _inviting(self, trigger: Trigger, scene: Scene) -> list[Slot]:
        """The host in "auf Einladung von X", "als Gast von X"."""
        lower = scene.words.lower
        return [
            s
            for s in scene.slots
            if s.clause == trigger.clause and s.head is not None and lower[s.head] in self._grammar.inviting
        ]

    def _sought(self, clause: int, scene: Scene) -> list[Slot]:
        """The persons for whom a journey is made: "reiste nach Kairo, um Präsident X zu überzeugen".

        They are the objects of the purpose clause, or stand behind "bei" or "mit" in it.
        """
        found = []
        for s in scene.slots:
            purpose = scene.clauses[s.clause]
            if (
                purpose.kind == "infinitive"
                and purpose.parent == clause
                and scene.words.lower[purpose.tokens[0]] == "um"
                and s.head is None
                and (not s.prep or s.prep in self._grammar.met)
                and s.mention.actors[0].type == "person"
            ):
                found.append(s)
        return found

    def _body_sought(self, clause: int, place: Place | None, scene: Scene) -> tuple[Actor, ...]:
        """The body seated in the place whose people the journey is for: "um die Minister der EU zu ..."."""
        for slot in scene.slots:
            purpose, body = scene.clauses[slot.clause], slot.mention.actors[0]
            aim = purpose.kind == "infinitive" and purpose.parent == clause
            aim = aim and (not slot.prep or slot.prep in self._grammar.met)
            seated = place is not None and is_body(body) and seat_of(self._who.of(body) or "") == place.name
            if aim and seated and scene.words.lower[purpose.tokens[0]] == "um":
                return (body,)
        return ()

    def _goes_on(self, trigger: Trigger, scene: Scene, place: Place | None) -> bool:
        """Whether it is one more of who was told before: "Es folgt ein Besuch in Rom"."""
        told = self._memory.subjects
        near = 1 <= scene.number - self._memory.scene <= BEHIND
        if place is None or not near or len(self._who.known(told)) != 1 or self._definite(trigger, scene):
            return False
        more = patterns()["one_more"].search(scene.text(trigger.clause)) is not None
        return more and all(self._who.in_office(a) for a in told)

    def _visit(
        self, trigger: Trigger, scene: Scene, bare: Sequence[Slot], behind: Sequence[Slot], how: Telling
    ) -> Candidate | None:
        """A visit: the guests, and the named host or else the state that is travelled to."""
        frame = trigger.frame
        place = self._destination(trigger, scene)
        if place is None and self._arrives(trigger, scene):
            place = self._memory.place
        if frame.needs == "parliament":
            place = self._parliament(trigger, scene)
            if place is None:
                return None
        if frame.id == "besuchen" and place is None and not behind and len(self._groups(bare, scene)) < 2:
            return None
        slots = [s for s in bare if place is None or not self._is_destination(s, place, scene)]
        # "Die deutsch-chinesischen Konsultationen werden in Berlin erwartet": nobody travels
        slots = [s for s in slots if s.mention.rule != "state.pair"]
        guests = self._actors(slots)
        finite = scene.clauses[trigger.clause].finite
        invites = finite is None or scene.words.lower[finite] not in self._grammar.be | self._grammar.passive
        if frame.id == "einladen" and invites and not behind and len(self._who.all(guests)) == 1:
            return None  # the host alone: whom he invites is not told
        if frame.id == "einladen" and not invites and not behind and place is None:
            return None  # "Eingeladen sind A und B": neither by whom nor whither
        hosts_alone = scene.words.lower[scene.clauses[trigger.clause].tokens[0]] == "eingeladen"
        if frame.id == "einladen" and invites and hosts_alone and len(self._groups(slots, scene)) == 1:
            return None  # "Eingeladen hatten A und B"
        if frame.noun is not None and not guests and not self._foreign_genitive(trigger, scene):
            subjects = self._subjects(scene, trigger.clause)
            if not subjects and scene.clauses[trigger.clause].parent is not None:
                subjects = self._subjects(scene, scene.clauses[trigger.clause].parent or 0)
            subjects = [s for s in subjects if place is None or not self._is_destination(s, place, scene)]
            groups = [self._actors(group) for group in self._groups(subjects, scene)]
            guests = groups[0] if groups else ()
            abroad = [g for g in groups if country_of(place) not in self._who.all(g)]
            if guests and country_of(place) in self._who.all(guests) and abroad:
                guests = (*abroad[0], *guests)  # "A bat B, seine Reise nach ... zu verschieben"
            if not guests and (self._owned(trigger, scene) or self._goes_on(trigger, scene, place)):
                guests = self._memory.subjects
            elif not guests and self._stop_told(trigger, scene, how):
                guests = self._memory.guests
        if frame.needs == "journey" and frame.verb:
            guests = tuple(a for a in guests if a.type == "person" or frame.status) or (
                guests if patterns()["travels"].search(scene.text(trigger.clause)) else ()
            )
        hosts = self._actors([*behind, *self._inviting(trigger, scene)])
        sought = self._sought(trigger.clause, scene)
        hosts = hosts or tuple(a for a in self._actors(sought) if self._who.of(a) == country_of(place))
        hosts = hosts or self._body_sought(trigger.clause, place, scene)
        if (
            sought
            and not hosts
            and any(
                h.clause == s.clause and h.frame.kind in ("meeting", "negotiation")
                for h in self._hits
                for s in sought
            )
        ):
            return None  # "flog nach Genf, um X zu treffen": the talk with a third state's X is told there
        bodies = [
            s
            for s in scene.slots
            if s.clause == trigger.clause and s.prep == "zu" and all(is_body(a) for a in s.mention.actors)
        ]
        if place is None and guests and bodies and frame.needs == "journey":
            actors = (*guests, *self._actors(bodies))
            return self._make(trigger, scene, "summit", actors, how, place=None)
        if (
            not hosts
            and country_of(place) is not None
            and len(self._who.all(guests)) > 1
            and country_of(place) not in self._who.all(guests)
        ):
            hosts = tuple(a for a in (host_state(country_of(place)),) if a is not None)
        place = place or self._pointed_to(trigger.clause, scene)
        country = place.country if place is not None else None
        actors = self._who.fold((*guests, *hosts))
        anaphoric = returns = False
        if len(self._who.all(actors)) < 2:
            state = host_state(country)
            asked = any(h.frame.id in ("einladung", "einladen") for h in self._hits)
            back = scene.words.lower[trigger.token].startswith(self._grammar.return_starts)
            returns = back and not asked and state is None
            if returns:
                anaphoric = True
            elif not actors and frame.noun is not None and place is None:
                anaphoric = self._definite(trigger, scene)
                if not anaphoric:
                    return None
            elif not actors:
                if frame.noun is None or not self._definite(trigger, scene):
                    return None
                anaphoric = True
            elif state is None or country in self._who.all(actors):
                if frame.noun is not None and self._definite(trigger, scene) and country is None:
                    anaphoric = True
                else:
                    return None
            else:
                actors = (*actors, state)
        if guests and all(a.key in self._fled for a in guests):
            return None
        if frame.needs == "stay" and place is None and hosts and hosts[0].type == "state":
            place = Place(hosts[0].name, hosts[0].country)
        received = any(a.type == "person" for a in hosts)  # "reist zu X", "war bei X"
        if not anaphoric and frame.needs in ("journey", "stay") and place is None and not received:
            return None
        if frame.needs == "stay" and self._is_perfect(trigger, scene):
            return None
        dated = how.time is not None or patterns()["lately"].search(scene.text(trigger.clause)) is not None
        if frame.needs == "stay" and (not dated or not any(a.type == "person" for a in guests)):
            return None
        if frame.id == "ist-am" and len(self._who.all(guests)) > 1:
            return None  # "A und B sind am Freitag in Rom": nobody's guests, but perhaps each other's
        if not anaphoric and country is not None and all(self._who.of(a) == country for a in guests):
            return None  # at home
        if place is None and not anaphoric and frame.id == "besuchen":
            state = next((a for a in actors[1:] if a.type == "state"), None)
            place = Place(state.name, state.country) if state is not None else None
        candidate = self._make(trigger, scene, "visit", actors, how, place=place)
        candidate.anaphoric = anaphoric
        if returns:
            candidate.rules.append("return-visit")
        return candidate

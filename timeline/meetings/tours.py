"""The stops of a journey told by themselves: "Erste Station ist Athen", "am Freitag geht es nach Sofia"."""

from typing import cast

from timeline.meetings.candidate import Candidate
from timeline.meetings.circumstances import country_of
from timeline.meetings.roles import Scene, TimeSlot
from timeline.meetings.sides import host_state
from timeline.meetings.triggers import Trigger
from timeline.meetings.visits import BEHIND, Visits
from timeline.model import Actor, Place, Status

_HOSTING = frozenset(["bei", "mit", "zu"])
"""Prepositions in front of whom the traveller is to see, and who does not travel."""


class Tours(Visits):
    """Reads what names the stops of a journey, but often not whose journey it is."""

    def _stations(self, trigger: Trigger, scene: Scene) -> list[Candidate]:
        """A visit for each place that a sentence calls a station, or to which "es geht"."""
        guests = self._traveller(trigger.clause, scene) if trigger.frame.needs == "stations" else ()
        sides = self._who.known(guests)
        if len(sides) != 1:
            return []
        found = []
        stops = self._places_told(trigger, scene)
        for n, (first, place) in enumerate(stops):
            beyond = stops[n + 1][0] if n + 1 < len(stops) else scene.end
            hosts = self._hosts_at(first, beyond, trigger.clause, scene)
            host = host_state(country_of(place))
            if not hosts and (host is None or self._who.of(host) in sides):
                continue
            before = stops[n - 1][0] if n else scene.start
            day = self._day_told(before, first, trigger.clause, scene)
            status = self._status_of_stop(trigger.clause, day, scene)
            found.append(
                Candidate(
                    kind="visit", actors=(*guests, *(hosts or (cast("Actor", host),))),
                    place=place, time=day, status=status,
                    scene=scene.number, clause=trigger.clause, token=trigger.token,
                    rules=[f"frame:{trigger.frame.id}", f"status:{'past' if status == 'held' else 'modal'}"],
                )
            )  # fmt: skip
        return found

    def _traveller(self, clause: int, scene: Scene) -> tuple[Actor, ...]:
        """Whose journey it is: who is named beside it, else the subject of the sentence before."""
        named = [
            s
            for s in scene.slots
            if s.clause == clause and s.mention.actors[0].type == "person" and s.prep not in _HOSTING
        ]
        if named:
            return self._actors(named)
        recent = 0 <= scene.number - self._memory.scene <= BEHIND
        return tuple(a for a in self._memory.subjects if a.type == "person") if recent else ()

    def _hosts_at(self, first: int, beyond: int, clause: int, scene: Scene) -> tuple[Actor, ...]:
        """Whom the traveller is to see at a stop: "am Freitag nach Rom zur Audienz beim Papst"."""
        return self._actors(
            [
                s
                for s in scene.slots
                if s.clause == clause
                and first < s.first < beyond
                and s.prep in _HOSTING
                and s.mention.actors[0].type == "person"
            ]
        )

    def _places_told(self, trigger: Trigger, scene: Scene) -> list[tuple[int, Place]]:
        """The places of the clause with their first tokens, one of each country."""
        wanted = trigger.frame.destination
        found = {
            p.first: p.mention.place
            for p in scene.places
            if p.clause == trigger.clause and p.prep in wanted | {""} and p.head is None
        }
        for slot in scene.slots:
            inside = slot.clause == trigger.clause and slot.prep in wanted | {""} and slot.head is None
            land = self._land(slot, scene) if inside and slot.mention.title is None else None
            if land is not None:
                found.setdefault(slot.first, land)
        once: dict[str | None, tuple[int, Place]] = {}
        for first, place in sorted(found.items()):
            once.setdefault(place.country, (first, place))
        return list(once.values())

    def _day_told(self, before: int, first: int, clause: int, scene: Scene) -> TimeSlot | None:
        """The day of a stop: told between the stop before and its name."""
        days = [x for x in scene.times if x.clause == clause and before <= x.first < first]
        return next((x for x in reversed(days) if self._is_day(x)), None)

    def _status_of_stop(self, clause: int, day: TimeSlot | None, scene: Scene) -> Status:
        """A stop in the present tense lies ahead, as far as its day does not say otherwise."""
        tense = scene.clauses[clause].tense
        if day is not None and self._on is not None and day.timex.first is not None:
            return "planned" if day.timex.first > self._on else "held"
        return "held" if tense in ("past", "pluperfect") else "planned"

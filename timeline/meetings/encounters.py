"""From the candidates of all sentences to one row per real encounter.

Mentions of the same encounter are brought together (same sides, compatible date, place and time of telling),
dates are composed and inherited, and the sentences put in order, the one that carries the row best first.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import cast

from timeline.edtf import bounds
from timeline.meetings.candidate import Candidate
from timeline.meetings.grammar import grammar
from timeline.meetings.sides import Sides, host_state, seat_of
from timeline.model import KINDS, Actor, Kind, Place, Status

_FAMILIES: tuple[frozenset[Kind], ...] = (
    frozenset(["visit", "meeting"]),
    frozenset(["call", "meeting"]),
    frozenset(["summit", "meeting"]),
    frozenset(["negotiation", "meeting"]),
    frozenset(["mediation", "meeting"]),
    frozenset(["mediation", "negotiation"]),
)
_CLOSE = 8
"""Sentences within which an undated encounter belongs to a dated one of the same person."""

_TALKS = frozenset(
    ["frame:gespräch", "frame:sprechen-mit", "frame:beraten", "frame:gespräche-führen", "frame:austauschen"]
)
"""Triggers of which only their surroundings tell whether one talks face to face or by telephone."""

_RECEPTIONS = frozenset(["frame:empfangen", "frame:begrüßen", "frame:in-empfang-nehmen"])
"""Triggers that tell of a host and his guest."""

_DAY = len("2023-02-22")
_RETURN = 8
"""Sentences behind a visit in which a visit in return may be told."""

_NEAR = 3
"""Sentences behind a talk in which "der Gipfel" may mean it."""

_BESIDE = 2
"""Sentences within which "auch X war dabei" belongs to a summit."""

_SESSIONS: frozenset[Kind] = frozenset(["summit", "negotiation", "mediation"])
"""Kinds of encounters in which others may take part."""

_FURTHER = frozenset(["likened", "implied-since", "put-off"])
"""Rules that tell of one encounter by another, which it is not."""

_AHEAD: frozenset[Status] = frozenset(["planned", "proposed"])


@dataclass(slots=True)
class Encounter:
    """An encounter under construction; ``told`` are its candidates in the order of the text."""

    kind: Kind
    actors: tuple[Actor, ...]
    place: Place | None
    status: Status
    date: str | None
    said: tuple[int, int] | None
    told: list[Candidate] = field(default_factory=list)
    rules: list[str] = field(default_factory=list)
    inherited: bool = False

    @property
    def first(self) -> Candidate:
        """The candidate that made the encounter."""
        return self.told[0]


def _fineness(value: str | None) -> int:
    """Days that the value may cover; open ends and no date count as endless."""
    return (bounds(value).days or 10_000) if value else 100_000


def _overlap(a: str | None, b: str | None) -> bool:
    return a is None or b is None or bounds(a).overlaps(bounds(b))


def _spans(a: str | None, b: str | None) -> bool:
    """Whether ``a`` is an interval of days that begins or ends with the day ``b``: the whole of a visit."""
    if a is None or b is None or len(b) != 10 or len(a) != 21:
        return False
    return b in (a[:10], a[11:])


def _are_days(value: str | None) -> bool:
    """Whether the value is told by its days: "von Montag bis Freitag", "seit Montag", but not "im April"."""
    if value is None or len(value) <= _DAY or value[0] == "[" or "~" in value:
        return False
    span = bounds(value)
    week = span.days == 7 and span.first is not None and span.first.weekday() == 0
    return len(value.partition("/")[0]) == _DAY and not week


def _contains(a: str | None, b: str) -> bool:
    """Whether the days of ``b`` lie within those of ``a``."""
    if a is None:
        return False
    outer, inner = bounds(a), bounds(b)
    if None in (outer.first, inner.first, inner.last):
        return a == b
    begins = cast("date", outer.first) <= cast("date", inner.first)
    return begins and (outer.last is None or cast("date", inner.last) <= outer.last)


def _places_agree(a: Place | None, b: Place | None, *, tour: bool) -> bool:
    if a is None or b is None or a == b:
        return True
    if a.country != b.country:
        return False
    state = host_state(a.country)
    return tour or (state is not None and state.name in (a.name, b.name))


def _persons_agree(a: Sequence[Actor], b: Sequence[Actor], who: Sides) -> bool:
    """Whether no side is spoken for by different persons in the two."""
    for which in who.all(a) & who.all(b):
        mine = {x.key for x in a if x.type == "person" and who.of(x) == which}
        theirs = {x.key for x in b if x.type == "person" and who.of(x) == which}
        if mine and theirs and not mine & theirs:
            return False
    return True


def _titles_differ(a: str, b: str) -> bool:
    """Whether two summits are called by different names: "Balkankonferenz" and "EU-Gipfel"."""
    return bool(a and b) and a not in b and b not in a


def _kinds_agree(a: Kind, b: Kind) -> bool:
    return a == b or frozenset([a, b]) in _FAMILIES


class Encounters:
    """Collects the candidates of one article; ``who`` tells the sides of its actors."""

    def __init__(self, who: Sides) -> None:
        self._who = who
        self._on = who.on
        self.rows: list[Encounter] = []
        self._pending: list[Candidate] = []
        self._awaiting: Candidate | None = None

    def add(self, candidate: Candidate) -> None:
        """Joins the candidate to the encounter it tells, or begins a new one."""
        if (
            candidate.follows
            and candidate.date is None
            and candidate.status == "held"
            and not candidate.anaphoric
        ):
            self._follow(candidate)
        if candidate.awaits:
            self._awaiting = candidate
            return
        if candidate.date is None and self._tells_who(candidate):
            self._settle(candidate)
        if "attends" in candidate.rules or self._joins_in(candidate):
            self._attend(candidate)
            return
        if "host" in candidate.rules:
            self._host(candidate)
            return
        if "named-after" in candidate.rules:
            self._name(candidate)
            return
        if candidate.anew:
            self._renew(candidate)
            return
        if "return-visit" in candidate.rules and candidate.anaphoric:
            self._return(candidate)
            return
        same = [row for row in self.rows if self._same(row, candidate)]
        dated = any(row.date is not None and row.kind == candidate.kind for row in same)
        if candidate.anaphoric and not dated and self._next_session(candidate):
            pass
        elif same:
            self._join(self._nearest(same, candidate), candidate)
        elif candidate.anaphoric and candidate.spare:
            candidate.actors, candidate.anaphoric = self._who.fold(candidate.spare), False
            candidate.rules.append("spare-party")
            self.add(candidate)
        elif candidate.anaphoric:
            self._pending.append(candidate)
        else:
            self.rows.append(
                Encounter(
                    candidate.kind,
                    candidate.actors,
                    candidate.place,
                    candidate.status,
                    candidate.date,
                    candidate.said,
                    [candidate],
                    list(candidate.rules),
                )
            )

    def _attend(self, candidate: Candidate) -> None:
        """Adds those who took part to the summit or round told close before, be it without any party."""
        session, self._awaiting = self._awaiting, None
        if session is not None and 0 <= candidate.scene - session.scene <= _BESIDE:
            if len(self._who.known(candidate.actors)) >= 2:
                session.actors, session.anaphoric, session.awaits = candidate.actors, False, False
                session.rules.append("attendants")
                self.add(session)
                self._nearest(self.rows, session).told.append(candidate)
            return
        talk = any(
            r.kind == "meeting" and (candidate.kind == "meeting" or r.told[-1].scene == candidate.scene)
            for r in self.rows
        )
        sessions: frozenset[Kind] = frozenset(["meeting"]) if talk else _SESSIONS
        if "mediates" in candidate.rules:
            sessions = _SESSIONS | {"meeting"}
        rows = [r for r in self.rows if r.kind in sessions]
        if not rows or not 0 <= candidate.scene - rows[-1].told[-1].scene <= _BESIDE:
            return
        rows[-1].actors = self._who.fold((*rows[-1].actors, *candidate.actors))
        rows[-1].told.append(candidate)
        rows[-1].rules.append("attends")
        if "mediates" in candidate.rules:
            rows[-1].kind = "mediation"

    def _name(self, candidate: Candidate) -> None:
        """Names the persons of what the sentence before told of the same states, and of no others."""
        for row in self.rows:
            close = candidate.scene - row.told[-1].scene == 1
            unnamed = all(a.type == "state" for a in row.actors)
            if close and unnamed and self._who.all(row.actors) == self._who.all(candidate.actors):
                row.actors = self._who.fold(candidate.actors)
                row.told.append(candidate)
                row.rules.append("named-after")

    def _host(self, candidate: Candidate) -> None:
        """Names the host of what was told close before in his country, where nobody of it is named."""
        home = self._who.of(candidate.actors[0])
        for row in reversed(self.rows):
            there = row.place.country if row.place is not None else None
            at_home = home in self._who.all(row.actors) or there == home
            named = any(a.type == "person" and self._who.of(a) == home for a in row.actors)
            open_ = row.kind != "call" and row.status not in ("denied", "cancelled")
            if at_home and open_ and 0 <= candidate.scene - row.told[-1].scene <= _CLOSE:
                if not named:
                    row.actors = self._who.fold((*row.actors, *candidate.actors))
                    row.told.append(candidate)
                    row.rules.append("host")
                return

    def _joins_in(self, candidate: Candidate) -> bool:
        """Whether others take part in the round told in the sentence before: "X und Y nahmen daran teil"."""
        attending = {"frame:am-treffen", "frame:an-der-runde"} & set(candidate.rules)
        if not attending or candidate.date is not None or candidate.place is not None or not self.rows:
            return False
        row = self.rows[-1]
        apart = not self._who.all(row.actors) & self._who.all(candidate.actors)
        return apart and row.kind in _SESSIONS and candidate.scene - row.told[-1].scene <= 1

    def _tells_who(self, candidate: Candidate) -> bool:
        """Whether the candidate names those who take part in a session told before, as such a session."""
        if {"frame:am-treffen", "frame:an-der-runde"} & set(candidate.rules):
            return True
        session = candidate.kind == "summit" and candidate.anaphoric and "attends" not in candidate.rules
        return session and len(self._who.known(candidate.actors)) > 1

    def _settle(self, candidate: Candidate) -> None:
        """Dates "An dem Treffen nehmen X und Y teil" by the session before, told without any party."""
        session, self._awaiting = self._awaiting, None
        if session is None or not 0 < candidate.scene - session.scene <= _BESIDE:
            return
        candidate.date, candidate.said, candidate.status = session.date, session.said, session.status
        candidate.anaphoric = False
        candidate.place = candidate.place or session.place
        candidate.rules.append("attendants")

    def _follow(self, candidate: Candidate) -> None:
        """As in "Danach traf er X": on the day of the talk before, of the same person."""
        people = {a.key for a in candidate.actors if a.type == "person"}
        before = [
            r for r in self.rows if people & {a.key for a in r.actors} and r.status == "held" and r.date
        ]
        if before and candidate.scene - before[-1].told[-1].scene <= 8:
            candidate.date = before[-1].date
            candidate.place = candidate.place or before[-1].place
            candidate.rules.append("date:same")

    def _next_session(self, candidate: Candidate) -> bool:
        """A further encounter of the same parties: "die nächste Runde beginnt im Mai in Delhi".

        A round or summit follows any before it, "ein weiteres Treffen" the encounter told close before.
        """
        talk = candidate.kind in ("meeting", "call")
        earlier = self._told_close(candidate) if talk else self._last_session(candidate)
        if (
            earlier is None
            or not candidate.again
            or candidate.date is None
            or candidate.actors
            or candidate.date == earlier.date
        ):
            return False
        if earlier.kind not in ("visit", "call") and candidate.kind != "call":
            candidate.kind = earlier.kind
        candidate.actors, candidate.anaphoric = earlier.actors, False
        candidate.rules.append("next-session")
        self.add(candidate)
        return True

    def _last_session(self, candidate: Candidate) -> Encounter | None:
        """The round or summit told before."""
        rows = [r for r in self.rows if r.kind == candidate.kind and r.kind in ("summit", "negotiation")]
        return rows[-1] if rows else None

    def _told_close(self, candidate: Candidate) -> Encounter | None:
        """The encounter told close before, if it was one of two sides with a person each."""
        near = [r for r in self.rows if 0 <= candidate.scene - r.told[-1].scene <= _BESIDE]
        last = max((r.told[-1].scene for r in near), default=0)
        rows = [r for r in near if r.told[-1].scene == last]
        sides = {self._who.of(a) for r in rows for a in r.actors if a.type == "person"}
        return rows[0] if len(rows) == 1 and len(sides) >= 2 else None

    def _renew(self, candidate: Candidate) -> None:
        """A meeting ahead of the two persons who were told to have one close before."""
        for row in reversed(self.rows):
            people = tuple(a for a in row.actors if a.type == "person")
            near = 0 <= candidate.scene - row.told[-1].scene <= _BESIDE
            if near and len(people) == len(self._who.all(people)) == 2:
                if candidate.status == "denied" and row.status in _AHEAD and row.date == candidate.date:
                    row.status = "denied"  # "Hoffnung auf ein Treffen ... Es ist kein Treffen geplant"
                    row.told.append(candidate)
                    return
                candidate.actors, candidate.anaphoric, candidate.anew = people, False, False
                candidate.rules.append("anew")
                self.add(candidate)
                return

    def _return(self, candidate: Candidate) -> None:
        """The host of the last visit, or whom the sentence names, comes to the other: "zum Gegenbesuch"."""
        told = self._who.all(candidate.actors)
        for row in reversed(self.rows):
            if len(self._who.all(row.actors)) != 2 or candidate.scene - row.told[-1].scene > _RETURN:
                continue
            hosts = {self._who.of(row.actors[0])} if row.kind == "visit" else set()
            hosts = set(self._who.all(row.actors)) - told if told else hosts
            guests = tuple(a for a in row.actors if self._who.of(a) not in hosts)
            if len(hosts) == 1 and guests:
                at_home = tuple(a for a in row.actors if self._who.of(a) in hosts)
                candidate.actors, candidate.anaphoric, candidate.again = (*guests, *at_home), False, True
                self.add(candidate)
                return

    def _nearest(self, rows: Sequence[Encounter], candidate: Candidate) -> Encounter:
        """The likeliest: same clause, same date, same kind, then told last."""

        def score(row: Encounter) -> tuple[int, int, int, int]:
            last = row.told[-1]
            return (
                int(last.scene == candidate.scene and last.clause == candidate.clause),
                int(row.date is not None and row.date == candidate.date),
                int(row.kind == candidate.kind),
                last.scene,
            )

        return max(rows, key=score)

    def _same(self, row: Encounter, candidate: Candidate) -> bool:
        who = self._who
        mine, theirs = who.all(row.actors), who.all(candidate.actors)
        last = row.told[-1]
        if _FURTHER & set(candidate.rules):
            return row.date is not None and row.date == candidate.date
        meant = {"status:was-to", "status:unreal"} & set(candidate.rules)
        if row.status == "cancelled" and row.date is None and meant:
            # "Sie sagte ihre Reise ab. Sie sollte am Montag ...": what was to be is what is called off
            close = candidate.scene - last.scene <= 2
            return close and mine == theirs and _places_agree(row.place, candidate.place, tour=True)
        if {"frame:station", "frame:geht-nach"} & set(candidate.rules) and row.kind == "visit":
            # "Erste Station ist Athen" may have been told already, in another tense
            return mine == theirs and _overlap(row.date, candidate.date)
        if "remark" in candidate.rules and mine == theirs and 0 < candidate.scene - last.scene <= _CLOSE:
            return _places_agree(row.place, candidate.place, tour=False)
        if candidate.title and any(_titles_differ(candidate.title, c.title) for c in row.told):
            return False
        together = last.scene == candidate.scene and last.clause == candidate.clause
        if not _overlap(row.date, candidate.date):
            return False
        settled = row.status in ("cancelled", "denied")
        if candidate.anaphoric and settled and candidate.status == "held":
            return False
        unnamed = candidate.anaphoric or set(candidate.actors) <= set(candidate.guessed)
        if unnamed and candidate.status == "cancelled" and row.status in ("held", "ongoing"):
            return False  # "Ein gemeinsames Essen fiel aus": a part of it
        if not candidate.anaphoric and not together and settled and candidate.status in ("held", "ongoing"):
            return False
        if not candidate.anaphoric and candidate.status == "denied" and row.status in ("held", "ongoing"):
            return False
        if "call" in (row.kind, candidate.kind) and row.kind != candidate.kind and not candidate.anaphoric:
            if "visit" in (row.kind, candidate.kind):
                return False  # "lud ihn in dem Telefonat nach Rom ein"
            talk = candidate.rules if candidate.kind in ("meeting", "summit") else row.rules
            if not _TALKS & set(talk):
                return False
        if candidate.anaphoric:
            close = candidate.scene - last.scene <= 12
            return (
                close
                and theirs <= mine
                and _persons_agree(row.actors, candidate.actors, who)
                and self._points_back(row, candidate)
                and _places_agree(row.place, candidate.place, tour=True)
            )
        if together and "mediation" in (row.kind, candidate.kind) and (mine <= theirs or theirs <= mine):
            return True
        if not _kinds_agree(row.kind, candidate.kind) and not (together and mine == theirs):
            return False
        if row.kind == "visit" != candidate.kind and row.status == "ongoing" and candidate.status in _AHEAD:
            return False  # a talk that a visit still has ahead
        if not (mine == theirs or self._part(row, candidate, mine, theirs)):
            return False
        if not _persons_agree(row.actors, candidate.actors, who):
            return False
        if not _places_agree(row.place, candidate.place, tour=row.kind == candidate.kind == "visit"):
            return False
        if together and (row.kind == candidate.kind or not self._names_new(row, candidate)):
            return True
        if {row.kind, candidate.kind} == {"visit", "meeting"} and self._names_new(row, candidate):
            return False
        if candidate.again and row.kind == candidate.kind and row.date != candidate.date:
            return False
        return self._times_agree(row, candidate)

    def _part(
        self, row: Encounter, candidate: Candidate, mine: frozenset[str], theirs: frozenset[str]
    ) -> bool:
        """Of summits and rounds a mention may name fewer parties than another."""
        wide = {"summit", "negotiation"}
        return row.kind in wide and candidate.kind in wide and (mine <= theirs or theirs <= mine)

    def _points_back(self, row: Encounter, candidate: Candidate) -> bool:
        if candidate.kind == "visit":
            off = candidate.status == "cancelled"
            return row.kind == "visit" or (row.kind == "meeting" and (off or self._is_abroad(row)))
        if candidate.kind == "summit" and row.kind == "visit":
            return self._is_called_summit(row, candidate)
        return (
            _kinds_agree(row.kind, candidate.kind)
            or (candidate.kind == "meeting" and row.kind != "visit")
            or (
                row.kind == "visit"
                and candidate.kind == "meeting"
                and any(a.type == "person" for a in row.actors[1:])
            )
        )

    def _is_abroad(self, row: Encounter) -> bool:
        """Whether one of two persons talked with the other in his country, which may be called a visit."""
        people = [a for a in row.actors if a.type == "person"]
        home = row.place.country if row.place is not None else None
        keys = {a.key for a in people}
        stays = any(r.kind == "visit" and keys & {a.key for a in r.actors} for r in self.rows)
        return len(people) == len(row.actors) == 2 and home in self._who.all(people) and not stays

    def _names_new(self, row: Encounter, candidate: Candidate) -> bool:
        """Whether the talk names a person where the visit has only the state, or the other way round."""
        mine = {a.key for a in row.actors if a.type == "person"}
        theirs = {a.key for a in candidate.actors if a.type == "person"}
        return mine != theirs

    def _times_agree(self, row: Encounter, candidate: Candidate) -> bool:
        """Whether what is ahead and what is past are not one: only undated mentions may be of two moods."""
        ahead = row.status in _AHEAD, candidate.status in _AHEAD
        if ahead[0] == ahead[1]:
            return True
        if row.date is not None and candidate.date is not None:
            # "wollen im Mai eine Konferenz einberufen, sagten sie nach Beratungen am Montag": two
            return row.date == candidate.date or row.kind == candidate.kind
        if candidate.remote or row.first.remote:
            return False
        if row.status in ("held", "ongoing") and candidate.status == "proposed":
            return False  # "Sie trafen sich am Sonntag. X lud Y nach Rom ein": a further one
        if row.date is None and candidate.date is None:
            settled = row.status in ("cancelled", "denied")
            moods = settled or "status:headline" in row.rules or candidate.anaphoric
            return moods or (row.kind == candidate.kind and "proposed" not in (row.status, candidate.status))
        dated, undated = (row, candidate) if row.date is not None else (candidate, row)
        if undated.status in _AHEAD and dated.status == "held" and row.kind != candidate.kind:
            return False
        span = bounds(cast("str", dated.date))
        if self._on is None or undated.status not in _AHEAD:
            return (
                undated.status not in _AHEAD
                and span.last is not None
                and self._on is not None
                and span.last <= self._on
            )
        return span.last is None or span.last >= self._on

    def _join(self, row: Encounter, candidate: Candidate) -> None:
        told = self._who.all(row.actors)
        # what points back names nobody new of a side whose person is known: "um einen Gipfel mit X zu planen"
        spoken = {self._who.of(a) for a in row.actors if a.type == "person"} if candidate.anaphoric else set()
        named = tuple(
            a
            for a in candidate.actors
            if a in row.actors or self._who.of(a) not in (told if a in candidate.guessed else spoken)
        )
        if not candidate.anaphoric or candidate.kind != "mediation":
            row.actors = self._who.fold((*row.actors, *named))
        if row.kind == "visit" and candidate.kind in ("negotiation", "mediation"):
            pass  # a talk of the visit
        elif candidate.kind != row.kind and not candidate.anaphoric:
            row.kind = min(row.kind, candidate.kind, key=KINDS.index)
        elif candidate.anaphoric and candidate.kind == "call" and row.kind == "meeting":
            row.kind = "call"  # "sprach mit X ... in dem Telefonat"
        elif candidate.kind == "visit" and row.kind == "meeting" and candidate.status != "cancelled":
            row.kind = "visit"  # "hat X in Eriwan getroffen. Im Mittelpunkt des Besuchs ..."
        elif "frame:gipfel" in candidate.rules and self._is_called_summit(row, candidate):
            row.kind = "summit"  # "trafen sich in Genf. Das Gipfeltreffen": so called (section 2)
        finer = _fineness(candidate.date) < _fineness(row.date) and not _spans(row.date, candidate.date)
        finer = finer and not (row.date or "").endswith("/..")
        finer = finer or _spans(candidate.date, row.date)
        off = {row.status, candidate.status} == {"denied", "cancelled"}
        both_ahead = row.status in _AHEAD and candidate.status in _AHEAD
        if candidate.anaphoric and row.date is None and candidate.status != row.status:
            finer = off or both_ahead  # "lud X ein; der Besuch soll im Mai stattfinden"
        elif row.date is None:
            finer = True
        if candidate.date is not None and finer:
            row.date = candidate.date
            row.said = candidate.said or row.said
            was_to = row.status == "cancelled" and "status:was-to" in candidate.rules
            back = row.status in _AHEAD and candidate.status == "held"
            if off:
                row.status = "cancelled"
            elif candidate.kind == "visit" and (row.status, candidate.status) == ("ongoing", "held"):
                pass  # what has happened on a visit under way does not end it
            elif (not candidate.anaphoric and not was_to) or back or both_ahead:
                row.status = candidate.status
        elif off:
            row.status = "cancelled"  # what was planned does not take place
        elif (candidate.status in ("cancelled", "denied") and not candidate.anaphoric) or (
            candidate.status == "cancelled" and row.status in _AHEAD
        ):
            row.status = candidate.status
        if row.place is None or (self._is_state(row.place) and candidate.place is not None):
            row.place = candidate.place or row.place
        row.told.append(candidate)
        row.rules.extend(rule for rule in candidate.rules if rule not in row.rules)

    def _is_called_summit(self, row: Encounter, candidate: Candidate) -> bool:
        """Whether a sentence close behind calls the talk of two persons a summit, and no other is told."""
        people = [a for a in row.actors if a.type == "person"]
        alone = len(people) == len(self._who.all(row.actors)) == len(row.actors) == 2
        others = any(other.kind == "summit" for other in self.rows)
        near = 1 <= candidate.scene - row.told[-1].scene <= _NEAR and candidate.prep != "rande"
        near = near and candidate.status == row.status == "held"
        return row.kind in ("meeting", "visit") and row is self.rows[-1] and alone and near and not others

    def _is_state(self, place: Place) -> bool:
        state = host_state(place.country)
        return state is not None and state.name == place.name

    def finish(self) -> list[Encounter]:
        """The encounters, with inherited dates and places and the fallback for news without a date."""
        for candidate in self._pending:  # "die in Wien erzielte Einigung" may stand before its parties
            later = [
                r
                for r in self.rows
                if self._same(r, candidate) and r.date is None and r.kind == candidate.kind
            ]
            placed = candidate.place is not None and bool(later) and later[0].place is None
            if later and (candidate.date is not None or placed):
                self._join(later[0], candidate)
        self._name_hosts()
        for row in self.rows:
            if row.kind == "meeting" and len(self._who.all(row.actors)) >= 3:
                row.kind = "summit"  # three or more sides (event table, section 2)
        for row in self.rows:
            self._by_phone(row)
        for row in self.rows:
            self._margin(row)
        for row in self.rows:
            if row.status == "ongoing":
                self._news(row)
        self.rows = [row for row in self.rows if not self._only_where(row)]
        for row in self.rows:
            self._by_talks(row)
        for row in self.rows:
            self._inherit(row)
        for row in self.rows:
            self._alongside(row)
        for row in self.rows:
            self._news(row)
        for row in self.rows:
            self._receive(row)
            self._in_state(row)
        return [row for row in self.rows if not self._in_passing(row)]

    def _by_phone(self, talk: Encounter) -> None:
        """A talk without a place, told beside a call of the same person, is one too.

        As in "telefonierte mit X. Zuvor hatte er mit Y gesprochen".
        """
        frames = {rule for rule in talk.rules if rule.startswith("frame:")}
        if talk.kind != "meeting" or talk.place is not None or not frames <= _TALKS:
            return
        people = {a.key for a in talk.actors if a.type == "person"}
        for call in self.rows:
            near = any(abs(a.scene - b.scene) <= 1 for a in talk.told for b in call.told)
            if call.kind == "call" and near and people & {a.key for a in call.actors}:
                talk.kind = "call"
                talk.rules.append("by-phone")
                return

    def _in_state(self, row: Encounter) -> None:
        """A visit to a state is there, if no place of it is told: "statten Bulgarien einen Besuch ab"."""
        states = [a for a in row.actors if a.type == "state"]
        guest_first = row.actors[:1] != tuple(states[:1])
        if row.kind == "visit" and row.place is None and len(states) == 1 and guest_first:
            guests = self._who.all(a for a in row.actors if a.type == "person")
            if self._who.of(states[0]) not in guests and len(guests) == 1:
                row.place = Place(states[0].name, states[0].country)

    def _receive(self, row: Encounter) -> None:
        """Who receives a guest of another state at home is visited (event table, section 2: kinds).

        A reception that is part of a visit told by itself stays a talk.
        """
        if row.kind != "meeting" or _RECEPTIONS.isdisjoint(row.rules):
            return
        persons = [a for a in row.actors if a.type == "person"]
        home = row.place.country if row.place is not None else self._who.of(persons[0]) if persons else None
        guests = {a.key for a in persons if self._who.of(a) != home}
        if not guests or (row.place is not None and home not in self._who.all(row.actors)):
            return
        stays = (
            r
            for r in self.rows
            if r.kind == "visit" and guests & {a.key for a in r.actors} and _overlap(r.date, row.date)
        )
        if not any(home in self._who.all(r.actors) or (r.place and r.place.country == home) for r in stays):
            row.kind = "visit"
            row.rules.append("received")

    def _in_passing(self, row: Encounter) -> bool:
        """Whether an earlier encounter is told without its date and place (event table, section 1)."""
        return (
            row.status == "held"
            and row.date is None
            and row.place is None
            and all(c.remote for c in row.told)
        )

    def _name_hosts(self) -> None:
        """A single talk that a visit consists of is the visit (section 1: same parties, place and time)."""
        for visit in [r for r in self.rows if r.kind == "visit"]:
            if not any(r is visit for r in self.rows):
                continue  # it was another's talk
            talks = self._talks_of(visit)
            if len(talks) != 1 or not self._is_all_of(visit, talks[0]):
                continue
            talk = talks[0]
            guests = tuple(a for a in visit.actors if a.type == "person")
            own = guests if self._at_seat(visit, talk) else visit.actors
            visit.actors = self._who.fold((*own, *talk.actors))
            if visit.date is None and talk.date is not None:
                begun = visit.status == "ongoing" and len(talk.date) == _DAY
                visit.date, visit.said = f"{talk.date}/.." if begun else talk.date, talk.said
            visit.told.extend(talk.told)
            visit.rules.extend(r for r in talk.rules if r not in visit.rules)
            if talk.place is not None and self._is_state(visit.place or talk.place):
                visit.place = talk.place
            self.rows.remove(talk)

    def _talks_of(self, visit: Encounter) -> list[Encounter]:
        """The talks that may be part of the visit; its host may also have received the guest."""
        unnamed = all(a.type != "person" for a in visit.actors[1:]) and not _FURTHER & set(visit.rules)
        kinds = ("meeting", "visit") if unnamed else ("meeting",)
        others = [r for r in self.rows if r is not visit and not _FURTHER & set(r.rules)]
        others = [r for r in others if r.status != "denied" or visit.status == "denied"]
        near = [r for r in others if r.kind in kinds and self._near(visit, r)]
        within = [r for r in near if self._within(visit, r)]
        return within or [r for r in near if r.kind == "meeting" and self._at_seat(visit, r)]

    def _is_all_of(self, visit: Encounter, talk: Encounter) -> bool:
        """Whether date and status of the talk are those of the visit, and nobody else of a side is named."""
        dated = visit.date is None or talk.date is None or _contains(visit.date, talk.date)
        if _are_days(visit.date) and talk.date is not None and len(talk.date) == _DAY:
            dated = cast("str", visit.date).startswith(talk.date)  # a talk of a later day has its own date
        alike = (
            visit.status == talk.status
            or (visit.status == "ongoing" and talk.status not in ("cancelled", "denied"))
            or (visit.status == "cancelled" and talk.status == "planned" and talk.date is None)
        )
        return dated and alike and _persons_agree(visit.actors, talk.actors, self._who)

    def _near(self, visit: Encounter, talk: Encounter) -> bool:
        """Whether an undated talk may belong to a visit months back: only if told beside it."""
        last = bounds(visit.date).last if visit.date else None
        if talk.date is not None or last is None or self._on is None or (self._on - last).days <= 31:
            return True
        return 0 <= talk.first.scene - visit.told[-1].scene <= 1

    def _within(self, visit: Encounter, talk: Encounter) -> bool:
        """Whether the talk may be part of the visit: same sides and guest, no other place, no other time."""
        guests = {a.key for a in visit.actors if a.type == "person"}
        return (
            (self._who.all(visit.actors) <= self._who.all(talk.actors) or self._at_host(visit, talk))
            and bool(guests & {a.key for a in talk.actors})
            and _places_agree(visit.place, talk.place, tour=True)
            and _overlap(visit.date, talk.date)
            and self._of_one_time(visit, talk)
        )

    def _of_one_time(self, visit: Encounter, talk: Encounter) -> bool:
        """Whether visit and talk are both ahead or neither, or the talk was to be on a journey called off.

        Also where the visit is under way and the same sentence tells whom the guest is to meet.
        """
        if talk.status == "planned" and talk.date is None:
            beside = any(c.scene == talk.first.scene for c in visit.told)
            if visit.status in ("cancelled", "ongoing") and beside:
                return True
        return (visit.status in _AHEAD) == (talk.status in _AHEAD)

    def _at_seat(self, visit: Encounter, talk: Encounter) -> bool:
        """Whether the guest of a city talks with a body that has its seat there: it is the host."""
        guests = {a.key for a in visit.actors if a.type == "person"}
        hosts = [a for a in visit.actors if a.type != "person"]
        if visit.place is None or hosts != [host_state(visit.place.country)]:
            return False
        others = {self._who.of(a) for a in talk.actors if a.key not in guests}
        return (
            bool(guests & {a.key for a in talk.actors})
            and {seat_of(side) for side in others} == {visit.place.name}
            and _places_agree(visit.place, talk.place, tour=False)
            and _overlap(visit.date, talk.date)
            and self._of_one_time(visit, talk)
        )

    def _at_host(self, visit: Encounter, talk: Encounter) -> bool:
        """Whether several guests' talk is with the side that they visit."""
        host = visit.place.country if visit.place else None
        return host in self._who.all(talk.actors) <= self._who.all(visit.actors)

    def _inherit(self, row: Encounter) -> None:
        """Date and place from the visit or summit that the talk belongs to."""
        if row.kind in ("visit", "summit", "call") and row.date is not None:
            return
        for trip in self.rows:
            if trip is row or trip.kind not in ("visit", "summit") or row.kind in ("call",):
                continue
            if self._at_summit(row, trip):
                row.place, row.date = trip.place, trip.date
                row.rules.append("date:inherited")
                return
            if row.place is None and self._during(trip, row):
                row.place = trip.place
            if trip.kind == "visit" and row.kind != "visit" and self._within(trip, row):
                row.place = row.place or trip.place
                if row.date is None and trip.status == "cancelled" and row.status in ("held", "planned"):
                    row.status = "cancelled"  # "sagte die Reise ab, auf der er X treffen wollte"
                    row.rules.append("status:of-visit")
                if row.date is None and trip.date is not None:
                    row.date = (
                        self._start(trip.date)
                        if row.status in ("held", "denied") and trip.status == "ongoing"
                        else trip.date
                    )
                    row.rules.append("date:inherited")
                return

    def _during(self, visit: Encounter, talk: Encounter) -> bool:
        """Whether the guest of a visit of several days has the talk on one of them, with whomever."""
        guests = {a.key for a in visit.actors[:1] if a.type == "person"}
        day = talk.date is not None and len(talk.date) == _DAY
        return (
            visit.kind == "visit"
            and talk.kind in ("meeting", "negotiation")
            and bool(guests & {a.key for a in talk.actors})
            and day
            and _are_days(visit.date)
            and _contains(visit.date, cast("str", talk.date))
            and not (visit.date or "").endswith("/..")
        )

    def _at_summit(self, talk: Encounter, summit: Encounter) -> bool:
        """Whether an undated talk is one of those who sat in a summit told just before."""
        people = {a.key for a in talk.actors}
        bare = talk.kind == "meeting" and talk.date is None and talk.place is None
        close = 0 <= talk.first.scene - summit.told[-1].scene <= _BESIDE
        there = summit.kind == "summit" and people <= {a.key for a in summit.actors if a.type == "person"}
        return bare and close and there and summit.date is not None and talk.status == summit.status == "held"

    def _only_where(self, visit: Encounter) -> bool:
        """Whether a line without a verb ("Macron in Berlin") only says where its guest had a talk."""
        bare = visit.kind == "visit" and visit.rules[:1] == ["headline"] and visit.date is None
        return bare and any(
            row.kind in ("meeting", "summit") and row.date is not None and self._within(visit, row)
            for row in self.rows
        )

    def _by_talks(self, visit: Encounter) -> None:
        """A held visit without a date lies where its dated talks lie."""
        if visit.kind != "visit" or visit.date is not None or visit.status != "held":
            return
        talks = [r.date for r in self.rows if r.kind == "meeting" and r.date and self._within(visit, r)]
        if "margin" in visit.rules:
            talks = talks or [r.date for r in self.rows if r.date and self._on_its_margin(visit, r)]
        days = sorted(x for x in talks if len(x) == 10)
        if days:
            visit.date = days[0] if days[0] == days[-1] else f"{days[0]}/{days[-1]}"
            visit.rules.append("date:talks")

    def _on_its_margin(self, visit: Encounter, talk: Encounter) -> bool:
        """Whether others of the visitor's side meet in the country, told close by: "am Rande des Besuchs"."""
        side, place = self._who.of(visit.actors[0]), talk.place
        close = 0 <= talk.first.scene - visit.told[-1].scene <= _CLOSE
        there = place is not None and visit.place is not None and place.country == visit.place.country
        return close and there and talk.status == "held" and side in self._who.all(talk.actors)

    def _margin(self, talk: Encounter) -> None:
        """Place and date of a talk "am Rande" or "beim" a summit that is told in the same clause."""
        told = {(c.scene, c.clause) for c in talk.told}
        for summit in self.rows:
            beside = [c for c in summit.told if (c.scene, c.clause) in told and c.prep in grammar().part_of]
            if not beside and "margin" in talk.rules:
                beside = [c for c in summit.told if 0 <= talk.first.scene - c.scene <= 8]
            if talk.kind != "meeting" or summit.kind != "summit" or _FURTHER & set(talk.rules):
                continue
            same_day = talk.date is not None and talk.date == summit.date and len(talk.date) == _DAY
            if same_day and talk is not summit and told & {(c.scene, c.clause) for c in summit.told}:
                talk.place = talk.place or summit.place  # "wurde am Mittwoch nach dem Gipfel empfangen"
            if not beside:
                continue
            talk.place = talk.place or summit.place
            if talk.date is None and talk.status == summit.status and summit.date is not None:
                talk.date = summit.date
                talk.rules.append("date:inherited")

    def _alongside(self, row: Encounter) -> None:
        """Dates what somebody did beside a dated encounter of the past week that is told close to it."""
        if (
            row.date is not None
            or row.status != "held"
            or self._on is None
            or any(c.remote for c in row.told)
        ):
            return
        people = {a.key for a in row.actors if a.type == "person"}
        near = []
        for other in self.rows:
            last = bounds(other.date).last if other.date is not None and len(other.date) == 10 else None
            gap = min(abs(a.scene - b.scene) for a in row.told for b in other.told)
            if other.kind == "call" != row.kind:
                continue  # who telephones may be anywhere
            if last is None or other.status != "held" or gap > _CLOSE or not 0 <= (self._on - last).days <= 6:
                continue
            if row.kind == other.kind == "visit" and self._who.all(row.actors) != self._who.all(other.actors):
                continue  # nor is who visits two states in both at once
            if people & {a.key for a in other.actors} and _places_agree(row.place, other.place, tour=True):
                near.append((gap, other))
        if not near:
            return
        gap, other = min(near, key=lambda pair: pair[0])
        if gap and any(c.day_near for c in row.told):
            return  # the day of its own sentence is nearer
        row.date = other.date
        row.place = row.place or other.place
        row.rules.append("date:alongside")

    def _start(self, value: str) -> str:
        return value.removesuffix("/..")

    def _news(self, row: Encounter) -> None:
        """Dates what the article reports as its news, by section 2 of the event table."""
        if row.status == "ongoing":
            if row.date is None and self._on is not None:
                row.date = self._on.isoformat()
                row.rules.append("date:reference")
            return
        if (
            row.date is None
            and row.status == "held"
            and self._on is not None
            and not any(c.remote for c in row.told)
        ):
            row.date = f"[{(self._on - timedelta(days=6)).isoformat()}..{self._on.isoformat()}]"
            row.rules.append("date:news")

"""Joins the steps for one article."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from timeline.actors import Mention, PlaceMention, find_actors
from timeline.meetings.candidate import Candidate
from timeline.meetings.dating import date_by_heading, headings, set_date, verbatim
from timeline.meetings.encounters import Encounter, Encounters
from timeline.meetings.factions import factions, governments
from timeline.meetings.grammar import patterns
from timeline.meetings.reading import Reader
from timeline.meetings.roles import Scene, TimeSlot, Words, scene
from timeline.meetings.sides import Sides, is_body, named_on, parliaments
from timeline.meetings.triggers import is_session, is_trigger
from timeline.model import Evidence, Meeting, Place, ReferenceDate, Timex
from timeline.parse import sentence_starts, tokens

if TYPE_CHECKING:
    from spacy.tokens import Doc

_OFFICES = frozenset(["group.office", "organisation.compound", "state.representatives"])
"""Rules of mentions of ministers, envoys and the like."""

_MEDIATED = frozenset(["meeting", "negotiation"])
"""Kinds of encounters that are mediation where a mediator has part in them."""
_TITLE = 60
"""Characters between a mediator's office and his name."""
_BETWEEN = re.compile(r"\bzwischen\b[^,.;]*\Z")
_WORD = re.compile(r"\w+(?:-\w+)*")
_DAY = len("2023-02-22")


def _telling(
    text: str,
    starts: Sequence[int],
    words: Sequence[Sequence[str]],
    mentions: Sequence[Mention],
    places: Sequence[PlaceMention],
) -> set[int]:
    """The numbers of the sentences that could tell a meeting: with trigger and actor, in a text of two sides.

    ``words`` are those of each sentence.

    It is cheap, so that most articles are left before they are cut into tokens.
    """
    sides = {m.side or a.country or a.key for m in mentions for a in m.actors}
    bodies = any(is_body(a) for m in mentions for a in m.actors)
    joint = _joint(text, starts, mentions, places)
    sides |= {p.place.country for p in places if p.place.country}
    every = frozenset().union(*words)
    if not bodies and len(sides) == 1:
        sides |= {parliaments().get(word.lower(), "") for word in every} - {""}
    if not bodies and len(sides) < 2 and not any(is_session(w, alone=True) for w in every):
        return set()
    found = joint
    if bodies:
        found |= {bisect_right(starts, m.start()) - 1 for m in patterns()["nameless"].finditer(text)}
    triggers = {word for word in every if is_trigger(word)}
    named = {bisect_right(starts, m.start) - 1 for m in mentions}
    found |= {number for number in named if not triggers.isdisjoint(words[number])}
    if found:
        return found
    sessions = {word for word in every if is_session(word)}
    return {number for number, those in enumerate(words) if not sessions.isdisjoint(those)}


def _joint(
    text: str, starts: Sequence[int], mentions: Sequence[Mention], places: Sequence[PlaceMention]
) -> set[int]:
    """The numbers of the sentences that name a place and persons of two sides, or a body's ministers.

    They may meet there; or one is "bei" the other, or somebody is where his own state is not.
    """
    sides: dict[int, set[str]] = {}
    hosted: set[int] = set()
    for mention in mentions:
        person, office = mention.actors[0].type == "person", mention.rule in _OFFICES
        if person or office:
            number = bisect_right(starts, mention.start) - 1
            sides.setdefault(number, set()).update(mention.side or a.country or a.key for a in mention.actors)
            if office and is_body(mention.actors[0]):
                sides[number].add("")  # several ministers
            if person and text.startswith(
                ("bei ", "beim "), max(0, text.rfind(" ", 0, mention.start - 1) + 1)
            ):
                hosted.add(number)
    hosted |= {bisect_right(starts, p.start) - 1 for p in places}
    found = {n for n in hosted if len(sides.get(n, ())) >= 2}
    for p in places:
        number = bisect_right(starts, p.start) - 1
        if number not in found and sides.get(number, set()) - {p.place.country}:
            found.add(number)
    return found


def _wanted(
    text: str,
    starts: Sequence[int],
    words: Sequence[Sequence[str]],
    mentions: Sequence[Mention],
    places: Sequence[PlaceMention],
    *,
    telling: set[int],
) -> list[int]:
    """The sentences that could tell a meeting, those that point back to one, and the one before each.

    A verb tells nothing without a name; "das Treffen" may point back to one.
    """
    named = {bisect_right(starts, m.start) - 1 for m in mentions}
    named |= {bisect_right(starts, m.start()) - 1 for m in patterns()["nameless"].finditer(text)}
    found = {n - 1 for n in telling if n} | _joint(text, starts, mentions, places)
    triggers = {word for word in frozenset().union(*words) if is_trigger(word)}
    nouns = {word for word in triggers if word[0].isupper()}
    found |= {
        number
        for number, those in enumerate(words)
        if not (triggers if number in named else nouns).isdisjoint(those)
    }
    bounds = [*starts, len(text)]
    onward = {bisect_right(starts, m.start()) - 1 for m in patterns()["onward"].finditer(text)}
    found |= {n for n in onward if {n - 1, n - 2} & found}
    for number in named - found:
        near = {number - 1, number - 2} & found
        if near and patterns()["attendance"].search(text, bounds[number], bounds[number + 1]):
            found.add(number)
    return sorted(found)


def _cut(text: str, starts: Sequence[int], numbers: Sequence[int]) -> tuple[Words, dict[int, range]]:
    """The tokens of some sentences of a text, and which are whose.

    Only these are cut: it takes most of the time. A line break before a sentence stays a token.
    """
    bounds = [*starts, len(text)]
    spans: list[tuple[int, int]] = []
    found: dict[int, range] = {}
    for n in numbers:
        begin, end = bounds[n], bounds[n + 1]
        lead = len(text[:begin].rstrip()) if n and n - 1 not in found else begin
        if "\n" in text[lead:begin]:
            spans.append((lead, begin))
        first = len(spans)
        spans += [(begin + a, begin + b) for a, b in tokens(text[begin:end])]
        if len(spans) > first:
            found[n] = range(first, len(spans))
    raw = [text[a:b] for a, b in spans]
    return Words(raw, [w.lower() for w in raw], [a for a, _ in spans]), found


def _scenes(
    text: str,
    starts: Sequence[int],
    timexes: Sequence[Timex],
    mentions: Sequence[Mention],
    places: Sequence[PlaceMention],
    *,
    wanted: Sequence[int],
) -> list[Scene]:
    """The sentences to read, with what stands in them."""
    words, cut = _cut(text, starts, wanted)
    found = []
    for number, inside in cut.items():
        first, last = inside.start, inside.stop
        start, end = words.offsets[first], words.offsets[last - 1] + len(words.raw[last - 1])
        found.append(
            scene(
                number,
                first,
                last,
                words,
                mentions=[m for m in mentions if start <= m.start < end],
                places=[p for p in places if start <= p.start < end],
                timexes=[t for t in timexes if start <= t.start < end],
            )
        )
    return found


def _meeting(row: Encounter, text: str, scenes: Sequence[Scene], on: date | None) -> Meeting:
    order = sorted(row.told, key=lambda c: (c.anaphoric, c.date is None, c.scene))
    numbers = list(
        dict.fromkeys([order[0].scene, *(c.scene for c in sorted(row.told, key=lambda c: c.scene))])
    )
    evidence = []
    for scene_ in (s for n in numbers for s in scenes if s.number == n):
        offsets, raw = scene_.words.offsets, scene_.words.raw
        begin, end = offsets[scene_.start], offsets[scene_.end - 1] + len(raw[scene_.end - 1])
        sentence = text[begin:end]
        begin += len(sentence) - len(sentence.lstrip())
        evidence.append(Evidence(begin, begin + len(sentence.strip()), sentence.strip()))
    timex = next((c.time.timex for c in order if c.time is not None and c.said == row.said), None)
    return Meeting(
        kind=row.kind,
        participants=tuple(named_on(actor, on) for actor in row.actors),
        place=row.place.name if row.place and row.kind != "call" else None,
        country=row.place.country if row.place and row.kind != "call" else None,
        expression=verbatim(row.said, text) if row.said is not None else None,
        date=row.date,
        status=row.status,
        evidence=tuple(evidence),
        rules=tuple(row.rules),
        timex=timex,
    )


def find_in_text(
    text: str, timexes: Sequence[Timex], reference: ReferenceDate, on: date | None
) -> list[Meeting]:
    """The same as :func:`find_meetings` for a text whose sentences are those of :mod:`timeline.parse`."""
    return _find(text, sentence_starts(text), timexes, _day(reference, on))


def find_meetings(
    doc: Doc, timexes: Sequence[Timex], reference: ReferenceDate, on: date | None
) -> list[Meeting]:
    """The meetings that an article tells, in the order of their first mention.

    ``timexes`` are the resolved dates of the same text; ``on`` is the day of ``reference``, None where the
    reference date is unknown or no day. Finding none is an empty list.
    """
    starts = [sentence.start_char for sentence in doc.sents]
    return _find(doc.text, starts, timexes, _day(reference, on))


def _day(reference: ReferenceDate, on: date | None) -> date | None:
    if on is None and reference.value is not None and len(reference.value) == 10:
        return date.fromisoformat(reference.value)
    return on


def _beside(row: Encounter, scenes: Sequence[Scene], on: date) -> None:
    """Dates a row without a date by a day of the past week in its sentence or the one before.

    The sentence must tell something past of a person of the row, in a main clause: "X reiste am Dienstag ab.
    In Wien wurde er von Y empfangen."
    """
    people = {a.key for a in row.actors if a.type == "person"}
    first = row.told[0].scene
    for number in (first, first - 1):
        for scene_ in (s for s in scenes if s.number == number):
            named = any(a.key in people for s in scene_.slots for a in s.mention.actors)
            days = _days_told(scene_, on) if named else []
            if days:
                row.date, row.said = days[0].timex.edtf, None
                row.place = row.place or _host_town(row, scene_, days[0].clause)
                row.rules[row.rules.index("date:news")] = "date:beside"
                return


def _there(candidate: Candidate, scene_: Scene, before: Scene | None, on: date | None) -> None:
    """Dates what a sentence with "Dort" or "Dann" in front tells by the one date of the sentence before."""
    if candidate.date is not None or candidate.anaphoric or before is None:
        return
    first, days = scene_.words.lower[scene_.start], []
    if first in ("dort", "hier") and candidate.status == "held":
        days = _days_told(before, on)
    elif first == "dann" and candidate.status == "planned" and on is not None:
        days = [t for t in before.times if t.timex.first is not None and t.timex.first > on]
    if before.number == scene_.number - 1 and len(days) == 1:
        slot = days[0]
        candidate.date, candidate.said = slot.timex.edtf, (slot.timex.start, slot.timex.end)
        candidate.rules.append("date:there")


def _days_told(scene_: Scene, on: date | None) -> list[TimeSlot]:
    """The days of the past week on which a sentence tells that something happened."""
    found = []
    for slot in scene_.times:
        clause, day = scene_.clauses[slot.clause], slot.timex.first
        past = clause.kind in ("main", "sub") and clause.tense == "past"
        if not past or on is None or day is None or day != slot.timex.last:
            continue
        if len(slot.timex.edtf or "") == _DAY and 0 <= (on - day).days <= 6:
            found.append(slot)
    return found


def _host_town(row: Encounter, scene_: Scene, clause: int) -> Place | None:
    """Where a clause that dates a row was set, if that is in the country of one of its persons."""
    homes = {a.country for a in row.actors if a.type == "person"}
    for place in scene_.places:
        where = place.mention.place
        if place.clause == clause and place.prep == "in" and where.country in homes:
            return where
    return None


def _fled(text: str, mentions: Sequence[Mention]) -> frozenset[str]:
    """The keys of those who, says the article, fled or live in exile: their stay abroad is no visit."""
    places = [m.start() for m in patterns()["flight"].finditer(text)]
    return frozenset(
        a.key
        for m in mentions
        for a in m.actors
        if a.type == "person" and any(abs(p - m.start) < 120 for p in places)
    )


def _mediators(text: str, starts: Sequence[int], mentions: Sequence[Mention]) -> frozenset[str]:
    """The keys of those of whom the article says that they mediate."""
    bounds_ = [*starts, len(text)]
    people = [m for m in mentions if m.actors[0].type == "person" and m.form in ("name", "title")]
    found = set()
    for name in ("mediator", "mediator_ahead", "mediates_behind"):
        for match in patterns()[name].finditer(text):
            n = bisect_right(starts, match.start()) - 1
            inside = [m for m in people if bounds_[n] <= m.start < bounds_[n + 1]]
            if name == "mediator_ahead":
                inside = [m for m in inside if 0 <= m.start - match.end() <= _TITLE]
            elif name == "mediates_behind":
                inside = [m for m in inside if m.end <= match.start() and not _between(text, m)][-1:]
            found |= {m.actors[0].key for m in inside[:1]}
    return frozenset(found)


def _between(text: str, mention: Mention) -> bool:
    """Whether a person is one of those between whom somebody mediates."""
    return _BETWEEN.search(text, max(0, mention.start - _TITLE), mention.start) is not None


def _find(text: str, starts: Sequence[int], timexes: Sequence[Timex], on: date | None) -> list[Meeting]:
    mentions, places = find_actors(text, list(starts), on)
    mentions = sorted([*mentions, *governments(text, mentions)], key=lambda m: m.start)
    words = [_WORD.findall(text, a, b) for a, b in itertools.pairwise([*starts, len(text)])]
    telling = _telling(text, starts, words, mentions, places)
    if not telling:
        return []
    mentions = sorted([*mentions, *factions(text, mentions)], key=lambda m: m.start)
    wanted = _wanted(text, starts, words, mentions, places, telling=telling)
    scenes = _scenes(text, starts, timexes, mentions, places, wanted=wanted)
    who = Sides(mentions, on)
    reader, encounters = Reader(who, _fled(text, mentions)), Encounters(who)
    lines = headings(text, starts, timexes)
    before: Scene | None = None
    for scene_ in scenes:
        heading = next((t for n, t in reversed(lines) if n < scene_.number), None)
        day_near = bool(_days_told(scene_, on))
        for candidate in reader.read(scene_):
            candidate.day_near = day_near
            set_date(candidate, scene_, on)
            _there(candidate, scene_, before, on)
            if heading is not None:
                date_by_heading(heading, candidate, scene_, on)
            encounters.add(candidate)
        before = scene_
    rows = encounters.finish()
    talks = any(row.kind in _MEDIATED for row in rows)
    mediators = _mediators(text, starts, mentions) if talks else frozenset()
    for row in rows:
        if row.kind in _MEDIATED and mediators & {a.key for a in row.actors}:
            row.kind = "mediation"  # "a mediator's own talks" (event table, section 2)
            row.rules.append("mediator")
        if "date:news" in row.rules and on is not None:
            _beside(row, scenes, on)
    return [_meeting(row, text, scenes, on) for row in rows]

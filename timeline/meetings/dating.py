"""When an encounter was: a candidate's EDTF date by its expression, its status, its length or a heading."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, timedelta

from timeline.edtf import bounds, is_valid
from timeline.meetings.candidate import Candidate
from timeline.meetings.grammar import grammar, patterns
from timeline.meetings.roles import Scene, TimeSlot
from timeline.meetings.sides import compound_place, host_state
from timeline.meetings.status import awaited, is_next
from timeline.meetings.triggers import is_session
from timeline.model import Place, Timex

_YEARS = re.compile(r"\b\d{4}(?=-)")
_CLOCK = re.compile(r"T\d[\d:.Z+-]*$")
_DAYS = re.compile(r"P(\d+)D")
_LEADING = frozenset([":", "–", "—", "-"])
"""What parts the place of an entry in a list of dates from the rest."""

_LONGEST = 21
"""Days between the first and the last day of one encounter, at most: state visits, rounds, conferences."""

_LONG = frozenset(["visit", "summit", "negotiation", "mediation"])
"""Kinds that last for days."""

_ALTERNATIVE = 4
"""Words at most from one date to the other: "oder spätestens am"."""
_IN_DOUBT = 183
"""Days at most between the dates of which "oder" leaves one."""

_WEEK = timedelta(days=7)


def set_date(candidate: Candidate, scene: Scene, on: date | None) -> None:
    """Sets the candidate's date and the characters that say it; may settle a status that the date decides.

    ``on`` is the reference date, None where it is unknown.
    """
    value = _told(candidate, on)
    if value is not None and on is not None:
        value = _redirected(value, candidate, scene, on)
        value = _by_then(value, candidate, scene, on)
    either = _one_of_two(candidate, scene) if value is not None else None
    span = _several_days(candidate, scene, value) if value is not None and either is None else None
    if either is not None:
        value, span = either[0], either
    elif span is not None and on is not None:
        value = span[0]
        first, last = date.fromisoformat(value[:10]), date.fromisoformat(value[11:])
        if (candidate.status == "planned" and first < on <= last) or (
            candidate.status == "held" and first <= on < last
        ):
            candidate.status = "ongoing"
    elif span is not None:
        value = span[0]
    elif value is not None and len(value) == 10 and "/" not in value:  # "2023-05/.." is as long as a day
        value = _with_length(value, candidate, scene)
        if on is not None and candidate.status == "held" and len(value) == 21 and value[11:] > on.isoformat():
            candidate.status = "ongoing"
    if value is not None and candidate.shift and len(value) == 10:
        value = (date.fromisoformat(value) + timedelta(days=candidate.shift)).isoformat()
    candidate.date = value
    if candidate.time is not None and not candidate.shift:
        candidate.said = span[1] if span else (candidate.time.timex.start, candidate.time.timex.end)


def _told(candidate: Candidate, on: date | None) -> str | None:
    """The value of the candidate's expression, None where it dates something else."""
    if candidate.time is None:
        return None
    timex, rules = candidate.time.timex, candidate.rules
    value = timex.edtf if timex.edtf is not None and is_valid(timex.edtf) else None
    if value is not None and _CLOCK.search(value):
        value = _CLOCK.sub("", value)  # "gegen drei Uhr früh": the table knows days
    if timex.value == "PRESENT_REF":
        if on is not None and (candidate.status == "ongoing" or "heut" in timex.text.lower()):
            return on.isoformat()
        candidate.time = None
        return None
    if value is None or on is None:
        return value
    first = bounds(value).first or on
    over = "status:past" in rules or ("status:purpose-past" in rules and candidate.status == "held")
    if timex.rule == "weekday" and len(value) == 10 and over and on < first <= on + _WEEK:
        # the bracket "hat am Sonntag mit A, B und C beraten" is longer than the tense of dates looks
        return (first - _WEEK).isoformat()
    if "status:after" in rules and first > on:
        candidate.time = None  # what is over lies not ahead: the date is another's
        return None
    return value.removesuffix("/..") if "implied-since" in rules else value


def _redirected(value: str, candidate: Candidate, scene: Scene, on: date) -> str:
    """The date on the other side of the reference date, where the words of the meeting tell its direction.

    Dates look at the tense of the clause. "das im Februar ausgehandelte Abkommen ist ..." lies behind all the
    same, and "setzte für Donnerstag ein Treffen an" ahead.
    """
    slot, first = candidate.time, bounds(value).first
    if slot is None or slot.timex.basis == "explicit" or first is None:
        return value
    # a day, month or season of which only the tense tells the year
    yearly = slot.timex.basis == "tense" and slot.timex.rule != "weekday"
    behind = "frame:erzielte-einigung" in candidate.rules and slot.last <= candidate.token
    if behind and first > on and len(value) >= 7:
        candidate.status = "held"
        return _in_year(value, -1)
    if "status:unreal" in candidate.rules and first > on and yearly:
        return _in_year(value, -1)
    meant = patterns()["was_meant"].search(_before(slot, scene)) is not None or awaited(slot, scene)
    if yearly and ("status:was-meant" in candidate.rules or (candidate.status == "cancelled" and meant)):
        return _nearest(value, on)  # "Der für November geplante Besuch ist abgesagt"
    starts = (
        slot.timex.rule == "weekday"
        and "ab" in scene.words.lower[max(scene.start, slot.first - 1) : slot.last]
    )
    if starts and candidate.status == "ongoing" and scene.clauses[slot.clause].tense == "present":
        candidate.status = "planned"  # "Ab Montag verhandeln sie" lies ahead; begun is "seit Montag"
        return (first + _WEEK).isoformat() + ("/.." if value.endswith("/..") else "")
    if "status:present" in candidate.rules and is_next(slot, on) and len(value) == 10:
        return (first + _WEEK).isoformat()
    ahead = candidate.status in ("planned", "proposed") and first < on
    agreed = "put-off" in candidate.rules or (
        slot.last > candidate.token and patterns()["act"].search(scene.text(candidate.clause)) is not None
    )
    agreed = agreed or scene.words.lower[slot.last : slot.last + 1] == [":"]  # "Freitag: X wird erwartet"
    # "Es gibt Überlegungen, ihn im Dezember einzuladen"
    agreed = agreed or scene.clauses[slot.clause].kind == "infinitive"
    if ahead and (agreed or awaited(slot, scene)) and (bounds(value).last or on) < on:
        if yearly:
            return _in_year(value, 1)
        return (first + _WEEK).isoformat() if slot.timex.rule == "weekday" and len(value) == 10 else value
    return value


def _nearest(value: str, on: date) -> str:
    """The value in the year that brings it nearest; rather behind, as what was meant has come to nothing."""

    def far(option: str) -> float:
        first, last = bounds(option).first or on, bounds(option).last or on
        return max((on - last).days, 1.25 * (first - on).days)

    return min([value, _in_year(value, 1), _in_year(value, -1)], key=far)


def _before(slot: TimeSlot, scene: Scene) -> str:
    """The few words before a date: "ursprünglich für Juli"."""
    return " ".join(scene.words.lower[max(scene.start, slot.first - 4) : slot.first])


def _by_then(value: str, candidate: Candidate, scene: Scene, on: date) -> str | None:
    """A bound as the days that it leaves: "noch vor Jahresende", "bis Juni", "spätestens am Freitag".

    Of what was held it tells the month: "kurz vor Weihnachten", "nach Ostern".
    """
    slot, (first, last) = candidate.time, (bounds(value).first, bounds(value).last)
    if slot is None or last is None or slot.timex.value.startswith("P"):  # "vor zwei Wochen"
        return value
    if "T" in slot.timex.value and first == last and candidate.status in ("held", "ongoing"):
        return value  # "bis nach Mitternacht": within that day
    lower = scene.words.lower
    lead = slot.first - (slot.first > scene.start and lower[slot.first - 1] in grammar().determiners)
    before = lower[lead - 1] if lead > scene.start else ""
    ahead = candidate.status in ("planned", "proposed")
    if before == "nach" and len(value) == 10:
        last = None if ahead else last
    elif before == "vor" and first is not None:
        # "vor Weihnachten" is over before it begins, "vor Jahresende" not
        last = last if slot.timex.rule.startswith("part") else first - timedelta(days=1)
    elif first is not None and "spätestens" not in lower[max(scene.start, lead - 2) : lead]:
        return value
    if last is None:
        candidate.time = None
        return None
    return f"[{on}..{last}]" if ahead and last >= on else f"{last:%Y-%m}~"


def _in_year(value: str, later: int) -> str:
    """The value in another year: 1 for the next, -1 for the one before; a leap day stays where it is."""
    moved = _YEARS.sub(lambda year: str(int(year.group()) + later), value)
    return moved if is_valid(moved) else value


def _several_days(candidate: Candidate, scene: Scene, value: str) -> tuple[str, tuple[int, int]] | None:
    """The interval that two expressions make, with their characters.

    "am Sonntag und Montag", "vom 7. bis 8. Juni", "von Dienstag bis zum Freitag"; and, for what has a
    length, "beginnt am Freitag und dauert bis Samstag".
    """
    own = candidate.time
    if own is None or len(value.removesuffix("/..")) != 10:
        return None
    for other in scene.times:
        a, b = (own, other) if own.first < other.first else (other, own)
        first, last = _day(a), _day(b)
        if other is own or first is None or last is None:
            continue
        if own is a:
            first = date.fromisoformat(value[:10])
        joint = scene.words.lower[a.last : b.first]
        tight = not set(joint) - grammar().up_to
        if _framed(a, b, scene):
            longest = _LONGEST
        elif joint == ["und"]:
            if (last - first).days % 7 == 1:
                first = last - timedelta(days=1)
            longest = 1
        elif own is a and _until(b, scene) and (tight or _stays_until(candidate, a, b, scene)):
            longest = _LONGEST
        elif own is a and _begun_and_over(candidate, a, b, scene):
            tight, longest = False, _LONGEST
        else:
            continue
        if longest == _LONGEST and last <= first and b.timex.rule == "weekday":
            last += _WEEK
        if 0 < (last - first).days <= longest:
            own_span = (own.timex.start, own.timex.end)
            joined = tight or "und" in joint
            return f"{first}/{last}", (a.timex.start, b.timex.end) if joined else own_span
    return None


def _one_of_two(candidate: Candidate, scene: Scene) -> tuple[str, tuple[int, int]] | None:
    """What "oder" leaves open of two dates ("Ende Mai oder Anfang Juni"), with their characters."""
    own = candidate.time
    for other in scene.times:
        if own is None or other is own:
            continue
        a, b = (own, other) if own.first < other.first else (other, own)
        between = scene.words.lower[a.last : b.first]
        if not between or between[0] != "oder" or len(between) > _ALTERNATIVE:
            continue
        first, last = bounds(a.timex.edtf or "..").first, bounds(b.timex.edtf or "..").last
        if first is not None and last is not None and last < first and b.timex.rule == "weekday":
            last += _WEEK
        if first is not None and last is not None and first <= last and (last - first).days <= _IN_DOUBT:
            return f"[{first}..{last}]", (a.timex.start, b.timex.end)
    return None


def _day(time: TimeSlot) -> date | None:
    """The one day that an expression means, or up to or from which it reaches ("bis Freitag")."""
    value = (time.timex.edtf or "").removeprefix("../").removesuffix("/..")
    return date.fromisoformat(value) if len(value) == 10 else None


def _framed(a: TimeSlot, b: TimeSlot, scene: Scene) -> bool:
    """Whether both are the bounds of "zwischen dem 4. und dem 6. Juli", "zwischen Montag und Mittwoch"."""
    lower = scene.words.lower
    joint = [w for w in lower[a.last : b.first] if w != "dem"]
    return joint == ["und"] and "zwischen" in lower[max(scene.start, a.first - 2) : a.first]


def _until(time: TimeSlot, scene: Scene) -> bool:
    before = scene.words.lower[max(scene.start, time.first - 2) : time.first + 1]
    return "bis" in before


def _stays_until(candidate: Candidate, begin: TimeSlot, end: TimeSlot, scene: Scene) -> bool:
    """Whether what has a length reaches to the second date, in its own clause or one that says so.

    "beginnt am Freitag und dauert bis Samstag" does; "hat am Freitag verhandelt, bis Sonntag war es ruhig"
    does not.
    """
    if candidate.kind not in _LONG:
        return False
    return end.clause == begin.clause or patterns()["stays"].search(scene.text(end.clause)) is not None


def _begun_and_over(candidate: Candidate, begin: TimeSlot, end: TimeSlot, scene: Scene) -> bool:
    """Whether a noun tells both days: "Die am Montag begonnenen Gespräche wurden am Freitag vertagt"."""
    attribute = " ".join(scene.words.lower[begin.last : candidate.token])
    return (
        begin.last < candidate.token < end.first
        and begin.clause == end.clause == candidate.clause
        and patterns()["started"].search(attribute) is not None
        and patterns()["over"].search(scene.text(candidate.clause)) is not None
    )


def _with_length(value: str, candidate: Candidate, scene: Scene) -> str:
    """A day with the length that the words tell: "zu einem dreitägigen Besuch"."""
    text = scene.text(candidate.time.clause if candidate.time is not None else candidate.clause)
    ends = candidate.prep == "nach" or patterns()["ends"].search(text) is not None
    days, ends = _length(candidate, scene, ends=ends)
    day = date.fromisoformat(value)
    if days > 1:
        rest = timedelta(days=days - 1)
        first, last = (day - rest, day) if ends else (day, day + rest)
        return f"{first.isoformat()}/{last.isoformat()}"
    if candidate.status == "ongoing" and {"status:arrival", "status:begins"} & set(candidate.rules):
        return f"{value}/.."
    return value


def _length(candidate: Candidate, scene: Scene, *, ends: bool) -> tuple[int, bool]:
    """Days that an adjective tells, 1 where none does, and whether the date is the last of them.

    The adjective stands before the encounter; of one that ends, before any word for it ("nach dreitägigem
    Ringen").
    """
    lower, words = scene.words.lower, grammar()
    for slot in scene.times:
        days = _DAYS.fullmatch(slot.timex.value)
        if days is None or slot.clause != candidate.clause:
            continue
        if lower[slot.first - 1] == "für" and candidate.kind in _LONG and not candidate.prep:
            return int(days[1]), ends  # "fliegt am Montag für drei Tage nach Rom"
        noun = next(
            (i for i in range(slot.last, min(slot.last + 3, scene.end)) if scene.words.raw[i][0].isupper()),
            None,
        )
        if noun is None:
            continue
        if "tägig" not in slot.timex.text:
            talks = noun == candidate.token or is_session(scene.words.raw[noun])
            if lower[slot.first - 1] == "nach" and talks and candidate.kind in _LONG:
                return int(days[1]), True  # "nach vier Tagen zäher Verhandlungen"
            continue
        tour = lower[noun].endswith(words.journey_ends) and not _one_stop(noun, scene)
        own = noun == candidate.token and (ends or candidate.prep not in words.part_of)
        purpose = bool(words.aims & set(lower[max(scene.start, slot.first - 2) : slot.first]))
        over = ends or candidate.kind in ("negotiation", "mediation")
        after = over and lower[slot.first - 1] == "nach" and noun != candidate.token
        other = is_session(scene.words.raw[noun]) and (ends or purpose)
        if (own and not tour) or other or after:
            return int(days[1]), ends or after
    return 1, ends


def _one_stop(journey: int, scene: Scene) -> bool:
    """Whether a journey has one place, in its word or behind it: "Chinareise", "Reise nach Mexiko"."""
    if compound_place(scene.words.lower[journey]) is not None:
        return True
    clause, stops = scene.clause_of.get(journey), grammar().stops
    places = [p for p in scene.places if p.clause == clause and p.prep in stops]
    return len(places) == 1 and 0 < places[0].first - journey <= 3


def verbatim(said: tuple[int, int], text: str) -> str:
    """The expression with the preposition and article before it, as readers quote it."""
    start, end = said
    before = patterns()["lead"].search(text[max(0, start - 24) : start])
    return (before.group() if before else "") + text[start:end]


def headings(text: str, starts: Sequence[int], timexes: Sequence[Timex]) -> list[tuple[int, Timex]]:
    """Lines that only tell a day, with their numbers as sentences: "MONTAG, 14. Mai" in a list of dates."""
    ends = [*starts[1:], len(text)]
    found = {}
    for timex in timexes:
        number = bisect_right(starts, timex.start) - 1
        line = text[starts[number] : ends[number]].strip(" \t\n:.–-") if number >= 0 else ""
        if line == timex.text and timex.edtf is not None and len(timex.edtf) == 10:
            found[number] = timex
    return sorted(found.items())


def _is_around(state: Place, town: Place) -> bool:
    """Whether the one is the state in which the other lies."""
    host = host_state(town.country)
    return host is not None and state.name == host.name


def _from_heading(heading: Timex, candidate: Candidate, scene: Scene) -> str | None:
    """The day of a heading with the length that the words below tell: "(bis Dienstag)", "für zwei Tage"."""
    day = heading.first
    if day is None or candidate.kind == "call":
        return heading.edtf
    for end in scene.times:
        last = _day(end) if _until(end, scene) else None
        if last is not None and end.timex.rule == "weekday":
            last = day + timedelta(days=(last - day).days % 7)
        if last is not None and 0 < (last - day).days <= _LONGEST:
            return f"{day}/{last}"
    return _with_length(day.isoformat(), candidate, scene)


def date_by_heading(heading: Timex, candidate: Candidate, scene: Scene, on: date | None) -> None:
    """Dates what stands under a heading by it, unless it has a date of its own.

    A place before a colon or dash is where it is ("Wien: Die Minister beraten ..."), unless another is told.
    """
    first = next((p for p in scene.places if p.first == scene.start), None)
    where = first.mention.place if first is not None else None
    leads = first is not None and scene.words.lower[first.last] in _LEADING
    if where is not None and leads and (candidate.place is None or _is_around(candidate.place, where)):
        candidate.place = where
    session = candidate.kind == "summit" and bool(candidate.actors)  # a body's, which needs a day or a place
    if candidate.date is not None or candidate.time is not None or (candidate.anaphoric and not session):
        return
    candidate.anaphoric = False
    candidate.date, candidate.said = _from_heading(heading, candidate, scene), (heading.start, heading.end)
    candidate.rules.append("heading")
    ahead = on is not None and heading.first is not None and heading.first > on
    if ahead and candidate.status in ("held", "ongoing"):
        candidate.status = "planned"

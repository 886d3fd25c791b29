"""Events as files for other programs: tables, calendars, timelines. Deterministic: same events, same bytes.

Every function takes the events that are shown and gives the bytes of a file. Texts of articles go into the
files as text: nothing in them is markup, a formula or a command there.
"""

import csv
import io
import json
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any, Final

from timeline import edtf
from timeline.model import Actor, Claim, Event, Kind, Status

_SEPARATOR = "; "
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""Beginnings of a cell that spreadsheet programs run as a formula (OWASP, "CSV Injection")."""

COLUMNS: Final = (
    "id", "kind", "participants", "participant_keys", "countries", "place", "country", "date", "first_day",
    "last_day", "status", "disputed", "checked", "sources", "outlets", "quote", "published", "article_ids",
)  # fmt: skip
"""The columns of the table formats. Days are inclusive; lists are separated by a semicolon."""

STATUS_WORDS: Final[dict[Status, str]] = {
    "held": "abgehalten", "ongoing": "im Gange", "planned": "geplant", "proposed": "vorgeschlagen",
    "cancelled": "abgesagt", "denied": "bestritten",
}  # fmt: skip
KIND_WORDS: Final[dict[Kind, str]] = {
    "visit": "Besuch", "meeting": "Treffen", "call": "Telefonat", "summit": "Gipfel",
    "negotiation": "Verhandlung", "mediation": "Vermittlung", "summons": "Einbestellung",
}  # fmt: skip


def first_and_last(event: Event) -> tuple[date | None, date | None]:
    """The inclusive days that the event may cover; None where open or unknown."""
    if event.date is None:
        return None, None
    span = edtf.bounds(event.date)
    return span.first, span.last


def best_claim(event: Event) -> Claim | None:
    """The claim to quote: the first of those with evidence whose status is in force, else any."""
    told = [claim for claim in event.claims if claim.meeting.evidence]
    return next((c for c in told if c.meeting.status == event.status), told[0] if told else None)


def quote(event: Event) -> str:
    """The sentence that carries the event best; "" for an event added by hand."""
    claim = best_claim(event)
    return claim.meeting.evidence[0].text if claim else ""


def headline(event: Event) -> str:
    """An event in a few German words: "Treffen: Olaf Scholz, Emmanuel Macron (Meseberg), geplant"."""
    place = f" ({event.place})" if event.place else ""
    status = "" if event.status == "held" else f", {STATUS_WORDS[event.status]}"
    return f"{KIND_WORDS[event.kind]}: {', '.join(a.name for a in event.participants)}{place}{status}"


def event_row(event: Event) -> dict[str, str | int | bool | None]:
    """An event as a row of :data:`COLUMNS`."""
    first, last = first_and_last(event)
    claim = best_claim(event)
    articles = dict.fromkeys(each.article for each in event.claims if each.article)
    countries = sorted({actor.country for actor in event.participants if actor.country})
    return {
        "id": event.id,
        "kind": event.kind,
        "participants": _SEPARATOR.join(actor.name for actor in event.participants),
        "participant_keys": _SEPARATOR.join(actor.key for actor in event.participants),
        "countries": _SEPARATOR.join(countries),
        "place": event.place,
        "country": event.country,
        "date": event.date,
        "first_day": first.isoformat() if first else None,
        "last_day": last.isoformat() if last else None,
        "status": event.status,
        "disputed": _SEPARATOR.join(sorted(event.disputed)),
        "checked": event.checked,
        "sources": event.sources,
        "outlets": _SEPARATOR.join(event.outlets),
        "quote": quote(event),
        "published": claim.published if claim else None,
        "article_ids": _SEPARATOR.join(articles),
    }


def to_csv(events: Sequence[Event]) -> bytes:
    """A table for spreadsheets (RFC 4180), UTF-8 with a byte order mark so that they see the umlauts.

    A cell that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for event in events:
        row = event_row(event)
        writer.writerow([_cell(row[column]) for column in COLUMNS])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _cell(value: str | float | None) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    return "'" + text if text.startswith(_FORMULA) else text


def to_json(events: Sequence[Event]) -> bytes:
    """All there is to know of the events: every claim with its evidence, rules and dates."""
    data = {"format": "diplomatic-timeline/1", "events": [event_json(event) for event in events]}
    return json.dumps(data, ensure_ascii=False, indent=1).encode() + b"\n"


def event_json(event: Event) -> dict[str, Any]:
    """An event with its claims as JSON."""
    first, last = first_and_last(event)
    return {
        "id": event.id,
        "kind": event.kind,
        "participants": [_actor(actor) for actor in event.participants],
        "place": event.place,
        "country": event.country,
        "date": event.date,
        "first_day": first.isoformat() if first else None,
        "last_day": last.isoformat() if last else None,
        "status": event.status,
        "disputed": sorted(event.disputed),
        "edited": sorted(event.edited),
        "checked": event.checked,
        "outlets": list(event.outlets),
        "history": [
            {"status": s.status, "date": s.date, "published": s.published, "claim": s.claim}
            for s in event.history
        ],
        "claims": [_claim(claim) for claim in event.claims],
    }


def _actor(actor: Actor) -> dict[str, str | None]:
    return {"key": actor.key, "name": actor.name, "type": actor.type, "country": actor.country}


def _claim(claim: Claim) -> dict[str, Any]:
    meeting = claim.meeting
    return {
        "id": claim.id,
        "article": claim.article or None,
        "outlet": claim.outlet,
        "published": claim.published,
        "reference_date": claim.reference.value,
        "reference_basis": claim.reference.basis,
        "kind": meeting.kind,
        "participants": [_actor(actor) for actor in meeting.participants],
        "place": meeting.place,
        "country": meeting.country,
        "expression": meeting.expression,
        "date": meeting.date,
        "status": meeting.status,
        "rules": list(meeting.rules),
        "evidence": [{"start": e.start, "end": e.end, "text": e.text} for e in meeting.evidence],
    }


def to_parquet(events: Sequence[Event]) -> bytes:
    """The table of :data:`COLUMNS` as Parquet, lists as lists and days as days."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    text, lists = pa.string(), pa.list_(pa.string())
    types = dict.fromkeys(COLUMNS, text)
    many = ("participants", "participant_keys", "countries", "disputed", "outlets", "article_ids")
    types |= dict.fromkeys(many, lists)
    types |= {"first_day": pa.date32(), "last_day": pa.date32(), "checked": pa.bool_(), "sources": pa.int32()}
    rows = []
    for event in events:
        row: dict[str, Any] = dict(event_row(event))
        row["first_day"], row["last_day"] = first_and_last(event)
        row["participants"] = [actor.name for actor in event.participants]
        row["participant_keys"] = [actor.key for actor in event.participants]
        for column in many[2:]:
            row[column] = str(row[column]).split(_SEPARATOR) if row[column] else []
        rows.append(row)
    table = pa.Table.from_pylist(rows, schema=pa.schema(list(types.items())))
    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd")
    return out.getvalue()


_LONGEST_IN_CALENDAR = 92
"""Days. What may lie anywhere within more than a quarter of a year is no entry of a calendar."""


def to_ics(events: Sequence[Event]) -> bytes:
    """A calendar (RFC 5545) of the dated events: all-day entries with status, quote and source.

    A vague date covers all days it may mean and says so in the description; undated and open events, and
    those vaguer than a quarter of a year, are left out. The stamp of an entry is its last publication, so
    that the file does not change from day to day.
    """
    from icalendar import Calendar
    from icalendar import Event as Entry

    calendar = Calendar()
    calendar.add("prodid", "-//diplomatic-timeline//DE")
    calendar.add("version", "2.0")
    words = {"planned": "TENTATIVE", "proposed": "TENTATIVE", "cancelled": "CANCELLED", "denied": "CANCELLED"}
    for event in events:
        first, last = first_and_last(event)
        if first is None or last is None or (last - first).days >= _LONGEST_IN_CALENDAR:
            continue
        entry = Entry()
        entry.add("uid", f"{event.id}@diplomatic-timeline")
        entry.add("dtstamp", _stamp(event, first))
        entry.add("dtstart", first)
        entry.add("dtend", last + timedelta(1))
        entry.add("summary", headline(event))
        entry.add("status", words.get(event.status, "CONFIRMED"))
        entry.add("transp", "TRANSPARENT")
        entry.add("description", _description(event))
        if event.place:
            entry.add("location", event.place)
        calendar.add_component(entry)
    return bytes(calendar.to_ical())


def _stamp(event: Event, otherwise: date) -> Any:  # noqa: ANN401  a datetime in UTC
    from datetime import UTC, datetime

    days = [edtf.bounds(claim.published).first for claim in event.claims if claim.published]
    day = max((day for day in days if day), default=otherwise)
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _description(event: Event) -> str:
    lines = [f"Status: {STATUS_WORDS[event.status]}"]
    if event.date and edtf.precision(event.date) not in ("day", "interval"):
        lines.append(f"Ungenau datiert: {event.date}")
    if event.disputed:
        lines.append("Quellen widersprechen sich: " + ", ".join(sorted(event.disputed)))
    for claim in event.claims:
        if claim.meeting.evidence:
            source = ", ".join(part for part in (claim.outlet, claim.published) if part)
            lines.append(f"„{claim.meeting.evidence[0].text}“" + (f" ({source})" if source else ""))
    return "\n".join(lines)


def to_timelinejs(events: Sequence[Event]) -> bytes:
    """TimelineJS (timeline.knightlab.com, JSON format) of the dated events.

    TimelineJS knows days, months and years; an end that is open is left out. Its texts are HTML, so ours
    are escaped.
    """
    from html import escape

    slides = []
    for event in events:
        first, last = first_and_last(event)
        if first is None or event.date is None:
            continue
        kind = edtf.precision(event.date)
        slide: dict[str, Any] = {
            "unique_id": event.id,
            "start_date": _js_date(first, kind),
            "display_date": event.date,
            "group": KIND_WORDS[event.kind],
            "text": {
                "headline": escape(headline(event)),
                "text": "<p>" + "<br>".join(map(escape, _description(event).split("\n"))) + "</p>",
            },
        }
        if last is not None and last != first and kind not in ("month", "year"):
            slide["end_date"] = _js_date(last, "day")
        slides.append(slide)
    return json.dumps({"events": slides}, ensure_ascii=False, indent=1).encode() + b"\n"


def _js_date(day: date, precision: str) -> dict[str, int]:
    parts = {"year": day.year}
    if precision != "year":
        parts["month"] = day.month
    if precision not in ("year", "month"):
        parts["day"] = day.day
    return parts


FORMATS: Final[dict[str, Callable[[Sequence[Event]], bytes]]] = {
    "csv": to_csv,
    "json": to_json,
    "parquet": to_parquet,
    "ics": to_ics,
    "timelinejs": to_timelinejs,
}
"""The formats by the names that the command line and the page use."""

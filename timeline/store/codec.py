"""The values of :mod:`timeline.model` as JSON and back, for columns that are only read whole."""

from datetime import date
from typing import Any

from timeline.model import Actor, Evidence, Meeting, ReferenceDate, State, Timex


def actor_json(actor: Actor) -> dict[str, Any]:
    """An actor as JSON."""
    return {"key": actor.key, "name": actor.name, "type": actor.type, "country": actor.country}


def actor_from(data: dict[str, Any]) -> Actor:
    """An actor from JSON."""
    return Actor(data["key"], data["name"], data["type"], data["country"])


def reference_json(reference: ReferenceDate) -> dict[str, Any]:
    """A reference date as JSON."""
    return {"value": reference.value, "basis": reference.basis, "evidence": list(reference.evidence)}


def reference_from(data: dict[str, Any]) -> ReferenceDate:
    """A reference date from JSON."""
    return ReferenceDate(data["value"], data["basis"], tuple(data["evidence"]))


def timex_json(timex: Timex) -> dict[str, Any]:
    """A resolved date as JSON; its days in ISO 8601."""
    return {
        "start": timex.start, "end": timex.end, "text": timex.text, "type": timex.type, "value": timex.value,
        "edtf": timex.edtf, "rule": timex.rule, "basis": timex.basis,
        "first": timex.first.isoformat() if timex.first else None,
        "last": timex.last.isoformat() if timex.last else None,
    }  # fmt: skip


def timex_from(data: dict[str, Any]) -> Timex:
    """A resolved date from JSON."""
    first, last = (date.fromisoformat(day) if (day := data[end]) else None for end in ("first", "last"))
    return Timex(
        data["start"], data["end"], data["text"], data["type"], data["value"], data["edtf"], data["rule"],
        data["basis"], first, last,
    )  # fmt: skip


def meeting_json(meeting: Meeting) -> dict[str, Any]:
    """A meeting as JSON."""
    return {
        "kind": meeting.kind,
        "participants": [actor_json(actor) for actor in meeting.participants],
        "place": meeting.place,
        "country": meeting.country,
        "expression": meeting.expression,
        "date": meeting.date,
        "status": meeting.status,
        "evidence": [[e.start, e.end, e.text] for e in meeting.evidence],
        "rules": list(meeting.rules),
        "timex": timex_json(meeting.timex) if meeting.timex else None,
    }


def meeting_from(data: dict[str, Any]) -> Meeting:
    """A meeting from JSON."""
    return Meeting(
        kind=data["kind"],
        participants=tuple(actor_from(each) for each in data["participants"]),
        place=data["place"],
        country=data["country"],
        expression=data["expression"],
        date=data["date"],
        status=data["status"],
        evidence=tuple(Evidence(start, end, text) for start, end, text in data["evidence"]),
        rules=tuple(data["rules"]),
        timex=timex_from(data["timex"]) if data["timex"] else None,
    )


def state_json(state: State) -> list[str | None]:
    """A step of an event's history as JSON."""
    return [state.status, state.date, state.published, state.claim]


def state_from(data: list[Any]) -> State:
    """A step of an event's history from JSON."""
    return State(*data)

"""The rows behind a picture: the same events in words, for the table that is the accessible view."""

from collections.abc import Sequence

from timeline.figures.marks import sort_day
from timeline.figures.naming import Language, say_name
from timeline.figures.wording import say_date, say_kind, say_participants, say_status
from timeline.model import Event

Columns = dict[str, list[str]]


def in_order(events: Sequence[Event]) -> list[Event]:
    """Events by first possible day; those without a date last."""
    return sorted(events, key=lambda event: (sort_day(event), event.date or "", event.id))


def event_columns(events: Sequence[Event], language: Language) -> Columns:
    """One list per column, in the order of ``events``; keys are stable names, the page words the headings."""
    return {
        "date": [say_date(event.date, language) for event in events],
        "participants": [say_participants(event, language) for event in events],
        "status": [say_status(event.status, language) for event in events],
        "kind": [say_kind(event.kind, language) for event in events],
        "place": [say_name(event.place or "", language) for event in events],
        "outlet": [", ".join(event.outlets) for event in events],
        "checked": ["✓" if event.checked else "" for event in events],
        "edtf": [event.date or "" for event in events],
    }

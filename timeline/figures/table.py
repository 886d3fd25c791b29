"""The rows behind a picture: the same events in words, for the table that is the accessible view."""

from collections.abc import Sequence
from datetime import date

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


def neighbours(event: Event, events: Sequence[Event], *, most: int = 3) -> tuple[list[Event], list[Event]]:
    """The nearest events before and after with one of the same actors, nearest first, at most ``most`` each.

    An event without a date has no neighbours in time.
    """
    day = sort_day(event)
    if day == date.max:
        return [], []
    keys = {actor.key for actor in event.participants}
    related = [
        other
        for other in in_order(events)
        if other.id != event.id
        and sort_day(other) != date.max
        and keys & {actor.key for actor in other.participants}
    ]
    before = [other for other in related if sort_day(other) <= day]
    after = [other for other in related if sort_day(other) > day]
    return before[::-1][:most], after[:most]

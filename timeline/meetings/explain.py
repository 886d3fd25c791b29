"""Why a row stands in the event table: its sentences with actors, dates, places and trigger marked."""

from timeline.model import Meeting


def explain(meeting: Meeting) -> str:
    return str(meeting)

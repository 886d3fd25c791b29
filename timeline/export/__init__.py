"""Events as files for other programs and for readers: tables, calendars, timelines, an evidence pack."""

from timeline.export.formats import (
    COLUMNS,
    FORMATS,
    event_json,
    headline,
    quote,
    to_csv,
    to_ics,
    to_json,
    to_parquet,
    to_timelinejs,
)
from timeline.export.pack import Source, evidence_pack, pack_of_store

__all__ = [
    "COLUMNS",
    "FORMATS",
    "Source",
    "event_json",
    "evidence_pack",
    "headline",
    "pack_of_store",
    "quote",
    "to_csv",
    "to_ics",
    "to_json",
    "to_parquet",
    "to_timelinejs",
]

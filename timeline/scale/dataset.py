"""The Parquet datasets of an archive: their columns, and the values of the program as rows of them and back.

``SCHEMA`` is the version of these columns; it grows with every change of a name, a type or a meaning, and
stands in the folder beside the data. A dataset of another version is refused and never mixed.

Articles, timexes and claims are partitioned by the month of publication (``month=2022-09``, Hive's naming);
an article that tells only its year is under ``2022-XX``, one without a date under ``unknown``. The dataset
``rejected`` has no date and so no partitions; ``events`` is partitioned by the block in which it was merged.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import pyarrow as pa

from timeline import edtf
from timeline.articles import Rejected
from timeline.model import (
    Actor,
    Article,
    Claim,
    Event,
    Evidence,
    Meeting,
    Reading,
    ReferenceDate,
    State,
    Timex,
)
from timeline.query import search_text

SCHEMA: Final = 1
"""Version of the columns below."""

_TEXT: Final = pa.string()
_TEXTS: Final = pa.list_(pa.string())
_REFERENCE: Final = pa.struct([("value", _TEXT), ("basis", _TEXT), ("evidence", _TEXTS)])
_ACTOR: Final = pa.struct([("key", _TEXT), ("name", _TEXT), ("type", _TEXT), ("country", _TEXT)])
_EVIDENCE: Final = pa.struct([("start", pa.int32()), ("end", pa.int32()), ("text", _TEXT)])
_STATE: Final = pa.struct([("status", _TEXT), ("date", _TEXT), ("published", _TEXT), ("claim", _TEXT)])
_TIMEX: Final = [
    ("start", pa.int32()), ("end", pa.int32()), ("text", _TEXT), ("type", _TEXT), ("value", _TEXT),
    ("edtf", _TEXT), ("rule", _TEXT), ("basis", _TEXT), ("first", pa.date32()), ("last", pa.date32()),
]  # fmt: skip
_TIMEX_FIELDS: Final = tuple(name for name, _ in _TIMEX)
_STATE_FIELDS: Final = tuple(_STATE.names)
_MEETING: Final = [
    ("kind", _TEXT), ("participants", pa.list_(_ACTOR)), ("place", _TEXT), ("country", _TEXT),
    ("expression", _TEXT), ("date", _TEXT), ("status", _TEXT), ("evidence", pa.list_(_EVIDENCE)),
    ("rules", _TEXTS), ("timex", pa.struct(_TIMEX)),
]  # fmt: skip

SCHEMAS: Final[Mapping[str, pa.Schema]] = {
    "articles": pa.schema([
        ("id", _TEXT), ("source", _TEXT), ("title", _TEXT), ("outlet", _TEXT), ("url", _TEXT),
        ("told", _REFERENCE), ("reference", _REFERENCE), ("copy", pa.bool_()), ("characters", pa.int32()),
        ("text", _TEXT),
    ]),
    "timexes": pa.schema([("article", _TEXT), ("ordinal", pa.int32()), *_TIMEX]),
    "claims": pa.schema([
        ("id", _TEXT), ("article", _TEXT), ("ordinal", pa.int32()), ("published", _TEXT),
        ("reference", _REFERENCE), ("outlet", _TEXT), *_MEETING,
    ]),
    "rejected": pa.schema([("source", _TEXT), ("code", _TEXT), ("reason", _TEXT)]),
    "events": pa.schema([
        ("id", _TEXT), ("kind", _TEXT), ("participants", pa.list_(_ACTOR)), ("place", _TEXT),
        ("country", _TEXT), ("date", _TEXT), ("first", pa.date32()), ("last", pa.date32()),
        ("status", _TEXT), ("claims", _TEXTS), ("disputed", _TEXTS), ("history", pa.list_(_STATE)),
        ("checked", pa.bool_()), ("outlets", _TEXTS), ("edited", _TEXTS), ("sources", pa.int32()),
        ("words", _TEXT),
    ]),
}  # fmt: skip
"""The columns of each dataset. Days are inclusive; dates that may be imprecise are EDTF; offsets count the
characters of ``articles.text``, start inclusive, end exclusive. ``copy`` marks a row whose text stands in
the same part already: its dates and claims are told there once."""

BY_MONTH: Final = ("articles", "timexes", "claims")
"""The datasets that are partitioned by month of publication."""


def month_of(published: str | None) -> str:
    """The partition of an article by its publication date (EDTF).

    >>> month_of("2022-09-14"), month_of("2022"), month_of(None)
    ('2022-09', '2022-XX', 'unknown')
    """
    if published is None:
        return "unknown"
    if edtf.precision(published) == "year":
        return f"{published[:4]}-XX"
    return published[:7]


def article_row(article: Article, reading: Reading, *, copy: bool) -> dict[str, Any]:
    """An article with the reference date that was in force when it was read."""
    return {
        "id": article.id, "source": article.source and _well_formed(article.source),
        "title": article.title, "outlet": article.outlet, "url": article.url,
        "told": _reference_row(article.reference),
        "reference": _reference_row(reading.reference), "copy": copy, "characters": len(article.text),
        "text": article.text,
    }  # fmt: skip


def timex_rows(article: Article, reading: Reading) -> list[dict[str, Any]]:
    """The dates of an article, in order of its text."""
    return [
        {"article": article.id, "ordinal": ordinal} | _timex_row(timex)
        for ordinal, timex in enumerate(reading.timexes)
    ]


def claim_row(claim: Claim, ordinal: int) -> dict[str, Any]:
    """A claim; ``ordinal`` is its position in its article, from 0."""
    meeting = claim.meeting
    return {
        "id": claim.id, "article": claim.article, "ordinal": ordinal, "published": claim.published,
        "reference": _reference_row(claim.reference), "outlet": claim.outlet, "kind": meeting.kind,
        "participants": [_actor_row(actor) for actor in meeting.participants], "place": meeting.place,
        "country": meeting.country, "expression": meeting.expression, "date": meeting.date,
        "status": meeting.status,
        "evidence": [{"start": each.start, "end": each.end, "text": each.text} for each in meeting.evidence],
        "rules": meeting.rules, "timex": _timex_row(meeting.timex) if meeting.timex else None,
    }  # fmt: skip


def claim_from(row: Mapping[str, Any]) -> Claim:
    """The claim of a row."""
    meeting = Meeting(
        kind=row["kind"],
        participants=tuple(_actor_from(each) for each in row["participants"]),
        place=row["place"],
        country=row["country"],
        expression=row["expression"],
        date=row["date"],
        status=row["status"],
        evidence=tuple(Evidence(each["start"], each["end"], each["text"]) for each in row["evidence"]),
        rules=tuple(row["rules"]),
        timex=timex_from(row["timex"]) if row["timex"] else None,
    )
    reference = reference_from(row["reference"])
    return Claim(row["id"], row["article"], row["published"], reference, meeting, row["outlet"])


def rejected_row(rejected: Rejected) -> dict[str, Any]:
    """What did not become an article: its name, the code of the reason and the reason in a sentence."""
    told = (rejected.source, rejected.error.code, str(rejected.error))
    return dict(zip(SCHEMAS["rejected"].names, map(_well_formed, told), strict=True))


def event_row(event: Event) -> dict[str, Any]:
    """An event with the ids of its claims; ``words`` are what a text search finds in it."""
    span = edtf.bounds(event.date) if event.date else None
    return {
        "id": event.id, "kind": event.kind,
        "participants": [_actor_row(actor) for actor in event.participants],
        "place": event.place, "country": event.country, "date": event.date,
        "first": span.first if span else None, "last": span.last if span else None, "status": event.status,
        "claims": [claim.id for claim in event.claims], "disputed": sorted(event.disputed),
        "history": [{name: getattr(state, name) for name in _STATE_FIELDS} for state in event.history],
        "checked": event.checked, "outlets": event.outlets, "edited": sorted(event.edited),
        "sources": event.sources, "words": search_text(event),
    }  # fmt: skip


def event_from(row: Mapping[str, Any], claims: Mapping[str, Claim]) -> Event:
    """The event of a row; those of its claims that ``claims`` has are put in."""
    return Event(
        id=row["id"],
        kind=row["kind"],
        participants=tuple(_actor_from(each) for each in row["participants"]),
        place=row["place"],
        country=row["country"],
        date=row["date"],
        status=row["status"],
        claims=tuple(claims[each] for each in row["claims"] if each in claims),
        disputed=frozenset(row["disputed"]),
        history=tuple(State(**each) for each in row["history"]),
        checked=row["checked"],
        outlets=tuple(row["outlets"]),
        edited=frozenset(row["edited"]),
        sources=row["sources"],
    )


def reference_from(row: Mapping[str, Any]) -> ReferenceDate:
    """The reference date of a value of the columns ``told`` and ``reference``."""
    return ReferenceDate(row["value"], row["basis"], tuple(row["evidence"]))


def timex_from(row: Mapping[str, Any]) -> Timex:
    """The date of a row of ``timexes``, or of the column ``timex``."""
    return Timex(**{name: row[name] for name in _TIMEX_FIELDS})


def number_of(text: str) -> int:
    """A number of 64 bits, the same on every machine; two of ten million texts agree by 3 in 10**6."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def table_of(dataset: str, rows: Sequence[Mapping[str, Any]] | Iterable[Mapping[str, Any]]) -> pa.Table:
    """Rows as a table with the columns of ``dataset``."""
    return pa.Table.from_pylist(list(rows), schema=SCHEMAS[dataset])


def _well_formed(text: str) -> str:
    """Names of files and fields of metadata may hold halves of characters, which UTF-8 cannot write."""
    return text.encode("utf-8", "replace").decode()


def _reference_row(reference: ReferenceDate) -> dict[str, Any]:
    return {
        "value": reference.value,
        "basis": reference.basis,
        "evidence": [_well_formed(each) for each in reference.evidence],
    }


def _timex_row(timex: Timex) -> dict[str, Any]:
    return {name: getattr(timex, name) for name in _TIMEX_FIELDS}


def _actor_row(actor: Actor) -> dict[str, Any]:
    return {"key": actor.key, "name": actor.name, "type": actor.type, "country": actor.country}


def _actor_from(row: Mapping[str, Any]) -> Actor:
    return Actor(row["key"], row["name"], row["type"], row["country"])

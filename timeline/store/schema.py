"""The tables. Times are UTC in ISO 8601; days are proleptic ordinals (``date.toordinal``), inclusive.

Articles, claims and the log are the record; events and what hangs on them are derived from these and can
be rebuilt at any time. A change here needs a migration in ``migrations/versions``; a test compares both.
"""

from typing import Any, cast

from sqlalchemy import JSON, ForeignKey, Index, Text
from sqlalchemy import Table as CoreTable
from sqlalchemy import text as sql_text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Table(DeclarativeBase):
    """What all tables share: text without a length limit, JSON for values that are only read whole."""

    type_annotation_map = {str: Text, dict[str, Any]: JSON, list[Any]: JSON}  # noqa: RUF012


def core(mapped: type[Table]) -> CoreTable:
    """The bare table of a class, for writing many rows without the cost of mapping each."""
    return cast(CoreTable, mapped.__table__)


class ArticleTable(Table):
    """An article: its text, where it came from, what it tells of its date, and how it was last read."""

    __tablename__ = "articles"

    id: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str | None]
    outlet: Mapped[str | None]
    url: Mapped[str | None]
    source: Mapped[str | None]
    characters: Mapped[int]
    sample: Mapped[bool]
    """Came with the program to show what it does."""
    told: Mapped[dict[str, Any]]
    """The reference date as the file itself tells it."""
    given: Mapped[str | None]
    """The publication date (EDTF) that a person has set; it outranks ``told``."""
    reference: Mapped[dict[str, Any]]
    """The reference date from which the relative dates were counted."""
    rules: Mapped[str]
    """Version of the program that read the article last."""
    added_at: Mapped[str] = mapped_column()
    added_by: Mapped[str | None]
    read_at: Mapped[str]
    deleted_at: Mapped[str | None]
    """When it was deleted; its text stays until it is purged, so that deleting can be undone."""
    timexes: Mapped[list[Any]]
    text: Mapped[str]

    __table_args__ = (
        # The newest first, without a look at each text; what was deleted stands apart.
        Index("ix_articles_newest", "deleted_at", added_at.desc(), "id"),
        Index("ix_articles_sample", "sample", "deleted_at"),
        # Those whose publication date is to be asked for.
        Index(
            "ix_articles_undated",
            "deleted_at",
            added_at.desc(),
            "id",
            sqlite_where=sql_text("json_extract(reference, '$.value') IS NULL"),
            postgresql_where=sql_text("(reference ->> 'value') IS NULL"),
        ),
    )


class SourceTable(Table):
    """Under which names one article came in: a reprint or another format is a source, not an article."""

    __tablename__ = "sources"

    article_id: Mapped[str] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    outlet: Mapped[str | None]
    url: Mapped[str | None]
    added_at: Mapped[str]


class BandTable(Table):
    """Keys of an article's words; two articles that share one may be the same with small edits."""

    __tablename__ = "bands"

    band: Mapped[str] = mapped_column(primary_key=True)
    article_id: Mapped[str] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True)


class ClaimTable(Table):
    """One meeting as told by one article; without an article it was added by hand."""

    __tablename__ = "claims"

    id: Mapped[str] = mapped_column(primary_key=True)
    article_id: Mapped[str | None] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"), index=True)
    ordinal: Mapped[int]
    """Position in its article, from 0."""
    kept: Mapped[bool]
    """The rules no longer find it, but a person's correction rests on it."""
    meeting: Mapped[dict[str, Any]]
    event_id: Mapped[str | None] = mapped_column(index=True)
    """The event it is part of; derived. None where it is rejected or its article deleted."""


class ClaimKeyTable(Table):
    """What a claim can be compared with (see :func:`timeline.merge.reach`); derived."""

    __tablename__ = "claim_keys"

    claim_id: Mapped[str] = mapped_column(ForeignKey("claims.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    first: Mapped[int]
    last: Mapped[int]

    __table_args__ = (Index("ix_claim_keys_key_days", "key", "first", "last"),)


class EventTable(Table):
    """A meeting, merged of its claims and corrected; derived."""

    __tablename__ = "events"

    id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int]
    """Under which it stands in ``event_facts`` and ``event_words``."""
    kind: Mapped[str] = mapped_column(index=True)
    status: Mapped[str] = mapped_column(index=True)
    place: Mapped[str | None] = mapped_column(index=True)
    country: Mapped[str | None]
    date: Mapped[str | None]
    """EDTF."""
    first: Mapped[int | None]
    """First day it may cover; None where undated or open."""
    last: Mapped[int | None]
    checked: Mapped[bool]
    disputed: Mapped[bool]
    body: Mapped[dict[str, Any]]
    """Participants, history, disputed and edited fields, outlets."""

    __table_args__ = (
        Index("ix_events_day", "first", "id"),
        Index("ix_events_number", "number", unique=True),
    )


class EventFactTable(Table):
    """What is counted of each event, packed (:mod:`timeline.store.facts`); derived."""

    __tablename__ = "event_facts"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    revision: Mapped[int] = mapped_column(index=True)
    """The revision of the store that changed the row last."""
    facts: Mapped[bytes]
    """Empty where the event is gone."""


class EventValueTable(Table):
    """The codes of values in ``event_facts``; rows are only ever added."""

    __tablename__ = "event_values"

    facet: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[str]

    __table_args__ = (Index("ix_event_values_facet_value", "facet", "value", unique=True),)


class EventActorTable(Table):
    """Who takes part in an event; derived."""

    __tablename__ = "event_actors"

    event_id: Mapped[str] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    type: Mapped[str]
    country: Mapped[str | None]

    __table_args__ = (
        Index("ix_event_actors_key_event", "key", "event_id"),
        Index("ix_event_actors_country_event", "country", "event_id"),
    )


class EventOutletTable(Table):
    """Which outlets tell of an event; derived."""

    __tablename__ = "event_outlets"

    event_id: Mapped[str] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), primary_key=True)
    outlet: Mapped[str] = mapped_column(primary_key=True, index=True)


class EventCountTable(Table):
    """How many events have which value of a filter, or begin in which month; derived."""

    __tablename__ = "event_counts"

    facet: Mapped[str] = mapped_column(primary_key=True)
    """A name of :data:`timeline.store.kept_counts.FACETS`."""
    value: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[str]
    number: Mapped[int]


class LogTable(Table):
    """Every change that a person or program made: who, when, before, after. Lines are never removed."""

    __tablename__ = "log"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[str]
    who: Mapped[str | None]
    action: Mapped[str] = mapped_column(index=True)
    target: Mapped[str] = mapped_column(index=True)
    """The claim, article or actor concerned; an event by the claim that gives its id."""
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    undoes: Mapped[int | None]
    undone_by: Mapped[int | None]


class ProjectTable(Table):
    """A project beside the first one. Its articles lie in a database of its own, never in this one."""

    __tablename__ = "projects"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    made_at: Mapped[str]
    made_by: Mapped[str | None]
    closed_at: Mapped[str | None]
    """When it was closed; its database stays until the operator removes it."""
    closed_by: Mapped[str | None]


class GrantTable(Table):
    """Who gave whom which role in which project. The newest line counts; lines are never changed."""

    __tablename__ = "grants"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[str]
    granted_by: Mapped[str | None]
    project_id: Mapped[str]
    member: Mapped[str]
    role: Mapped[str | None]
    """None takes the role away."""

    __table_args__ = (Index("ix_grants_member_project_id", "member", "project_id"),)


class CounterTable(Table):
    """Numbers that the store keeps: ``revision`` grows with every change."""

    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int]

"""The store: articles, what they tell, and what persons corrected; events are derived from these.

Every method is one transaction: all of it happens or nothing. A :class:`Store` may be used by several
threads, and several processes may use one database.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

from sqlalchemy import Connection, Engine, Row, delete, distinct, func, insert, or_, select, update

from timeline import __version__
from timeline.merge import claims_from
from timeline.model import Actor, Article, Claim, Event, Field, Meeting, Place, Reading, ReferenceDate
from timeline.query import Query
from timeline.store import derive
from timeline.store.codec import (
    actor_from,
    actor_json,
    meeting_from,
    meeting_json,
    reference_from,
    reference_json,
    state_from,
    timex_from,
    timex_json,
)
from timeline.store.corrections import Corrections, checked_value, corrections_from, field_json, touched
from timeline.store.database import default_url, open_database, reading, writing
from timeline.store.schema import (
    ArticleTable,
    ClaimTable,
    CounterTable,
    EventActorTable,
    EventOutletTable,
    EventTable,
    LogTable,
    SourceTable,
)
from timeline.store.select import by_day, conditions, event_ids
from timeline.store.values import (
    Added,
    ArticleRow,
    ConflictError,
    Count,
    Entry,
    Facets,
    Move,
    Outcome,
    StoredArticle,
    StoreError,
)

_ALL = Query()
_UNSEEN: Any = object()
_LONGEST_NAME = 500
"""Characters kept of the name of a source; longer ones are paths that nobody reads."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Store:
    """A database of articles and events. Open one with :meth:`open`; close it, or use it in ``with``."""

    def __init__(self, engine: Engine, *, now: Callable[[], datetime] = _utc_now) -> None:
        self._engine = engine
        self._now = now

    @classmethod
    def open(cls, url: str | None = None) -> Self:
        """The store at ``url``; without it as ``TIMELINE_DATABASE_URL`` says, else a file of the user's.

        A new database gets its tables, one of an older version is migrated (a SQLite file is copied
        beside itself before).

        Raises:
            StoreError: it cannot be opened, or a newer version of the program wrote it.
        """
        return cls(open_database(url or default_url()))

    def close(self) -> None:
        """Closes all connections."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def revision(self) -> int:
        """A number that grows with every change, for knowing when to read anew."""
        with reading(self._engine) as connection:
            return connection.execute(
                select(CounterTable.value).where(CounterTable.name == "revision")
            ).scalar_one()

    # Articles

    def add(self, article: Article, read: Reading, *, who: str | None = None, sample: bool = False) -> Added:
        """Stores an article with its meetings and merges them into the events.

        Repeatable: an article that is already there (by its id, so in whatever file or spacing) is not
        doubled; its new name is noted, and if it now tells its publication date for the first time, it
        takes the new reading. A deleted one comes back. A date that a person has set is never touched.

        Raises:
            StoreError: the database refuses, or the text holds characters that are no text.
        """
        return self.add_all([(article, read)], who=who, sample=sample)[0]

    def add_all(
        self,
        readings: Iterable[tuple[Article, Reading]],
        *,
        who: str | None = None,
        sample: bool = False,
    ) -> list[Added]:
        """As :meth:`add` for many articles in one transaction, which is much quicker for thousands."""
        with self._changing() as (connection, change):
            corrections = self._corrections(connection)
            done = [
                self._add(connection, change, corrections, article, read, who=who, sample=sample)
                for article, read in readings
            ]
            derive.derive(connection, change, corrections)
            return done

    def _add(
        self,
        connection: Connection,
        change: derive.Change,
        corrections: Corrections,
        article: Article,
        read: Reading,
        *,
        who: str | None,
        sample: bool,
    ) -> Added:
        _refuse_what_is_no_text(article)
        old = connection.execute(
            select(ArticleTable.given, ArticleTable.deleted_at, ArticleTable.reference).where(
                ArticleTable.id == article.id
            )
        ).one_or_none()
        outcome: Outcome
        if old is None:
            outcome = "added"
            self._insert_article(connection, article, read, who=who, sample=sample)
            self._write_claims(connection, change, corrections, article, read)
            self._log(
                connection, who, "add", article.id, {}, {"name": article.source, "title": article.title}
            )
        else:
            outcome = "same"
            if old.given is None and old.reference["value"] is None and read.reference.value is not None:
                outcome = "updated"
                self._update_article(connection, article, read, who=who)
                self._write_claims(connection, change, corrections, article, read)
            if old.deleted_at is not None:
                outcome = "restored"
                self._set_deleted(connection, change, article.id, deleted_at=None)
                self._log(connection, who, "restore", article.id, {"deleted_at": old.deleted_at}, {})
        self._note_source(connection, article)
        count = select(func.count()).where(ClaimTable.article_id == article.id)
        return Added(article.id, outcome, connection.execute(count).scalar_one())

    def _insert_article(
        self, connection: Connection, article: Article, read: Reading, *, who: str | None, sample: bool
    ) -> None:
        now = self._stamp()
        given = read.reference.value if read.reference.basis == "given" else None
        connection.execute(
            insert(ArticleTable).values(
                id=article.id, title=article.title, outlet=article.outlet, url=article.url,
                source=article.source, characters=len(article.text), sample=sample,
                told=reference_json(article.reference), given=given, added_at=now, added_by=who,
                text=article.text, **_reading_columns(read, now),
            )
        )  # fmt: skip

    def _update_article(
        self, connection: Connection, article: Article, read: Reading, *, who: str | None
    ) -> None:
        now = self._stamp()
        given = read.reference.value if read.reference.basis == "given" else None
        told = {
            name: value
            for name in ("title", "outlet", "url")
            if (value := getattr(article, name)) is not None
        }
        connection.execute(
            update(ArticleTable)
            .where(ArticleTable.id == article.id)
            .values(
                **told, **_reading_columns(read, now), told=reference_json(article.reference), given=given,
                text=article.text, characters=len(article.text),
            )
        )  # fmt: skip
        self._log(connection, who, "reread", article.id, {}, {"reference": reference_json(read.reference)})

    def _note_source(self, connection: Connection, article: Article) -> None:
        name = (article.source or article.url or "")[:_LONGEST_NAME]
        known = select(SourceTable.name).where(SourceTable.article_id == article.id, SourceTable.name == name)
        if connection.execute(known).first() is None:
            connection.execute(
                insert(SourceTable).values(
                    article_id=article.id, name=name, outlet=article.outlet, url=article.url,
                    added_at=self._stamp(),
                )
            )  # fmt: skip

    def _write_claims(
        self,
        connection: Connection,
        change: derive.Change,
        corrections: Corrections,
        article: Article,
        read: Reading,
    ) -> None:
        """Replaces the claims of an article; those on which a correction rests stay, found again or not."""
        old = _claims_of(connection, article.id)
        _join(change, derive.change_of(connection, [claim.id for claim in old]))
        fresh = claims_from(article, read, old)
        told = {claim.id for claim in fresh}
        anchors = corrections.anchors()
        gone = [claim.id for claim in old if claim.id not in told and claim.id not in anchors]
        kept = [claim for claim in old if claim.id not in told and claim.id in anchors]
        for part in derive.chunks(gone):
            connection.execute(delete(ClaimTable).where(ClaimTable.id.in_(part)))
        existing = {claim.id for claim in old}
        for ordinal, claim in enumerate(fresh):
            values: dict[str, Any] = {
                "ordinal": ordinal, "kept": False, "meeting": meeting_json(claim.meeting),
            }  # fmt: skip
            if claim.id in existing:
                connection.execute(update(ClaimTable).where(ClaimTable.id == claim.id).values(**values))
            else:
                connection.execute(
                    insert(ClaimTable).values(id=claim.id, article_id=article.id, event_id=None, **values)
                )
        for ordinal, claim in enumerate(kept, len(fresh)):
            kept_values = {"ordinal": ordinal, "kept": True}
            connection.execute(update(ClaimTable).where(ClaimTable.id == claim.id).values(**kept_values))
        written = [*fresh, *kept]
        derive.write_keys(connection, [corrections.claim(claim) for claim in written])
        change.claims -= set(gone)
        change.claims |= {claim.id for claim in written}

    def articles(
        self, *, text: str = "", deleted: bool = False, limit: int | None = None, offset: int = 0
    ) -> list[ArticleRow]:
        """Articles without their texts, the newest first; ``deleted`` adds the deleted ones.

        ``text`` is words that must all occur in title, outlet, source or text, in any case.
        """
        statement = _article_rows().order_by(ArticleTable.added_at.desc(), ArticleTable.id)
        if not deleted:
            statement = statement.where(ArticleTable.deleted_at.is_(None))
        for word in text.split():
            columns = (ArticleTable.title, ArticleTable.outlet, ArticleTable.source, ArticleTable.text)
            statement = statement.where(or_(*(c.icontains(word, autoescape=True) for c in columns)))
        with reading(self._engine) as connection:
            rows = connection.execute(statement.limit(limit).offset(offset)).all()
            sources = _sources(connection, [row.id for row in rows])
            return [_article_row(row, sources.get(row.id, ())) for row in rows]

    def article(self, article_id: str) -> StoredArticle | None:
        """An article with its text and what was read in it, deleted or not; None if there is none."""
        with reading(self._engine) as connection:
            row = connection.execute(_article_rows().where(ArticleTable.id == article_id)).one_or_none()
            if row is None:
                return None
            body = connection.execute(
                select(ArticleTable.text, ArticleTable.told, ArticleTable.timexes).where(
                    ArticleTable.id == article_id
                )
            ).one()
            told = _article_row(row, _sources(connection, [article_id]).get(article_id, ()))
            corrections = self._corrections(connection)
            claims = tuple(corrections.claim(claim) for claim in _claims_of(connection, article_id))
        article = Article(
            told.id, body.text, reference_from(body.told), told.title, told.outlet, told.url, row.source
        )  # fmt: skip
        timexes = tuple(timex_from(timex) for timex in body.timexes)
        read = Reading(told.reference, timexes, tuple(claim.meeting for claim in claims))
        return StoredArticle(told, article, read, claims)

    def need_article(self, article_id: str) -> StoredArticle:
        """As :meth:`article`.

        Raises:
            StoreError: there is no such article.
        """
        stored = self.article(article_id)
        if stored is None:
            raise StoreError(f"there is no article {article_id}")
        return stored

    def preview(self, article_id: str, read: Reading) -> list[Move]:
        """Which meetings of a stored article another reading of it would change; nothing is written.

        Raises:
            StoreError: there is no such article.
        """
        stored = self.need_article(article_id)
        return _moves(stored.claims, claims_from(stored.article, read, stored.claims))

    def replace_reading(
        self,
        article_id: str,
        read: Reading,
        *,
        given: str | None,
        action: str,
        who: str | None = None,
        undoes: int | None = None,
    ) -> list[Move]:
        """Puts a new reading in the place of the old one; tells what changed.

        ``given`` is the publication date that a person has set, or None. ``action`` is ``published`` or
        ``reread``, for the log; ``undoes`` the line of the log that this takes back. Corrections stay.

        Raises:
            StoreError: there is no such article, or the line is already taken back.
        """
        stored = self.need_article(article_id)
        with self._changing() as (connection, change):
            corrections = self._corrections(connection)
            before = _claims_of(connection, article_id)
            values = _reading_columns(read, self._stamp())
            connection.execute(
                update(ArticleTable).where(ArticleTable.id == article_id).values(given=given, **values)
            )
            self._write_claims(connection, change, corrections, stored.article, read)
            entry = self._log(
                connection,
                who,
                action,
                article_id,
                {"given": stored.row.given, "reference": reference_json(stored.row.reference)},
                {"given": given, "reference": reference_json(read.reference)},
                undoes=undoes,
            )
            if undoes is not None:
                self._mark_undone(connection, _entry(connection, undoes), by=entry)
            derive.derive(connection, change, corrections)
            return _moves(before, _claims_of(connection, article_id))

    def delete_article(self, article_id: str, *, who: str | None = None) -> None:
        """Takes an article and its meetings away. :meth:`restore_article` or :meth:`undo` bring it back.

        Raises:
            StoreError: there is no such article.
        """
        self._delete_or_restore([article_id], who=who, delete=True)

    def restore_article(self, article_id: str, *, who: str | None = None) -> None:
        """Brings a deleted article back, with its corrections.

        Raises:
            StoreError: there is no such article.
        """
        self._delete_or_restore([article_id], who=who, delete=False)

    def remove_samples(self, *, who: str | None = None) -> int:
        """Deletes the articles that came with the program; returns how many."""
        with reading(self._engine) as connection:
            statement = select(ArticleTable.id).where(ArticleTable.sample, ArticleTable.deleted_at.is_(None))
            ids = list(connection.execute(statement).scalars())
        self._delete_or_restore(ids, who=who, delete=True)
        return len(ids)

    def _delete_or_restore(self, article_ids: Sequence[str], *, who: str | None, delete: bool) -> None:
        with self._changing() as (connection, change):
            corrections = self._corrections(connection)
            for article_id in article_ids:
                old = connection.execute(
                    select(ArticleTable.deleted_at).where(ArticleTable.id == article_id)
                ).one_or_none()
                if old is None:
                    raise StoreError(f"there is no article {article_id}")
                if (old.deleted_at is not None) == delete:
                    continue
                stamp = self._stamp() if delete else None
                self._set_deleted(connection, change, article_id, deleted_at=stamp)
                action = "delete" if delete else "restore"
                self._log(
                    connection, who, action, article_id, {"deleted_at": old.deleted_at}, {"deleted_at": stamp}
                )
            derive.derive(connection, change, corrections)

    def _set_deleted(
        self, connection: Connection, change: derive.Change, article_id: str, *, deleted_at: str | None
    ) -> None:
        connection.execute(
            update(ArticleTable).where(ArticleTable.id == article_id).values(deleted_at=deleted_at)
        )
        ids = connection.execute(select(ClaimTable.id).where(ClaimTable.article_id == article_id)).scalars()
        _join(change, derive.change_of(connection, list(ids)))

    # Events

    def events(
        self,
        query: Query = _ALL,
        *,
        limit: int | None = None,
        offset: int = 0,
        newest_first: bool = False,
        with_claims: bool = True,
    ) -> list[Event]:
        """The events that the query asks for, by first day; undated ones last.

        Without their claims they are read several times faster; charts and tables need no more.
        """
        statement = (
            select(*_EVENT_COLUMNS)
            .where(*conditions(query))
            .order_by(*by_day(newest_first=newest_first))
            .limit(limit)
            .offset(offset)
        )
        with reading(self._engine) as connection:
            rows = connection.execute(statement).all()
            if not with_claims:
                return [_event(row, ()) for row in rows]
            return self._with_claims(connection, rows)

    def _with_claims(self, connection: Connection, rows: Sequence[Row[Any]]) -> list[Event]:
        claims = derive.claims_of_events(connection, [row.id for row in rows])
        corrections = self._corrections(connection)
        found = []
        for row in rows:
            order = {state_claim: n for n, state_claim in enumerate(row.body["claims"])}
            told = sorted(claims[row.id], key=lambda claim: order.get(claim.id, len(order)))
            found.append(_event(row, tuple(corrections.claim(claim) for claim in told)))
        return found

    def event(self, event_id: str) -> Event | None:
        """The event with this id, or the one that the claim with this id is part of.

        An event's id is that of one of its claims, so that links to it stay good when it is merged.
        """
        with reading(self._engine) as connection:
            row = _event_row(connection, event_id)
            return None if row is None else self._with_claims(connection, [row])[0]

    def count(self, query: Query = _ALL) -> int:
        """How many events the query asks for."""
        with reading(self._engine) as connection:
            statement = select(func.count()).select_from(EventTable).where(*conditions(query))
            return connection.execute(statement).scalar_one()

    def facets(self, query: Query = _ALL) -> Facets:
        """The values of each filter among the events that the query asks for, with their counts."""
        chosen = event_ids(query).scalar_subquery()
        with reading(self._engine) as connection:

            def counts(value: Any, label: Any, event_id: Any) -> tuple[Count, ...]:  # noqa: ANN401  columns
                number = func.count(distinct(event_id))
                statement = (
                    select(value, func.min(label), number)
                    .where(event_id.in_(chosen), value.is_not(None))
                    .group_by(value)
                    .order_by(number.desc(), func.min(label))
                )
                return tuple(Count(*row) for row in connection.execute(statement))

            actor, event, outlet = EventActorTable, EventTable, EventOutletTable
            return Facets(
                actors=counts(actor.key, actor.name, actor.event_id),
                countries=counts(actor.country, actor.country, actor.event_id),
                kinds=counts(event.kind, event.kind, event.id),
                statuses=counts(event.status, event.status, event.id),
                places=counts(event.place, event.place, event.id),
                outlets=counts(outlet.outlet, outlet.outlet, outlet.event_id),
            )

    def months(self, query: Query = _ALL) -> list[tuple[date, str, int]]:
        """How many events begin in which month, by status: (first of the month, status, count)."""
        statement = (
            select(EventTable.first, EventTable.status, func.count())
            .where(*conditions(query), EventTable.first.is_not(None))
            .group_by(EventTable.first, EventTable.status)
        )
        found: dict[tuple[date, str], int] = {}
        with reading(self._engine) as connection:
            for first, status, count in connection.execute(statement):
                month = date.fromordinal(first or 1).replace(day=1), status
                found[month] = found.get(month, 0) + count
        return [(month, status, count) for (month, status), count in sorted(found.items())]

    def pairs(self, query: Query = _ALL) -> list[tuple[Actor, Actor, int]]:
        """Who took part together with whom, and in how many events; the most frequent first."""
        one, other = EventActorTable.__table__.alias("one"), EventActorTable.__table__.alias("other")
        number = func.count()
        statement = (
            select(one.c.key, other.c.key, number)
            .join(other, (one.c.event_id == other.c.event_id) & (one.c.key < other.c.key))
            .where(one.c.event_id.in_(event_ids(query).scalar_subquery()))
            .group_by(one.c.key, other.c.key)
            .order_by(number.desc(), one.c.key, other.c.key)
        )
        with reading(self._engine) as connection:
            rows = connection.execute(statement).all()
            columns = (
                EventActorTable.key,
                EventActorTable.name,
                EventActorTable.type,
                EventActorTable.country,
            )
            known = {row.key: Actor(*row._tuple()) for row in connection.execute(select(*columns).distinct())}
        return [(known[a], known[b], count) for a, b, count in rows]

    # Corrections

    def edit(
        self,
        event_id: str,
        field: Field,
        value: str | Place | Sequence[Actor] | None,
        *,
        who: str | None = None,
        seen: object = _UNSEEN,
    ) -> Entry:
        """Sets a field of an event, whatever its sources say; the event counts as checked.

        ``value`` is a :class:`Place` (or None) for ``place``, actors for ``participants``, else a string;
        ``date`` may be None. ``seen`` is the value that the person saw before.

        Raises:
            StoreError: there is no such event, or the field cannot hold the value.
            ConflictError: the field no longer has the value that was ``seen``.
        """
        after = checked_value(field, value)
        with self._changing() as (connection, change):
            event = self._need_event(connection, event_id)
            before = field_json(event, field)
            if seen is not _UNSEEN and _seen_json(field, seen) != before:
                raise ConflictError(f"somebody changed the {field} of this meeting meanwhile; look again")
            old, new = {"field": field, "value": before}, {"field": field, "value": after}
            return self._decide(connection, change, who, "edit", event.id, old, new)

    def check(self, event_id: str, *, who: str | None = None, checked: bool = True) -> Entry:
        """Marks an event as checked by a person, or takes the mark away.

        Raises:
            StoreError: there is no such event.
        """
        with self._changing() as (connection, change):
            event = self._need_event(connection, event_id)
            old, new = {"checked": event.checked}, {"checked": checked}
            return self._decide(connection, change, who, "check", event.id, old, new)

    def reject(self, event_id: str, *, who: str | None = None) -> Entry:
        """Takes an event away that is no meeting: its present claims never count again, unless undone.

        Raises:
            StoreError: there is no such event.
        """
        with self._changing() as (connection, change):
            event = self._need_event(connection, event_id)
            new = {"claims": [claim.id for claim in event.claims]}
            return self._decide(connection, change, who, "reject", event.id, _summary(event), new)

    def merge_events(self, event_ids: Sequence[str], *, who: str | None = None) -> Entry:
        """Makes one event of several.

        Raises:
            StoreError: fewer than two different events are named, or one does not exist.
        """
        with self._changing() as (connection, change):
            events = {event.id: event for each in event_ids for event in [self._need_event(connection, each)]}
            if len(events) < 2:
                raise StoreError("choose at least two different meetings to merge")
            old = {"events": [_summary(event) for event in events.values()]}
            new = {"claims": [claim.id for event in events.values() for claim in event.claims]}
            return self._decide(connection, change, who, "merge", next(iter(events)), old, new)

    def split(self, event_id: str, claim_ids: Sequence[str], *, who: str | None = None) -> Entry:
        """Makes the named claims of an event an event of their own.

        Raises:
            StoreError: there is no such event, or the claims are none or all of its claims.
        """
        with self._changing() as (connection, change):
            event = self._need_event(connection, event_id)
            one = [claim.id for claim in event.claims if claim.id in set(claim_ids)]
            other = [claim.id for claim in event.claims if claim.id not in set(claim_ids)]
            if not one or not other:
                raise StoreError("choose some of the meeting's sources, but not all")
            new = {"one": one, "other": other}
            return self._decide(connection, change, who, "split", event.id, _summary(event), new)

    def add_event(self, meeting: Meeting, *, who: str | None = None) -> Event:
        """Adds a meeting by hand. Articles that tell the same one later become its sources.

        Raises:
            StoreError: a field cannot hold its value.
        """
        checked_value("kind", meeting.kind)
        checked_value("status", meeting.status)
        checked_value("date", meeting.date)
        checked_value("participants", meeting.participants)
        with self._changing() as (connection, change):
            claim = Claim(f"hand-{uuid4().hex[:16]}", "", None, ReferenceDate(None, "unknown"), meeting)
            connection.execute(
                insert(ClaimTable).values(
                    id=claim.id, article_id=None, ordinal=0, kept=False, meeting=meeting_json(meeting),
                    event_id=None,
                )
            )  # fmt: skip
            derive.write_keys(connection, [self._corrections(connection).claim(claim)])
            new = {"meeting": meeting_json(meeting)}
            self._decide(connection, change, who, "add_event", claim.id, {}, new)
            return self._need_event(connection, claim.id)

    def rename_actor(self, key: str, name: str, *, who: str | None = None) -> Entry:
        """Gives an actor another name everywhere.

        Raises:
            StoreError: nobody has this key, or the name is empty.
        """
        if not name.strip():
            raise StoreError("an actor needs a name")
        with self._changing() as (connection, change):
            old, new = {"name": _actor(connection, key).name}, {"name": name.strip()}
            return self._decide(connection, change, who, "rename_actor", key, old, new)

    def merge_actors(self, key: str, into: str, *, who: str | None = None) -> Entry:
        """Takes one actor for another everywhere: two spellings of one person.

        Raises:
            StoreError: nobody has one of the keys, or they are the same.
        """
        if key == into:
            raise StoreError("choose two different actors")
        with self._changing() as (connection, change):
            old = {"actor": actor_json(_actor(connection, key))}
            new = {"into": actor_json(_actor(connection, into))}
            return self._decide(connection, change, who, "merge_actors", key, old, new)

    def log(self, *, limit: int | None = 100, offset: int = 0, event_id: str | None = None) -> list[Entry]:
        """Lines of the log, the newest first; with ``event_id`` those about the event and its claims."""
        statement = select(*_LOG_COLUMNS).order_by(LogTable.id.desc())
        with reading(self._engine) as connection:
            if event_id is not None:
                row = _event_row(connection, event_id)
                claims = set(row.body["claims"]) if row is not None else {event_id}
                about = [
                    entry
                    for each in connection.execute(statement)
                    if (entry := Entry(*each)).target in claims or touched(entry)[0] & claims
                ]
                return about[offset:][:limit]
            return [Entry(*each) for each in connection.execute(statement.limit(limit).offset(offset))]

    def entry(self, entry_id: int) -> Entry:
        """A line of the log.

        Raises:
            StoreError: there is no such line.
        """
        with reading(self._engine) as connection:
            return _entry(connection, entry_id)

    def undo(self, entry_id: int, *, who: str | None = None) -> Entry:
        """Takes back a line of the log, as a line of its own; taking that one back is doing it again.

        Raises:
            StoreError: there is no such line, it is taken back already, or it is a reading of an article,
                which only reading it again can change (see :func:`timeline.pipeline.undo`).
        """
        with self._changing() as (connection, change):
            entry = _entry(connection, entry_id)
            if entry.action in ("published", "reread"):
                raise StoreError("a reading is changed by reading the article again, not by the log")
            taken = self._log(
                connection, who, "undo", entry.target, {}, {"action": entry.action}, undoes=entry.id
            )
            self._mark_undone(connection, entry, by=taken)
            self._take_back(connection, change, entry)
            derive.derive(connection, change, self._corrections(connection))
            return _entry(connection, taken)

    def _mark_undone(self, connection: Connection, entry: Entry, *, by: int) -> None:
        if entry.undone_by is not None:
            raise StoreError("this change is taken back already")
        connection.execute(update(LogTable).where(LogTable.id == entry.id).values(undone_by=by))

    def _take_back(self, connection: Connection, change: derive.Change, entry: Entry) -> None:
        """What an undone line did to tables that are not derived; and whom it concerned."""
        if entry.action == "undo" and entry.undoes is not None:
            again = _entry(connection, entry.undoes)
            connection.execute(update(LogTable).where(LogTable.id == again.id).values(undone_by=None))
            if again.action in ("add", "restore"):
                self._set_deleted(connection, change, again.target, deleted_at=None)
            elif again.action == "delete":
                self._set_deleted(connection, change, again.target, deleted_at=self._stamp())
            else:
                self._touch(connection, change, again)
        elif entry.action in ("add", "restore"):
            self._set_deleted(connection, change, entry.target, deleted_at=self._stamp())
        elif entry.action == "delete":
            self._set_deleted(connection, change, entry.target, deleted_at=None)
        else:
            self._touch(connection, change, entry)

    def _decide(
        self,
        connection: Connection,
        change: derive.Change,
        who: str | None,
        action: str,
        target: str,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
    ) -> Entry:
        entry = _entry(connection, self._log(connection, who, action, target, before, after))
        self._touch(connection, change, entry)
        derive.derive(connection, change, self._corrections(connection))
        return entry

    def _touch(self, connection: Connection, change: derive.Change, entry: Entry) -> None:
        claims, actors = touched(entry)
        if actors:
            corrections = self._corrections(connection)
            claims |= derive.claims_of_actors(connection, corrections.keys_of(*actors))
        _join(change, derive.change_of(connection, claims))
        if actors:
            told = derive.load_claims(connection, claims)
            derive.write_keys(connection, [corrections.claim(claim) for claim in told])

    def rebuild(self) -> None:
        """Derives all events anew from articles and corrections, as after a change of the merging rules."""
        with self._changing() as (connection, _):
            derive.rebuild(connection, self._corrections(connection))

    # Within a transaction

    def _changing(self) -> "_Changing":
        return _Changing(self._engine)

    def _stamp(self) -> str:
        return self._now().astimezone(UTC).isoformat(timespec="milliseconds")

    def _corrections(self, connection: Connection) -> Corrections:
        decided = ("edit", "check", "reject", "merge", "split", "add_event", "rename_actor", "merge_actors")
        statement = (
            select(*_LOG_COLUMNS)
            .where(LogTable.undone_by.is_(None), LogTable.action.in_(decided))
            .order_by(LogTable.id)
        )
        return corrections_from(Entry(*row) for row in connection.execute(statement))

    def _log(
        self,
        connection: Connection,
        who: str | None,
        action: str,
        target: str,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
        *,
        undoes: int | None = None,
    ) -> int:
        done = connection.execute(
            insert(LogTable).values(
                at=self._stamp(), who=who, action=action, target=target, before=dict(before),
                after=dict(after), undoes=undoes,
            )
        )  # fmt: skip
        key = done.inserted_primary_key
        return int(key[0]) if key else 0

    def _need_event(self, connection: Connection, event_id: str) -> Event:
        row = _event_row(connection, event_id)
        if row is None:
            raise StoreError(f"there is no meeting {event_id}")
        return self._with_claims(connection, [row])[0]


class _Changing:
    """A writing transaction that raises the revision, with the record of what it touched."""

    def __init__(self, engine: Engine) -> None:
        self._transaction = writing(engine)

    def __enter__(self) -> tuple[Connection, derive.Change]:
        connection = self._transaction.__enter__()
        raised = CounterTable.value + 1
        connection.execute(update(CounterTable).where(CounterTable.name == "revision").values(value=raised))
        return connection, derive.Change()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        return self._transaction.__exit__(kind, error, trace)


_LOG_COLUMNS = (
    LogTable.id, LogTable.at, LogTable.who, LogTable.action, LogTable.target, LogTable.before, LogTable.after,
    LogTable.undoes, LogTable.undone_by,
)  # fmt: skip
_EVENT_COLUMNS = (
    EventTable.id, EventTable.kind, EventTable.status, EventTable.place, EventTable.country, EventTable.date,
    EventTable.checked, EventTable.body,
)  # fmt: skip


def _refuse_what_is_no_text(article: Article) -> None:
    for value in (article.text, article.title, article.outlet, article.url, article.source):
        if value and ("\x00" in value or any("\ud800" <= char <= "\udfff" for char in value)):
            raise StoreError("the article holds characters that are no text (NUL or half a character)")


def _reading_columns(read: Reading, now: str) -> dict[str, Any]:
    return {
        "reference": reference_json(read.reference),
        "timexes": [timex_json(timex) for timex in read.timexes],
        "rules": __version__,
        "read_at": now,
    }


def _join(change: derive.Change, more: derive.Change) -> None:
    change.claims |= more.claims
    change.reaches |= more.reaches
    change.events |= more.events


def _claims_of(connection: Connection, article_id: str) -> list[Claim]:
    """The claims of an article in their order, deleted or not."""
    statement = (
        select(ClaimTable.id, ClaimTable.meeting, ArticleTable.reference, ArticleTable.outlet)
        .join(ArticleTable, ArticleTable.id == ClaimTable.article_id)
        .where(ClaimTable.article_id == article_id)
        .order_by(ClaimTable.ordinal, ClaimTable.id)
    )
    found = []
    for row in connection.execute(statement):
        reference = reference_from(row.reference)
        meeting = meeting_from(row.meeting)
        found.append(Claim(row.id, article_id, reference.value, reference, meeting, row.outlet))
    return found


def _moves(before: Sequence[Claim], after: Sequence[Claim]) -> list[Move]:
    """What differs between two readings of an article, in the order of the second; vanished ones last."""
    old = {claim.id: claim for claim in before}
    moves = [
        Move(old.get(claim.id), claim)
        for claim in after
        if claim.id not in old or old[claim.id].meeting != claim.meeting
    ]
    told = {claim.id for claim in after}
    return moves + [Move(claim, None) for claim in before if claim.id not in told]


def _article_rows() -> Any:  # noqa: ANN401  a Select of many columns
    meetings = (
        select(func.count())
        .where(ClaimTable.article_id == ArticleTable.id, ClaimTable.event_id.is_not(None))
        .scalar_subquery()
    )
    return select(
        ArticleTable.id, ArticleTable.title, ArticleTable.outlet, ArticleTable.url, ArticleTable.source,
        ArticleTable.characters, ArticleTable.reference, ArticleTable.given, ArticleTable.sample,
        ArticleTable.added_at, ArticleTable.added_by, ArticleTable.read_at, ArticleTable.deleted_at,
        ArticleTable.rules, meetings.label("meetings"),
    )  # fmt: skip


def _article_row(row: Row[Any], sources: tuple[str, ...]) -> ArticleRow:
    return ArticleRow(
        id=row.id, title=row.title, outlet=row.outlet, url=row.url, sources=sources,
        characters=row.characters, reference=reference_from(row.reference), given=row.given,
        meetings=row.meetings, sample=row.sample, added_at=row.added_at, added_by=row.added_by,
        read_at=row.read_at, deleted_at=row.deleted_at, rules=row.rules,
    )  # fmt: skip


def _sources(connection: Connection, article_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for part in derive.chunks(article_ids):
        statement = (
            select(SourceTable.article_id, SourceTable.name)
            .where(SourceTable.article_id.in_(part))
            .order_by(SourceTable.added_at, SourceTable.name)
        )
        for article_id, name in connection.execute(statement):
            found[article_id] = (*found.get(article_id, ()), name)
    return found


def _event_row(connection: Connection, event_id: str) -> Row[Any] | None:
    by_id = select(*_EVENT_COLUMNS).where(EventTable.id == event_id)
    row = connection.execute(by_id).one_or_none()
    if row is None:
        by_claim = select(*_EVENT_COLUMNS).join(ClaimTable, ClaimTable.event_id == EventTable.id)
        row = connection.execute(by_claim.where(ClaimTable.id == event_id)).one_or_none()
    return row


def _event(row: Row[Any], claims: tuple[Claim, ...]) -> Event:
    body = row.body
    return Event(
        id=row.id,
        kind=row.kind,
        participants=tuple(actor_from(each) for each in body["participants"]),
        place=row.place,
        country=row.country,
        date=row.date,
        status=row.status,
        claims=claims,
        disputed=frozenset(body["disputed"]),
        history=tuple(state_from(state) for state in body["history"]),
        checked=row.checked,
        outlets=tuple(body["outlets"]),
        edited=frozenset(body["edited"]),
        sources=body["sources"],
    )


def _summary(event: Event) -> dict[str, Any]:
    """An event in the log: enough to know it again once it is gone."""
    return {
        "id": event.id,
        "kind": event.kind,
        "participants": [actor.name for actor in event.participants],
        "place": event.place,
        "date": event.date,
        "status": event.status,
    }


def _seen_json(field: Field, seen: Any) -> Any:  # noqa: ANN401  JSON
    if field == "place":
        return seen and {"name": seen.name, "country": seen.country}
    if field == "participants":
        return [actor_json(actor) for actor in seen]
    return seen


def _actor(connection: Connection, key: str) -> Actor:
    columns = (EventActorTable.key, EventActorTable.name, EventActorTable.type, EventActorTable.country)
    row = connection.execute(select(*columns).where(EventActorTable.key == key).limit(1)).one_or_none()
    if row is None:
        raise StoreError(f"no meeting has an actor {key}")
    return Actor(*row)


def _entry(connection: Connection, entry_id: int) -> Entry:
    row = connection.execute(select(*_LOG_COLUMNS).where(LogTable.id == entry_id)).one_or_none()
    if row is None:
        raise StoreError(f"the log has no line {entry_id}")
    return Entry(*row)

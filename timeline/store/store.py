"""The store: articles, what they tell, and what persons corrected; events are derived from these.

Every method is one transaction: all of it happens or nothing. A :class:`Store` may be used by several
threads, and several processes may use one database.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import UTC, date, datetime
from itertools import islice
from types import TracebackType
from typing import Any, Self, cast, get_args
from uuid import uuid4

from sqlalchemy import Connection, Engine, insert, select

from timeline.edtf import Bounds
from timeline.merge import claims_from
from timeline.model import (
    Actor,
    Article,
    Claim,
    Event,
    Field,
    Meeting,
    Place,
    Reading,
    ReferenceDate,
    Status,
)
from timeline.query import LaneKind, Query
from timeline.store import articles, bulk, counts, derive, events, kept_counts, log
from timeline.store.answers import Answers
from timeline.store.codec import actor_json, meeting_json, reference_json
from timeline.store.columns import Keeper, Selection
from timeline.store.corrections import checked_value, field_json, seen_json
from timeline.store.database import Guard, default_url, guarded, open_database, reading
from timeline.store.errors import ConflictError, StoreError
from timeline.store.schema import ClaimTable, CounterTable, EventTable
from timeline.store.select import by_day, conditions
from timeline.store.values import (
    Added,
    ArticleCounts,
    ArticleRow,
    Cell,
    Count,
    Entry,
    FacetName,
    Facets,
    Move,
    StoredArticle,
    Tally,
)

_ALL = Query()
FACETS: tuple[FacetName, ...] = get_args(FacetName)
_UNSEEN: Any = object()
_AT_ONCE = 1000
"""Articles held in memory while many are added."""


def _revision(connection: Connection) -> int:
    return connection.execute(select(CounterTable.value).where(CounterTable.name == "revision")).scalar_one()


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Store:
    """A database of articles and events. Open one with :meth:`open`; close it, or use it in ``with``."""

    def __init__(self, engine: Engine, *, now: Callable[[], datetime] = _utc_now) -> None:
        self._engine = engine
        self._now = now
        self._user: str | None = None
        self.answers = Answers()
        """What is worth keeping of what this store tells, until it changes; for the page's pictures too."""
        self._columns = Keeper()

    @classmethod
    def open(cls, url: str | None = None) -> Self:
        """The store at ``url``; without it as ``TIMELINE_DATABASE_URL`` says, else a file of the user's.

        A new database gets its tables, one of an older version is migrated (a SQLite file is copied
        beside itself before).

        Raises:
            StoreError: it cannot be opened, or a newer version of the program wrote it.
        """
        return cls(open_database(url or default_url()))

    def used_by(self, user: str, guard: Guard) -> Self:
        """The same store for one person: each use asks ``guard`` first, and the log names ``user`` alone.

        It shares the connections of this one, which outlives it.
        """
        one = type(self)(guarded(self._engine, guard), now=self._now)
        one.answers, one._columns = self.answers, self._columns
        one._user = user
        return one

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
            return _revision(connection)

    def _work(self, who: str | None) -> log.Working:
        now = self._now().astimezone(UTC).isoformat(timespec="milliseconds")
        return log.Working(self._engine, who=self._user or who, now=now)

    # Articles

    def add(
        self,
        article: Article,
        read: Reading,
        *,
        who: str | None = None,
        sample: bool = False,
        bands: Sequence[str] = (),
    ) -> Added:
        """Stores an article with its meetings and merges them into the events.

        Repeatable: an article that is already there (by its id, so in whatever file or spacing) is not
        doubled; its new name is noted, and if it now tells its publication date for the first time, it
        takes the new reading. A deleted one comes back. A date that a person has set is never touched.
        ``bands`` are keys under which :meth:`sharing` finds it.

        Raises:
            StoreError: the database refuses, or the text holds characters that are no text.
        """
        with self._work(who) as work:
            (done,) = articles.add(work, [articles.Incoming(article, read, bands)], sample=sample)
            work.derive()
            return done

    def sharing(self, bands: Sequence[str]) -> list[tuple[str, str, str | None]]:
        """Id, text and publication date of the articles that share a key with ``bands``.

        They may be the same but for small edits; deleted ones are left out.
        """
        with reading(self._engine) as connection:
            return articles.sharing(connection, bands)

    def add_source(self, article_id: str, article: Article, *, who: str | None = None) -> Added:
        """Notes that ``article``, which differs a little, is a reprint of a stored one.

        Raises:
            StoreError: there is no such article.
        """
        with self._work(who) as work:
            done = articles.add_source(work, article_id, article)
            work.derive()
            return done

    def add_all(
        self,
        readings: Iterable[tuple[Article, Reading]],
        *,
        who: str | None = None,
        sample: bool = False,
    ) -> list[Added]:
        """As :meth:`add` for many articles in one transaction, which is much quicker for thousands."""
        with self._work(who) as work:
            done: list[Added] = []
            waiting = iter(readings)
            while part := [articles.Incoming(*each) for each in islice(waiting, _AT_ONCE)]:
                done += articles.add(work, part, sample=sample)
            work.derive()
            return done

    def load(self, archive: bulk.Archive, *, who: str | None = None) -> bulk.Loaded:
        """Takes an archive in that is read and merged already, in one transaction; again changes nothing.

        An empty store is filled as it stands in the archive. To others its articles are added that are not
        there yet, and merged with what is there.

        Raises:
            StoreError: the database refuses.
        """
        with self._work(who) as work:
            if fresh := bulk.is_empty(work.connection):
                done = bulk.fill(work, archive)
            else:
                done = self._add_missing(work, archive)
            if done.articles:
                after = {"name": archive.name, "articles": done.articles, "meetings": done.claims}
                work.note("load", archive.name, {}, after)
        if fresh:
            bulk.tidy(self._engine)
        return done

    def _add_missing(self, work: log.Work, archive: bulk.Archive) -> bulk.Loaded:
        added, claims = 0, 0
        waiting = archive.readings()
        while part := list(islice(waiting, _AT_ONCE)):
            there = articles.known(work.connection, [article.id for article, _, _ in part])
            fresh = [articles.Incoming(article, read) for article, read, _ in part if article.id not in there]
            done = [each for each in articles.add(work, fresh, sample=False) if each.new]
            added, claims = added + len(done), claims + sum(each.claims for each in done)
        work.derive()
        return bulk.Loaded(added, claims, kept_counts.total(work.connection))

    def articles(
        self,
        *,
        text: str = "",
        deleted: bool = False,
        undated: bool = False,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[ArticleRow]:
        """Articles without their texts, the newest first; ``deleted`` adds the deleted ones.

        ``text`` is words that must all occur in title, outlet, source or text, in any case. ``undated``
        leaves those whose publication date is not known.
        """
        with reading(self._engine) as connection:
            return articles.rows(
                connection, text=text, deleted=deleted, undated=undated, limit=limit, offset=offset
            )

    def deleted_articles(self, *, limit: int | None = None) -> list[ArticleRow]:
        """The deleted articles, which can be restored, without their texts; the one that went last first."""
        with reading(self._engine) as connection:
            return articles.deleted_rows(connection, limit=limit)

    def source_added(self, name: str) -> str | None:
        """When an article last came in from a file or from within it (UTC, ISO 8601); None if never."""
        with reading(self._engine) as connection:
            return articles.source_added(connection, name)

    def article_counts(self) -> ArticleCounts:
        """How many articles there are: all, and those that came with the program."""
        with reading(self._engine) as connection:
            return articles.counts(connection)

    def article(self, article_id: str) -> StoredArticle | None:
        """An article with its text and what was read in it, deleted or not; None if there is none."""
        with reading(self._engine) as connection:
            return articles.stored(connection, article_id)

    def need_article(self, article_id: str) -> StoredArticle:
        """As :meth:`article`.

        Raises:
            StoreError: there is no such article.
        """
        with reading(self._engine) as connection:
            return articles.need(connection, article_id)

    def preview(self, article_id: str, read: Reading) -> list[Move]:
        """Which meetings of a stored article another reading of it would change; nothing is written.

        Raises:
            StoreError: there is no such article.
        """
        stored = self.need_article(article_id)
        return articles.moves(stored.claims, claims_from(stored.article, read, stored.claims))

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
        with self._work(who) as work:
            stored = articles.need(work.connection, article_id)
            changed = articles.replace_reading(work, stored, read, given=given)
            before = {"given": stored.row.given, "reference": reference_json(stored.row.reference)}
            after = {"given": given, "reference": reference_json(read.reference)}
            line = work.note(action, article_id, before, after, undoes=undoes)
            if undoes is not None:
                work.mark_undone(log.entry_of(work.connection, undoes), by=line.id)
            work.derive()
            return changed

    def delete_article(self, article_id: str, *, who: str | None = None) -> None:
        """Takes an article and its meetings away. :meth:`restore_article` or :meth:`undo` bring it back.

        Raises:
            StoreError: there is no such article.
        """
        with self._work(who) as work:
            articles.delete_or_restore(work, article_id, action="delete")
            work.derive()

    def restore_article(self, article_id: str, *, who: str | None = None) -> None:
        """Brings a deleted article back, with its corrections.

        Raises:
            StoreError: there is no such article.
        """
        with self._work(who) as work:
            articles.delete_or_restore(work, article_id, action="restore")
            work.derive()

    def remove_samples(self, *, who: str | None = None) -> int:
        """Deletes the articles that came with the program; returns how many."""
        with self._work(who) as work:
            found = articles.samples(work.connection)
            for article_id in found:
                articles.delete_or_restore(work, article_id, action="delete")
            work.derive()
            return len(found)

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
        statement = events.EVENTS.order_by(*by_day(newest_first=newest_first))
        with reading(self._engine) as connection:
            found = None
            if limit is not None and query != _ALL:
                # A page of a long list: the facts tell which rows, and no others are read.
                selection = self._selected(connection, _revision(connection), query)
                found = selection.in_order(offset, limit, newest_first=newest_first)
            if found is None:
                statement = statement.where(*conditions(query)).offset(offset)
            else:
                statement = statement.where(EventTable.number.in_(found[0])).offset(found[1])
            rows = connection.execute(statement.limit(limit)).all()
            if with_claims:
                return events.with_claims(connection, rows)
            return [events.event_from(row) for row in rows]

    def event(self, event_id: str) -> Event | None:
        """The event with this id, or the one that the claim with this id is part of.

        An event's id is that of one of its claims, so that links to it stay good when it is merged.
        """
        with reading(self._engine) as connection:
            return events.find(connection, event_id)

    def neighbours(self, event: Event, *, most: int = 3) -> tuple[list[Event], list[Event]]:
        """The nearest events before and after with one of the same actors, nearest first, without claims.

        An event without a date has no neighbours in time.
        """
        with reading(self._engine) as connection:
            return events.neighbours(connection, event, most=most)

    def ids(self, query: Query = _ALL) -> list[str]:
        """The ids of the events that the query asks for, in the order of :meth:`events`."""
        statement = select(EventTable.id).where(*conditions(query)).order_by(*by_day(newest_first=False))
        with reading(self._engine) as connection:
            return list(connection.execute(statement).scalars())

    def actor(self, key: str) -> Actor:
        """An actor of some event.

        Raises:
            StoreError: no event has one with this key.
        """
        with reading(self._engine) as connection:
            return events.actor(connection, key)

    # Counts; they are kept until something changes, since a page asks the same several times.

    def _counted(
        self, name: str, query: Query, *about: Hashable, weigh: Callable[[Any], int] = lambda _: 1
    ) -> Any:  # noqa: ANN401  what the method of that name of ``Counting`` gives
        with reading(self._engine) as connection:
            revision = _revision(connection)
            counting = counts.Counting(connection, query, lambda: self._selected(connection, revision, query))
            return self.answers.get(
                revision, (name, query, *about), lambda: getattr(counting, name)(*about), weigh
            )

    def _selected(self, connection: Connection, revision: int, query: Query) -> Selection:
        """The facts of the events of a query; kept, as a page asks many things of the same."""
        columns = self._columns.at(connection, revision)
        return cast(Selection, self.answers.get(
            revision, ("selected", query), lambda: columns.select(connection, query),
            lambda selection: selection.weight,
        ))  # fmt: skip

    def count(self, query: Query = _ALL) -> int:
        """How many events the query asks for."""
        return cast(int, self._counted("count", query))

    def facet(self, name: FacetName, query: Query = _ALL) -> tuple[Count, ...]:
        """The values of one filter among the events of the query, the most frequent first."""
        return cast(tuple[Count, ...], self._counted("facet", query, name, weigh=_eighth))

    def facets(self, query: Query = _ALL) -> Facets:
        """The values of each filter among the events of the query, with their counts."""
        return Facets(**{name: self.facet(name, query) for name in FACETS})

    def months(self, query: Query = _ALL) -> list[tuple[date, Status, int]]:
        """How many events begin in which month, by status: (first of the month, status, count).

        Where the beginning is open, the end counts; events without any day are left out.
        """
        return cast(list[tuple[date, Status, int]], self._counted("months", query, weigh=_eighth))

    def span(self, query: Query = _ALL) -> Bounds | None:
        """First and last day that any bounded end of the events names; None when none has a date."""
        return cast(Bounds | None, self._counted("span", query))

    def lanes(self, kind: LaneKind, query: Query = _ALL) -> tuple[Count, ...]:
        """The lanes of a timeline with the number of their events, the busiest first."""
        return cast(tuple[Count, ...], self._counted("lanes", query, kind, weigh=_eighth))

    def cells(self, kind: LaneKind, lanes: Sequence[str], query: Query = _ALL) -> list[Cell]:
        """Events by lane, month of their first day and status: a timeline of any number of events.

        ``lanes`` are the keys of those to be told apart. Events in none of them count once, in the lane
        ``*``; those that can be in no lane (no place, no state) in the lane ``""``. Events without any
        day are left out.
        """
        return cast(list[Cell], self._counted("cells", query, kind, tuple(lanes), weigh=_eighth))

    def tallies(self, query: Query = _ALL) -> list[Tally]:
        """What the events of the query tell of each actor, the busiest first."""
        return cast(list[Tally], self._counted("tallies", query, weigh=_eighth))

    def pairs(self, query: Query = _ALL) -> list[tuple[str, str, int]]:
        """Who took part together with whom (keys, in alphabetical order), and in how many events.

        The most frequent pair comes first.
        """
        return cast(list[tuple[str, str, int]], self._counted("pairs", query, weigh=_eighth))

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
        with self._work(who) as work:
            event = events.need(work.connection, event_id)
            before = field_json(event, field)
            if seen is not _UNSEEN and seen_json(field, seen) != before:
                raise ConflictError("conflict", field=field)
            old, new = {"field": field, "value": before}, {"field": field, "value": after}
            return work.decide("edit", event.id, old, new)

    def check(self, event_id: str, *, who: str | None = None, checked: bool = True) -> Entry:
        """Marks an event as checked by a person, or takes the mark away.

        Raises:
            StoreError: there is no such event.
        """
        with self._work(who) as work:
            event = events.need(work.connection, event_id)
            old, new = {"checked": event.checked}, {"checked": checked}
            return work.decide("check", event.id, old, new)

    def reject(self, event_id: str, *, who: str | None = None) -> Entry:
        """Takes an event away that is no meeting: its present claims never count again, unless undone.

        Raises:
            StoreError: there is no such event.
        """
        with self._work(who) as work:
            event = events.need(work.connection, event_id)
            new = {"claims": [claim.id for claim in event.claims]}
            return work.decide("reject", event.id, _summary(event), new)

    def merge_events(self, event_ids: Sequence[str], *, who: str | None = None) -> Entry:
        """Makes one event of several.

        Raises:
            StoreError: fewer than two different events are named, or one does not exist.
        """
        with self._work(who) as work:
            chosen = [events.need(work.connection, event_id) for event_id in event_ids]
            different = {event.id: event for event in chosen}
            if len(different) < 2:
                raise StoreError("two_events")
            old = {"events": [_summary(event) for event in different.values()]}
            new = {"claims": [claim.id for event in different.values() for claim in event.claims]}
            return work.decide("merge", chosen[0].id, old, new)

    def split(self, event_id: str, claim_ids: Sequence[str], *, who: str | None = None) -> Entry:
        """Makes the named claims of an event an event of their own.

        Raises:
            StoreError: there is no such event, or the claims are none or all of its claims.
        """
        with self._work(who) as work:
            event = events.need(work.connection, event_id)
            one = [claim.id for claim in event.claims if claim.id in set(claim_ids)]
            other = [claim.id for claim in event.claims if claim.id not in set(claim_ids)]
            if not one or not other:
                raise StoreError("some_claims")
            new = {"one": one, "other": other}
            return work.decide("split", event.id, _summary(event), new)

    def add_event(self, meeting: Meeting, *, who: str | None = None) -> Event:
        """Adds a meeting by hand. Articles that tell the same one later become its sources.

        Raises:
            StoreError: a field cannot hold its value.
        """
        checked_value("kind", meeting.kind)
        checked_value("status", meeting.status)
        checked_value("date", meeting.date)
        checked_value("participants", meeting.participants)
        with self._work(who) as work:
            claim = Claim(f"hand-{uuid4().hex[:16]}", "", None, ReferenceDate(None, "unknown"), meeting)
            work.connection.execute(
                insert(ClaimTable).values(
                    id=claim.id, article_id=None, ordinal=0, kept=False, meeting=meeting_json(meeting),
                    event_id=None,
                )
            )  # fmt: skip
            derive.write_keys(work.connection, [work.corrections().claim(claim)])
            new = {"meeting": meeting_json(meeting)}
            work.decide("add_event", claim.id, {}, new)
            return events.need(work.connection, claim.id)

    def rename_actor(self, key: str, name: str, *, who: str | None = None) -> Entry:
        """Gives an actor another name everywhere.

        Raises:
            StoreError: nobody has this key, or the name is empty.
        """
        if not name.strip():
            raise StoreError("name")
        with self._work(who) as work:
            old, new = {"name": events.actor(work.connection, key).name}, {"name": name.strip()}
            return work.decide("rename_actor", key, old, new)

    def merge_actors(self, key: str, into: str, *, who: str | None = None) -> Entry:
        """Takes one actor for another everywhere: two spellings of one person.

        Raises:
            StoreError: nobody has one of the keys, or they are the same.
        """
        if key == into:
            raise StoreError("two_actors")
        with self._work(who) as work:
            old = {"actor": actor_json(events.actor(work.connection, key))}
            new = {"into": actor_json(events.actor(work.connection, into))}
            return work.decide("merge_actors", key, old, new)

    def log(self, *, limit: int | None = 100, offset: int = 0, event_id: str | None = None) -> list[Entry]:
        """Lines of the log, the newest first; with ``event_id`` those about the event and its claims."""
        with reading(self._engine) as connection:
            about = None if event_id is None else events.claim_ids(connection, event_id)
            return log.lines(connection, limit=limit, offset=offset, about=about)

    def entry(self, entry_id: int) -> Entry:
        """A line of the log.

        Raises:
            StoreError: there is no such line.
        """
        with reading(self._engine) as connection:
            return log.entry_of(connection, entry_id)

    def undo(self, entry_id: int, *, who: str | None = None) -> Entry:
        """Takes back a line of the log, as a line of its own; taking that one back is doing it again.

        Raises:
            StoreError: there is no such line, it is taken back already, or it is a reading of an article,
                which only reading it again can change (see :func:`timeline.pipeline.undo`), or the loading
                of an archive.
        """
        with self._work(who) as work:
            line = log.entry_of(work.connection, entry_id)
            changed = line
            while changed.action == "undo" and changed.undoes is not None:
                changed = log.entry_of(work.connection, changed.undoes)
            if changed.action in ("published", "reread"):
                raise StoreError("reading")
            if changed.action == "load":
                raise StoreError("load")
            taken = work.note("undo", line.target, {}, {"action": line.action}, undoes=line.id)
            work.mark_undone(line, by=taken.id)
            in_force = log.entry_of(work.connection, changed.id).undone_by is None
            if changed.action in ("add", "restore", "delete"):
                there = in_force != (changed.action == "delete")
                articles.set_deleted(work, changed.target, deleted_at=None if there else work.now)
            else:
                work.touch(changed)
            work.derive()
            return taken

    def rebuild(self) -> None:
        """Derives all events anew from articles and corrections, as after a change of the merging rules."""
        with self._work(None) as work:
            derive.rebuild(work.connection, work.corrections())


def _eighth(rows: Sequence[object]) -> int:
    """What a list of counts weighs: a row takes about an eighth of an event."""
    return len(rows) // 8


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

"""The log: every change with who, when, before and after; and a writing transaction that keeps it.

Lines are never changed but for the mark that another line has taken them back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update

from timeline.merge import Change
from timeline.store.corrections import Corrections, corrections_from, touched
from timeline.store.database import writing
from timeline.store.derive import change_of, claims_of_actors, derive, load_claims, write_keys
from timeline.store.errors import StoreError
from timeline.store.schema import CounterTable, LogTable
from timeline.store.values import Entry

_DECISIONS = ("edit", "check", "reject", "merge", "split", "add_event", "rename_actor", "merge_actors")
_COLUMNS = (
    LogTable.id, LogTable.at, LogTable.who, LogTable.action, LogTable.target, LogTable.before, LogTable.after,
    LogTable.undoes, LogTable.undone_by,
)  # fmt: skip
ENTRIES = select(*_COLUMNS)
"""The lines of the log, in the order of the fields of :class:`Entry`."""


@dataclass(slots=True)
class Work:
    """A writing transaction: its connection, who works when, and what has been touched so far."""

    connection: Connection
    who: str | None
    now: str
    change: Change = field(default_factory=Change)

    def corrections(self) -> Corrections:
        """The decisions in force."""
        return corrections(self.connection)

    def note(
        self,
        action: str,
        target: str,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
        *,
        undoes: int | None = None,
    ) -> Entry:
        """Writes a line of the log."""
        done = self.connection.execute(
            insert(LogTable).values(
                at=self.now, who=self.who, action=action, target=target, before=dict(before),
                after=dict(after), undoes=undoes,
            )
        )  # fmt: skip
        key = done.inserted_primary_key
        return Entry(int(key[0]) if key else 0, self.now, self.who, action, target, before, after, undoes)

    def decide(self, action: str, target: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Entry:
        """Writes a person's decision into the log and puts it into force."""
        entry = self.note(action, target, before, after)
        self.touch(entry)
        self.derive()
        return entry

    def touch(self, entry: Entry) -> None:
        """Remembers what a decision, new or taken back, has an effect on."""
        claims, actors = touched(entry)
        if actors:
            keys = self.corrections().keys_of(*actors)
            claims = claims | claims_of_actors(self.connection, keys)
        self.change.join(change_of(self.connection, claims, told_anew=bool(actors)))
        if actors:
            decided = self.corrections()
            told = load_claims(self.connection, claims)
            write_keys(self.connection, [decided.claim(claim) for claim in told])

    def derive(self) -> None:
        """Brings the events in step with what has been touched."""
        derive(self.connection, self.change, self.corrections())

    def mark_undone(self, entry: Entry, *, by: int) -> None:
        """Marks a line as taken back by another; what it had taken back itself is in force again.

        Raises:
            StoreError: it is taken back already.
        """
        if entry.undone_by is not None:
            raise StoreError("undone")
        mark: int | None = by
        while True:
            statement = update(LogTable).where(LogTable.id == entry.id).values(undone_by=mark)
            self.connection.execute(statement)
            if entry.action != "undo" or entry.undoes is None:
                return
            mark = entry.id if mark is None else None
            entry = entry_of(self.connection, entry.undoes)


class Working:
    """Opens a :class:`Work` in ``with`` and raises the revision; all is undone on an error."""

    def __init__(self, engine: Engine, *, who: str | None, now: str) -> None:
        self._transaction = writing(engine)
        self._who = who
        self._now = now

    def __enter__(self) -> Work:
        connection = self._transaction.__enter__()
        raised = CounterTable.value + 1
        statement = update(CounterTable).where(CounterTable.name == "revision").values(value=raised)
        try:
            connection.execute(statement)
        except BaseException as error:
            # Nobody leaves a "with" that was never entered: the transaction would stay open, and its lock.
            self._transaction.__exit__(type(error), error, error.__traceback__)
            raise
        return Work(connection, self._who, self._now)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        return self._transaction.__exit__(kind, error, trace)


def corrections(connection: Connection) -> Corrections:
    """The decisions in force."""
    statement = ENTRIES.where(LogTable.undone_by.is_(None), LogTable.action.in_(_DECISIONS))
    return corrections_from(Entry(*row) for row in connection.execute(statement.order_by(LogTable.id)))


def entry_of(connection: Connection, entry_id: int) -> Entry:
    """A line of the log.

    Raises:
        StoreError: there is no such line.
    """
    row = connection.execute(ENTRIES.where(LogTable.id == entry_id)).one_or_none()
    if row is None:
        raise StoreError("no_line", id=entry_id)
    return Entry(*row)


def lines(
    connection: Connection, *, limit: int | None, offset: int, about: set[str] | None = None
) -> list[Entry]:
    """Lines of the log, the newest first; ``about`` keeps those that concern one of these claims."""
    statement = ENTRIES.order_by(LogTable.id.desc())
    if about is None:
        return [Entry(*row) for row in connection.execute(statement.limit(limit).offset(offset))]
    found = [Entry(*row) for row in connection.execute(statement)]
    told = [each for each in found if each.target in about or touched(each)[0] & about]
    return told[offset:][:limit]

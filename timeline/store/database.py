"""Opens the database: where it lies, how its connections behave, and which schema it has.

SQLite is opened with a write-ahead log, so that readers never wait for a writer, and with full
synchronisation, so that what was reported as stored outlives a crash. Every writing transaction asks for
the lock at its beginning and waits for it; thus two writers queue up and neither is told "locked".
"""

import os
import shutil
import sqlite3
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.schema import CreateSchema

from timeline.store.errors import StoreError

HEAD = "0006"
"""The revision of the schema that this program writes."""

_BUSY = 60_000
"""Milliseconds that a writer waits for another; adding one article takes far less than a second."""
_FAILURES = {
    "disk is full": "full", "No space left": "full", "readonly": "read_only", "read-only": "read_only",
    "unable to open": "cannot_open", "not a database": "no_database", "malformed": "no_database",
    "is locked": "busy",
}  # fmt: skip
"""What the drivers say, and the code of :data:`timeline.store.errors.REASONS` for it."""
_ROOM = 100_000
"""Bytes; with less a SQLite database cannot be opened for writing."""
_LOCK = 0x746C696E
"""Key of PostgreSQL's advisory lock that makes writers queue up; any number that others do not use."""
_TAKE_LOCK = text("SELECT pg_advisory_xact_lock(:key, hashtext(coalesce(current_schema(), '')))")
"""Writers of one project queue up; those of two projects do not wait for each other."""


def default_url() -> str:
    """Where the store is: ``TIMELINE_DATABASE_URL``, else a SQLite file.

    The file lies in ``TIMELINE_DATA_DIR``, else in the user's data folder of the operating system.
    """
    if url := os.environ.get("TIMELINE_DATABASE_URL"):
        return url
    from platformdirs import user_data_path

    told = os.environ.get("TIMELINE_DATA_DIR")
    folder = Path(told) if told else user_data_path("diplomatic-timeline", appauthor=False)
    return str(URL.create("sqlite", database=str(folder / "timeline.db")))


class Guard(Protocol):
    """Says at every use of a guarded engine whether it is allowed."""

    def permit(self, *, writing: bool) -> None:
        """Raises :class:`StoreError` where the use is not allowed."""


def guarded(engine: Engine, guard: Guard) -> Engine:
    """The same database and connections; each transaction asks ``guard`` before it begins."""
    return engine.execution_options(guard=guard)


def _ask_guard(engine: Engine, *, writing: bool) -> None:
    guard: Guard | None = engine.get_execution_options().get("guard")
    if guard is not None:
        guard.permit(writing=writing)


def open_database(url: str, project: str | None = None) -> Engine:
    """An engine on the database at ``url``, made or migrated where needed.

    ``project`` (lower-case letters and digits) names a database of its own beside that one: on SQLite
    another file in the same folder, on PostgreSQL another schema. None of the two sees the other's tables.

    Raises:
        StoreError: the address is wrong, nothing answers there, it cannot be written, it is no store of
            ours, or its schema is newer than this program.
    """
    try:
        address = make_url(url)
        if address.drivername in ("postgresql", "postgres"):
            address = address.set(drivername="postgresql+pg8000")
        if address.get_backend_name() not in ("sqlite", "postgresql"):
            raise StoreError("address")
        if address.get_backend_name() == "sqlite":
            engine = _sqlite(_file_of(address, project) if project else address)
        else:
            engine = _postgresql(address, f"project_{project}" if project else None)
    except (ArgumentError, NoSuchModuleError) as error:
        raise StoreError("address") from error
    except OSError as error:
        raise StoreError("folder", detail=str(error)) from error
    try:
        if project and engine.dialect.name == "postgresql":
            _make_schema(engine, f"project_{project}")
        _migrate(engine)
    except DBAPIError as error:
        engine.dispose()
        raise plain_error(error, address) from error
    except BaseException:
        engine.dispose()
        raise
    return engine


def plain_error(error: DBAPIError, address: URL) -> StoreError:
    """What a failure of the database means and what to do, without passwords and SQL."""
    reason = " ".join(str(error.orig).split())
    place = str(address.database) if address.get_backend_name() == "sqlite" else address.render_as_string()
    return _refusal(reason, place)


def _refusal(reason: str, place: str) -> StoreError:
    # SQLite says no more where the files beside the database find no room.
    if "disk I/O error" in reason and _has_no_room(Path(place).parent):
        return StoreError("full", place=place)
    for words, code in _FAILURES.items():
        if words in reason:
            return StoreError(code, place=place)
    return StoreError("database", place=place, detail=reason)


def _has_no_room(folder: Path) -> bool:
    try:
        return shutil.disk_usage(folder).free < _ROOM
    except OSError:
        return False


def _file_of(address: URL, project: str) -> URL:
    """The file of a project, beside that of the first one."""
    if not address.database or address.database == ":memory:":
        return address
    first = Path(address.database)
    return address.set(database=str(first.with_name(f"{first.stem}.project-{project}{first.suffix}")))


def _sqlite(address: URL) -> Engine:
    if address.database and address.database != ":memory:":
        Path(address.database).absolute().parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(address, json_serializer=_json, connect_args={"timeout": _BUSY / 1000})

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: object) -> None:  # noqa: ANN401  the driver's
        connection.isolation_level = None  # we begin transactions ourselves, below
        connection.execute(f"PRAGMA busy_timeout={_BUSY}")
        connection.execute("PRAGMA foreign_keys=ON")
        _use_write_ahead_log(connection)
        connection.execute("PRAGMA synchronous=FULL")
        # SQLite's own knows A to Z alone; "öl" must find "Öl" as it does in PostgreSQL.
        connection.create_function("lower", 1, _lower, deterministic=True)

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        writing = connection.get_execution_options().get("writing")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _use_write_ahead_log(connection: Any) -> None:  # noqa: ANN401  the driver's
    """Switches to a write-ahead log. SQLite does not wait for others here, so we do, for up to 10 s."""
    for attempt in range(200):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or attempt == 199:
                raise
            time.sleep(0.05)
        else:
            return


def _postgresql(address: URL, schema: str | None) -> Engine:
    if address.username is None:
        from getpass import getuser  # as libpq does

        address = address.set(username=getuser())
    if schema is None:
        return create_engine(address, json_serializer=_json, pool_pre_ping=True)
    # A server takes some hundred connections; each project keeps two and takes more only while it needs them.
    engine = create_engine(address, json_serializer=_json, pool_pre_ping=True, pool_size=2, max_overflow=13)

    # Before SQLAlchemy's own first look at the connection, which remembers the schema that it finds.
    @event.listens_for(engine, "connect", insert=True)
    def connected(connection: Any, _record: object) -> None:  # noqa: ANN401  the driver's
        autocommit, connection.autocommit = connection.autocommit, True
        cursor = connection.cursor()
        cursor.execute(f'SET SESSION search_path TO "{schema}"')
        cursor.close()
        connection.autocommit = autocommit

    return engine


def _make_schema(engine: Engine, schema: str) -> None:
    # "IF NOT EXISTS" fails where two do it at once, so under the lock that writers take.
    with writing(engine) as connection:
        connection.execute(CreateSchema(schema, if_not_exists=True))


def _json(value: object) -> str:
    import json

    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


_QUEUES: dict[str, Lock] = defaultdict(Lock)
"""Where the writers of this process wait for each other, by SQLite file. SQLite itself lets them try again
and again in no order and gives up after :data:`_BUSY`; on a busy machine one of twenty came too late."""


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that may write; others wait at its beginning. Rolled back on any error.

    Raises:
        StoreError: the database refuses (full disk, no rights, connection lost), or the guard does.
    """
    _ask_guard(engine, writing=True)
    queue = _QUEUES[str(engine.url)] if engine.dialect.name == "sqlite" else nullcontext()
    try:
        with queue, engine.connect().execution_options(writing=True) as connection, connection.begin():
            if engine.dialect.name == "postgresql":
                connection.execute(_TAKE_LOCK, {"key": _LOCK})
            yield connection
    except DBAPIError as error:
        raise plain_error(error, engine.url) from error


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that only reads and sees one state of the database throughout.

    Raises:
        StoreError: the database refuses, or the guard does.
    """
    _ask_guard(engine, writing=False)
    try:
        connection = engine.connect()
        if engine.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        with connection, connection.begin():
            yield connection
    except DBAPIError as error:
        raise plain_error(error, engine.url) from error


# Schema


def _migrate(engine: Engine) -> None:
    """Brings the schema to :data:`HEAD`, with a copy of the file before an older one is changed."""
    with reading(engine) as connection:
        present = _revision(connection)
    if present == HEAD:
        return
    _refuse_newer(present)
    if present is not None:
        _back_up(engine, present)
    # Alembic is slow to import, so only now.
    from alembic import command
    from alembic.config import Config

    with writing(engine) as connection:
        if _revision(connection) == HEAD:  # another process was quicker
            return
        config = Config()
        config.set_main_option(
            "script_location", str(Path(__file__).parent / "migrations").replace("%", "%%")
        )
        config.attributes["connection"] = connection
        command.upgrade(config, HEAD)


def _revision(connection: Connection) -> str | None:
    """The revision of the schema; None where there is none yet.

    Raises:
        StoreError: the database holds tables of something else.
    """
    tables = set(inspect(connection).get_table_names())
    if "alembic_version" not in tables:
        if "articles" in tables or "events" in tables:
            raise StoreError("foreign")
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _refuse_newer(present: str | None) -> None:
    versions = Path(__file__).parent / "migrations" / "versions"
    known = {path.name.partition("_")[0] for path in versions.glob("[0-9]*.py")}
    if present is not None and present not in known:
        raise StoreError("newer", present=present, known=HEAD)


def _back_up(engine: Engine, present: str) -> None:
    """Copies a SQLite file beside itself before it is migrated. A server is backed up by its operator.

    The copy has its name only when it is whole: a process may be killed while it copies.

    Raises:
        StoreError: there is no room or no right for the copy; nothing is changed then.
    """
    name = engine.url.database
    if engine.dialect.name != "sqlite" or not name or name == ":memory:":
        return
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    copy = Path(name).with_name(f"{Path(name).name}.schema-{present}-{stamp}.backup")
    part = copy.with_suffix(".part")
    try:
        with closing(sqlite3.connect(name)) as source, closing(sqlite3.connect(part)) as target:
            source.backup(target)
        part.replace(copy)
    except (sqlite3.Error, OSError) as error:
        part.unlink(missing_ok=True)
        raise _refusal(str(error), str(copy)) from error

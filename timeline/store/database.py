"""Opens the database: where it lies, how its connections behave, and which schema it has.

SQLite is opened with a write-ahead log, so that readers never wait for a writer, and with full
synchronisation, so that what was reported as stored outlives a crash. Every writing transaction asks for
the lock at its beginning and waits for it; thus two writers queue up and neither is told "locked".
"""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from timeline.store.errors import StoreError

HEAD = "0003s"
"""The revision of the schema that this program writes."""

_BUSY = 60_000
"""Milliseconds that a writer waits for another; adding one article takes far less than a second."""
_FAILURES = {
    "disk is full": "full", "No space left": "full", "readonly": "read_only", "read-only": "read_only",
    "unable to open": "cannot_open", "not a database": "no_database", "malformed": "no_database",
}  # fmt: skip
"""What the drivers say, and the code of :data:`timeline.store.errors.REASONS` for it."""
_LOCK = 0x746C696E
"""Key of PostgreSQL's advisory lock that makes writers queue up; any number that others do not use."""


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


def open_database(url: str) -> Engine:
    """An engine on the database at ``url``, made or migrated where needed.

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
        engine = _sqlite(address) if address.get_backend_name() == "sqlite" else _postgresql(address)
    except (ArgumentError, NoSuchModuleError) as error:
        raise StoreError("address") from error
    except OSError as error:
        raise StoreError("folder", detail=str(error)) from error
    try:
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
    for words, code in _FAILURES.items():
        if words in reason:
            return StoreError(code, place=place)
    return StoreError("database", place=place, detail=reason)


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


def _postgresql(address: URL) -> Engine:
    if address.username is None:
        from getpass import getuser  # as libpq does

        address = address.set(username=getuser())
    return create_engine(address, json_serializer=_json, pool_pre_ping=True)


def _json(value: object) -> str:
    import json

    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that may write; others wait at its beginning. Rolled back on any error.

    Raises:
        StoreError: the database refuses (full disk, no rights, connection lost).
    """
    try:
        with engine.connect().execution_options(writing=True) as connection, connection.begin():
            if engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            yield connection
    except DBAPIError as error:
        raise plain_error(error, engine.url) from error


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that only reads and sees one state of the database throughout.

    Raises:
        StoreError: the database refuses.
    """
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
    """Copies a SQLite file beside itself before it is migrated. A server is backed up by its operator."""
    name = engine.url.database
    if engine.dialect.name != "sqlite" or not name or name == ":memory:":
        return
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    copy = Path(name).with_name(f"{Path(name).name}.schema-{present}-{stamp}.backup")
    with closing(sqlite3.connect(name)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)

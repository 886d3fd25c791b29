"""Fixtures that several test modules share: an empty store on each database that is at hand."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest

POSTGRES = "postgresql+pg8000://postgres@127.0.0.1:5432/test"


def postgres_url() -> str:
    return os.environ.get("TIMELINE_TEST_POSTGRES", POSTGRES)


@pytest.fixture(scope="session")
def postgres_server() -> str:
    """The address of a PostgreSQL database to test in; skips where no server answers."""
    from sqlalchemy import create_engine, text
    from sqlalchemy.exc import DBAPIError

    url = postgres_url()
    engine = create_engine(url, connect_args={"timeout": 3})
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except (DBAPIError, OSError) as error:
        if "TIMELINE_TEST_POSTGRES" in os.environ:
            raise
        pytest.skip(f"no PostgreSQL server answers at {url} (set TIMELINE_TEST_POSTGRES): {error}")
    finally:
        engine.dispose()
    return url


@contextmanager
def _database(server: str) -> Iterator[str]:
    """A PostgreSQL database of its own, gone afterwards."""
    from sqlalchemy import create_engine, text
    from sqlalchemy.engine import make_url

    name = f"timeline_test_{uuid4().hex[:12]}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        engine.dispose()


@pytest.fixture
def postgres_database(postgres_server: str) -> Iterator[str]:
    """The address of an empty PostgreSQL database."""
    with _database(postgres_server) as url:
        yield url


@pytest.fixture(scope="module")
def postgres_database_of_module(postgres_server: str) -> Iterator[str]:
    """The address of a PostgreSQL database that the tests of one module share."""
    with _database(postgres_server) as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def store_url(request: pytest.FixtureRequest, tmp_path) -> str:
    """The address of an empty database, of both kinds in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'timeline.db'}"
    return request.getfixturevalue("postgres_database")


def do_not_wait_for_the_disk(store) -> None:
    """Lets SQLite leave writing to the operating system: tests that do not pull the plug need no more."""
    connection = store._engine.raw_connection()
    connection.cursor().execute("PRAGMA synchronous=OFF")
    connection.close()


@pytest.fixture(scope="session")
def _postgres_of_session(postgres_server: str) -> Iterator[str]:
    with _database(postgres_server) as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest, tmp_path) -> Iterator:
    """An empty store on each kind of database. The one on PostgreSQL is emptied and used again."""
    from sqlalchemy import text

    from timeline.store import Store
    from timeline.store.schema import Table

    if request.param == "sqlite":
        with Store.open(f"sqlite:///{tmp_path / 'timeline.db'}") as opened:
            do_not_wait_for_the_disk(opened)
            yield opened
        return
    with Store.open(request.getfixturevalue("_postgres_of_session")) as opened:
        with opened._engine.begin() as connection:
            tables = ", ".join(name for name in Table.metadata.tables if name != "counters")
            connection.execute(text(f"TRUNCATE {tables}, event_words RESTART IDENTITY"))
        yield opened

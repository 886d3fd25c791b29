"""Several writers at once, killed writers, older and newer schemas, disks that refuse."""

import multiprocessing
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, inspect, text

from tests.diplomacy import article, meeting, reading
from timeline.merge import merge
from timeline.model import Place
from timeline.store import ConflictError, Store, StoreError, migrations
from timeline.store.database import HEAD, default_url, writing
from timeline.store.schema import Table

DAYS = [f"2024-05-{day:02}" for day in range(1, 29)]


def _add_many(url: str, name: str, number: int) -> None:
    with Store.open(url) as store:
        for n in range(number):
            store.add(article(f"{name}{n}"), reading(meeting("Scholz, Macron", DAYS[n])))


def test_two_processes_add_at_once(store_url):
    """Both open an empty database and add; nobody is told "locked", nothing is lost."""
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_add_many, args=(store_url, name, 20)) for name in "ab"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert [writer.exitcode for writer in writers] == [0, 0]
    with Store.open(store_url) as store:
        assert len(store.articles()) == 40
        assert [event.sources for event in store.events()] == [2] * 20


def _count_up(url: str, event: str, times: int) -> None:
    """Adds one to the number that stands as an event's place, as a person would: look, then save."""
    with Store.open(url) as store:
        for n in range(times):
            while True:
                place = store.event(event).place
                try:
                    store.edit(
                        event, "place", Place(str(int(place) + 1)), seen=Place(place), who=f"{os.getpid()}"
                    )
                except ConflictError:
                    continue
                break
            store.add(article(f"{os.getpid()}-{n}"), reading(meeting("Putin, Xi", DAYS[n])))


def test_processes_add_and_correct_without_losing_an_update(store_url):
    """Whoever saves what somebody else has changed is told, looks again, and nothing is lost."""
    with Store.open(store_url) as store:
        store.add(article("start"), reading(meeting("Scholz, Macron", "2024-05-28")))
        event = store.events()[0].id
        store.edit(event, "place", Place("0"))
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_count_up, args=(store_url, event, 8)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    with Store.open(store_url) as store:
        assert store.event(event).place == "24"
        assert len(store.articles(limit=None)) == 25
        edits = [entry for entry in reversed(store.log(limit=None)) if entry.action == "edit"]
        assert [entry.after["value"]["name"] for entry in edits] == [str(n) for n in range(25)]


def test_threads_add_and_correct_at_once(store):
    store.add(article("start"), reading(meeting("Scholz, Macron", "2024-05-28")))
    (event,) = store.events()
    faults = []

    def work(number: int) -> None:
        try:
            for n in range(5):
                store.add(article(f"{number}-{n}"), reading(meeting("Putin, Xi", DAYS[n])))
                store.edit(event.id, "date", f"2024-05-{number + 1:02}", who=str(number))
                store.events()
        except Exception as error:  # told to the main thread
            faults.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert len(store.articles()) == 21
    edits = [entry for entry in reversed(store.log(limit=None)) if entry.action == "edit"]
    assert len(edits) == 20
    for earlier, later in pairwise(edits):
        assert later.before == earlier.after


def test_writers_of_one_process_wait_however_long_it_takes(tmp_path, monkeypatch):
    """SQLite gives up after a while; in a process that serves many people nobody must be told so."""
    monkeypatch.setattr("timeline.store.database._BUSY", 50)
    with Store.open(f"sqlite:///{tmp_path / 'timeline.db'}") as store:
        faults = []

        def add(number: int) -> None:
            try:
                store.add(article(str(number)), reading(meeting("Scholz, Macron", DAYS[number])))
            except Exception as error:  # told to the main thread
                faults.append(error)

        with writing(store._engine):
            threads = [threading.Thread(target=add, args=(n,)) for n in range(6)]
            for thread in threads:
                thread.start()
            time.sleep(0.5)
        for thread in threads:
            thread.join()
        assert faults == []
        assert len(store.articles()) == 6


def test_another_process_that_holds_the_database_too_long_is_told_in_words(tmp_path, monkeypatch):
    monkeypatch.setattr("timeline.store.database._BUSY", 50)
    file = tmp_path / "timeline.db"
    with Store.open(f"sqlite:///{file}") as store, closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError) as caught:
            store.add(article("a"), reading())
        assert caught.value.code == "busy"
        assert "locked" not in str(caught.value)


_KILLED = """
import sys
sys.path.insert(0, {root!r})
from tests.diplomacy import article, meeting, reading
from timeline.store import Store
store = Store.open({url!r})
print("open", flush=True)
for n in range({start}, {start} + 1000):
    store.add(article(str(n)), reading(meeting("Scholz, Macron", "2024-05-%02d" % (n % 28 + 1)),
                                       meeting("Putin, Xi", "2024-05-%02d" % (n % 28 + 1), at=200)))
    print(n, flush=True)
"""


def kill_while_adding(url: str, *, start: int, wait: float) -> list[int]:
    """Adds articles in a process that is killed after ``wait`` seconds; what it reported as added."""
    root = str(Path(__file__).parent.parent)
    code = _KILLED.format(root=root, url=url, start=start)
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(wait)
    process.send_signal(signal.SIGKILL)
    told = process.stdout.read().split()
    process.wait()
    process.stdout.close()
    # The last line may be cut off in the middle of a number.
    return [int(line) for line in told][:-1]


def check_nothing_lost_doubled_or_half(url: str, promised: list[int]) -> int:
    """Opens the store after kills and compares it with what was promised; the number of its articles."""
    with Store.open(url) as store:
        rows = store.articles()
        titles = [row.title for row in rows]
        assert len(titles) == len(set(titles))
        assert {f"Titel {n}" for n in promised} <= set(titles)
        assert all(row.meetings == 2 for row in rows)
        events = store.events()
        claims = [claim for event in events for claim in event.claims]
        assert len(claims) == 2 * len(rows)
        assert sorted(merge(claims), key=lambda e: e.id) == sorted(events, key=lambda e: e.id)
        return len(rows)


def test_killed_while_adding(store_url):
    chance = random.Random(5)
    promised: list[int] = []
    for turn in range(4):
        promised += kill_while_adding(store_url, start=turn * 1000, wait=chance.uniform(0, 0.4))
    check_nothing_lost_doubled_or_half(store_url, promised)


_KILLED_AT_THE_FIFTH_TABLE = """
import os
import sqlalchemy as sa
from timeline.store.database import open_database
made = []
@sa.event.listens_for(sa.Engine, "before_cursor_execute")
def count(connection, cursor, statement, *rest):
    if "CREATE TABLE" in statement:
        made.append(statement)
    if len(made) == 5:
        os.kill(os.getpid(), 9)
open_database({url!r})
"""


def test_killed_while_the_tables_are_made(tmp_path):
    url = f"sqlite:///{tmp_path / 'timeline.db'}"
    code = _KILLED_AT_THE_FIFTH_TABLE.format(url=url)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL
    with Store.open(url) as store:
        store.add(article("a"), reading(meeting("Scholz, Macron", "2024-05-28")))
        assert store.count() == 1


def test_the_migrations_make_the_tables_that_the_program_uses(store_url):
    Store.open(store_url).close()
    engine = create_engine(store_url)
    found = inspect(engine)
    for name, table in Table.metadata.tables.items():
        columns = {column["name"]: column for column in found.get_columns(name)}
        assert set(columns) == {column.name for column in table.columns}
        for column in table.columns:
            assert columns[column.name]["nullable"] == column.nullable, f"{name}.{column.name}"
        expected = {tuple(c.name for c in index.columns) for index in table.indexes}
        # The words of events are indexed by each database's own means (timeline.store.textsearch).
        indexes = [index for index in found.get_indexes(name) if index["name"] != "ix_events_words"]
        assert {tuple(index["column_names"]) for index in indexes} == expected
    names = {name for name in found.get_table_names() if not name.startswith("event_words")}
    assert names == {*Table.metadata.tables, "alembic_version"}
    engine.dispose()


def test_an_older_schema_is_migrated_after_a_backup(store_url, tmp_path):
    with Store.open(store_url) as store:
        store.add(article("a"), reading(meeting("Scholz, Macron", "2024-05-28")))
        expected = store.events()
        config = Config()
        config.set_main_option("script_location", str(Path(migrations.__file__).parent))
        with writing(store._engine) as connection:
            config.attributes["connection"] = connection
            command.downgrade(config, "0001")
            assert "bands" not in inspect(connection).get_table_names()
    with Store.open(store_url) as store:
        assert store.events() == expected
        store.add(article("b"), reading(), bands=["x"])
        assert len(store.sharing(["x"])) == 1
    backups = list(tmp_path.glob("timeline.db.schema-0001-*.backup"))
    assert len(backups) == (1 if store_url.startswith("sqlite") else 0)
    for backup in backups:
        with closing(sqlite3.connect(backup)) as copy:
            assert copy.execute("SELECT count(*) FROM claims").fetchone() == (1,)


def test_a_newer_schema_is_refused(store_url):
    Store.open(store_url).close()
    engine = create_engine(store_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(StoreError, match="newer version"):
        Store.open(store_url)


def test_a_database_of_another_program_is_left_alone(store_url):
    engine = create_engine(store_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE articles (recipe TEXT)"))
    with pytest.raises(StoreError, match="another program"):
        Store.open(store_url)
    assert inspect(engine).get_table_names() == ["articles"]
    engine.dispose()


def test_a_file_that_is_no_database(tmp_path):
    (tmp_path / "timeline.db").write_text("Dies ist ein Brief und keine Datenbank. " * 50, encoding="utf-8")
    with pytest.raises(StoreError, match="not a SQLite database"):
        Store.open(f"sqlite:///{tmp_path / 'timeline.db'}")


ADDRESSES = [
    "mysql://localhost/x",
    "nonsense",
    "sqlite:////proc/none/timeline.db",
    "postgresql://127.0.0.1:1/x",
]


@pytest.mark.parametrize("url", ADDRESSES)
def test_an_address_where_no_store_can_be(url):
    with pytest.raises(StoreError):
        Store.open(url)


def test_a_password_is_not_told(tmp_path):
    with pytest.raises(StoreError) as caught:
        Store.open("postgresql://anna:geheim@127.0.0.1:1/x")
    assert "geheim" not in str(caught.value)


def test_a_full_disk_loses_nothing(tmp_path):
    url = f"sqlite:///{tmp_path / 'timeline.db'}"
    with Store.open(url) as store:
        store.add(article("a"), reading(meeting("Scholz, Macron", "2024-05-28")))
        with store._engine.connect() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
            connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
        told = reading(*(meeting("Putin, Xi", day, at=n) for n, day in enumerate(DAYS)))
        many = [(article(f"b{n}"), told) for n in range(200)]
        with pytest.raises(StoreError, match="full"):
            store.add_all(many)
        assert [(row.title, row.meetings) for row in store.articles()] == [("Titel a", 1)]


def test_a_read_only_file_is_told(tmp_path):
    file = tmp_path / "timeline.db"
    Store.open(f"sqlite:///{file}").close()
    with Store.open(f"sqlite:///{file}") as store:
        with store._engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA query_only=ON")
        with pytest.raises(StoreError, match="cannot be written"):
            store.add(article("a"), reading(meeting("Scholz, Macron", "2024-05-28")))


def test_what_is_no_text_is_refused_and_leaves_nothing(store):
    for broken in ("\x00", "\ud800"):
        with pytest.raises(StoreError, match="no text"):
            store.add(article(f"a{broken}"), reading(meeting("Scholz, Macron", "2024-05-28")))
    assert store.articles() == []


def test_an_error_in_the_middle_leaves_nothing_half(store, monkeypatch):
    def fail(*_arguments):
        raise RuntimeError("in the middle")

    monkeypatch.setattr("timeline.store.derive.merge_again", fail)
    with pytest.raises(RuntimeError):
        store.add(article("a"), reading(meeting("Scholz, Macron", "2024-05-28")))
    monkeypatch.undo()
    assert (store.articles(), store.events(), store.log()) == ([], [], [])


def test_the_store_is_in_the_data_folder_unless_told_otherwise(monkeypatch, tmp_path):
    monkeypatch.delenv("TIMELINE_DATABASE_URL", raising=False)
    monkeypatch.setenv("TIMELINE_DATA_DIR", str(tmp_path / "neu"))
    with Store.open() as store:
        assert store.count() == 0
    assert (tmp_path / "neu" / "timeline.db").exists()
    monkeypatch.setenv("TIMELINE_DATABASE_URL", "sqlite:////elsewhere.db")
    assert default_url() == "sqlite:////elsewhere.db"


def test_sqlite_is_opened_for_durability(tmp_path):
    with Store.open(f"sqlite:///{tmp_path / 'timeline.db'}") as store, store._engine.connect() as connection:
        read = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
    assert read == ["wal", 2, 1, 60_000]
    assert sqlite3.sqlite_version_info >= (3, 35)


def test_the_head_is_the_last_migration():
    files = sorted((Path(migrations.__file__).parent / "versions").glob("[0-9]*.py"))
    assert files[-1].name.startswith(HEAD)

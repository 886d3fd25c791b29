# ruff: noqa: E501  tables are not broken
"""Killed at any moment, on a full disk, without the right to write: the store is whole, and says what is wrong."""

import json
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from inspect import getsource
from pathlib import Path

import pytest

from tests.diplomacy import article, meeting, reading
from tests.killing import (
    ACTIONS,
    ROOT,
    check_promises,
    downgrade,
    fill,
    kill_while_changing,
    rows,
)
from timeline.store import Store, StoreError, migrations
from timeline.store.database import HEAD

linux = pytest.mark.skipif(sys.platform != "linux", reason="needs mounts, forks or another user's rights")


def run(module, *arguments, before=()):
    """The lines that a program of the tests prints."""
    done = subprocess.run(
        [*before, sys.executable, "-m", module, *map(str, arguments)],
        cwd=ROOT, capture_output=True, text=True, timeout=550, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    return done.stdout.splitlines()


@linux
def test_killed_behind_any_statement_of_any_change(tmp_path):
    """``python -m tests.killing FOLDER 100`` does it behind each of them."""
    told = run("tests.killing", tmp_path, 3)
    assert [line.partition(":")[0] for line in told] == [*ACTIONS, "migration"]


def test_every_way_to_change_a_store_is_killed():
    changes = {
        name for name, method in vars(Store).items() if callable(method) and "_work(" in getsource(method)
    }
    changes.discard("_work")
    names = {name for action in ACTIONS.values() for name in action.__code__.co_names}
    # Samples are deleted one by one as by delete_article; an archive comes in within one transaction, as by add_all.
    assert changes - names == {"remove_samples", "load"}


def test_killed_while_correcting_and_merging(store_url):
    fill(store_url)
    chance, promised = random.Random(7), []
    for turn in range(3):
        promised += kill_while_changing(store_url, seed=turn, wait=chance.uniform(0.05, 0.4))
    check_promises(store_url, promised, 3)


KILLED_BEFORE_THE_NAME = """
import os, sys
def watch(event, arguments):
    if event == "os.rename":
        os.kill(os.getpid(), 9)
sys.addaudithook(watch)
from timeline.store import Store
Store.open({url!r})
"""


def test_a_backup_that_broke_off_has_no_name_of_one(tmp_path):
    url = f"sqlite:///{tmp_path / 'timeline.db'}"
    fill(url)
    downgrade(url, "0001")
    code = KILLED_BEFORE_THE_NAME.format(url=url)
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == -9
    assert list(tmp_path.glob("*.backup")) == []
    with Store.open(url) as store:
        assert store.count() > 0
    (copy,) = tmp_path.glob("*.backup")
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)


def test_a_database_that_is_refused_is_left_as_it_is(tmp_path):
    path = tmp_path / "timeline.db"
    fill(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    before = rows(path)
    with pytest.raises(StoreError, match="newer version"):
        Store.open(f"sqlite:///{path}")
    assert rows(path) == before
    assert list(tmp_path.glob("*backup*")) == []


def attempts(lines):
    told = [json.loads(line) for line in lines]
    tried = {line["tried"]: line for line in told if "tried" in line}
    assert all(line["kept"] for line in tried.values()), tried
    return {name: line["code"] for name, line in tried.items()}, [
        line for line in told if "tried" not in line
    ]


def small_disk(folder):
    """A command that runs another one with a disk of 3 MB at ``folder``, or None where the system forbids it."""
    mount = f'mount -t tmpfs -o size=3m tmpfs "{folder}" && exec "$@"'
    for rights in (["-m"], ["-U", "-r", "-m"]):
        before = ["unshare", *rights, "sh", "-c", mount, "sh"]
        if (
            shutil.which("unshare")
            and subprocess.run([*before, "true"], capture_output=True, check=False).returncode == 0
        ):
            return before
    return None


@linux
def test_a_full_disk(tmp_path):
    before = small_disk(tmp_path)
    if before is None:
        pytest.skip("this user may not mount a small disk")
    codes, rest = attempts(run("tests.hindered", "full", tmp_path, before=before))
    assert codes == {
        "add many": "full", "edit a date": "full", "merge": "full", "delete": "full", "look": None, "open": None,
        "open an older one": "full", "make a new one": "full", "add with room again": None,
        "open the older one with room again": None,
    }  # fmt: skip
    assert rest == [{"backups": []}]


@linux
def test_without_the_right_to_write():
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    try:
        codes, there = attempts(run("tests.hindered", "denied", folder))
    finally:
        (folder / "zu").chmod(0o755)
        shutil.rmtree(folder)
    assert codes == {
        "make a folder": "folder", "make a new one": "cannot_open", "open an older one": "read_only",
        "open in a locked folder": "read_only", "add in a locked folder": "read_only",
        "edit a date in a locked folder": "read_only", "open a locked file": None, "add a locked file": "read_only",
        "edit a date a locked file": "read_only",
    }  # fmt: skip
    assert there[0] == {"there": ["old.db", "timeline.db"]}


def test_a_write_that_is_refused_keeps_nobody_waiting(tmp_path):
    """The transaction ends with it, so that another one, which may write, finds the lock free."""
    url = f"sqlite:///{tmp_path / 'timeline.db'}"
    with Store.open(url) as store, Store.open(url) as other:
        connection = store._engine.raw_connection()
        connection.execute(
            "CREATE TRIGGER no BEFORE UPDATE ON counters BEGIN SELECT RAISE(ABORT, 'readonly'); END"
        )
        connection.commit()
        connection.close()
        with pytest.raises(StoreError, match="cannot be written"):
            store.add(article("a"), reading(meeting("Scholz, Macron", "2024-05-28")))
        with closing(sqlite3.connect(tmp_path / "timeline.db", timeout=0)) as quick:
            quick.execute("DROP TRIGGER no")
            quick.commit()
        other.add(article("b"), reading(meeting("Scholz, Macron", "2024-05-28")))
        assert [row.title for row in store.articles()] == ["Titel b"]


OLDER = sorted(
    {path.name[:4] for path in Path(migrations.__file__).parent.glob("versions/[0-9]*.py")} - {HEAD}
)


@pytest.mark.parametrize("revision", OLDER)
def test_every_older_version_is_migrated_with_all_that_it_has(store_url, revision):
    fill(store_url)
    with Store.open(store_url) as store:
        expected = store.events(), store.articles(deleted=True), store.log(limit=None)
    downgrade(store_url, revision)
    with Store.open(store_url) as store:
        assert (store.events(), store.articles(deleted=True), store.log(limit=None)) == expected
        store.undo(next(entry.id for entry in expected[2] if entry.action == "edit"))

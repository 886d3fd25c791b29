# ruff: noqa: E501  the table of changes is not broken
"""Kills processes in the middle of changing a store and compares what is there with what may be.

Two ways. ``sweep`` repeats one change again and again and kills it behind each statement in turn: the database
must be as before or as after, to the byte of every row. ``kill_while_changing`` kills at random moments a
process that makes changes without end and says of each that it is done: all that it said must be there.
"""

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from unittest import mock
from uuid import UUID

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, event

from tests.diplomacy import SHORT, article, meeting, reading
from timeline.store import Store, StoreError, migrations
from timeline.store.database import open_database, writing

ROOT = Path(__file__).parent.parent
NOW = datetime(2024, 6, 1, tzinfo=UTC)
SUMMIT = meeting("Putin, Xi", "2022-09-15", "Samarkand", at=10)
Action = Callable[[Store], object]


def opened(url: str) -> Store:
    """A store whose clock stands still, so that the same change writes the same rows."""
    return Store(open_database(url), now=lambda: NOW)


def fill(url: str) -> None:
    """Articles, events with one and with several sources, and decisions of persons."""
    with opened(url) as store:
        for name in "abc":
            store.add(article(name), reading(SUMMIT), who="anna")
        for n, who in enumerate(("Scholz, Macron", "Merkel, Putin", "Baerbock, Lawrow", "Tusk, Scholz"), 1):
            told = (meeting(who, f"2024-05-0{n}"), meeting(who, f"2024-06-0{n}", "Berlin", at=90))
            store.add(article(f"d{n}"), reading(*told), bands=[f"k{n}"])
        store.edit(_event(store, "Macron").id, "date", "2024-05-11", who="anna")
        store.reject(_event(store, "Tusk").id, who="bert")
        store.delete_article(_article(store, "d3"), who="bert")


def _event(store: Store, name: str, number: int = 0):
    named = [e for e in store.events() if any(name in actor.name for actor in e.participants)]
    return sorted(named, key=lambda e: e.id)[number]


def _article(store: Store, name: str) -> str:
    return next(row.id for row in store.articles(deleted=True) if row.title == f"Titel {name}")


def _last(store: Store, action: str) -> int:
    return next(entry.id for entry in store.log() if entry.action == action)


ACTIONS: dict[str, Action] = {
    "add": lambda store: store.add(article("neu"), reading(SUMMIT), who="anna", bands=["x", "y"]),
    "add again": lambda store: store.add(article("a"), reading(SUMMIT)),
    "add many": lambda store: store.add_all([(article(f"m{n}"), reading(SUMMIT)) for n in range(5)]),
    "add a source": lambda store: store.add_source(_article(store, "a"), article("nachdruck")),
    "read again": lambda store: store.replace_reading(
        _article(store, "d2"), reading(meeting("Merkel, Xi", "2024-05-20")), given="2024-05-21", action="reread"
    ),
    "delete": lambda store: store.delete_article(_article(store, "b"), who="anna"),
    "restore": lambda store: store.restore_article(_article(store, "d3"), who="anna"),
    "edit a date": lambda store: store.edit(_event(store, "Merkel").id, "date", "2024-05-30", who="anna"),
    "edit who": lambda store: store.edit(_event(store, "Xi").id, "participants", (SHORT["Xi"], SHORT["Tusk"])),
    "check": lambda store: store.check(_event(store, "Macron", 1).id, who="anna"),
    "reject": lambda store: store.reject(_event(store, "Xi").id, who="anna"),
    "merge": lambda store: store.merge_events([_event(store, "Macron", n).id for n in (0, 1)], who="anna"),
    "split": lambda store: store.split(
        _event(store, "Xi").id, [_event(store, "Xi").claims[0].id], who="anna"
    ),
    "add by hand": lambda store: store.add_event(meeting("Wang, Lawrow", "2024-05-09"), who="anna"),
    "rename": lambda store: store.rename_actor("Q946", "D. Tusk", who="anna"),
    "merge actors": lambda store: store.merge_actors("Q567", "Q61053", who="anna"),
    "undo": lambda store: store.undo(_last(store, "edit"), who="bert"),
    "rebuild": lambda store: store.rebuild(),
}  # fmt: skip
"""Every way to change a store, on what :func:`fill` made."""


def rows(path: Path) -> dict[str, list[str]]:
    """Every row of every table."""
    with closing(sqlite3.connect(path)) as connection:
        names = [
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        return {name: sorted(map(repr, connection.execute(f"SELECT * FROM {name}"))) for name in names}


def _killed_behind(url: str, action: Action, step: int) -> bool:
    """Does the action in a process that is killed behind its statement number ``step``; False if it got by."""
    child = os.fork()
    if child == 0:
        done = [0]

        def count(*_: object) -> None:
            done[0] += 1
            if done[0] == step:
                os.kill(os.getpid(), signal.SIGKILL)

        event.listen(Engine, "after_cursor_execute", count)
        event.listen(Engine, "commit", count)
        action(opened(url))
        count()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the change itself failed"
    return os.WIFSIGNALED(status)


def sweep(name: str, folder: Path, most: int) -> str:
    """Kills one action behind at most ``most`` of its statements, evenly spread; what was found there.

    Needs a process without threads, because it forks.
    """
    base, path = folder / "base.db", folder / "timeline.db"
    url, action = f"sqlite:///{path}", ACTIONS[name]
    if not base.exists():
        fill(f"sqlite:///{base}")

    def fresh() -> None:
        for old in folder.glob("timeline.db*"):
            old.unlink()
        shutil.copy(base, path)

    fresh()
    before = rows(path)
    statements = _statements(url, action)
    after = rows(path)
    found = {"before": 0, "after": 0}
    for step in sorted(
        {1 + round(n * (statements - 1) / max(1, most - 1)) for n in range(most)} | {statements}
    ):
        fresh()
        assert _killed_behind(url, action, step)
        with opened(url) as store:
            there = rows(path)
            assert there in (before, after), f"half done behind statement {step}"
            derived = store.events()
            store.rebuild()
            assert store.events() == derived, f"events that do not follow, behind statement {step}"
        found["after" if there == after and after != before else "before"] += 1
    return f"{name}: {statements} steps, killed behind {sum(found.values())}, {json.dumps(found)}"


def _statements(url: str, action: Action) -> int:
    """Does the action and counts the moments at which it can be killed."""
    counted = [0]

    def count(*_: object) -> None:
        counted[0] += 1

    event.listen(Engine, "after_cursor_execute", count)
    event.listen(Engine, "commit", count)
    with opened(url) as store:
        action(store)
    event.remove(Engine, "after_cursor_execute", count)
    event.remove(Engine, "commit", count)
    return counted[0] + 1


def downgrade(url: str, revision: str) -> None:
    """Brings a database to an older schema."""
    engine = open_database(url)
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)
    engine.dispose()


def sweep_migration(folder: Path) -> str:
    """As :func:`sweep`, for opening a database of the first schema."""
    base, path = folder / "old.db", folder / "timeline.db"
    url = f"sqlite:///{path}"
    fill(f"sqlite:///{base}")
    downgrade(f"sqlite:///{base}", "0001")

    def fresh() -> None:
        for old in folder.glob("timeline.db*"):
            old.unlink()
        shutil.copy(base, path)

    fresh()
    statements = _statements(url, lambda store: None)
    with opened(url) as store:
        expected = store.events()
    for step in range(1, statements + 1):
        fresh()
        assert _killed_behind(url, lambda store: None, step)
        with opened(url) as store:
            assert store.events() == expected
            store.add(article("neu"), reading(SUMMIT), bands=["x"])
        for copy in folder.glob("timeline.db*.backup"):
            with closing(sqlite3.connect(copy)) as connection:
                assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
                assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
    return f"migration: {statements} steps, killed behind each"


# At random moments


def _anything(store: Store, chance: random.Random) -> object:
    """One change of a random kind on random events; what the store says that it has noted."""
    found = store.events()
    one, other = chance.choice(found), chance.choice(found)
    claims = [claim.id for claim in one.claims]
    match chance.randrange(8):
        case 0:
            return store.edit(one.id, "date", f"2024-07-{chance.randint(1, 28):02}", who="anna")
        case 1:
            return store.edit(one.id, "status", chance.choice(("held", "planned", "denied")), who="bert")
        case 2:
            return store.merge_events([one.id, other.id], who="anna")
        case 3 if len(claims) > 1:
            return store.split(one.id, claims[:1], who="anna")
        case 4:
            return store.check(one.id, who="anna")
        case 5:
            return store.merge_actors(chance.choice(("Q567", "Q946")), "Q61053", who="anna")
        case 6:
            return store.rename_actor("Q567", chance.choice(("A. Merkel", "Angela Merkel")), who="anna")
        case _:
            return store.undo(chance.choice(store.log(limit=20)).id, who="bert")


def change_for_ever(url: str, seed: int) -> None:
    """Changes a store until it is killed, and prints the line of the log for each change that is done."""
    chance = random.Random(seed)
    with Store.open(url) as store:
        print("open", flush=True)
        while True:
            try:
                noted = _anything(store, chance)
            except StoreError:  # two that are one already, a line that was taken back
                continue
            print(json.dumps([noted.id, noted.action, noted.target, noted.who]), flush=True)


def kill_while_changing(url: str, *, seed: int, wait: float) -> list[list]:
    """Has a process change the store and kills it after ``wait`` seconds; what it said was done."""
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r})\nfrom tests.killing import change_for_ever\n"
    process = subprocess.Popen(
        [sys.executable, "-c", f"{code}change_for_ever({url!r}, {seed})"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "open\n"
    time.sleep(wait)
    process.send_signal(signal.SIGKILL)
    said = process.stdout.read()
    process.wait()
    process.stdout.close()
    # What stands behind the last line feed was not said to its end.
    return [json.loads(line) for line in said.rpartition("\n")[0].split("\n") if line]


def check_promises(url: str, promised: list[list], kills: int) -> int:
    """Compares the log with what was promised, and the events with the log; the number of its lines."""
    with Store.open(url) as store:
        noted = {
            entry.id: [entry.id, entry.action, entry.target, entry.who] for entry in store.log(limit=None)
        }
        assert [noted.get(line[0]) for line in promised] == promised, "a promise was broken"
        own = [line for line in noted.values() if line[1] in _MADE]
        assert len(own) <= len(promised) + kills + _FILLED, "more was done than said"
        derived = store.events()
        store.rebuild()
        assert store.events() == derived, "events that do not follow from articles and decisions"
        return len(noted)


_MADE = ("edit", "merge", "split", "check", "merge_actors", "rename_actor", "undo")
_FILLED = 1
"""Lines of these kinds that :func:`fill` writes."""


def main(arguments: list[str]) -> Iterator[str]:
    """``FOLDER MOST``: sweeps every action and the migration."""
    folder, most = Path(arguments[0]), int(arguments[1])
    with mock.patch("timeline.store.store.uuid4", return_value=UUID(int=7)):
        for name in ACTIONS:
            yield sweep(name, folder, most)
    yield sweep_migration(folder)


if __name__ == "__main__":
    for line in main(sys.argv[1:]):
        print(line, flush=True)

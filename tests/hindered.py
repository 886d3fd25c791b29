"""Uses a store where the system lets it not write: a full disk, folders and files without the right.

Run as a program of its own, because it gives up its rights or sits on a small disk: see test_store_killed.py.
Prints a line of JSON for each attempt: what was tried, the code of the refusal (None where it worked), its
words, and whether everything that was there still is.
"""

import json
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.diplomacy import article, meeting, reading
from tests.killing import ACTIONS, downgrade, fill, rows
from timeline.store import Store, StoreError

NOBODY = 65_534


def attempt(
    name: str, file: Path, action: Callable[[], object], *, state: Callable[[Path], object] = rows
) -> None:
    """Tries and prints; ``state`` is what must not change where it is refused."""
    before = state(file) if file.exists() else None
    code, words = None, ""
    try:
        action()
    except StoreError as error:
        code, words = error.code, str(error)
    kept = code is None or before is None or state(file) == before
    print(json.dumps({"tried": name, "code": code, "words": words, "kept": kept}), flush=True)


def opening(url: str) -> Callable[[], object]:
    """An attempt to open a store and look."""

    def look() -> None:
        with Store.open(url) as store:
            store.events()

    return look


def full(folder: Path) -> None:
    """On a disk of a few megabytes that has been filled up by something else."""
    file, old, ballast = folder / "timeline.db", folder / "old.db", folder / "ballast"
    url = f"sqlite:///{file}"
    fill(url)
    fill(f"sqlite:///{old}")
    downgrade(f"sqlite:///{old}", "0001")
    with Store.open(url) as store:
        many = [(article(f"viel{n}"), reading(meeting("Scholz, Macron", "2024-05-01"))) for n in range(2_000)]
        _fill_up(ballast)
        attempt("add many", file, lambda: store.add_all(many))
        for name in ("edit a date", "merge", "delete"):
            # Small changes may find room in what the file has already.
            _until_refused(name, file, store)
        attempt("look", file, store.events)
    attempt("open", file, opening(url))
    attempt("open an older one", old, opening(f"sqlite:///{old}"))
    attempt("make a new one", folder / "neu.db", opening(f"sqlite:///{folder / 'neu.db'}"))
    print(json.dumps({"backups": [path.name for path in folder.glob("*.backup*")]}), flush=True)
    ballast.unlink()
    with Store.open(url) as store:
        attempt("add with room again", file, lambda: store.add_all(many[:10]))
    attempt("open the older one with room again", old, opening(f"sqlite:///{old}"))


def _fill_up(path: Path) -> None:
    with path.open("ab", buffering=0) as file:
        for size in (65_536, 4_096, 512):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue


def _until_refused(name: str, file: Path, store: Store) -> None:
    for _ in range(200):
        try:
            ACTIONS[name](store)
        except StoreError:
            attempt(name, file, lambda: ACTIONS[name](store))
            return
        except (IndexError, StopIteration):  # nothing left to delete or to merge
            break
    print(json.dumps({"tried": name, "code": None, "words": "", "kept": True}), flush=True)


def denied(folder: Path) -> None:
    """As a user who may not write where the store is."""
    locked, file, old = folder / "zu", folder / "zu" / "timeline.db", folder / "zu" / "old.db"
    locked.mkdir()
    for path in (file, old):
        fill(f"sqlite:///{path}")
    downgrade(f"sqlite:///{old}", "0001")
    halfway, fixed = folder / "offen", folder / "offen" / "timeline.db"
    halfway.mkdir()
    fill(f"sqlite:///{fixed}")
    for path in (file, old, fixed):
        path.chmod(0o444)
    locked.chmod(0o555)
    halfway.chmod(0o777)
    if os.getuid() == 0:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    tried = partial(attempt, state=Path.read_bytes)
    tried("make a folder", locked / "x", opening(f"sqlite:///{locked / 'daten' / 'timeline.db'}"))
    tried("make a new one", locked / "x", opening(f"sqlite:///{locked / 'neu.db'}"))
    tried("open an older one", old, opening(f"sqlite:///{old}"))
    for name, path in (("in a locked folder", file), ("a locked file", fixed)):
        tried(f"open {name}", path, opening(f"sqlite:///{path}"))
        for change in ("add", "edit a date"):
            tried(f"{change} {name}", path, partial(_change, f"sqlite:///{path}", change))
    for path in (locked, halfway):
        print(json.dumps({"there": sorted(each.name for each in path.iterdir())}), flush=True)


def _change(url: str, name: str) -> None:
    with Store.open(url) as store:
        ACTIONS[name](store)


if __name__ == "__main__":
    {"full": full, "denied": denied}[sys.argv[1]](Path(sys.argv[2]))

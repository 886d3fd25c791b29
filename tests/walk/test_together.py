"""Two browsers and a command line that add and correct at once: nothing is lost, nobody reads "locked"."""

import os
import subprocess
import sys

import pytest

from tests.newsroom import fill
from tests.walk.conftest import ROOT, STEP_MILLISECONDS
from timeline.store import Store

PAIRS = [
    ("Olaf Scholz", "Emmanuel Macron"),
    ("Wladimir Putin", "Xi Jinping"),
    ("Donald Tusk", "Angela Merkel"),
]


def write_articles(folder, name, number):
    """Files that each tell of a meeting on a day of their own."""
    folder.mkdir(exist_ok=True)
    paths = []
    for n in range(number):
        one, other = PAIRS[n % len(PAIRS)]
        # Else they would be taken for reprints of each other.
        own_words = " ".join(f"{name}{n}wort{i}" for i in range(40))
        path = folder / f"{name}{n}.txt"
        path.write_text(
            f"Nachricht {name} {n}\n\nVeröffentlicht am {n + 2}. Mai 2023\n\n"
            f"{one} hat am {n + 1}. Mai 2023 in Berlin {other} getroffen.\n\n{own_words}.",
            encoding="utf-8",
        )
        paths.append(path)
    return paths


@pytest.fixture
def together(start_server):
    server = start_server(samples=False)
    with Store.open(f"sqlite:///{server.folder / 'data' / 'timeline.db'}") as store:
        fill(store)
        yield server, store


def open_form(walk, event):
    """The form for correcting a meeting."""
    walk.go(f"curate?treffen={event.id}")
    walk.page.locator(f".st-key-when_{event.id} input").wait_for()


def set_date(walk, event, day):
    field = walk.page.locator(f".st-key-when_{event.id} input")
    field.fill(day)
    field.press("Enter")
    walk.page.locator(".st-key-review_save button:not([disabled])").click()


def test_two_browsers_and_a_command_line_at_once(together, visit, tmp_path):
    server, store = together
    before = len(store.articles(limit=None))
    adding, correcting = visit(server), visit(server)
    for walk in (adding, correcting):
        # A server that has just started, and two others that want the processor.
        walk.page.context.set_default_timeout(4 * STEP_MILLISECONDS)
    event, other = store.events()[:2]
    open_form(correcting, event)
    environment = {**os.environ, "TIMELINE_DATA_DIR": str(server.folder / "data")}
    environment.pop("TIMELINE_DATABASE_URL", None)
    command = [sys.executable, "-m", "timeline", "add"]
    process = subprocess.Popen(
        [*command, *map(str, write_articles(tmp_path / "cli", "Kommandozeile", 6))],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    adding.page.goto(f"{server.url}/articles")
    adding.settle()
    adding.page.locator('input[type="file"]').set_input_files(write_articles(tmp_path / "page", "Seite", 3))
    adding.page.locator(".st-key-read button").click()
    for day in ("2023-03-01", "2023-03-02"):
        set_date(correcting, event, day)
        correcting.page.locator(".st-key-review_save button[disabled]").wait_for()
        assert store.event(event.id).date == day
    adding.page.wait_for_selector(".st-key-results", timeout=400_000)
    told, complained = process.communicate(timeout=400)

    assert (process.returncode, complained) == (0, "")
    assert told.count(": added, ") == 6
    assert len(store.articles(limit=None)) == before + 9
    made = [entry for entry in store.log(limit=None) if entry.action in ("add", "edit")]
    assert sum(entry.action == "edit" for entry in made) == 2
    assert all(entry.who for entry in made if entry.action == "edit" or "Nachricht" in str(entry.after))
    assert store.event(event.id).date == "2023-03-02"

    # Both look at one meeting; the second to save is told, and the first one's word stays.
    for walk in (adding, correcting):
        open_form(walk, other)
    set_date(adding, other, "2023-04-01")
    adding.page.locator(".st-key-review_save button[disabled]").wait_for()
    set_date(correcting, other, "2023-04-02")
    correcting.page.get_by_text("Jemand hat dieses Feld inzwischen geändert").wait_for()
    assert store.event(other.id).date == "2023-04-01"
    for text in (adding.page.content(), correcting.page.content(), server.log.read_text(encoding="utf-8")):
        assert "locked" not in text.lower().replace("unlocked", "").replace("blocked", "")

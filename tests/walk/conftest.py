"""A real server and a real Chromium for the walks; nothing may leave this machine.

One server per session, on a free port, with a database in a temporary folder; one browser; a fresh context
per test. Screenshots are kept in ``artefacts/`` beside the project, which git ignores.
"""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

from tests.ensure_browser import find_browser, in_ci

ROOT = Path(__file__).parent.parent.parent
ARTEFACTS = ROOT / "artefacts"
LOCAL_HOSTS = {"127.0.0.1", "localhost"}
START_SECONDS = 120
# Of the tables of timeline/page/tables.py.
HEADING_PIXELS, ROW_PIXELS = 34, 33
# A page of Streamlit arrives in pieces, and two cores may be busy with the other tests.
STEP_MILLISECONDS = 30_000
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # Even a name lookup would tell the outside something.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


def pytest_collection_modifyitems(items):
    """Every walk is a browser test.

    They stay last: what drives the browser keeps an event loop running, in which ``asyncio.run`` of other
    tests would fail.
    """
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@dataclass
class Server:
    """The dashboard under test."""

    url: str
    folder: Path
    log: Path
    _offline_log: Path

    def outside(self) -> list[str]:
        """Connections to other machines that the server tried to make."""
        return (
            self._offline_log.read_text(encoding="utf-8").splitlines() if self._offline_log.exists() else []
        )

    def watched(self) -> list[str]:
        """The commands of the processes in which such an attempt would be seen."""
        return Path(f"{self._offline_log}.watched").read_text(encoding="utf-8").splitlines()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_healthy(process: subprocess.Popen, url: str, log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"the dashboard did not start:\n{log.read_text(encoding='utf-8')[-3000:]}")


@pytest.fixture(scope="session")
def chromium():
    """The browser, started once."""
    path = find_browser()
    if path is None:
        word = "no Chromium or Chrome found (python tests/ensure_browser.py tells how to get one)"
        (pytest.fail if in_ci() else pytest.skip)(word)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def start_server(tmp_path_factory):
    """A function that starts a dashboard with a new, empty data folder; all are stopped at the end.

    ``secrets`` is the text of Streamlit's file of secrets; ``settings`` are more environment variables.
    """
    running = []

    def start(*, samples: bool, secrets: str = "", **settings: str) -> Server:
        folder = tmp_path_factory.mktemp("server")
        port, log, offline_log = _free_port(), folder / "server.log", folder / "offline.log"
        environment = {
            **{
                name: value
                for name, value in os.environ.items()
                if not name.startswith(("TIMELINE_", "STREAMLIT_"))
            },
            "HOME": str(folder),
            "XDG_DATA_HOME": str(folder / "data"),
            "TIMELINE_DATA_DIR": str(folder / "data"),
            "TIMELINE_SAMPLES": str(int(samples)),
            "PYTHONPATH": str(Path(__file__).parent / "offline"),
            "OFFLINE_LOG": str(offline_log),
            **settings,
        }
        if secrets:
            (folder / ".streamlit").mkdir()
            (folder / ".streamlit" / "secrets.toml").write_text(secrets, encoding="utf-8")
        command = [sys.executable, "-m", "streamlit", "run", "dashboard.py", "--server.port", str(port)]
        with log.open("wb") as output:
            process = subprocess.Popen(
                [*command, "--server.headless", "true", "--server.fileWatcherType", "none"],
                cwd=ROOT,
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        running.append(process)
        url = f"http://127.0.0.1:{port}"
        _wait_until_healthy(process, url, log)
        return Server(url, folder, log, offline_log)

    yield start
    for process in running:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture(scope="session")
def server(start_server):
    """A dashboard as a newcomer meets it: with the sample articles."""
    return start_server(samples=True)


@pytest.fixture(scope="session")
def empty_server(start_server):
    """A dashboard without any article."""
    return start_server(samples=False)


@dataclass
class Walk:
    """A browser page on one server, with what it asked for and what went wrong in it."""

    page: Page
    server: Server
    name: str
    language: str = "de-DE"
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def go(self, path: str = "") -> None:
        """Opens a page of the dashboard and waits until it stands still."""
        self.page.goto(f"{self.server.url}/{path}")
        self.settle()

    def settle(self) -> None:
        """Waits until Streamlit has run the page to its end and nothing on it is stale."""
        self.page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')
        self.page.wait_for_function(
            '!document.querySelector(\'[data-stale="true"], [data-testid="stSkeleton"]\')'
        )
        if self.page.get_by_test_id("stException").count():
            pytest.fail(f"the page broke:\n{self.server.log.read_text(encoding='utf-8')[-3000:]}")

    def chart(self) -> None:
        """Waits until Plotly, which arrives after the page, has drawn the timeline."""
        self.page.wait_for_selector(".st-key-timeline_chart .js-plotly-plot .main-svg")
        self.settle()

    def rows(self, count: int) -> list[list[str]]:
        """The cells of the table of meetings, as a screen reader finds them, once there are ``count``.

        That table lies inside the canvas, so it counts as hidden, and it follows the picture with a delay.
        """
        table = self.page.locator(f'.st-key-events_table table[aria-rowcount="{count + 1}"]')
        table.wait_for(state="attached")
        self.page.wait_for_function(
            "n => document.querySelectorAll('.st-key-events_table table tbody tr').length === n", arg=count
        )
        return [row.locator("td").all_text_contents() for row in table.locator("tbody tr").all()]

    def pick(self, table: str, row: int) -> None:
        """Chooses a row of a table by its box."""
        canvas = self.page.locator(f".st-key-{table} canvas").first
        canvas.wait_for()
        self.settle()
        # Forced, for the part that scrolls lies above the picture and takes the clicks for it.
        canvas.click(position={"x": 16, "y": HEADING_PIXELS + ROW_PIXELS * row + ROW_PIXELS // 2}, force=True)

    def section(self, name: str, number: int) -> None:
        """Turns to a section of a page by its place in the row, counted from 0."""
        self.page.locator(f".st-key-{name} [role=radio]").nth(number).click()
        self.page.wait_for_function(
            "([row, n]) => document.querySelectorAll(row)[n]?.ariaChecked === 'true'",
            arg=[f".st-key-{name} [role=radio]", number],
        )
        self.settle()

    def add(self, *paths: Path) -> str:
        """Uploads files and waits until they are read; returns what the page says became of them."""
        self.go("articles")
        self.page.locator('input[type="file"]').set_input_files(paths)
        self.page.locator(".st-key-read button").click()
        self.page.wait_for_selector(".st-key-results")
        self.settle()
        for closed in self.page.locator(".st-key-results details:not([open]) summary").all():
            closed.click()
        return self.page.locator(".st-key-results").inner_text()

    def choose(self, name: str, typed: str) -> None:
        """Chooses the first offer of a filter that fits what is typed."""
        self.page.locator(f".st-key-{name} input").click()
        self.page.keyboard.type(typed)
        self.page.get_by_role("option").filter(has_text=typed).first.click()
        self.page.keyboard.press("Escape")
        self.page.wait_for_selector(".st-key-chips")
        self.settle()

    def keep(self, step: str) -> Path:
        """A screenshot of the whole page, for people to look at."""
        ARTEFACTS.mkdir(exist_ok=True)
        path = ARTEFACTS / f"{self.name}-{step}.png"
        self.page.screenshot(path=path, full_page=True)
        return path

    def accessible(self) -> None:
        """Fails if axe finds anything worse than minor on the page as it stands.

        A toast of Streamlit 1.67 has no accessible name, and the page cannot give it one; it says nothing
        that the page does not, and is waited out.
        """
        self.page.locator(".stToast").first.wait_for(state="detached")
        self.settle()
        found = Axe().run(self.page).response["violations"]
        grave = [
            f"{v['impact']}: {v['id']}: {v['help']}\n    "
            + "\n    ".join(n["html"][:200] for n in v["nodes"][:5])
            for v in found
            if v["impact"] not in (None, "minor")
        ]
        assert not grave, f"{self.page.url}\n" + "\n".join(grave)


def _open(chromium, server, request, **settings):
    name = re.sub(r"\W+", "-", request.node.name).strip("-")
    defaults = {"locale": "de-DE", "viewport": {"width": 1440, "height": 900}, "color_scheme": "light"}
    settings = {**defaults, **settings}
    context = chromium.new_context(timezone_id="Europe/Berlin", **settings)
    context.set_default_timeout(STEP_MILLISECONDS)
    walk = Walk(context.new_page(), server, name, settings["locale"])
    context.on("request", lambda asked: walk.requests.append(asked.url))
    walk.page.on("pageerror", lambda error: walk.errors.append(str(error)))
    return walk


@pytest.fixture
def visit(chromium, request):
    """A function that opens a browser window on a server: ``visit(server, locale="en-GB")``.

    At the end of the test it fails if the window asked any other host for anything, or a script broke.
    """
    walks = []

    def visit(server: Server, **settings) -> Walk:
        walks.append(_open(chromium, server, request, **settings))
        return walks[-1]

    yield visit
    for number, walk in enumerate(walks):
        walk.keep(f"end{number or ''}")
        walk.page.context.close()
    for walk in walks:
        outside = [u for u in walk.requests if urlsplit(u).scheme in ("http", "https", "ws", "wss")]
        outside = [u for u in outside if urlsplit(u).hostname not in LOCAL_HOSTS]
        assert not outside, f"asked other hosts: {outside}"
        assert not walk.server.outside(), "the server tried to reach other machines"
        assert not walk.errors, f"errors in the page's scripts: {walk.errors}"

"""How long the page takes with 1,000 to 100,000 events, on the server and in a real Chromium; its memory.

The store is filled by another process, so that its memory is not counted. "server" is Streamlit's own
test runner: the median of three runs in milliseconds of wall time and (cpu) of processor time, which a busy
machine hardly changes; "first" is one run with cold caches. "browser" is a server of its own and a Chromium
window of 1440 x 900: "first" from the address to the drawn timeline on a cold server, "again" in a second
window, "filter" from the click on an actor to the drawn timeline, "evidence" from the click on a row to the
sentences; medians of three, with the processor time of the server (cpu) and of the window's main thread
(page). Memory is that of the server's process after two windows, its rise for each further one that looks at
another actor, and the heap of the page's scripts. Without a Chromium that part is left out.
"""

import argparse
import os
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.ensure_browser import find_browser
from timeline.store import Store

_SIZES = (1_000, 10_000)
_ROOT = Path(__file__).parent.parent
_WAIT = 240_000
"""Milliseconds after which a step of the browser counts as failed."""
_ROW, _HEADING = 33, 34
"""Pixels of a row and of the heading of the table (see :mod:`timeline.page.tables`)."""
_SEEN = """() => {
  const app = document.querySelector('[data-testid="stApp"]');
  if (!window.clicked || app.dataset.testScriptState !== 'notRunning' || !(CONDITION)) return false;
  window.seen ??= performance.now();
  return true;
}"""
_WATCH = """() => {
  const touched = () => { window.clicked = performance.now(); window.seen = null; };
  window.addEventListener('pointerdown', touched, true);
  // Streamlit puts a new plot in the place of the old one: any change below the chart is drawing.
  const drawing = (change) => change.target.closest && change.target.closest('.st-key-timeline_chart');
  new MutationObserver((changes) => { if (changes.some(drawing)) window.drawn = performance.now(); })
    .observe(document.body, { subtree: true, childList: true });
}"""


def _fill(url: str, size: int) -> None:
    code = (
        "import sys; from benchmarks.store import made_up_articles; from timeline.store import Store\n"
        "with Store.open(sys.argv[1]) as store: store.add_all(made_up_articles(int(sys.argv[2])))"
    )
    subprocess.run([sys.executable, "-c", code, url, str(size)], cwd=_ROOT, check=True)


# --- on the server -----------------------------------------------------------------------------------


def _timed(action: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds of wall time and of processor time."""
    wall, cpu = time.perf_counter(), time.process_time()
    action()
    return (time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000


def _median(measured: Sequence[tuple[float, ...]]) -> tuple[float, ...]:
    return tuple(statistics.median(column) for column in zip(*measured, strict=True))


def _on_the_server(url: str) -> dict[str, float]:
    """The timeline page by Streamlit's test runner: first run, a filter changed, an event opened."""
    from streamlit.testing.v1 import AppTest

    os.environ |= {"TIMELINE_DATABASE_URL": url, "TIMELINE_SAMPLES": "0"}
    with Store.open(url) as store:
        actors = [count.value for count in store.facet("actors")[:4]]
        events = [event.id for event in store.events(limit=3, offset=store.count() // 2)]
        total = store.count()
    app = AppTest.from_file(str(_ROOT / "dashboard.py"), default_timeout=600)
    first = _timed(app.run)
    filtered, opened = [], []
    for actor in actors[:3]:
        app.multiselect(key="actors").set_value([actor])
        filtered.append(_timed(app.run))
    app.multiselect(key="actors").set_value([])
    app.run()
    for event in events:
        app.session_state["shown_event"] = event
        opened.append(_timed(app.run))
    if app.exception:
        raise RuntimeError(app.exception)
    row = {"events": float(total)}
    for name, (wall, cpu) in (("first", first), ("filter", _median(filtered)), ("evidence", _median(opened))):
        row |= {name: wall, f"{name}_cpu": cpu}
    return row | {"MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


# --- in the browser ----------------------------------------------------------------------------------


@contextmanager
def _server(url: str, folder: str) -> Iterator[tuple[str, int]]:
    """A dashboard on a free port; its address and the number of its process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {"TIMELINE_DATABASE_URL": url, "TIMELINE_SAMPLES": "0", "HOME": folder}
    process = subprocess.Popen(
        [
            sys.executable, "-m", "streamlit", "run", "dashboard.py", "--server.port", str(port),
            "--server.headless", "true", "--server.fileWatcherType", "none",
        ],
        cwd=_ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_healthy(address)
        yield address, process.pid
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_until_healthy(address: str) -> None:
    end = time.monotonic() + 240
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the dashboard did not start")


def _megabytes(process: int) -> float:
    """Memory of a process that lies in no other's; not a number where the system does not tell."""
    status = Path(f"/proc/{process}/status")
    if not status.exists():
        return float("nan")
    lines = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
    return int(lines["VmRSS"].split()[0]) / 1024


def _opened(browser: Browser, address: str) -> tuple[Page, float]:
    """A window on the timeline, and the milliseconds until it was drawn."""
    page = browser.new_context(viewport={"width": 1440, "height": 900}, locale="de-DE").new_page()
    page.set_default_timeout(_WAIT)
    start = time.perf_counter()
    page.goto(address)
    page.wait_for_selector(".st-key-timeline_chart .js-plotly-plot .main-svg")
    _still(page)
    return page, (time.perf_counter() - start) * 1000


def _still(page: Page) -> None:
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')
    page.wait_for_selector(".st-key-events_table canvas")


class _Watch:
    """A window and its server: how long something takes, and the processor time of both."""

    def __init__(self, page: Page, process: int) -> None:
        self.page = page
        self._process = process
        self._session = page.context.new_cdp_session(page)
        # Ticks of the thread: time in which it waits for a busy machine does not count.
        self._session.send("Performance.enable", {"timeDomain": "threadTicks"})
        page.evaluate(_WATCH)

    def _cpu(self) -> tuple[float, float]:
        """Milliseconds: the server's process, and the main thread of the page."""
        metrics = {
            each["name"]: each["value"] for each in self._session.send("Performance.getMetrics")["metrics"]
        }
        return _cpu_milliseconds(self._process), metrics["TaskDuration"] * 1000

    def until(self, action: Callable[[], object], condition: str) -> tuple[float, float, float]:
        """From the pointer's touch in ``action`` until the page is still and ``condition`` holds."""
        self.page.evaluate("window.clicked = null")
        before = self._cpu()
        action()
        self.page.wait_for_function(_SEEN.replace("CONDITION", condition), polling="raf")
        after = self._cpu()
        wall = float(self.page.evaluate("window.seen - window.clicked"))
        return wall, after[0] - before[0], after[1] - before[1]


def _cpu_milliseconds(process: int) -> float:
    """Processor time of a process so far; not a number where the system does not tell."""
    stat = Path(f"/proc/{process}/stat")
    if not stat.exists():
        return float("nan")
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def _choose(watch: _Watch, number: int) -> tuple[float, float, float]:
    """Filters for the actor at place ``number`` of the list, and back."""
    page = watch.page
    page.locator(".st-key-actors input").click()
    option = page.get_by_role("option").nth(number)
    option.wait_for()
    taken = watch.until(
        option.click, "window.drawn > window.clicked && document.querySelector('.st-key-chips')"
    )
    page.keyboard.press("Escape")
    watch.until(
        page.locator(".st-key-chips button").first.click,
        "window.drawn > window.clicked && !document.querySelector('.st-key-chips')",
    )
    return taken


def _read(watch: _Watch, number: int) -> tuple[float, float, float]:
    """Opens the evidence of a row of the table, and closes it."""
    page = watch.page
    canvas = page.locator(".st-key-events_table canvas").first
    canvas.scroll_into_view_if_needed()
    at = {"x": 16, "y": _HEADING + _ROW * number + _ROW // 2}
    taken = watch.until(
        lambda: canvas.click(position=at, force=True),
        "document.querySelector('.st-key-evidence blockquote')",
    )
    watch.until(
        page.locator(".st-key-evidence_close button").first.click,
        "!document.querySelector('.st-key-evidence')",
    )
    return taken


def _in_the_browser(url: str, events: float, path: str, *, rounds: int, windows: int) -> dict[str, float]:
    with (
        tempfile.TemporaryDirectory() as folder,
        _server(url, folder) as (address, process),
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-gpu", "--enable-precise-memory-info"],
        )
        _, first = _opened(browser, address)
        page, again = _opened(browser, address)
        watch = _Watch(page, process)
        filtered = [_choose(watch, number) for number in range(rounds)]
        opened = [_read(watch, number) for number in range(rounds)]
        heap = page.evaluate("performance.memory.usedJSHeapSize") / 1e6
        before = _megabytes(process)
        with Store.open(url) as store:
            actors = [count.value for count in store.facet("actors")[10 : 10 + windows]]
        for actor in actors:
            _opened(browser, f"{address}/?akteur={actor}")
        after = _megabytes(process)
        browser.close()
    return {
        "events": events,
        "first": first,
        "again": again,
        **dict(zip(("filter", "filter_cpu", "filter_page"), _median(filtered), strict=True)),
        **dict(zip(("evidence", "evidence_cpu", "evidence_page"), _median(opened), strict=True)),
        "MB": before,
        "MB/window": (after - before) / windows,
        "heap MB": heap,
    }


def main(argv: Sequence[str]) -> None:
    """Prints a row for the server and one for the browser for each number of events."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks page", description=__doc__)
    parser.add_argument("sizes", type=int, nargs="*", default=_SIZES, help="numbers of events")
    parser.add_argument("--url", help="a filled store to measure instead of made-up ones")
    parser.add_argument("--rounds", type=int, default=3, help="filters and rows to take the median of")
    parser.add_argument("--windows", type=int, default=4, help="further windows, to see what each costs")
    parser.add_argument("--only", choices=("server", "browser"), help="leave the other part out")
    options = parser.parse_args(argv)
    path = None if options.only == "server" else find_browser()
    for size in [0] if options.url else options.sizes:
        with tempfile.TemporaryDirectory() as folder:
            url = options.url or f"sqlite:///{folder}/timeline.db"
            if not options.url:
                _fill(url, size)
            if options.only != "browser":
                _print("server", _on_the_server(url))
            if path:
                with Store.open(url) as store:
                    events = float(store.count())
                _print(
                    "browser",
                    _in_the_browser(url, events, path, rounds=options.rounds, windows=options.windows),
                )


def _print(part: str, row: dict[str, float]) -> None:
    print(f"{part:8}" + " ".join(f"{name:>12}" for name in row))
    print(" " * 8 + " ".join(f"{value:>12.0f}" for value in row.values()), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])

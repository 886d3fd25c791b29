"""Twenty browsers at once on one server: they look, filter, correct and upload; errors and times of each.

Each browser is a web socket that speaks Streamlit's own protocol, as the page's scripts do, so that the two
cores measure the server and not twenty Chromiums. The server is a real one on the loopback, with a new SQLite
file of made-up news. Each browser goes its rounds without pausing: open, filter, open a meeting, mark it as
checked, upload an article and wait until it is read. Times are of the wall clock in milliseconds; memory is
that of the server and the processes below it, at start (after one browser has looked) and at the end.
"""

import argparse
import asyncio
import os
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import httpx
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

from benchmarks.store import made_up_articles
from timeline.store import Store

_ROOT = Path(__file__).parent.parent
_PATIENCE = 120.0
"""Seconds after which an action counts as failed."""
_LOOK_AGAIN = 0.8
"""Seconds between two looks at an upload, as the page itself does."""
_ENDS = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)
_PEOPLE = ("Olaf Scholz", "Emmanuel Macron", "Wladimir Putin", "Xi Jinping", "Donald Tusk")
_ACTIONS = ("open", "filter", "meeting", "correct", "upload")


class _PageError(RuntimeError):
    """The page showed an error, or did not come to its end."""


class _CountedError(RuntimeError):
    """An action failed and is counted; the rest of its round is left out."""


@dataclass
class _Browser:
    """One web socket and what the page has sent through it."""

    socket: ClientConnection
    url: str
    query: str = ""
    page_hash: str = ""
    page_name: str = ""
    session: str = ""
    xsrf: str = ""
    pages: dict[str, str] = field(default_factory=dict)
    shown: dict[str, str] = field(default_factory=dict)
    """Ids of the widgets of the last run by their keys."""
    options: dict[str, list[str]] = field(default_factory=dict)
    values: dict[str, WidgetState] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    seen: dict[str, ForwardMsg] = field(default_factory=dict)
    fragment: str = ""
    """The part of the page that asked to be run again by itself."""

    async def run(self, trigger: str | None = None, fragment: str = "") -> None:
        """Runs the page or a part of it to its end, with a click on the button of that key."""
        message = BackMsg()
        state = message.rerun_script
        state.fragment_id, state.is_auto_rerun = fragment, bool(fragment)
        state.query_string, state.page_script_hash = self.query, self.page_hash
        state.page_name = self.page_name
        state.context_info.timezone, state.context_info.locale = "Europe/Berlin", "de-DE"
        for value in self.values.values():
            state.widget_states.widgets.append(value)
        if trigger is not None:
            if trigger not in self.shown:
                raise _PageError(f"no button {trigger}")
            state.widget_states.widgets.add(id=self.shown[trigger], trigger_value=True)
        await self.socket.send(message.SerializeToString())
        await self._until_finished()

    async def _until_finished(self) -> None:
        async with asyncio.timeout(_PATIENCE):
            while True:
                message = await self._receive()
                kind = message.WhichOneof("type")
                if kind == "delta" and message.delta.WhichOneof("type") == "new_element":
                    self._note(message.delta.new_element)
                elif kind == "navigation":
                    pages = message.navigation.app_pages
                    self.pages = {page.url_pathname: page.page_script_hash for page in pages}
                elif kind == "page_info_changed":
                    self.query = message.page_info_changed.query_string
                elif kind == "new_session":
                    self.session = message.new_session.initialize.session_id or self.session
                    if not message.metadata.run.fragment_ids:
                        self.shown, self.texts, self.fragment = {}, [], ""
                elif kind == "auto_rerun":
                    self.fragment = message.auto_rerun.fragment_id
                elif kind == "script_finished":
                    if message.script_finished in _ENDS:
                        return
                    if message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                        raise _PageError("the page broke")

    async def _receive(self) -> ForwardMsg:
        """The next message; those that were sent before come as a reference alone."""
        data = await self.socket.recv()
        message = ForwardMsg()
        message.ParseFromString(data if isinstance(data, bytes) else data.encode())
        if message.WhichOneof("type") == "ref_hash":
            known = ForwardMsg()
            known.CopyFrom(self.seen[message.ref_hash])
            return known
        if message.metadata.cacheable:
            self.seen[message.hash] = message
        return message

    def _note(self, element: object) -> None:
        kind = element.WhichOneof("type")  # type: ignore[attr-defined]
        body = getattr(element, kind) if kind else None
        if kind == "exception" or (kind == "alert" and body.format == 1):
            raise _PageError(str(body)[:200])
        identity = str(getattr(body, "id", ""))
        if identity.startswith("$$"):
            # Streamlit's ids end in the key that the page gave.
            key = identity.split("-", 2)[-1]
            self.shown[key] = identity
            self.options[key] = list(getattr(body, "options", ()))
        elif kind in ("html", "markdown"):
            self.texts.append(body.body)

    def put(self, key: str, **value: object) -> None:
        """Sets a widget, to be sent with the next run."""
        state = WidgetState(id=self.shown[key])
        for name, content in value.items():
            if isinstance(content, list):
                getattr(state, name).data.extend(content)
            else:
                setattr(state, name, content)
        self.values[key] = state


# --- what a person does -------------------------------------------------------------------------------


async def _open(browser: _Browser) -> None:
    """The timeline from the start, as after a reload."""
    browser.query, browser.page_hash, browser.page_name = "", browser.pages.get("", ""), ""
    browser.values.clear()
    await browser.run()


async def _filter(browser: _Browser, chance: random.Random) -> None:
    """Chooses one of the frequent actors."""
    browser.put("actors", string_array_value=[chance.choice(browser.options["actors"][:20])])
    await browser.run()
    if "chips" not in " ".join(browser.shown) and not browser.texts:
        raise _PageError("nothing is shown")


async def _meeting(browser: _Browser, event: str) -> None:
    """Opens a meeting by a link and reads its sentence."""
    browser.query, browser.values = urlencode({"treffen": event}), {}
    browser.page_hash = browser.pages.get("", "")
    await browser.run()
    if "confirm" not in browser.shown:
        raise _PageError("the meeting did not open")


async def _correct(browser: _Browser) -> None:
    """Marks the open meeting as checked, or takes the mark away."""
    await browser.run(trigger="confirm")


async def _upload(browser: _Browser, http: httpx.AsyncClient, name: str, text: str) -> None:
    """Sends an article, has it read, and looks again until the page says what became of it."""
    browser.query, browser.values = "", {}
    browser.page_hash, browser.page_name = browser.pages["articles"], "articles"
    await browser.run()
    uploader = next(key for key in browser.shown if key.startswith("upload_"))
    request = BackMsg()
    request.file_urls_request.request_id = name
    request.file_urls_request.file_names.append(name)
    request.file_urls_request.session_id = browser.session
    await browser.socket.send(request.SerializeToString())
    while True:
        answer = await browser._receive()
        if answer.WhichOneof("type") == "file_urls_response":
            break
    (urls,) = answer.file_urls_response.file_urls
    data = text.encode()
    sent = await http.put(
        browser.url + urls.upload_url,
        files={"file": (name, data, "text/plain")},
        headers={"X-Xsrftoken": browser.xsrf, "Cookie": f"_streamlit_xsrf={browser.xsrf}"},
    )
    sent.raise_for_status()
    state = WidgetState(id=browser.shown[uploader])
    infos = state.file_uploader_state_value.uploaded_file_info
    info = infos.add(name=name, size=len(data), file_id=urls.file_id)
    info.file_urls.CopyFrom(urls)
    browser.values[uploader] = state
    await browser.run()
    await browser.run(trigger="read")
    browser.values.clear()
    end = time.monotonic() + _PATIENCE
    while "dismiss" not in browser.shown:
        if time.monotonic() > end:
            raise _PageError("the upload did not come to its end")
        await asyncio.sleep(_LOOK_AGAIN)
        await browser.run(fragment=browser.fragment)
    if not re.search(r'class="result ok"', " ".join(browser.texts)):
        raise _PageError(f"the article was refused: {browser.texts[:3]}")
    await browser.run(trigger="dismiss")


def _article(number: int, chance: random.Random) -> str:
    """An article in made-up words that tells of one meeting; no two are alike enough to be a reprint."""
    one, other = chance.sample(_PEOPLE, 2)
    filler = " ".join(f"Wort{chance.randrange(10**6)}" for _ in range(200))
    return (
        f"Lastmeldung {number}\n\nVeröffentlicht am 23. Mai 2023\n\n"
        f"{one} hat am {chance.randrange(1, 22)}. Mai 2023 in Berlin {other} getroffen. {filler}."
    )


# --- the run ------------------------------------------------------------------------------------------


@dataclass
class _Tally:
    """Times in milliseconds and reasons of failure by action."""

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    faults: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    @asynccontextmanager
    async def of(self, action: str) -> AsyncIterator[None]:
        """Times an action; a failure is noted and ends the round of its browser."""
        start = time.monotonic()
        try:
            yield
        except Exception as error:
            self.faults[action].append(f"{type(error).__name__}: {error}"[:200])
            raise _CountedError from error
        self.times[action].append((time.monotonic() - start) * 1000)


@asynccontextmanager
async def _browser(url: str) -> AsyncIterator[_Browser]:
    """A browser that has loaded the frame of the page and connected; its first run is still to come."""
    async with httpx.AsyncClient(timeout=_PATIENCE) as http:
        answer = await http.get(f"{url}/_stcore/health")
        xsrf = answer.cookies.get("_streamlit_xsrf", "")
    headers = {"Cookie": f"_streamlit_xsrf={xsrf}"}
    address = url.replace("http", "ws", 1) + "/_stcore/stream"
    async with connect(
        address, origin=url, additional_headers=headers, subprotocols=["streamlit"], max_size=None,
        open_timeout=_PATIENCE, ping_interval=None,
    ) as opened:  # fmt: skip
        yield _Browser(opened, url, xsrf=xsrf)


async def _person(number: int, url: str, events: Sequence[str], rounds: int, tally: _Tally) -> None:
    """One person at a browser, ``rounds`` times around."""
    chance = random.Random(number)
    async with httpx.AsyncClient(timeout=_PATIENCE) as http:
        for turn in range(rounds):
            try:
                async with _browser(url) as browser:
                    async with tally.of("open"):
                        await _open(browser)
                    async with tally.of("filter"):
                        await _filter(browser, chance)
                    async with tally.of("meeting"):
                        await _meeting(browser, chance.choice(events))
                    async with tally.of("correct"):
                        await _correct(browser)
                    async with tally.of("upload"):
                        name = f"last-{number}-{turn}.txt"
                        await _upload(browser, http, name, _article(number * 1000 + turn, chance))
            except _CountedError:
                continue
            except OSError as error:
                tally.faults["open"].append(f"no connection: {error}"[:200])


@contextmanager
def _server(folder: str) -> Iterator[tuple[str, int]]:
    """A dashboard on a free port of the loopback, and its process id."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    ours = ("TIMELINE_", "STREAMLIT_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    environment |= {"TIMELINE_DATA_DIR": folder, "TIMELINE_SAMPLES": "0", "HOME": folder}
    with Path(folder, "server.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "dashboard.py", "--server.port", str(port),
             "--server.headless", "true"],
            cwd=_ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        end = time.monotonic() + _PATIENCE
        while True:
            try:
                httpx.get(f"{url}/_stcore/health", timeout=5).raise_for_status()
            except httpx.HTTPError:
                if time.monotonic() > end or process.poll() is not None:
                    raise
                time.sleep(0.2)
            else:
                break
        yield url, process.pid
    finally:
        process.terminate()
        process.wait(30)


def _memory(pid: int) -> float:
    """Resident memory of a process and those below it, in MiB (from Linux's /proc)."""
    children: dict[int, list[int]] = defaultdict(list)
    sizes: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            told = folder.joinpath("status").read_text(encoding="ascii", errors="replace")
        except OSError:
            continue
        fields = dict(line.split(":\t", 1) for line in told.splitlines() if ":\t" in line)
        children[int(fields["PPid"])].append(int(folder.name))
        sizes[int(folder.name)] = int(fields.get("VmRSS", "0 kB").split()[0])
    waiting, total = [pid], 0
    while waiting:
        here = waiting.pop()
        total += sizes.get(here, 0)
        waiting += children[here]
    return total / 1024


async def _all(url: str, events: Sequence[str], people: Sequence[int], rounds: int) -> _Tally:
    tally = _Tally()
    await asyncio.gather(*(_person(n, url, events, rounds, tally) for n in people))
    return tally


def main(argv: Sequence[str]) -> int:
    """Prints a row for each action; the exit status is 1 where anything failed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks load", description=__doc__)
    parser.add_argument("--browsers", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3, help="of each browser")
    parser.add_argument("--events", type=int, default=1000, help="in the store at the start")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        database = f"sqlite:///{folder}/timeline.db"
        with Store.open(database) as store:
            store.add_all(made_up_articles(options.events))
            events = [event.id for event in store.events(limit=500, with_claims=False)]
            before = store.article_counts().all
        with _server(folder) as (url, pid):
            asyncio.run(_all(url, events, [options.browsers], 1))
            at_start = _memory(pid)
            start = time.monotonic()
            tally = asyncio.run(_all(url, events, range(options.browsers), options.rounds))
            took = time.monotonic() - start
            at_end = _memory(pid)
        with Store.open(database) as store:
            added = store.article_counts().all - before - 1
            logged = sum(entry.action == "check" for entry in store.log(limit=None)) - 1
        log = Path(folder, "server.log").read_text(encoding="utf-8")
    _report(tally, added=added, corrected=logged)
    locked = len(re.findall(r"database is locked", log))
    print(
        f"\n{options.browsers} browsers, {options.rounds} rounds, {took:.0f} s; memory {at_start:.0f} MiB at "
        f"start, {at_end:.0f} MiB at end; {locked} times 'database is locked' in the server's log"
    )
    return 1 if any(tally.faults.values()) or locked else 0


def _report(tally: _Tally, *, added: int, corrected: int) -> None:
    print("| action | times | errors | median ms | p95 ms | worst ms |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for action in _ACTIONS:
        times, faults = sorted(tally.times[action]), len(tally.faults[action])
        if times:
            p95 = times[min(len(times) - 1, int(len(times) * 0.95))]
            figures = f"{statistics.median(times):.0f} | {p95:.0f} | {times[-1]:.0f}"
        else:
            figures = "– | – | –"
        print(f"| {action} | {len(times) + faults} | {faults} | {figures} |")
    for action, faults in tally.faults.items():
        for fault in sorted(set(faults)):
            print(f"{action}: {fault}")
    print(
        f"\nuploads told as done: {len(tally.times['upload'])}, articles more in the store: {added}; "
        f"corrections told as done: {len(tally.times['correct'])}, in the log: {corrected}"
    )

"""A Dask cluster of real processes on this machine, to be killed, restarted and cut off; news to read."""

import contextlib
import hashlib
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import psutil

from benchmarks.throughput import NEWS, SAMPLES, load

ROOT = Path(__file__).parent.parent
_NO_PROFILE = {"DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False"}
"""As docs/scale.md tells for workers started by hand."""
_STARTED = 120.0
"""Seconds to wait for a scheduler to answer on a busy machine."""
_SURNAMES = re.compile(r"\b[A-ZÄÖÜ][a-zäöüß]{3,}(?:mann|berg|er|stein|feld)\b")


def write_news(path: Path, number: int) -> None:
    """``number`` articles as JSON Lines: real ones again and again, with other names, numbers and dates."""
    texts = load(NEWS if NEWS.exists() else SAMPLES)
    chance = random.Random(1)
    with path.open("w", encoding="utf-8") as file:
        for at in range(number):
            text, turn = texts[at % len(texts)], at // len(texts)
            if turn:
                text = _SURNAMES.sub(lambda match: f"{match[0]}{'aeiou'[turn % 5]}", text)  # noqa: B023
            day = date(2015, 1, 1) + timedelta(chance.randrange(365))
            record = {"doc": at, "text": f"{text}\n\nMeldung {at}", "published": day.isoformat()}
            file.write(json.dumps(record, ensure_ascii=False) + "\n")


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Cluster:
    """A scheduler and workers, each a process of its own; ``within`` is put before their commands."""

    host: str = "127.0.0.1"
    port: int = field(default_factory=free_port)
    within: Sequence[str] = ()
    settings: dict[str, str] = field(default_factory=dict)
    log: Path | None = None
    scheduler: subprocess.Popen[bytes] | None = None
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def address(self) -> str:
        """What ``--scheduler`` takes."""
        return f"tcp://{self.host}:{self.port}"

    def start_scheduler(self) -> None:
        """Starts the scheduler and waits until it answers."""
        command = ["distributed.cli.dask_scheduler", "--host", self.host, "--port", str(self.port)]
        self.scheduler = self._start(self.within, [*command, "--no-dashboard", "--idle-timeout", "600s"])
        until = time.monotonic() + _STARTED
        probe = [*self.within, sys.executable, "-c",
                 f"import socket; socket.create_connection(({self.host!r}, {self.port}), 2)"]  # fmt: skip
        while subprocess.run(probe, capture_output=True, check=False).returncode:
            if time.monotonic() > until or self.scheduler.poll() is not None:
                raise RuntimeError("the scheduler did not start")
            time.sleep(0.3)

    def start_worker(self, within: Sequence[str] | None = None, host: str | None = None) -> None:
        """Starts a worker process with its nanny, which replaces it when it dies."""
        command = ["distributed.cli.dask_worker", self.address, "--nworkers", "1", "--nthreads", "1"]
        command += [
            "--no-dashboard",
            "--memory-limit",
            "0",
            "--death-timeout",
            "600",
            "--host",
            host or self.host,
        ]
        self.workers.append(self._start(self.within if within is None else within, command))

    def _start(self, within: Sequence[str], command: Sequence[str]) -> subprocess.Popen[bytes]:
        output = self.log.open("ab") if self.log else subprocess.DEVNULL
        environment = os.environ | {"PYTHONPATH": str(ROOT)} | _NO_PROFILE | self.settings
        return subprocess.Popen(
            [*within, sys.executable, "-m", *command], env=environment, stdout=output, stderr=output,
            start_new_session=True,
        )  # fmt: skip

    def kill_worker(self, number: int) -> bool:
        """Kills the process that works, not its nanny; whether there was one."""
        working = self.process_of(number)
        if working is not None:
            working.send_signal(signal.SIGKILL)
        return working is not None

    def process_of(self, number: int) -> psutil.Process | None:
        """The process that works, not its nanny; None where there is none (yet, or any more)."""
        for child in psutil.Process(self.workers[number].pid).children(recursive=True):
            if "spawn_main" in " ".join(child.cmdline()):
                return child
        return None

    def kill_scheduler(self) -> None:
        """Kills the scheduler as a crash would."""
        if self.scheduler:
            self.scheduler.kill()
            self.scheduler.wait()

    def stop(self) -> None:
        """Ends all processes that this cluster started."""
        for process in [*self.workers, *([self.scheduler] if self.scheduler else [])]:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.workers, self.scheduler = [], None

    def __enter__(self) -> "Cluster":
        self.start_scheduler()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def start_batch(
    source: Path, out: Path, *options: str, within: Sequence[str] = ()
) -> subprocess.Popen[bytes]:
    """Starts ``python -m timeline batch``."""
    command = [*within, sys.executable, "-m", "timeline", "batch", str(source), "--out", str(out), *options]
    return subprocess.Popen(command, env=os.environ | {"PYTHONPATH": str(ROOT)}, stderr=subprocess.PIPE)


def pieces_done(out: Path) -> int:
    """How many pieces have their receipt."""
    return len(list((out / "_done" / "read").glob("*.json")))


def wait_for_pieces(process: subprocess.Popen[bytes], out: Path, number: int) -> None:
    """Waits until so many pieces are done, or the run has ended."""
    while pieces_done(out) < number and process.poll() is None:
        time.sleep(0.05)


def fingerprint(out: Path) -> dict[str, str]:
    """The SHA-256 of every file of the datasets: equal ones have the same rows in the same order."""
    return {
        path.relative_to(out).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(out.rglob("*.parquet"))
        if not path.relative_to(out).parts[0].startswith("_")
    }


@contextlib.contextmanager
def hosts(*names: str) -> Iterator[dict[str, str]]:
    """Network namespaces that see each other over a bridge in one more: addresses by name.

    Raises:
        RuntimeError: this machine does not allow them, and why.
    """

    def ip(*words: str) -> None:
        done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"ip {' '.join(words)}: {done.stderr.strip()}")

    switch = f"tl{os.getpid()}"
    made = [switch, *(f"{switch}{name}" for name in names)]
    try:
        for name in made:
            ip("netns", "add", name)
            ip("-n", name, "link", "set", "lo", "up")
        ip("-n", switch, "link", "add", "br0", "type", "bridge")
        ip("-n", switch, "link", "set", "br0", "up")
        addresses = {}
        for number, name in enumerate(names, 1):
            space = f"{switch}{name}"
            ip(
                "link",
                "add",
                f"p{number}",
                "netns",
                switch,
                "type",
                "veth",
                "peer",
                "name",
                "eth0",
                "netns",
                space,
            )
            ip("-n", switch, "link", "set", f"p{number}", "master", "br0", "up")
            addresses[name] = f"10.99.0.{number}"
            ip("-n", space, "addr", "add", f"{addresses[name]}/24", "dev", "eth0")
            ip("-n", space, "link", "set", "eth0", "up")
        yield addresses
    except FileNotFoundError as error:
        raise RuntimeError("iproute2 is not installed") from error
    finally:
        for name in made:
            subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)


def on(name: str) -> list[str]:
    """What is put before a command to run it on a host of :func:`hosts`."""
    return ["ip", "netns", "exec", f"tl{os.getpid()}{name}"]


def cut(number: int, *, down: bool) -> None:
    """Pulls the cable of the host with this number (from 1), or puts it back."""
    words = ["ip", "-n", f"tl{os.getpid()}", "link", "set", f"p{number}", "down" if down else "up"]
    subprocess.run(words, check=True)

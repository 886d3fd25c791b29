# ruff: noqa: E501  scripts are not broken
"""Reading in a process that can be stopped: the same answers, and what a fault costs."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.files_made import FIRST, FORMS, bomb, make, pdf, text, zipped
from timeline.articles import Limits, Rejected, read_articles
from timeline.articles.isolated import close_workers, read_isolated, worker_ids
from timeline.model import Article

linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps a bound of memory")


@pytest.fixture(scope="module", autouse=True)
def _no_workers_left():
    yield
    close_workers()
    assert worker_ids() == []


def slow_pdf(words=150_000):
    """Half a minute of honest work for the reader of PDF."""
    return pdf([[(50, 700, 9, "Wort")] * words])


def around(content, name="schwer.pdf"):
    return zipped({"a.txt": text().encode(), name: content, "b.txt": text().encode()}, method=0)


@pytest.mark.parametrize("form", FORMS)
def test_the_same_answers(form):
    name, data = make(form)
    assert list(read_isolated(name, data)) == list(read_articles(name, data))


def test_reasons_limits_and_columns_travel():
    (rejected,) = read_isolated("a.txt", text().encode(), limits=Limits(max_bytes=10))
    assert (rejected.error.code, rejected.error.params["limit"]) == ("too_large", 10)
    (article,) = read_isolated("a.csv", b"x;y\nSie trafen sich.;Titel", columns={"text": "x", "title": "y"})
    assert (article.text, article.title) == ("Sie trafen sich.", "Titel")
    assert [item.error.code for item in read_isolated("a.warc", b"\n")] == ["no_text"]


def test_one_worker_for_many_files():
    list(read_isolated("a.txt", b"Text."))
    before = worker_ids()
    started = time.perf_counter()
    for number in range(50):
        (article,) = read_isolated(f"{number}.txt", f"Das ist Text Nummer {number}.".encode())
        assert article.text.endswith(f"{number}.")
    assert worker_ids() == before
    assert time.perf_counter() - started < 20


def test_a_reader_that_takes_too_long_costs_one_article():
    started = time.perf_counter()
    found = list(read_isolated("x.zip", around(slow_pdf()), seconds=1.5))
    assert [item.source for item in found] == ["x.zip/a.txt", "x.zip/schwer.pdf", "x.zip/b.txt"]
    assert [type(item) for item in found] == [Article, Rejected, Article]
    assert found[1].error.code == "timeout"
    assert "1.5 seconds" in str(found[1].error)
    assert time.perf_counter() - started < 60


@linux
def test_a_reader_that_wants_too_much_memory_costs_its_file():
    greedy = Limits(max_bytes=10**9, max_ratio=10**6, max_unpacked=10**10)
    found = list(read_isolated("x.zip", bomb(400), limits=greedy, megabytes=100))
    assert [item.error.code for item in found] == ["memory"]
    assert "100 MB" in str(found[0].error)
    assert [type(item) for item in read_isolated("a.txt", text().encode())] == [Article]


def test_a_reader_that_is_killed_costs_one_article():
    found = []
    for item in read_isolated("x.zip", around(slow_pdf()), seconds=30):
        found.append(item)
        if len(found) == 1:
            (victim,) = worker_ids()
            threading.Timer(0.7, os.kill, (victim, signal.SIGKILL)).start()
    assert [type(item) for item in found] == [Article, Rejected, Article]
    assert found[1].source == "x.zip/schwer.pdf"
    assert found[1].error.code == "crashed"
    assert "SIGKILL" in str(found[1].error)
    assert victim not in worker_ids()


def test_stopping_ends_the_worker():
    reading = read_isolated("x.zip", around(slow_pdf()), seconds=30)
    assert isinstance(next(reading), Article)
    (busy,) = worker_ids()
    started = time.perf_counter()
    reading.close()
    assert time.perf_counter() - started < 10
    assert busy not in worker_ids()


def test_many_readers_at_once():
    answers = []

    def read(number):
        entries = {f"{entry}.txt": f"Text {number} {entry}.\n{FIRST}".encode() for entry in range(30)}
        answers.append([item.text for item in read_isolated("x.zip", zipped(entries))])

    threads = [threading.Thread(target=read, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    expected = [f"Text {number} " for number in range(6)]
    assert sorted(texts[0][:7] for texts in answers) == expected
    assert all(len(texts) == 30 for texts in answers)


def test_a_slow_reader_of_answers_is_no_slow_reader_of_files():
    """Time is counted while an article is waited for, not while its caller stores the one before."""
    entries = {f"{number}.txt": f"Text {number}. {FIRST}".encode() for number in range(12)}
    found = []
    for item in read_isolated("x.zip", zipped(entries), seconds=2):
        time.sleep(0.3)
        found.append(type(item))
    assert found == [Article] * 12


@linux
def test_memory_does_not_grow_with_the_files():
    def used(pid):
        resident = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]
        return int(resident) * os.sysconf("SC_PAGE_SIZE") // 2**20

    close_workers()
    forms = [make(form) for form in ("html", "pdf", "docx", "mail", "zip", "warc")]
    for _ in range(5):
        for name, data in forms:
            list(read_isolated(name, data))
    (worker,) = worker_ids()
    before, own = used(worker), used(os.getpid())
    for _ in range(60):
        for name, data in forms:
            list(read_isolated(name, data))
    assert worker_ids() == [worker]
    assert used(worker) - before < 30
    assert used(os.getpid()) - own < 30


def test_a_worker_gets_no_secrets(monkeypatch):
    monkeypatch.setenv("TIMELINE_DATABASE_URL", "postgresql://geheim")
    close_workers()
    list(read_isolated("a.txt", b"Text."))
    (worker,) = worker_ids()
    try:
        environment = Path(f"/proc/{worker}/environ").read_bytes()
    except FileNotFoundError:
        pytest.skip("this system shows no environment of a process")
    assert b"geheim" not in environment


def alive(pid):
    """Whether a process runs; one that nobody has buried yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@linux
def test_a_worker_does_not_outlive_its_parent():
    """Killed from outside, the parent can end nobody: the idle worker sees its line closed, the busy one is timed."""
    script = (
        "import sys; from tests.files_made import pdf; from timeline.articles.isolated import read_isolated, worker_ids\n"
        "list(read_isolated('a.txt', b'Text.')); print(*worker_ids(), flush=True)\n"
        "if sys.argv[1] == 'busy': list(read_isolated('a.pdf', pdf([[(50, 700, 9, 'Wort')] * 400_000]), seconds=0.2))\n"
        "sys.stdin.read()\n"
    )  # fmt: skip
    for state, allowed in (("idle", 10.0), ("busy", 15.0)):
        parent = subprocess.Popen(
            [sys.executable, "-c", script, state], cwd=Path(__file__).parent.parent,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        worker = int(parent.stdout.readline())
        time.sleep(0.5 if state == "busy" else 0)
        parent.kill()
        parent.communicate()
        gone = time.monotonic() + allowed
        while time.monotonic() < gone and alive(worker):
            time.sleep(0.05)
        assert not alive(worker)

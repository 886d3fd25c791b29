"""A watched folder: complete files are read once, growing ones from where they ended, and pages follow."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import do_not_wait_for_the_disk
from tests.test_scale import article
from timeline.scale.watching import Watch
from timeline.store import Store


@pytest.fixture
def store(tmp_path):
    with Store.open(f"sqlite:///{tmp_path / 'timeline.db'}") as opened:
        do_not_wait_for_the_disk(opened)
        yield opened


@pytest.fixture
def folder(tmp_path) -> Path:
    path = tmp_path / "in"
    path.mkdir()
    return path


def put(folder: Path, name: str, number: int) -> Path:
    path = folder / name
    path.write_text(str(article(number)["text"]), encoding="utf-8")
    return path


def looked(watch: Watch) -> list[tuple[str, str | None]]:
    return [(Path(seen.name).name, seen.added and seen.added.outcome) for seen in watch.look()]


def test_a_file_is_read_once_when_it_no_longer_changes(store, folder):
    watch = Watch(folder, store)
    put(folder, "a.txt", 1)
    assert looked(watch) == []
    put(folder, "a.txt", 2)
    os.utime(folder / "a.txt", ns=(1, 1))  # a clock may be too coarse for two writes
    assert looked(watch) == []
    assert looked(watch) == [("a.txt", "added")]
    assert looked(watch) == []
    assert "2. Gespräch" in store.article(store.articles()[0].id).article.text
    (folder / "a.txt").unlink()
    assert looked(watch) == []


def test_growing_lines_are_read_from_where_they_ended(store, folder):
    watch = Watch(folder, store)
    path = folder / "feed.jsonl"
    lines = [json.dumps(article(n), ensure_ascii=False) for n in range(5)]

    def look_twice():
        return [*looked(watch), *looked(watch)]

    path.write_text(f"{lines[0]}\n{lines[1][:40]}", encoding="utf-8")
    assert [outcome for _, outcome in look_twice()] == ["added"]
    path.write_text("\n".join(lines[:3]), encoding="utf-8")
    assert [outcome for _, outcome in look_twice()] == ["added"]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert [outcome for _, outcome in look_twice()] == ["added"] * 3
    path.write_text(f"{lines[4]}\n", encoding="utf-8")  # begun anew
    assert [outcome for _, outcome in look_twice()] == ["same"]
    assert len(store.articles()) == 5


def test_what_cannot_be_read_is_told_once_and_hidden_files_are_left(store, folder):
    watch = Watch(folder, store)
    (folder / "bild.txt").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00")
    (folder / ".halb.txt").write_text("x")
    (folder / "leer.txt").touch()
    put(folder, "z.txt", 3)
    assert looked(watch) == []
    assert looked(watch) == [("bild.txt", None), ("z.txt", "added")]
    assert looked(watch) == []


def test_a_new_watch_does_not_read_again_what_the_store_has(store, folder):
    for name in ("a.txt", "b.txt"):
        path = put(folder, name, ord(name[0]))
        os.utime(path, (1, 1))
    first = Watch(folder, store)
    assert [*looked(first), *looked(first)] == [("a.txt", "added"), ("b.txt", "added")]
    put(folder, "b.txt", 7)
    os.utime(folder / "b.txt", (time.time() + 60, time.time() + 60))
    second = Watch(folder, store)
    assert [*looked(second), *looked(second)] == [("b.txt", "added")]


def test_command(folder, tmp_path):
    url = f"sqlite:///{tmp_path / 'timeline.db'}"
    put(folder, "a.txt", 1)
    command = [sys.executable, "-m", "timeline", "watch", str(folder), "--database", url, "--every", "0.2"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent.parent)
    try:
        assert "a.txt: added" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
    assert (
        subprocess.run([*command[:4], str(tmp_path / "x")], capture_output=True, check=False).returncode == 1
    )

"""The measurements run; their figures are for people to read."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.__main__ import NAMES, main

ROOT = Path(__file__).parent.parent


def test_list_names_every_measurement(capsys):
    assert main(["--help"]) == 0
    listed = re.findall(r"(?m)^  (\w+) +(\S.*)$", capsys.readouterr().out)
    assert [name for name, _ in listed] == NAMES
    assert "throughput" in NAMES


def test_unknown_name(capsys):
    assert main(["wurst"]) == 2
    assert "throughput" in capsys.readouterr().err


@pytest.mark.parametrize("row", ["spaCy tokeniser", "timeline dates", "timeline extract"])
def test_throughput_prints_a_row(row):
    command = [sys.executable, "-m", "benchmarks", "throughput", "--rounds", "1", "--input", "assets/samples"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    figures = r"[\d,]+ \| [\d,]+ \| [\d,]+ ms \| [\d.]+ s \| [\d,]+ MiB"
    assert re.search(rf"(?m)^\| {row} \| {figures} \|$", done.stdout)


def test_load_speaks_as_a_browser_does(capsys):
    """One browser, once around: a newer Streamlit that speaks otherwise shows here."""
    from benchmarks.load import main as load

    assert load(["--browsers", "1", "--rounds", "1", "--events", "30"]) == 0
    printed = capsys.readouterr().out
    for action in ("open", "filter", "meeting", "correct", "upload"):
        assert re.search(rf"(?m)^\| {action} \| 1 \| 0 \| \d+ \| \d+ \| \d+ \|$", printed)
    assert "uploads told as done: 1, articles more in the store: 1" in printed
    assert "corrections told as done: 1, in the log: 1" in printed


def test_the_page_is_measured_on_the_server():
    command = [sys.executable, "-m", "benchmarks", "page", "30", "--only", "server"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    heading, row = done.stdout.strip().splitlines()
    names = heading.split()[1:]
    assert names[0] == "events"
    assert len(row.split()) == len(
        ["events", "first", "first_cpu", "filter", "filter_cpu", "evidence", "evidence_cpu", "MB"]
    )
    assert int(row.split()[0]) >= 20

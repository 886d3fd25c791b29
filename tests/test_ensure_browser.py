"""The search for a browser: only one that starts counts, and an automatic run must not go on without."""

import pytest

from tests import ensure_browser


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """A PATH with nothing on it but what the test puts there, on a system that is not Debian."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(ensure_browser, "PLACES", ())
    monkeypatch.setattr(ensure_browser, "_may_install", lambda: False)

    def add(name, status):
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\nexit {status}\n", encoding="utf-8")
        path.chmod(0o755)
        return str(path)

    return add


def test_one_that_starts_is_found(programs, capsys):
    programs("chromium-browser", 1)  # Ubuntu's, which only asks for a snap
    chrome = programs("google-chrome", 0)
    assert ensure_browser.find_browser() == chrome
    assert ensure_browser.main() == 0
    assert chrome in capsys.readouterr().out


@pytest.mark.parametrize(("ci", "status"), [("", 0), ("false", 0), ("true", 1), ("1", 1)])
def test_none(programs, monkeypatch, capsys, ci, status):
    monkeypatch.setenv("CI", ci)
    assert ensure_browser.main() == status
    assert "sudo apt install chromium" in capsys.readouterr().err

"""What must hold for the repository as a whole, whoever changes it."""

import ast
import fnmatch
import importlib.metadata
import json
import os
import re
import subprocess
import sys
import tomllib
from datetime import date
from pathlib import Path

import pytest

from tests.audit import LISTS, verdict

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
# A table of places is the largest thing that belongs here.
LARGEST_BYTES = 3_000_000
MONTHS = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
]


def _tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split("\0")
    return [ROOT / name for name in listed if name and (ROOT / name).is_file()]


FILES = _tracked()
needs_git = pytest.mark.skipif(not FILES, reason="not a git checkout: no list of files to look at")


def _texts() -> list[tuple[str, str]]:
    found = []
    for path in FILES:
        data = path.read_bytes()
        name = path.relative_to(ROOT).as_posix()
        # Articles under tests/ may be broken on purpose.
        if b"\0" not in data and not name.startswith("tests/files/"):
            found.append((name, data.decode("utf-8", errors="replace")))
    return found


# What it looks like, and where it is allowed. The patterns are spelt so that they do not match themselves.
FORBIDDEN = [
    ("unfinished", r"\b(TO[D]O|FIX[M]E|raise Not[I]mplementedError)\b", ""),
    ("someone's machine", r"(?<![\w.:])/(home|root|Users|wor[k])/\w", ""),
    ("someone's temporary files", r"(?<![\w.])/tm[p]/\w", ""),
    ("a private index of packages", r"--(extra-)?inde[x]-url\b|--trusted-hos[t]\b", ""),
    (
        "a key or password",
        r"(?i)(BEGIN [A-Z ]*PRIVATE KE[Y]|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}\b)",
        "",
    ),
    ("material that is not part of the product", r"\.\./shar[e]d\b", "tests/* benchmarks/*"),
    ("a merge that went wrong", r"(?m)^(<{7}|>{7}) ", ""),
]


@needs_git
@pytest.mark.parametrize(("what", "pattern", "allowed"), FORBIDDEN, ids=[row[0] for row in FORBIDDEN])
def test_nothing_forbidden_is_tracked(what, pattern, allowed):
    hits = [
        f"{name}:{text[: match.start()].count(chr(10)) + 1}: {match[0]}"
        for name, text in _texts()
        if not any(fnmatch.fnmatch(name, glob) for glob in allowed.split())
        for match in re.finditer(pattern, text)
    ]
    assert not hits, f"{what}:\n" + "\n".join(hits)


@needs_git
def test_no_large_files():
    large = {
        p.relative_to(ROOT).as_posix(): p.stat().st_size for p in FILES if p.stat().st_size > LARGEST_BYTES
    }
    assert not large


@needs_git
def test_texts_are_utf8_with_unix_line_ends():
    wrong = [name for name, text in _texts() if "\r" in text or "\ufffd" in text]
    assert not wrong


@needs_git
def test_every_data_file_is_packaged():
    globs = PROJECT["tool"]["setuptools"]["package-data"]["timeline"]
    missing = [
        name
        for path in FILES
        if (name := path.relative_to(ROOT).as_posix()).startswith("timeline/")
        and path.suffix != ".py"
        and not any(fnmatch.fnmatch(path.name, glob.removeprefix("**/")) for glob in globs)
    ]
    assert not missing, "left out of an installed package; see package-data in pyproject.toml"


def test_no_modules_for_everything():
    catch_all = {"utils", "util", "helpers", "helper", "common", "misc"}
    assert not [p for p in (ROOT / "timeline").rglob("*.py") if p.stem in catch_all]


def test_licence_is_the_one_declared():
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("MIT License")
    assert PROJECT["project"]["license"] == "MIT"


def test_changelog_has_a_place_for_what_is_new():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(r"(?m)^## Unreleased$", text)
    assert PROJECT["project"]["version"]


def test_interpreters_agree():
    assert PROJECT["project"]["requires-python"] == ">=3.11,<3.14"
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "(3, 11) <= sys.version_info[:2] <= (3, 13)" in makefile


def _pins(name):
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        if line and not line.lstrip().startswith("#"):
            yield line


@pytest.mark.parametrize("name", LISTS)
def test_every_requirement_is_pinned(name):
    loose = [line for line in _pins(name) if not re.fullmatch(r"[A-Za-z0-9._-]+==[^\s;]+( ; .+)?", line)]
    assert not loose


def _folded(requirement):
    name = re.split(r"[^A-Za-z0-9._-]", requirement)[0]
    return re.sub(r"[-_.]+", "-", name).lower()


def test_direct_dependencies_are_pinned():
    pinned = {_folded(line) for line in _pins("requirements.txt")}
    direct = {_folded(requirement) for requirement in PROJECT["project"]["dependencies"]}
    assert direct <= pinned, "run: make lock"


def test_what_is_imported_is_a_direct_dependency():
    """A package that another one brings along today may be gone tomorrow."""
    providers = importlib.metadata.packages_distributions()
    direct = {_folded(requirement) for requirement in PROJECT["project"]["dependencies"]}
    missing = set()
    for path in [ROOT / "dashboard.py", *(ROOT / "timeline").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_bytes())) if path.exists() else ():
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in (
                {name.split(".")[0] for name in names} - set(sys.stdlib_module_names) - {"timeline", ""}
            ):
                if not direct & {_folded(provider) for provider in providers.get(name, [])}:
                    missing.add(f"{path.relative_to(ROOT).as_posix()}: {name}")
    assert not missing


def _licence(distribution):
    data = distribution.metadata
    if data.get("License-Expression"):
        return data.get("License-Expression")
    classified = [c for c in data.get_all("Classifier") or [] if c.startswith("License ::")]
    if not classified and not data.get("License"):
        texts = [path for path in distribution.files or () if path.name.startswith("LICENSE")]
        return "".join(path.read_text(encoding="utf-8").strip().split("\n")[0] for path in texts)
    # Several classifiers without an expression are read as terms that all apply.
    return " AND ".join([*classified, (data.get("License") or "").split("\n")[0]])


def _may_be_used(expression):
    """One term of every OR must be neither GPL, LGPL nor AGPL; all terms of an AND."""
    copyleft = re.compile(r"(?i)\b(A|L)?GPL|general public licen[sc]e")
    return any(not copyleft.search(choice) for choice in re.split(r"(?i)\s+OR\s+", expression))


@pytest.mark.parametrize(
    ("expression", "allowed"),
    [
        ("MIT", True),
        ("MPL-1.1 OR GPL-2.0-only OR LGPL-2.1-or-later", True),
        ("License :: OSI Approved :: BSD License AND BSD", True),
        ("GPL-3.0-or-later", False),
        ("MIT AND LGPL-2.1-or-later", False),
        ("License :: OSI Approved :: GNU Affero General Public License v3", False),
    ],
)
def test_reading_of_licences(expression, allowed):
    assert _may_be_used(expression) is allowed


PINNED = {re.split(r"[=\s]", line)[0] for name in LISTS for line in _pins(name)}


@pytest.mark.parametrize("name", sorted(PINNED))
def test_licences_of_what_we_use(name):
    try:
        licence = _licence(importlib.metadata.distribution(name))
    except importlib.metadata.PackageNotFoundError:
        pytest.skip(f"{name} is not needed on this system")
    assert re.sub(r"\W|AND", "", licence), f"{name} does not tell its licence"
    assert _may_be_used(licence), f"{name}: {licence}"


def _audited(**holes):
    packages = [{"name": name, "version": "1.0", "vulns": vulns} for name, vulns in holes.items()]
    return json.dumps({"dependencies": packages, "fixes": []})


def test_a_known_hole_fails_the_audit():
    hole = {"id": "PYSEC-2026-1", "fix_versions": ["1.1"], "aliases": [], "description": ""}
    status, words = verdict(_audited(good=[], bad=[hole]))
    assert status == 1
    assert "bad 1.0: PYSEC-2026-1 (mended in 1.1)" in words
    assert "good" not in words
    assert verdict(_audited(good=[])) == (0, "audited: no known hole in 1 packages")


def test_an_audit_that_learns_nothing_says_so():
    unknown = json.dumps({"dependencies": [{"name": "a", "skip_reason": "not found"}], "fixes": []})
    assert verdict(unknown) == (0, "not audited: the service of advisories knows none of 1 packages")
    assert verdict("") == (0, "not audited: the service of advisories gave no answer")
    nowhere = {**os.environ, "HTTPS_PROXY": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}
    done = subprocess.run(
        [sys.executable, "tests/audit.py"], cwd=ROOT, env=nowhere, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.split(":")[0]) == (0, "not audited")


def test_known_bad_habits_are_looked_for():
    assert "S" in PROJECT["tool"]["ruff"]["lint"]["select"]
    ignored = PROJECT["tool"]["ruff"]["lint"]["per-file-ignores"]
    assert not [glob for glob, codes in ignored.items() if glob.startswith("timeline") and "S" in codes]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "bandit -q -ll -r timeline dashboard.py" in makefile
    assert "\t$(BIN)/python tests/audit.py" in makefile


def test_the_server_is_private_by_default():
    config = tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))
    assert config["server"]["address"] == "127.0.0.1"
    assert config["server"]["enableXsrfProtection"] is True
    assert config["server"]["showEmailPrompt"] is False
    assert config["server"]["maxUploadSize"] > 0
    assert config["browser"]["gatherUsageStats"] is False
    assert config["client"]["showErrorDetails"] in ("none", False)


SAMPLES = sorted((ROOT / "assets/samples").glob("*.txt"))


def test_there_is_a_sample_corpus():
    assert len(SAMPLES) >= 8


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_sample_articles_say_what_they_are(path):
    title, published, *_, foot = path.read_text(encoding="utf-8").strip().split("\n")
    assert 10 < len(title) < 100
    day, month, year = re.fullmatch(
        r"Veröffentlicht am (\d+)\. (\w+) (\d{4}) · (?:Beispielredaktion|Musteragentur)", published
    ).groups()
    assert path.stem.startswith(date(int(year), MONTHS.index(month) + 1, int(day)).isoformat())
    assert foot.startswith(
        "Dieser Text wurde für das Projekt geschrieben; die Fakten stammen aus öffentlichen Quellen ("
    )
    assert f"| {path.stem[:10]} |" in (ROOT / "assets/samples/SOURCES.md").read_text(encoding="utf-8")

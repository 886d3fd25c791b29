"""The documents say what is there: commands, options, paths, links, settings, and the output they show.

After a change of what a command prints, ``python tests/test_docs.py`` writes the new output into them.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).parent.parent
DOCUMENTS = [
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
    ROOT / "assets/samples/SOURCES.md",
]
TEXTS = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in DOCUMENTS}
ALL = "\n".join(TEXTS.values())
# What a reader meets first; the other documents are reached from it.
README = TEXTS.get("README.md", "")


def _outside_code(text):
    return re.sub(r"(?ms)^```.*?^```$|`[^`\n]*`", "", text)


def _anchors(text):
    """The anchors that GitHub gives to the headings."""
    headings = re.findall(r"(?m)^#+ +(.+?) *$", re.sub(r"(?ms)^```.*?^```$", "", text))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


LINKS = [
    (name, target)
    for name, text in TEXTS.items()
    for target in re.findall(r"\]\(([^)\s]+)\)", _outside_code(text))
    if not re.match(r"[a-z]+:", target)
]


@pytest.mark.parametrize(("name", "target"), LINKS, ids=[f"{name}: {target}" for name, target in LINKS])
def test_links_lead_somewhere(name, target):
    path, _, anchor = unquote(target).partition("#")
    goal = (ROOT / name).parent / path if path else ROOT / name
    assert goal.exists()
    if anchor:
        assert anchor in _anchors(goal.read_text(encoding="utf-8"))


PATHS = sorted(
    {
        (name, path)
        for name, text in TEXTS.items()
        if name != "CHANGELOG.md"  # which also tells of what was
        for path in re.findall(
            r"`((?:timeline|tests|docs|benchmarks|assets|tools|\.streamlit|\.ci)/[\w./-]*)`", text
        )
    }
)


@pytest.mark.parametrize(("name", "path"), PATHS, ids=[f"{name}: {path}" for name, path in PATHS])
def test_paths_exist(name, path):
    assert (ROOT / path).exists()


def test_every_document_is_reached_from_the_readme():
    reached, waiting = set(), ["README.md"]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            for source, target in LINKS:
                path = ((ROOT / source).parent / target.partition("#")[0]).resolve()
                if source == name and path.suffix == ".md" and path.is_relative_to(ROOT):
                    waiting.append(path.relative_to(ROOT).as_posix())
    assert set(TEXTS) == reached


def test_targets_of_make_exist():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"(?m)(?:`|^\$? ?)make (\w+)", ALL))
    assert named <= set(re.findall(r"(?m)^(\w+):", makefile))
    assert {"run", "test"} <= named


def _commands():
    from timeline.cli import _parser

    (commands,) = (a for a in _parser()._actions if isinstance(a, argparse._SubParsersAction))
    return commands.choices


COMMANDS = _commands()
OPTIONS = [
    (command, option)
    for command, parser in COMMANDS.items()
    for action in parser._actions
    for option in action.option_strings
    if option not in ("-h", "--help")
]


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_are_in_the_readme(command):
    assert f"python -m timeline {command}" in README


@pytest.mark.parametrize(("command", "option"), OPTIONS, ids=[" ".join(row) for row in OPTIONS])
def test_options_are_documented(command, option):
    text = TEXTS["docs/command-line.md"]
    section = re.search(rf"(?ms)^## `{command}`.*?(?=^## |\Z)", text)
    assert section, f"no section on {command}"
    assert f"`{option}" in section[0]


@pytest.mark.parametrize("command", sorted(set(re.findall(r"python -m timeline ([a-z][\w-]*)", ALL))))
def test_documented_commands_exist(command):
    assert command in COMMANDS


def test_every_view_is_documented():
    from timeline.page.app import VIEWS

    documented = {path.stem for path in (ROOT / "docs/views").glob("*.md")} - {"README"}
    # The evidence of a meeting is a part of several pages.
    assert documented == {*VIEWS, "evidence"}


def _settings(pattern, folders):
    paths = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return {name for path in paths for name in re.findall(pattern, path.read_text(encoding="utf-8"))}


def test_settings_are_documented():
    used = _settings(r"\bTIMELINE_[A-Z_]+[A-Z]\b", ["timeline"])
    used |= set(re.findall(r"\bTIMELINE_[A-Z_]+[A-Z]\b", (ROOT / "dashboard.py").read_text(encoding="utf-8")))
    documented = set(re.findall(r"\bTIMELINE_[A-Z_]+[A-Z]\b", ALL))
    tests_only = _settings(r"\bTIMELINE_TEST_[A-Z_]+[A-Z]\b", ["tests"])
    assert used <= documented
    assert documented <= used | tests_only


BENCHMARKS = sorted(set(re.findall(r"python -m benchmarks ([a-z_]+)", ALL)))


@pytest.mark.parametrize("name", BENCHMARKS)
def test_documented_benchmarks_exist(name):
    assert (ROOT / "benchmarks" / f"{name}.py").exists() or (ROOT / "benchmarks" / name).is_dir()


# Blocks of ```console: a line "$ command" (continued by a backslash), then what it prints.
BLOCK = re.compile(r"(?ms)^```console\n(.*?)^```$")
STEP = re.compile(r"(?m)^\$ (?P<command>(?:.*\\\n)*.*)\n(?P<output>(?:(?!\$ ).*\n)*)")


def _run(command, folder):
    """What the command prints, with standard error behind; the database is one in ``folder``."""
    environment = {
        **os.environ,
        "PATH": str(Path(sys.executable).parent) + os.pathsep + os.environ["PATH"],
        "TIMELINE_DATABASE_URL": f"sqlite:///{folder / 'documents.db'}",
    }
    done = subprocess.run(
        command,
        shell=True,
        executable=shutil.which("bash"),
        cwd=ROOT,
        env=environment,
        capture_output=True,
        timeout=120,
        check=False,
    )
    return (done.stdout + done.stderr).decode("utf-8")


def _same(shown, printed):
    """Whether ``printed`` is what the document shows; ``...`` stands for any words, alone for any lines."""
    pattern = "".join(
        r"(?:.*\n)*" if line.strip() == "..." else re.escape(line).replace(re.escape("..."), ".*") + r"\n"
        for line in shown.splitlines()
    )
    return re.fullmatch(pattern, printed if printed.endswith("\n") else printed + "\n") is not None


SHOWN = [
    name
    for name, text in TEXTS.items()
    if any("$ python -m timeline" in block or "$ echo" in block for block in BLOCK.findall(text))
]


@pytest.mark.parametrize("name", SHOWN)
def test_output_is_what_the_commands_print(name, tmp_path):
    wrong = []
    for block in BLOCK.findall(TEXTS[name]):
        for step in STEP.finditer(block):
            if "timeline" not in step["command"]:
                continue
            printed = _run(step["command"], tmp_path)
            if step["output"] and not _same(step["output"], printed):
                wrong.append(f"$ {step['command']}\nshown:\n{step['output']}\nprinted:\n{printed}")
    assert not wrong, "python tests/test_docs.py writes the output anew\n\n" + "\n".join(wrong)


def _rewrite(name, folder):
    def block(match):
        def step(found):
            shown = found["output"]
            if "timeline" in found["command"]:
                printed = _run(found["command"], folder)
                shown = shown if _same(shown, printed) else printed
            return f"$ {found['command']}\n{shown}"

        return f"```console\n{STEP.sub(step, match[1])}```"

    (ROOT / name).write_text(BLOCK.sub(block, TEXTS[name]), encoding="utf-8")


if __name__ == "__main__":
    for document in SHOWN:
        with tempfile.TemporaryDirectory() as temporary:
            _rewrite(document, Path(temporary))

"""The command line as other programs see it: what it prints, what it complains of, how it ends."""

import csv
import io
import json
import os
import subprocess
import sys

import pytest

from tests.files_made import page
from timeline.cli import main
from timeline.language import LanguageError

MOSCOW = (
    "Der russische Präsident Wladimir Putin empfing am 22. Februar den chinesischen Außenminister Wang Yi "
    "in Moskau."
)


def run(*arguments, stdin: bytes | str = b"", data_dir=None, **environment):
    """Runs ``python -m timeline``; output as text."""
    environment = {**os.environ, "TIMELINE_DATA_DIR": str(data_dir or "/nonexistent"), **environment}
    environment.pop("TIMELINE_DATABASE_URL", None)
    return subprocess.run(
        [sys.executable, "-m", "timeline", *map(str, arguments)],
        input=stdin.encode() if isinstance(stdin, str) else stdin,
        capture_output=True,
        env=environment,
        timeout=60,
        check=False,
    )


def lines(done) -> list[dict]:
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


def complaints(done) -> list[str]:
    return done.stderr.decode().splitlines()


def record(**fields) -> str:
    return json.dumps({"doc": "a", "text": "Treffen im Mai 2022."} | fields, ensure_ascii=False) + "\n"


def test_dates_of_a_file(tmp_path):
    file = tmp_path / "artikel.txt"
    file.write_text("Sie trafen sich letzten September.\n", encoding="utf-8")
    done = run("dates", "--published", "2023-02-22", file)
    assert (done.returncode, complaints(done)) == (0, [])
    (answer,) = lines(done)
    assert answer["doc"] == str(file)
    assert (answer["reference_date"], answer["reference_basis"]) == ("2023-02-22", "given")
    (timex,) = answer["timexes"]
    assert list(timex) == ["start", "end", "text", "type", "value", "edtf", "rule"]
    assert (timex["text"], timex["type"], timex["value"], timex["edtf"]) == (
        "letzten September", "DATE", "2022-09", "2022-09",
    )  # fmt: skip
    assert "Sie trafen sich letzten September."[timex["start"] : timex["end"]] == "letzten September"


def test_dates_of_json_lines_keep_order_and_offsets():
    composed, decomposed = "Treffen im März 2022.", "  Treffen im Ma\u0308rz 2022.\r\n"
    done = run(
        "dates", "--jsonl", stdin=record(doc=1, text=composed) + "\n" + record(doc="b", text=decomposed)
    )
    assert done.returncode == 0
    first, second = lines(done)
    assert (first["doc"], second["doc"]) == (1, "b")
    for answer, text in ((first, composed), (second, decomposed)):
        for timex in answer["timexes"]:
            assert text[timex["start"] : timex["end"]] == timex["text"]
    assert [timex["value"] for timex in first["timexes"]] == ["2022-03"]


def test_without_publication_date_the_answer_says_so():
    (answer,) = lines(run("dates", "--jsonl", stdin=record(text="Sie sprachen miteinander.")))
    assert (answer["reference_date"], answer["reference_basis"]) == (None, "unknown")


def test_the_day_of_publication_has_names_of_which_the_first_wins():
    told = [
        {"dct": "2023-02-22"},
        {"reference_date": "2023-02-22"},
        {"published": "2023-02-22", "dct": "2001-01-01"},
        {"published": None, "dct": "2023-02-22"},
    ]
    done = run("dates", "--jsonl", stdin="\n".join(record(text="Am Montag.", **each) for each in told))
    assert [answer["timexes"][0]["value"] for answer in lines(done)] == ["2023-02-20"] * 4


def test_extract_of_json_lines():
    done = run("extract", "--jsonl", stdin=record(text=MOSCOW, published="2023-02-22"))
    assert (done.returncode, complaints(done)) == (0, [])
    (answer,) = lines(done)
    assert list(answer) == ["doc", "reference_date", "reference_basis", "meetings"]
    (meeting,) = answer["meetings"]
    assert list(meeting) == [
        "kind", "participants", "place", "country", "expression", "date", "status", "evidence",
    ]  # fmt: skip
    assert [list(participant) for participant in meeting["participants"]] == [["name", "type", "country"]] * 2
    assert {participant["name"] for participant in meeting["participants"]} == {"Wladimir Putin", "Wang Yi"}
    assert (meeting["place"], meeting["country"], meeting["date"], meeting["status"]) == (
        "Moskau", "RU", "2023-02-22", "held",
    )  # fmt: skip
    evidence = meeting["evidence"][0]
    assert MOSCOW[evidence["start"] : evidence["end"]] == evidence["text"]


BROKEN = [
    ("not json", b"{oops\n", "not JSON"),
    ("a list", b"[1]\n", "not a JSON object"),
    ("no doc", b'{"text": "x"}\n', '"doc"'),
    ("no text", b'{"doc": "x"}\n', '"text"'),
    ("text is a number", b'{"doc": "x", "text": 1}\n', '"text"'),
    ("published is no day", b'{"doc": "x", "text": "y", "published": "gestern"}\n', '"published"'),
    ("published is a number", b'{"doc": "x", "text": "y", "published": 2023}\n', '"published"'),
    ("dct is no day", b'{"doc": "x", "text": "y", "dct": "2023"}\n', '"dct"'),
    ("no such day", b'{"doc": "x", "text": "y", "published": "2023-02-30"}\n', '"published"'),
    ("not UTF-8", b'{"doc": "x", "text": "\xff"}\n', "UTF-8"),
    ("nested without end", b"[" * 200_000 + b"\n", "line"),
]


@pytest.fixture(scope="module", params=["dates", "extract"])
def broken_run(request):
    """One run over all broken lines, a good one before each and after the last."""
    stdin = b"".join(record(doc=f"good {n}").encode() + row[1] for n, row in enumerate(BROKEN))
    return run(request.param, "--jsonl", stdin=stdin + record(doc="last").encode())


@pytest.mark.parametrize("number", range(len(BROKEN)), ids=[row[0] for row in BROKEN])
def test_a_broken_line_costs_one_complaint(broken_run, number):
    complaint = complaints(broken_run)[number]
    assert f"line {2 * number + 2}:" in complaint
    assert BROKEN[number][2] in complaint


def test_broken_lines_cost_no_others(broken_run):
    assert broken_run.returncode == 1
    assert len(complaints(broken_run)) == len(BROKEN)
    assert [answer["doc"] for answer in lines(broken_run)] == [
        *(f"good {n}" for n in range(len(BROKEN))),
        "last",
    ]


def test_a_missing_and_an_empty_file_cost_themselves_alone(tmp_path):
    good, empty = tmp_path / "gut.txt", tmp_path / "leer.txt"
    good.write_text("Treffen im Mai 2022.", encoding="utf-8")
    empty.write_bytes(b"")
    done = run("dates", tmp_path / "fehlt.txt", empty, good)
    assert done.returncode == 1
    assert [answer["doc"] for answer in lines(done)] == [str(good)]
    missing, nothing = complaints(done)
    assert "fehlt.txt" in missing
    assert "leer.txt" in nothing


def test_a_line_or_file_beyond_the_limit_is_not_read(tmp_path, monkeypatch, capsys):
    from timeline import cli

    monkeypatch.setattr(cli, "_LONGEST_LINE", 1000)
    file = tmp_path / "in.jsonl"
    file.write_text(record(text="x" * 5000) + record(doc="b"), encoding="utf-8")
    assert cli.main(["dates", "--jsonl", str(file)]) == 1
    told = capsys.readouterr()
    assert json.loads(told.out)["doc"] == "b"
    assert "line 1: longer than 1,000 bytes" in told.err

    huge = tmp_path / "riesig.txt"
    with huge.open("wb") as sparse:
        sparse.truncate(20_000_000_000)
    assert cli.main(["dates", str(huge)]) == 1
    assert "more than the limit" in capsys.readouterr().err


def test_nothing_named_is_an_error():
    done = run("dates")
    assert done.returncode == 1
    assert len(complaints(done)) == 1


def test_a_wrong_day_is_wrong_use():
    done = run("dates", "--published", "22.02.2023", "--jsonl")
    assert done.returncode == 2
    assert "22.02.2023" in done.stderr.decode()


def test_half_a_character_is_printed_escaped():
    done = run("dates", "--jsonl", stdin=b'{"doc": "\\ud800", "text": "Mai 2022"}\n')
    assert done.returncode == 0
    assert lines(done)[0]["doc"] == "\ud800"


def test_dates_loads_neither_spacy_nor_the_store():
    heavy = ["spacy", "sqlalchemy", "dateparser", "trafilatura", "streamlit", "plotly", "numpy", "holidays"]
    code = (
        "import sys; from timeline.cli import main; main(['dates', '--jsonl', '--published', '2023-02-22']);"
        f"sys.exit(' '.join(set({heavy!r}) & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], input=record().encode(), capture_output=True, timeout=60, check=False
    )
    assert done.stderr.decode().strip() == ""


def test_add_twice_and_export(tmp_path):
    file = tmp_path / "moskau.txt"
    file.write_text(MOSCOW, encoding="utf-8")
    added = run("add", "--published", "2023-02-22", file, data_dir=tmp_path / "data")
    assert (added.returncode, complaints(added)) == (0, [])
    assert "added, 1 meetings" in added.stdout.decode()
    again = run("add", "--published", "2023-02-22", file, data_dir=tmp_path / "data")
    assert "already there, 1 meetings" in again.stdout.decode()

    exported = run("export", "--format", "json", data_dir=tmp_path / "data")
    (event,) = json.loads(exported.stdout)["events"]
    assert {participant["name"] for participant in event["participants"]} == {"Wladimir Putin", "Wang Yi"}
    table = run("export", "--format", "csv", data_dir=tmp_path / "data").stdout.decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(table))
    assert (row["date"], row["place"], row["status"]) == ("2023-02-22", "Moskau", "held")
    none = run("export", "--format", "csv", "--filter", "ort=Berlin", data_dir=tmp_path / "data")
    assert len(none.stdout.decode("utf-8-sig").splitlines()) == 1


def test_explain(tmp_path):
    file = tmp_path / "moskau.txt"
    file.write_text(MOSCOW, encoding="utf-8")
    done = run("explain", "--published", "2023-02-22", file)
    assert (done.returncode, complaints(done)) == (0, [])
    told = done.stdout.decode()
    assert "Wladimir Putin" in told
    assert "empfing" in told
    assert "2023-02-22" in told


def test_export_of_evidence_and_calendar(tmp_path):
    file = tmp_path / "moskau.txt"
    file.write_text(MOSCOW, encoding="utf-8")
    run("add", "--published", "2023-02-22", file, data_dir=tmp_path)
    assert b"Wladimir Putin" in run("export", "--format", "html", data_dir=tmp_path).stdout
    assert run("export", "--format", "ics", data_dir=tmp_path).stdout.startswith(b"BEGIN:VCALENDAR")
    assert run("export", "--format", "parquet", data_dir=tmp_path).stdout.startswith(b"PAR1")


def test_a_folder_is_added_with_all_that_is_in_it(tmp_path):
    folder = tmp_path / "artikel" / "mai"
    folder.mkdir(parents=True)
    (folder / "moskau.txt").write_text(MOSCOW, encoding="utf-8")
    (folder / ".hidden.txt").write_text("Nichts.", encoding="utf-8")
    done = run("add", tmp_path / "artikel", data_dir=tmp_path / "data")
    assert (done.returncode, complaints(done)) == (0, [])
    assert len(done.stdout.decode().splitlines()) == 1


def test_add_reports_what_cannot_be_read(tmp_path):
    good = tmp_path / "moskau.txt"
    good.write_text(MOSCOW, encoding="utf-8")
    done = run("add", tmp_path / "fehlt.txt", good, data_dir=tmp_path / "data")
    assert done.returncode == 1
    assert "fehlt.txt" in complaints(done)[0]
    assert "moskau.txt: added" in done.stdout.decode()


def test_a_store_that_cannot_be_opened_is_one_clear_line(tmp_path):
    (tmp_path / "data").write_text("in the way", encoding="utf-8")
    done = run("export", "--format", "csv", data_dir=tmp_path / "data")
    assert done.returncode == 1
    assert len(complaints(done)) == 1
    done = run("export", "--format", "csv", "--database", "mysql://localhost/x", data_dir=tmp_path)
    assert (done.returncode, len(complaints(done))) == (1, 1)


def test_the_reader_of_the_output_may_leave():
    code = f"{sys.executable} -m timeline dates --jsonl | head -n 1 > /dev/null; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", code], input=record().encode() * 5000, capture_output=True, timeout=60, check=False
    )
    assert done.stderr.decode() == ""


def test_a_wrong_table_of_the_program_stops_the_run_at_once(monkeypatch, capsys):
    def wrong(*_):
        raise LanguageError("languages/de/dates/days.toml, rule day-month: unknown key")

    monkeypatch.setattr("timeline.pipeline.read_dates", wrong)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b'{"doc": 1, "text": "a"}\n' * 3)))

    assert main(["dates", "--jsonl"]) == 3
    assert capsys.readouterr().err.count("rule day-month") == 1


def test_a_saved_page_in_a_folder_is_one_article(tmp_path):
    """What the browser put beside it is no article and no complaint; a folder of that name alone is one."""
    saved = tmp_path / "artikel"
    for name, data in {
        "Wien.html": page().encode(), "Wien-Dateien/rahmen.html": page(title="Werbung").encode(),
        "Wien-Dateien/stil.css": b"body{}", "Thumbs.db": b"\0", "alte-Dateien/b.txt": MOSCOW.encode(),
    }.items():  # fmt: skip
        (saved / name).parent.mkdir(parents=True, exist_ok=True)
        (saved / name).write_bytes(data)
    done = run("add", saved, data_dir=tmp_path / "data")
    assert (done.returncode, complaints(done)) == (0, [])
    assert [line.rpartition(": ")[0] for line in done.stdout.decode().splitlines()] == [
        str(saved / "Wien.html"), str(saved / "alte-Dateien" / "b.txt")
    ]  # fmt: skip


def test_projects_are_made_filled_and_exported_apart(tmp_path):
    file = tmp_path / "artikel.txt"
    file.write_text(MOSCOW, encoding="utf-8")
    made = run("projects", "new", "Asien", data_dir=tmp_path)
    project, name, members = made.stdout.decode().rstrip().split("\t")
    assert (made.returncode, name, members) == (0, "Asien", "0")
    added = run("add", "--published", "2023-02-23", "--project", "asien", file, data_dir=tmp_path)
    assert (added.returncode, complaints(added)) == (0, [])
    for chosen, rows in (("main", 0), (project, 1)):
        done = run("export", "--format", "csv", "--project", chosen, data_dir=tmp_path)
        assert len(list(csv.DictReader(io.StringIO(done.stdout.decode("utf-8-sig"))))) == rows
    listed = run("projects", data_dir=tmp_path).stdout.decode().splitlines()
    assert [line.split("\t")[0] for line in listed] == ["main", project]


def test_roles_are_given_and_taken(tmp_path):
    run("projects", "new", "Asien", data_dir=tmp_path)
    run("projects", "grant", "Asien", "Leo@Example.org", "reader", data_dir=tmp_path)
    given = run("projects", "grant", "Asien", "edi@example.org", "editor", data_dir=tmp_path)
    assert given.stdout.decode() == "edi@example.org\teditor\nleo@example.org\treader\n"
    taken = run("projects", "revoke", "Asien", "leo@example.org", data_dir=tmp_path)
    assert taken.stdout == run("projects", "members", "Asien", data_dir=tmp_path).stdout
    assert taken.stdout.decode() == "edi@example.org\teditor\n"
    closed = run("projects", "close", "Asien", data_dir=tmp_path)
    assert (closed.returncode, run("projects", data_dir=tmp_path).stdout.count(b"\n")) == (0, 1)


@pytest.mark.parametrize(
    "arguments",
    [
        ("projects", "members", "nichts"),
        ("projects", "new", " "),
        ("projects", "close", "main"),
        ("projects", "grant", "main", "zwei Wörter", "reader"),
        ("export", "--format", "csv", "--project", "nichts"),
    ],
)
def test_a_wrong_project_costs_one_line(tmp_path, arguments):
    done = run(*arguments, data_dir=tmp_path)
    assert (done.returncode, done.stdout) == (1, b"")
    (line,) = complaints(done)
    assert line.startswith("timeline: ")

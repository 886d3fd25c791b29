"""Archives read in pieces: nothing is lost, doubled or half, whatever the input, stops and workers."""

import gzip
import json
import pickle
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.merge import made_up_claims
from timeline import pipeline
from timeline.articles import read_articles
from timeline.cli import main
from timeline.merge import claims_from, merge
from timeline.scale import reading
from timeline.scale.batch import read_archive
from timeline.scale.blocks import event_files
from timeline.scale.dataset import SCHEMAS, claim_from, claim_row, month_of, table_of, timex_from
from timeline.scale.folder import Folder, FolderError
from timeline.scale.pieces import articles_of, group, plan
from timeline.scale.workers import workers

NAMES = ["Xi Jinping", "Wladimir Putin", "Emmanuel Macron", "Wolodymyr Selenskyj", "Joe Biden", "Wang Yi"]


def article(number: int, **fields) -> dict[str, object]:
    """A short article of its own about one meeting."""
    one, other = NAMES[number % 6], NAMES[(number + 1 + number // 6 % 5) % 6]
    text = (
        f"{one} und {other} trafen sich am Montag in Genf. Es war ihr {number}. Gespräch über Größen und Öl."
    )
    day = date.fromordinal(date(2023, 1, 2).toordinal() + number * 9)
    return {"text": text, "published": day.isoformat(), "outlet": f"Blatt {number % 3}"} | fields


def write_lines(path, records) -> str:
    path.write_text(
        "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in records), encoding="utf-8"
    )
    return str(path)


def read(source, out, *, piece_bytes=2_000, processes=1):
    with workers(scheduler=None, processes=processes) as run:
        return read_archive(str(source), Folder(str(out)), run, piece_bytes=piece_bytes)


def rows(out, dataset: str) -> list[dict]:
    """All rows that receipts vouch for, in an order of their content."""
    folder = Folder(str(out))
    found = []
    for receipt in folder.receipts("read").values():
        for name in receipt.files:
            if name.startswith(f"{dataset}/"):
                found += [row for batch in folder.batches(name) for row in batch]
    return sorted(found, key=repr)


def files(out) -> dict[str, bytes]:
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def archive(tmp_path_factory) -> str:
    return write_lines(tmp_path_factory.mktemp("archive") / "artikel.jsonl", [article(n) for n in range(40)])


@pytest.mark.parametrize("piece_bytes", [1, 150, 311, 1_000, 10**6])
def test_cuts_at_any_byte_give_every_line_once(archive, piece_bytes):
    whole = list(articles_of(plan(archive, piece_bytes=10**9)[0]))
    units = plan(archive, piece_bytes=piece_bytes)
    assert (len(units) == 1) == (piece_bytes == 10**6)
    parts = [each for unit in units for each in articles_of(unit)]
    assert [each.text for each in parts] == [each.text for each in whole]
    assert [each.reference for each in parts] == [each.reference for each in whole]
    assert len({each.source for each in parts}) == 40


def test_a_line_without_an_end_and_blank_lines(tmp_path):
    path = tmp_path / "a.jsonl"
    record = json.dumps(article(1))
    path.write_text(f"\n\n{record}\n\n\n{record.replace('1. Gespr', '2. Gespr')}")
    for piece_bytes in (1, 7, 10**6):
        units = plan(str(path), piece_bytes=piece_bytes)
        assert len([each for unit in units for each in articles_of(unit)]) == 2


def test_rows_of_parquet_are_cut_by_number(tmp_path):
    records = [article(n) | {"published": date(2023, 1, 1 + n), "vector": [0.5] * 20} for n in range(25)]
    path = tmp_path / "artikel.parquet"
    pq.write_table(pa.Table.from_pylist(records), path, row_group_size=10)
    for piece_bytes in (300, 1_500, 10**9):
        units = plan(str(path), piece_bytes=piece_bytes)
        found = [each for unit in units for each in articles_of(unit)]
        assert [each.text for each in found] == [record["text"] for record in records]
        assert [each.reference.value for each in found] == [f"2023-01-{1 + n:02}" for n in range(25)]
    assert found[7].source == f"{path}, row 8"


def record(number: int, *, compressed: bool) -> bytes:
    """A page in a web archive (ISO 28500)."""
    told = article(number)
    page = (
        f"<html><head><title>Treffen {number}</title>"
        f'<meta property="article:published_time" content="{told["published"]}"></head><body><article>'
        f"<h1>Treffen {number}</h1><p>{told['text']}</p><p>{'Dazu noch ein Absatz. ' * 9}</p></article>"
    )
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + page.encode()
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://blatt.example/{number}\r\n"
        f"WARC-Date: 2026-03-02T10:00:00Z\r\nWARC-Record-ID: <urn:uuid:{number:032}>\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(answer)}\r\n\r\n"
    )
    whole = head.encode() + answer + b"\r\n\r\n"
    return gzip.compress(whole) if compressed else whole


@pytest.mark.parametrize("compressed", [True, False])
def test_web_archives_are_cut_at_records(tmp_path, compressed):
    data = b"".join(record(number, compressed=compressed) for number in range(12))
    path = tmp_path / ("a.warc.gz" if compressed else "a.warc")
    path.write_bytes(data)
    whole = [each.url for each in read_articles(str(path), data)]
    assert len(whole) == 12
    for piece_bytes in (400, 3_000, 10**9):
        units = plan(str(path), piece_bytes=piece_bytes)
        assert [each.url for unit in units for each in articles_of(unit)] == whole


def test_what_is_read_is_what_the_program_reads(archive, tmp_path):
    outcome = read(archive, tmp_path / "out")
    assert (outcome.progress.articles, outcome.progress.rejected, outcome.failed) == (40, 0, ())
    expected_claims, expected_timexes = [], []
    for each in articles_of(plan(archive, piece_bytes=10**9)[0]):
        told = pipeline.read(each)
        expected_claims += claims_from(each, told)
        expected_timexes += [(each.id, timex) for timex in told.timexes]
    claims = [claim_from(row) for row in rows(tmp_path / "out", "claims")]
    assert sorted(claims, key=repr) == sorted(expected_claims, key=repr)
    assert len(claims) >= 30
    timexes = [(row["article"], timex_from(row)) for row in rows(tmp_path / "out", "timexes")]
    assert sorted(timexes, key=repr) == sorted(expected_timexes, key=repr)
    for name in files(tmp_path / "out"):
        if name.startswith(("articles/", "claims/", "timexes/")):
            dataset, month, _ = name.split("/")
            table = pq.ParquetFile(tmp_path / "out" / name).read()
            assert table.schema == SCHEMAS[dataset]
            if dataset != "timexes":
                for row in table.to_pylist():
                    assert month == f"month={month_of(row['reference']['value'])}"


@pytest.mark.parametrize("seed", [1, 2])
def test_claims_survive_parquet(seed):
    claims = made_up_claims(300, seed)
    table = table_of("claims", [claim_row(claim, 0) for claim in claims])
    assert [claim_from(row) for row in table.to_pylist()] == claims


def test_again_does_nothing_and_other_cuts_double_nothing(archive, tmp_path):
    out = tmp_path / "out"
    read(archive, out)
    before, claims = files(out), rows(out, "claims")
    again = read(archive, out)
    assert (again.progress.all_pieces, files(out)) == (0, before)
    read(archive, out, piece_bytes=3_001)
    assert rows(out, "claims") == claims
    assert {name.split("/")[0] for name in files(out)} == {
        "_done", "_timeline.json", "articles", "claims", "timexes",
    }  # fmt: skip


def test_a_run_that_stopped_goes_on(archive, tmp_path):
    read(archive, tmp_path / "whole")
    out = tmp_path / "out"

    def stopping(function, tasks):
        for task in tasks[:3]:
            yield task, function(task)
        # The fourth wrote its data and died before its receipt.
        receipt = function(tasks[3])
        (out / f"_done/read/{receipt.id}.json").unlink()
        (out / "_temporary").mkdir(exist_ok=True)
        (out / "_temporary" / "rest").write_bytes(b"half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_archive(archive, Folder(str(out)), stopping, piece_bytes=2_000)
    outcome = read(archive, out)
    assert (outcome.done_before, outcome.progress.pieces) == (3, outcome.progress.all_pieces)
    assert files(out) == files(tmp_path / "whole")


def test_what_changed_is_read_anew_and_replaces(tmp_path):
    source, out = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    for number in range(6):
        (source / f"{number}.txt").write_text(str(article(number)["text"]))
    read(source, out, piece_bytes=10**6)
    (source / "3.txt").write_text("Joe Biden traf Xi Jinping am 3. Mai 2023 in Wien.")
    (source / "7.txt").write_text(str(article(7)["text"]))
    read(source, out, piece_bytes=10**6)
    texts = [row["text"] for row in rows(out, "articles")]
    assert len(texts) == 7
    assert sum("in Wien" in text for text in texts) == 1
    assert not any("3. Gespräch" in text for text in texts)


def test_small_files_are_put_together_and_kept_in_order(tmp_path):
    for number in range(10):
        (tmp_path / f"{number}.txt").write_text("x" * 100)
    (tmp_path / ".hidden").write_text("x")
    units = plan(str(tmp_path), piece_bytes=350)
    pieces = group(units, set(), piece_bytes=350)
    assert [len(piece.units) for piece in pieces] == [3, 3, 3, 1]
    done = {unit.token for unit in pieces[1].units}
    assert [piece.id for piece in group(units, done, piece_bytes=350)] == [
        piece.id for piece in (pieces[0], *pieces[2:])
    ]


def test_bad_articles_are_rows_with_their_reason(tmp_path, monkeypatch):
    source = tmp_path / "in"
    source.mkdir()
    (source / "bild.txt").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00")
    good, bad = article(1), article(2)
    lines = [json.dumps(good), "kein JSON", "[1]", json.dumps({"text": ""}), json.dumps(bad),
             json.dumps(article(3, published="2023-01-02 \ud800", title="Kein \ud800 Zeichen"))]  # fmt: skip
    (source / "z.jsonl").write_text("\n".join(lines))
    whole = pipeline.read

    def failing(each, *arguments):
        if "2. Gespräch" in each.text:
            raise RuntimeError("boom")
        return whole(each, *arguments)

    monkeypatch.setattr(reading.pipeline, "read", failing)
    outcome = read(source, tmp_path / "out", piece_bytes=10**6)
    assert (outcome.progress.articles, outcome.progress.rejected) == (2, 5)
    told = {
        row["source"].rpartition("/")[2]: (row["code"], row["reason"])
        for row in rows(tmp_path / "out", "rejected")
    }
    assert set(told) == {"bild.txt", *(f"z.jsonl, line {n}" for n in range(2, 6))}
    assert told["z.jsonl, line 5"][0] == "crashed"
    assert "RuntimeError: boom" in told["z.jsonl, line 5"][1]
    assert told["bild.txt"][0] == "unsupported"


def test_the_same_text_twice_is_one_article_with_two_rows(tmp_path):
    undated = {key: value for key, value in article(3).items() if key != "published"}
    path = write_lines(tmp_path / "a.jsonl", [undated, article(3), article(3, outlet="Nachdruck")])
    read(path, tmp_path / "out")
    found = rows(tmp_path / "out", "articles")
    assert sorted((row["copy"], row["outlet"]) for row in found) == [
        (False, "Blatt 0"), (True, "Blatt 0"), (True, "Nachdruck"),
    ]  # fmt: skip
    assert {row["published"] for row in rows(tmp_path / "out", "claims")} == {article(3)["published"]}


def test_two_processes_write_the_same_bytes(archive, tmp_path):
    read(archive, tmp_path / "one")
    read(archive, tmp_path / "two", processes=2)
    assert files(tmp_path / "one") == files(tmp_path / "two")


def test_a_folder_of_other_rules_is_refused(archive, tmp_path, monkeypatch):
    out = tmp_path / "out"
    read(archive, out)
    monkeypatch.setattr("timeline.scale.batch.rules", lambda: "other")
    with pytest.raises(FolderError, match="another version"):
        read(archive, out)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("Liebe Tante")
    with pytest.raises(FolderError, match="not empty"):
        read(archive, tmp_path / "mine")
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["letter.txt"]


def test_a_worker_of_other_rules_refuses(archive, tmp_path, monkeypatch):
    folder = Folder(str(tmp_path / "out"))
    folder.prepare(reading.rules())
    (unit,) = plan(archive, piece_bytes=10**9)
    task = reading.ReadTask(group([unit], set(), piece_bytes=1)[0], folder, "other")
    with pytest.raises(FolderError, match="same version"):
        reading.read_piece(task)


def test_relative_addresses_hold_in_other_folders(tmp_path, monkeypatch):
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    write_lines(Path("in.jsonl"), [article(1)])
    (unit,) = plan("in.jsonl", piece_bytes=1_000)
    folder = pickle.dumps(Folder("out"))
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert unit.address == str(tmp_path / "in.jsonl")
    assert pickle.loads(folder).address == str(tmp_path / "out")


def test_other_addresses_than_files(archive):
    import fsspec

    with fsspec.open("memory://quelle/a.jsonl", "wb") as file, Path(archive).open("rb") as source:
        file.write(source.read())
    outcome = read("memory://quelle", "memory://ziel")
    assert outcome.progress.articles == 40
    assert len(rows("memory://ziel", "articles")) == 40
    assert not fsspec.filesystem("memory").glob("/ziel/_temporary/*")


def test_command(archive, tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["batch", archive, "--out", str(out), "--workers", "1", "--piece-bytes", "5000"]) == 0
    output = capsys.readouterr()
    assert not output.out
    assert "40 articles, 0 rejected" in output.err
    claims = [claim_from(row) for row in rows(out, "claims")]
    events = [
        row for name in event_files(Folder(str(out))) for row in pq.ParquetFile(out / name).read().to_pylist()
    ]
    assert {row["id"] for row in events} == {event.id for event in merge(claims)}
    assert f"{len(claims)} claims of {len(events)} meetings" in output.err.splitlines()[-1]
    assert main(["batch", str(tmp_path / "nowhere"), "--out", str(out), "--workers", "1"]) == 1
    assert "nowhere" in capsys.readouterr().err


def test_months():
    claim = replace(made_up_claims(1)[0], published="2022-09-14")
    assert month_of(claim.published) == "2022-09"
    assert month_of("2022-09") == "2022-09"


@pytest.mark.parametrize("dataset", SCHEMAS)
def test_columns_are_documented(dataset):
    text = (Path(__file__).parent.parent / "docs/scale.md").read_text(encoding="utf-8")
    (line,) = (line for line in text.splitlines() if line.startswith(f"| `{dataset}` | `"))
    assert [name for name in SCHEMAS[dataset].names if f"`{name}`" not in line] == []

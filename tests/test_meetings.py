"""Who met whom: the examples of the rules, sentences, whole articles, properties of every row."""

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.meeting_table import agree, read_meetings, table, written
from timeline import edtf
from timeline.dates import find_expressions, resolve
from timeline.language import LanguageError
from timeline.meetings import explain, find_in_text, find_meetings
from timeline.meetings import frames as frames_module
from timeline.meetings.clauses import clauses
from timeline.meetings.frames import frames
from timeline.meetings.grammar import grammar
from timeline.meetings.status import cues
from timeline.model import KINDS, STATUSES, ReferenceDate
from timeline.parse import parse

DAY = "2016-06-15"
GOLDEN = sorted((Path(__file__).parent / "golden").glob("meetings-*.json"))
ROWS = table()


@pytest.mark.parametrize("row", ROWS, ids=[r["id"] for r in ROWS])
def test_sentence(row: dict[str, str]) -> None:
    meetings = read_meetings(row["text"], row["published"])
    assert agree(row["rows"], meetings), [written(m) for m in meetings]


def test_a_third_of_the_sentences_tell_nothing() -> None:
    assert len(ROWS) >= 150
    assert sum(r["rows"] == "-" for r in ROWS) >= len(ROWS) // 3


@pytest.mark.parametrize(("frame", "sentence"), [(f, s) for f in frames() for s in f.yes])
def test_frame_finds_its_example(frame, sentence: str) -> None:
    assert any(f"frame:{frame.id}" in m.rules for m in read_meetings(sentence, DAY))


@pytest.mark.parametrize(("frame", "sentence"), [(f, s) for f in frames() for s in f.no])
def test_frame_leaves_its_counterexample(frame, sentence: str) -> None:
    assert not any(f"frame:{frame.id}" in m.rules for m in read_meetings(sentence, DAY))


@pytest.mark.parametrize("cue", cues(), ids=[c.id for c in cues()])
def test_cue_examples(cue) -> None:
    assert [x for x in cue.yes if not cue.find.search(x)] == []
    assert [x for x in cue.no if cue.find.search(x)] == []


@pytest.mark.parametrize("path", GOLDEN, ids=[p.stem for p in GOLDEN])
def test_article(path: Path) -> None:
    golden = json.loads(path.read_text(encoding="utf-8"))
    got = [
        {
            "kind": m.kind,
            "status": m.status,
            "participants": [{"name": a.name, "type": a.type, "country": a.country} for a in m.participants],
            "place": m.place,
            "country": m.country,
            "expression": m.expression,
            "date": m.date,
            "evidence": [e.text for e in m.evidence],
        }
        for m in read_meetings(golden["text"], golden["published"])
    ]
    assert got == golden["meetings"]


def test_there_are_whole_articles() -> None:
    assert len(GOLDEN) >= 6


PIECES = st.sampled_from(
    [
        "Angela Merkel", "Wladimir Putin", "der französische Präsident", "die EU", "China", "traf", "trafen",
        "reiste nach", "telefonierte mit", "am Montag", "im März 2015", "in Genf", "beim Gipfel", "und", ",",
        "nach dem Treffen mit", ".", "nicht", "wird", "soll", "zu Gesprächen", "sein Besuch in Moskau",
        "seit 2013", "der erste", "sagte", "dass", "„", "“",
    ]
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(PIECES, min_size=1, max_size=24))
def test_every_row_is_sound(pieces: list[str]) -> None:
    text = " ".join(pieces)
    meetings = read_meetings(text, DAY)
    assert meetings == read_meetings(text, DAY)
    for meeting in meetings:
        assert meeting.participants
        assert len({a.key for a in meeting.participants}) == len(meeting.participants)
        assert meeting.kind in KINDS
        assert meeting.status in STATUSES
        assert meeting.date is None or edtf.is_valid(meeting.date)
        assert meeting.evidence
        assert meeting.rules
        for evidence in meeting.evidence:
            assert text[evidence.start : evidence.end] == evidence.text
        if meeting.expression is not None:
            assert meeting.expression in text


def test_leaving_early_changes_nothing() -> None:
    for row in ROWS:
        reference = ReferenceDate(row["published"], "given")
        timexes = resolve(row["text"], find_expressions(row["text"]), reference)
        on = date.fromisoformat(row["published"])
        early = find_in_text(row["text"], timexes, reference, on)
        assert early == find_meetings(parse(row["text"]), timexes, reference, on)


@pytest.mark.parametrize("text", ["", " ", "\n\n", "Treffen.", "Putin", "Putin traf."])
def test_little_text_tells_nothing(text: str) -> None:
    assert read_meetings(text, DAY) == []


def test_unknown_reference_date() -> None:
    text = "Angela Merkel traf am 3. Mai 2015 in Moskau den russischen Präsidenten Wladimir Putin."
    reference = ReferenceDate(None, "unknown")
    rows = find_in_text(text, resolve(text, find_expressions(text), reference), reference, None)
    assert [(m.kind, m.date, m.place) for m in rows] == [("meeting", "2015-05-03", "Moskau")]


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Ab Mai verhandeln Putin und Xi.", "2023-05/.."),
        ("Ab Dezember 2022 reist Merkel zu dreitägigen Verhandlungen mit Putin nach Moskau.", "2022-12/.."),
    ],
)
def test_a_month_with_an_open_end_is_no_day(text: str, date: str) -> None:
    """It is as long as a day to the letter, and ended the reading of the whole article."""
    assert [meeting.date for meeting in read_meetings(text, "2023-02-22")] == [date]


def test_explain_marks_the_sentence_and_gives_reasons() -> None:
    text = "Angela Merkel traf am Montag in Moskau den russischen Präsidenten Wladimir Putin."
    reference = ReferenceDate("2015-05-06", "given")
    on = date(2015, 5, 6)
    timexes = resolve(text, find_expressions(text), reference)
    told = explain(parse(text), find_in_text(text, timexes, reference, on), timexes, on)
    assert "1. meeting, held: Angela Merkel (DE), Wladimir Putin (RU); Moskau (RU); 2015-05-04" in told
    assert (
        "[Angela Merkel =Angela Merkel] [traf !treffen] am [Montag =2015-05-04] in [Moskau @Moskau]" in told
    )
    assert "frame:treffen" in told


def test_explain_knows_every_reason() -> None:
    for row in ROWS:
        reference = ReferenceDate(row["published"], "given")
        timexes = resolve(row["text"], find_expressions(row["text"]), reference)
        on = date.fromisoformat(row["published"])
        assert explain(parse(row["text"]), find_in_text(row["text"], timexes, reference, on), timexes, on)


def _clauses(text: str) -> list[tuple[str, str]]:
    raw = [t.text for t in parse(text)]
    found = clauses(0, len(raw), raw, [w.lower() for w in raw])
    return [(c.kind, " ".join(raw[i] for i in c.tokens)) for c in found]


CLAUSES = [
    ("Er sagte, dass er kommt.", [("main", "Er sagte"), ("sub", "dass er kommt .")]),
    (
        "Xi, der am Montag ankam, traf Obama.",
        [("main", "Xi traf Obama ."), ("relative", "der am Montag ankam")],
    ),
    ("Er traf A und reiste ab.", [("main", "Er traf A"), ("main", "und reiste ab .")]),
    (
        "Er hatte China besucht und Qin getroffen.",
        [("main", "Er hatte China besucht"), ("main", "und Qin getroffen .")],
    ),
    ("Er plant, nach Rom zu reisen.", [("main", "Er plant"), ("infinitive", "nach Rom zu reisen .")]),
    ("Er wird in A und B beraten.", [("main", "Er wird in A und B beraten .")]),
    (
        "Er traf Tusk, den Präsidenten des Rats, in Rom.",
        [("main", "Er traf Tusk den Präsidenten des Rats in Rom .")],
    ),
]


@pytest.mark.parametrize(("text", "expected"), CLAUSES)
def test_clauses(text: str, expected: list[tuple[str, str]]) -> None:
    assert _clauses(text) == expected


FAULTS = [
    ({"id": "x", "kind": "visit", "noun": "x", "yes": ["a"]}, "yes and no"),
    ({"id": "x", "kind": "wedding", "noun": "x", "yes": ["a"], "no": ["b"]}, "kind"),
    ({"id": "x", "kind": "visit", "yes": ["a"], "no": ["b"]}, "verb or noun"),
    ({"id": "x", "kind": "visit", "noun": "(", "yes": ["a"], "no": ["b"]}, "frame 'x'"),
    ({"id": "x", "kind": "visit", "noun": "x", "yes": ["a"], "no": ["b"], "color": 1}, "unknown keys"),
    ({"id": "x", "kind": "visit", "noun": "x", "needs": "luck", "yes": ["a"], "no": ["b"]}, "need"),
    ({"id": "x", "kind": "visit", "verb": {"dual": "x"}, "yes": ["a"], "no": ["b"]}, "verb forms"),
]


@pytest.mark.parametrize(("rule", "reason"), FAULTS)
def test_wrong_frame_is_told(rule, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames_module, "read_toml", lambda _name: {"frame": [rule]})
    with pytest.raises(LanguageError, match=reason) as told:
        frames.__wrapped__()
    assert "languages/de/meetings/" in str(told.value)


def test_wrong_grammar_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("timeline.meetings.grammar.read_toml", lambda _name: {"past": "War"})
    with pytest.raises(LanguageError, match=r"grammar\.toml"):
        grammar.__wrapped__()


def test_wrong_cue_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("timeline.meetings.status.read_toml", lambda _name: {"rule": [{"id": "x"}]})
    with pytest.raises(LanguageError, match="rule 'x'"):
        cues.__wrapped__()


def test_evidence_is_cut_from_the_text_as_given() -> None:
    text = "Vorab.\ud800 Olaf Scholz traf am Freitag in Paris Emmanuel Macron\ud800 zu einem Gespräch."
    reference = ReferenceDate("2024-05-31", "given")
    timexes = resolve(text, find_expressions(text), reference)

    rows = find_in_text(text, timexes, reference, date(2024, 5, 31))

    assert rows
    for row in rows:
        for evidence in row.evidence:
            assert evidence.text == text[evidence.start : evidence.end]

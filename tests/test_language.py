"""Reading the tables of language knowledge: what is well formed, and how a fault is named."""

import re

import pytest

from timeline import language
from timeline.language import LanguageError, Pattern, read_toml, read_tsv


@pytest.fixture(autouse=True)
def tables(tmp_path, monkeypatch):
    monkeypatch.setattr(language, "_ROOT", tmp_path)
    return tmp_path


def test_toml(tables):
    (tables / "dates.toml").write_text(
        '[[rule]]\nid = "heute"\nwords = ["heute", "heutigen Tags"]\n', encoding="utf-8"
    )
    assert read_toml("dates.toml") == {"rule": [{"id": "heute", "words": ["heute", "heutigen Tags"]}]}


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("key\tname\nQ7747\tWladimir Putin\n", [{"key": "Q7747", "name": "Wladimir Putin"}]),
        (
            "# Quelle: eigene Liste\nkey\tname\n\n# Asien\nQ15031\tXi Jinping\n",
            [{"key": "Q15031", "name": "Xi Jinping"}],
        ),
        ("key\tname\nQ567\t\n", [{"key": "Q567", "name": ""}]),
        ('key\tname\nx\tder "Eiserne"\n', [{"key": "x", "name": 'der "Eiserne"'}]),
        ("key\tname\n", []),
        ("", []),
    ],
    ids=["row", "comments", "empty field", "quotation marks", "heading only", "empty file"],
)
def test_tsv(tables, text, rows):
    (tables / "actors.tsv").write_text(text, encoding="utf-8")
    assert read_tsv("actors.tsv") == rows


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("actors.tsv", "key\tname\nQ1\tA\tB\n", r"actors\.tsv, line 2: 3 fields instead of 2"),
        ("actors.tsv", "# Kommentar\nkey\tname\nQ1\tA\nQ2\n", r"actors\.tsv, line 4: 1 fields instead of 2"),
        ("actors.tsv", None, r"actors\.tsv"),
        ("rules.toml", "[[rule]\n", r"rules\.toml: .*line 1"),
        ("rules.toml", None, r"rules\.toml"),
    ],
    ids=["too many", "too few", "no table", "not TOML", "no TOML"],
)
def test_a_fault_names_its_file_and_line(tables, name, text, message):
    if text is not None:
        (tables / name).write_text(text, encoding="utf-8")
    with pytest.raises(LanguageError, match=message):
        (read_tsv if name.endswith("tsv") else read_toml)(name)


def test_a_pattern_is_compiled_when_it_is_first_used(monkeypatch):
    made = []
    compile_now = re.compile
    monkeypatch.setattr(language.re, "compile", lambda *args: made.append(args) or compile_now(*args))
    pattern = Pattern("besuch(?:s|es|e)?", "visit.toml, frame 'besuch'", re.IGNORECASE)
    assert not made
    assert pattern.fullmatch("Besuchs")
    assert pattern.search("beim Besuch in Wien")
    assert pattern.fullmatch("Besucher") is None
    assert made == [("besuch(?:s|es|e)?", re.IGNORECASE)]


def test_a_wrong_pattern_names_where_it_stands():
    with pytest.raises(LanguageError, match=r"visit\.toml, frame 'besuch', noun: .*unterminated"):
        Pattern("(besuch", "visit.toml, frame 'besuch', noun").search("besuch")

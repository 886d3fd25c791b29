"""Dates in German sentences: a table, the rules' own examples, and what must hold for any text."""

import csv
import re
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from edtf import parse_edtf
from hypothesis import given, settings
from hypothesis import strategies as st

from timeline import edtf
from timeline.dates import find_dates, find_expressions
from timeline.dates.find import tagger
from timeline.dates.words import written

CASES = Path(__file__).parent / "cases"

TIMEX3 = re.compile(
    r"""
    (PAST|PRESENT|FUTURE)_REF
    | BC\d{4} | BC\d\d
    | (?P<day>
        [\dX]{1,3}                                        # millennium, century, decade
        | [\dX]{4} ( -(SP|SU|FA|WI) | -Q[1-4X] | -H[12X] )?
        | [\dX]{4} -W(XX|\d\d) ( -WE | -[1-7] )?
        | [\dX]{4} -[\dX]{2} ( -[\dX]{2} )?
      ) ( T ( MO | MI | AF | EV | NI | \d\d:\d\d ) )?
    | P ( ([\d.]+|X) (Y|M|W|D|Q|DE|CE|ML|WE|SP|SU|FA|WI) )* ( T ( ([\d.]+|X) [HMS] )+ )?
    """,
    re.VERBOSE,
)
"""Values of TIMEX3 (TimeML 1.2.1, section "TIMEX3"; TIDES 2005 for seasons, parts of day and decades)."""


def rows(name: str) -> list[dict[str, str]]:
    lines = (CASES / name).read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith("#")]
    return list(csv.DictReader(kept, delimiter="\t", quoting=csv.QUOTE_NONE))


def table(name: str) -> list:
    return [pytest.param(row, id=row["id"]) for row in rows(name)]


@pytest.mark.parametrize("row", table("dates.tsv"))
def test_date(row):
    published = None if row["published"] == "-" else row["published"]
    found = [t for t in find_dates(row["text"], published=published) if t.text == row["expression"]]
    assert found, f"not found in {row['text']!r}"
    answers = [(t.type, t.value, t.edtf or "-", t.basis) for t in found]
    assert (row["type"], row["value"], row["edtf"], row["basis"]) in answers


@pytest.mark.parametrize("row", table("dates_none.tsv"))
def test_no_date(row):
    assert [(t.text, t.rule) for t in find_dates(row["text"], published="2023-02-22")] == []


def test_tables_are_broad_enough():
    dates, none = len(rows("dates.tsv")), len(rows("dates_none.tsv"))
    assert dates + none >= 400
    assert none * 3 >= dates + none


@pytest.mark.parametrize("rule", tagger().rules, ids=lambda rule: rule.id)
def test_rule_examples(rule):
    for phrase, value in rule.yes.items():
        found = [(e.rule, e.value) for e in find_expressions(phrase)]
        assert found == [] if rule.type == "NONE" else (rule.id, value) in found, phrase
    for phrase in rule.no:
        assert [e.text for e in find_expressions(phrase) if e.rule == rule.id] == [], phrase


@cache
def independently_parsed(value: str) -> object:
    return parse_edtf(value)


def check(text: str, published: str | None) -> None:
    end = 0
    for timex in find_dates(text, published=published):
        assert end <= timex.start < timex.end <= len(text)
        assert text[timex.start : timex.end] == timex.text
        assert TIMEX3.fullmatch(timex.value), timex
        if re.match(r"\d{4}-\d\d-\d\d", timex.value):
            date.fromisoformat(timex.value[:10])
        if timex.edtf is not None:
            independently_parsed(timex.edtf)
            bounds = edtf.bounds(timex.edtf)
            assert (timex.first, timex.last) == (bounds.first, bounds.last)
        else:
            assert timex.first is timex.last is None
        end = timex.end


WORDS = sorted(
    {form for word in tagger().vocabulary.words for form in written(word)}
    | set("-–—/:;.,()’'\"§%")
    | {"um", "bis", "von", "zwischen", "und", "oder", "statt", "vor", "seit", "in", "im", "am", "ab", "zum"}
    | {
        "3",
        "31",
        "1998",
        "2000",
        "98",
        "24.2.",
        "24.2.22",
        "20.30",
        "20:30",
        "1.000",
        "1,5",
        "0",
        "99999",
        "\n",
        "\n\n",
    }
)
REFERENCES = st.sampled_from(
    [None, "2023-02-22", "2024-02-29", "2023-02", "2023", "0001-01-01", "9999-12-31"]
)


@settings(max_examples=400, deadline=None)
@given(st.text(), REFERENCES)
def test_any_text(text, published):
    check(text, published)


@settings(max_examples=1500, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(WORDS), st.sampled_from([" ", " ", " ", "", "-", "\u00a0"])), max_size=14
    ),
    REFERENCES,
)
def test_any_row_of_date_words(pieces, published):
    check("".join(word + gap for word, gap in pieces), published)


@pytest.mark.parametrize("rule", tagger().rules, ids=lambda rule: rule.id)
def test_rule_examples_resolve_to_valid_values(rule):
    for phrase in rule.yes:
        for before in ("", "seit ", "bis zum "):
            for published in (None, "2023-02-22", "2024-02-29", "2023-02", "2023", "9999-12-31"):
                check(before + phrase, published)


def test_offsets_count_the_characters_as_given():
    text = "\nDie  „Grüße“ kamen\u00a0am\t22. Februar 2023\n\nan."
    [timex] = find_dates(text)
    assert text[timex.start : timex.end] == "22. Februar 2023"
    assert (timex.first, timex.last) == (date(2023, 2, 22), date(2023, 2, 22))


@pytest.mark.parametrize("text", ["ab Freitagnachmittag bis Montagabend", "vom 30. Dezember bis 3. Januar"])
def test_a_range_at_the_end_of_the_calendar(text):
    check(text, "9999-12-31")


def test_a_paragraph_ends_an_expression():
    assert [t.text for t in find_dates("Termin: Montag\n\n22. Februar 2023")] == [
        "Montag",
        "22. Februar 2023",
    ]


def test_a_reference_that_is_not_edtf_is_refused():
    with pytest.raises(edtf.EdtfError):
        find_dates("Gestern", published="22.2.2023")


def test_weekday_beside_a_day_chooses_the_year_in_which_both_agree():
    [timex] = find_dates("Die Feier am Mittwoch, 22. Februar, war gut besucht.", published="2019-05-01")
    assert timex.value == "2017-02-22"


def test_expressions_keep_what_the_words_say():
    [expression] = find_expressions("Er kam letzten September.")
    assert (expression.value, expression.shift, expression.unit) == ("XXXX-09", -1, None)
    [expression] = find_expressions("Am Mittwoch, 22. Februar, begann es.")
    assert (expression.value, expression.weekday) == ("XXXX-02-22", 3)
    [expression] = find_expressions("Gestern schwieg er.")
    assert (expression.value, expression.unit, expression.shift) == ("XXXX-XX-XX", "day", -1)


@pytest.mark.parametrize(
    ("breaks", "value"), [("\n\n", "2005-11-23TAF"), ("\n\nDas Land ist alt.\n\n", "2005-11-24TAF")]
)
def test_a_part_of_the_day_belongs_to_the_day_of_its_paragraph_or_the_one_before(breaks, value):
    text = f"Am Mittwoch wurde sie in Paris empfangen.{breaks}Am Nachmittag reiste sie nach Brüssel."
    assert find_dates(text, published="2005-11-24")[-1].value == value

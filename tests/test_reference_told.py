"""Header lines, datelines and complete dates: every example of the rules, and whole texts."""

from datetime import date

import pytest

from timeline.language import read_toml
from timeline.reference import dateline, told_date
from timeline.reference.complete import complete_date

TABLE = read_toml("languages/de/reference/headers.toml")
BODY = "Die Außenminister beider Länder haben sich auf eine weitere Runde verständigt.\n"


@pytest.mark.parametrize(
    ("line", "expected"),
    [(line, value) for rule in TABLE["line"] for line, value in rule["yes"].items()],
)
def test_line_examples(line, expected):
    assert told_date(f"{line}\n\n{BODY}").value == expected


@pytest.mark.parametrize("line", [line for rule in TABLE["line"] for line in rule["no"]])
def test_line_counterexamples(line):
    assert told_date(f"{line}\n\n{BODY}").value is None


@pytest.mark.parametrize(
    ("line", "expected"),
    [(line, value) for rule in TABLE["dateline"] for line, value in rule["yes"].items()],
)
def test_dateline_examples(line, expected):
    found = dateline(f"Ein Titel\n\n{line} haben getagt.")
    assert found is not None
    month_day = f"{found.month:02}-{found.day:02}"
    assert (f"{found.year}-{month_day}" if found.year else month_day) == expected


@pytest.mark.parametrize("line", [line for rule in TABLE["dateline"] for line in rule["no"]])
def test_dateline_counterexamples(line):
    assert dateline(line) is None


@pytest.mark.parametrize(
    ("text", "expected"), [(text, value) for rule in TABLE["foot"] for text, value in rule["yes"].items()]
)
def test_foot_examples(text, expected):
    assert told_date(text).value == expected


@pytest.mark.parametrize("text", [text for rule in TABLE["foot"] for text in rule["no"]])
def test_foot_counterexamples(text):
    assert told_date(text).value is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("22.02.2023", date(2023, 2, 22)),
        ("22.2.23", date(2023, 2, 22)),
        ("2023-02-03", date(2023, 2, 3)),
        ("20230203", date(2023, 2, 3)),
        ("2023-02-22T23:30:00+01:00", date(2023, 2, 22)),
        ("Wed, 22 Feb 2023 10:00:00 +0100", date(2023, 2, 22)),
        ("February 22, 2023", date(2023, 2, 22)),
        ("22. Jänner 2023", date(2023, 1, 22)),
        ("Sonnabend, 25. Februar 2023", date(2023, 2, 25)),
        ("Mi 22.02.2023", date(2023, 2, 22)),
        ("22/02/2023", date(2023, 2, 22)),
        ("02/03/2023", None),
        ("Freitag, 22. Februar 2023", None),
        ("31.02.2023", None),
        ("22. Februar", None),
        ("Februar 2023", None),
        ("2023", None),
        ("gestern", None),
        ("vor drei Tagen", None),
        ("heute um 14:05 Uhr", None),
        ("", None),
        ("22.02.1023", None),
    ],
)
def test_complete_date(text, expected):
    assert complete_date(text) == expected


def test_publication_outweighs_update():
    text = f"Stand: 24.02.2023\nVeröffentlicht am 22.02.2023\n\n{BODY}"
    found = told_date(text)
    assert (found.value, found.basis) == ("2023-02-22", "header")
    assert found.evidence == ("„Veröffentlicht am 22.02.2023“",)


def test_dateline_with_year():
    found = told_date("Moskau, 22.02.2023 – Der Präsident empfing den Außenminister.")
    assert (found.value, found.basis) == ("2023-02-22", "dateline")


@pytest.mark.parametrize(
    "text",
    [
        "Der Vertrag wurde am 3. Mai 2021 unterschrieben.",
        "3. Mai 2021",
        f"Der Gipfel\n\n{BODY}Das Treffen begann am 3. Mai 2021.\n",
        "Wien – Der Rat tagte am Montag.",
        "",
    ],
)
def test_tells_nothing(text):
    assert told_date(text).value is None

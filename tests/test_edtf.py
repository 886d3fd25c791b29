"""EDTF: bounds, precision and overlap; and the same verdicts as the reference implementation."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline import edtf

ROWS = [
    # value, first and last day, precision; cases of ISO 8601-2:2019
    ("2023-02-22", "2023-02-22", "2023-02-22", "day"),
    ("2023-02-22T14:05", "2023-02-22", "2023-02-22", "day"),
    ("2024-02", "2024-02-01", "2024-02-29", "month"),
    ("2022", "2022-01-01", "2022-12-31", "year"),
    ("2023-21", "2023-03-01", "2023-05-31", "season"),
    ("2023-24", "2023-12-01", "2024-02-29", "season"),
    ("2023-33", "2023-01-01", "2023-03-31", "quarter"),
    ("2023-40", "2023-01-01", "2023-06-30", "half"),
    ("196X", "1960-01-01", "1969-12-31", "decade"),
    ("196", "1960-01-01", "1969-12-31", "decade"),
    ("18XX", "1800-01-01", "1899-12-31", "century"),
    ("2023-03~", "2023-03-01", "2023-03-31", "month"),
    ("2023?", "2023-01-01", "2023-12-31", "year"),
    ("2023-05-03/2023-05-05", "2023-05-03", "2023-05-05", "interval"),
    ("2023-02-20/2023-02-26", "2023-02-20", "2023-02-26", "week"),
    ("2023-02-21/2023-02-27", "2023-02-21", "2023-02-27", "interval"),
    ("2023-03-01~/2023-03-10~", "2023-03-01", "2023-03-10", "interval"),
    ("2022-01/2022-04", "2022-01-01", "2022-04-30", "interval"),
    ("2019/..", "2019-01-01", None, "interval"),
    ("../2019", None, "2019-12-31", "interval"),
    ("2019/", "2019-01-01", None, "interval"),
    ("[2023-03..2023-05]", "2023-03-01", "2023-05-31", "set"),
    ("[2023-03-01,2023-03-04]", "2023-03-01", "2023-03-04", "set"),
    ("{2023-03-01,2023-03-04}", "2023-03-01", "2023-03-04", "set"),
]


@pytest.mark.parametrize(("value", "first", "last", "precision"), ROWS, ids=[row[0] for row in ROWS])
def test_bounds_and_precision(value, first, last, precision):
    assert edtf.bounds(value) == edtf.Bounds(
        date.fromisoformat(first) if first else None, date.fromisoformat(last) if last else None
    )
    assert edtf.precision(value) == precision
    assert edtf.is_valid(value)


WRONG = [
    "",
    " ",
    "gestern", "2023-13", "2023-02-30", "2023-2-2", "22.02.2023", "../..", "/", "2023-05/2023-04", "2023-42",
    "[2023", "2023-02-22/gestern", "٢٠٢٣", "20X", "2023-02-22 ", "P3D", "2023-W08",
]  # fmt: skip


@pytest.mark.parametrize("value", WRONG)
def test_what_is_no_date_is_refused(value):
    assert not edtf.is_valid(value)
    with pytest.raises(edtf.EdtfError):
        edtf.bounds(value)


OVERLAPS = [
    ("2023-02-22", "2023-02", True),
    ("2023-02-22", "2023-02-23", False),
    ("2019/..", "2023", True),
    ("2019/..", "2018", False),
    ("../2019", "2019-12-31", True),
    ("2022-12-31/2023-01-02", "2023", True),
]


@pytest.mark.parametrize(("one", "other", "expected"), OVERLAPS)
def test_overlap(one, other, expected):
    a, b = edtf.bounds(one), edtf.bounds(other)
    assert a.overlaps(b) == b.overlaps(a) == expected


@pytest.mark.parametrize(
    ("whole", "part", "expected"),
    [
        ("2023-02", "2023-02-22", True),
        ("2023-02-22", "2023-02", False),
        ("2019/..", "2023", True),
        ("2023", "2019/..", False),
    ],
)
def test_contains(whole, part, expected):
    assert edtf.bounds(whole).contains(edtf.bounds(part)) == expected


def test_days():
    assert edtf.bounds("2024-02").days == 29
    assert edtf.bounds("2024-02-01").days == 1
    assert edtf.bounds("2024/..").days is None


@pytest.mark.parametrize(
    ("value", "expected"), [("2023~", True), ("2023-03-01~/..", True), ("2023?", True), ("2023", False)]
)
def test_is_approximate(value, expected):
    assert edtf.is_approximate(value) == expected


@given(st.dates(date(1583, 1, 1), date(2200, 12, 31)), st.dates(date(1583, 1, 1), date(2200, 12, 31)))
def test_an_interval_of_days_covers_just_these(one, other):
    first, last = min(one, other), max(one, other)
    span = edtf.bounds(f"{first}/{last}")
    assert (span.first, span.last, span.days) == (first, last, (last - first).days + 1)
    assert span.contains(edtf.bounds(str(first)))
    assert span.overlaps(edtf.bounds(str(last)))


@given(st.text("0123456789-/.~?%X[],{}T:WP ", max_size=24))
def test_any_text_is_a_date_or_refused(text):
    if edtf.is_valid(text):
        span = edtf.bounds(text)
        assert span.first is None or span.last is None or span.first <= span.last
        assert edtf.precision(text)


REFERENCE = [row[0] for row in ROWS if row[0] not in ("196", "2019/", "2023-02-22T14:05")]


@pytest.mark.parametrize("value", REFERENCE)
@pytest.mark.filterwarnings("ignore")
def test_the_reference_implementation_accepts_the_same(value):
    """python-edtf parses what we write (it wants a time complete and an open end as "..")."""
    from edtf import parse_edtf

    assert parse_edtf(value)

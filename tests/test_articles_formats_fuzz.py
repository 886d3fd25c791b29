"""A short run of the fuzzer, and every input that ever broke something (``python -m benchmarks fuzz``)."""

import pytest

from benchmarks.fuzz import TARGETS, run_one
from tests.files_made import make
from timeline.articles import read_articles

FOUND = [
    "dates:45591",  # the end of a range fell behind the year 9999
    "dates:198654",
    "readers:15807",  # an entry of a zip without a name
    "readers:21270",  # lxml drops no element where a control character follows it
    "readers:58376",  # a number in a mail's header that is too large for C
    "readers:65721",  # an encoding with a NUL in its name
    "extract:5005814",  # a month with an open end or beginning, taken for a day
    "extract:5008427",
    "readers:257",  # htmldate loaded dateparser's tables of 200 languages: four seconds, 30 MB
]
"""Inputs of the fuzzer that failed once, as it names them."""

_VERSION = b"PK\x01\x02\x14\x03"
BYTES_FOUND = {
    "a zip for version 25.3": ("a.zip", "zip-page", _VERSION + b"\x14", _VERSION + b"\xfd"),
}


@pytest.mark.parametrize("word", FOUND)
def test_what_was_found_stays_mended(word):
    target, _, number = word.partition(":")
    assert run_one(target, int(number))[1] is None


@pytest.mark.parametrize("name", BYTES_FOUND)
def test_bytes_found(name):
    file, form, old, new = BYTES_FOUND[name]
    data = make(form)[1]
    assert old in data
    assert len(list(read_articles(file, data.replace(old, new)))) == 1


@pytest.mark.parametrize(
    ("target", "count"), [("readers", 300), ("dates", 500), ("texts", 100), ("web", 300)]
)
def test_a_short_run(target, count):
    failed = {number: reason for number in range(count) if (reason := run_one(target, number)[1]) is not None}
    assert not failed
    assert target in TARGETS

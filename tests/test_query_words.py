"""Words for searching: beginnings of words, other forms of them, any script."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline.query import index_words, search_words
from timeline.query.words import found_in


@pytest.mark.parametrize(
    ("text", "asked", "found"),
    [
        ("Die Verhandlungen in Minsk", "Verhandlung", True),
        ("Die Verhandlung in Minsk", "verhandlungen", True),
        ("Die Verhandlungen in Minsk", "verhandlunge", True),
        ("Die Gespräche dauerten an", "Gespräch", True),
        ("Das Gespräch dauerte an", "gesprache", True),
        ("Müller kam", "Mueller", True),
        ("Präsident Erdoğan", "ERDOGAN", True),
        ("US-Präsident Biden", "präsident", True),
        ("US-Präsident Biden", "us-präsident biden", True),
        ("der ukrainische Präsident", "ukraine", True),
        ("Moskau", "kau", False),
        ("Gaststätte", "Gas", True),
        ("Gaststätte", "Gase", False),
        ("Putin traf Xi", "Putin Macron", False),
        ("Straße", "STRASSE", True),
        ("Владимир Путин", "путин", True),
        ("Владимир Путин", "путина", False),
        ("Xi", "", True),
        ("Xi", "% _ '", True),
    ],
)
def test_words(text, asked, found):
    assert found_in(index_words(text), search_words(asked)) is found


@given(st.text(max_size=60))
def test_every_beginning_of_a_word_is_found_and_words_are_plain(text):
    words = index_words(text)
    assert all(set(word) <= {*string.ascii_lowercase, *string.digits} and len(word) <= 60 for word in words)
    for begin, stem in search_words(text):
        assert found_in(words, [(begin, stem)])
        assert found_in(words, [(begin[: len(begin) // 2 + 1], "")])

"""Words for searching: folded, with their German stems, the same for events, questions and both databases.

A word that is asked for finds a word of the text that begins with it ("verhandl"), or has its stem: what
stays when the endings of German grammar are taken away (Snowball, snowballstem.org; "Verhandlung" finds
"Verhandlungen"). Nothing but letters and digits counts, so that "US-Präsident" is two words.
"""

import re
import threading
import unicodedata
from functools import lru_cache
from typing import Final

import snowballstemmer

_WORD: Final = re.compile(r"[^\W_]+")
_FOREIGN: Final = re.compile(r"[^a-z0-9]")
_LONGEST: Final = 60
"""Letters of a word that count; PostgreSQL holds no endless ones, and no word is longer but by accident."""
_stemmers = threading.local()


def fold(text: str) -> str:
    """Text without case and accents, for comparing: "Erdoğan" and "ERDOGAN" are the same.

    >>> fold("Erdoğan in Düsseldorf")
    'erdogan in dusseldorf'
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in plain if not unicodedata.combining(char))


def search_words(text: str) -> list[tuple[str, str]]:
    """What is asked for: the folded words in order, each with its stem; all must be found.

    >>> search_words("Verhandlungen in Kiew")
    [('verhandlungen', 'verhandl'), ('in', 'in'), ('kiew', 'kiew')]
    """
    return [(word, _stem(word)) for word in dict.fromkeys(_words(text))]


def index_words(text: str) -> frozenset[str]:
    """What can be found in a text: its folded words and their stems."""
    words = set(_words(text))
    return frozenset(words | {_stem(word) for word in words})


def found_in(words: frozenset[str], wanted: list[tuple[str, str]]) -> bool:
    """Whether all that is asked for is there."""
    return all(stem in words or any(word.startswith(begin) for word in words) for begin, stem in wanted)


def _words(text: str) -> list[str]:
    """The words in letters that every database takes for letters: others are written as their numbers."""
    return [
        _FOREIGN.sub(lambda match: f"u{ord(match[0]):06x}", word)[:_LONGEST]
        for word in _WORD.findall(fold(text))
    ]


@lru_cache(maxsize=100_000)
def _stem(word: str) -> str:
    stemmer = getattr(_stemmers, "german", None)
    if stemmer is None:  # it keeps its word in itself, so each thread has its own
        stemmer = _stemmers.german = snowballstemmer.stemmer("german")
    return str(stemmer.stemWord(word))

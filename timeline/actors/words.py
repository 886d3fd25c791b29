"""Folding and splitting, and the word classes: how text and tables are made comparable.

Folding keeps the length, so offsets in the folded text are offsets in the text: "Erdoğan" becomes
"Erdogan", "für" becomes "fur". Case is kept: it carries meaning in German.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from timeline.language import read_toml

_ODD = {"ı": "i", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ø": "o", "Ø": "O", "ə": "a", "Ə": "A",
        "’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "\u2011": "-", "\u2010": "-", "\xa0": " ",
        "\u202f": " ", "\u2009": " ", "ʻ": "'"}  # fmt: skip


def _table() -> dict[int, str]:
    table = {ord(k): v for k, v in _ODD.items()}
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        base = unicodedata.normalize("NFKD", chr(code))[0]
        if base.isascii() and code not in table:
            table[code] = base
    return table


_FOLD = _table()
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_WORD = re.compile(r"[^\W_]+(?:'[^\W\d_]+)*")


def fold(text: str) -> str:
    """The text without diacritics, of the same length.

    >>> fold("Mevlüt Çavuşoğlu")
    'Mevlut Cavusoglu'
    """
    if text.isascii():
        return text
    for odd in set(_NOT_ASCII.findall(text)):  # a handful: several times as fast as str.translate
        text = text.replace(odd, _FOLD.get(ord(odd), odd))
    return text


@lru_cache(maxsize=20000)
def split(text: str) -> tuple[str, ...]:
    """The folded words of a name, hyphens and dots taken as gaps.

    >>> split("Kim Jong-un")
    ('Kim', 'Jong', 'un')
    """
    return tuple(_WORD.findall(fold(text)))


@lru_cache(maxsize=1)
def tables() -> dict[str, Any]:
    """The content of ``words.toml``: word classes (lists) and what needs more than a list.

    Raises:
        LanguageError: the table is missing or is not TOML.
    """
    return read_toml("languages/de/actors/words.toml")


@lru_cache(maxsize=1)
def word_classes() -> dict[str, frozenset[str]]:
    """The word classes by their names, folded."""
    return {
        name: frozenset(fold(word) for word in words)
        for name, words in tables().items()
        if isinstance(words, list)
    }


@lru_cache(maxsize=64)
def endings(kind: str) -> tuple[str, ...]:
    """The words of a class in lower case, as :meth:`str.endswith` wants them, the longest first."""
    return _longest_first({word.lower() for word in word_classes()[kind]})


def _longest_first(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(words, key=lambda word: (-len(word), word)))


_CLASS = re.compile(r"<([a-z_]+)>")


@lru_cache(maxsize=64)
def pattern(text: str) -> re.Pattern[str]:
    """A regular expression in which ``<joining>`` is any word of that class.

    >>> pattern(",? <joining> ").pattern
    ',? (?:sowie|und) '
    """
    return re.compile(_CLASS.sub(lambda m: f"(?:{'|'.join(_longest_first(word_classes()[m[1]]))})", text))


_PREPOSITION = (
    r"(?i)\b<prepositions>(?: (?:<definite_articles>|<possessives>))?(?: [a-z]+<dative_endings>)* $"
)
PHRASE = 60
"""Characters of the longest noun phrase before a name that a preposition is looked for in."""


def behind_preposition(text: str, start: int) -> bool:
    """Whether the name at ``start`` of a folded text stands behind a preposition: "mit ihrem Kollegen X"."""
    return pattern(_PREPOSITION).search(text[max(0, start - PHRASE) : start]) is not None


@dataclass(slots=True)
class Words:
    """The words of a text, ``raw`` and folded; per word its form, its start and its exclusive end."""

    raw: str
    text: str
    forms: list[str]
    starts: list[int]
    ends: list[int]

    @classmethod
    def of(cls, text: str) -> "Words":
        """The words of a text."""
        folded = fold(text)
        spans = [match.span() for match in _WORD.finditer(folded)]
        forms = [folded[start:end] for start, end in spans]
        return cls(text, folded, forms, [start for start, _ in spans], [end for _, end in spans])

    def gap(self, i: int) -> str:
        """What stands between word ``i - 1`` and word ``i``; at either end of the text a full stop."""
        if i <= 0 or i >= len(self.forms):
            return "."
        return self.text[self.ends[i - 1] : self.starts[i]]

    def form(self, i: int) -> str:
        """Word ``i``, or "" outside the text."""
        return self.forms[i] if 0 <= i < len(self.forms) else ""

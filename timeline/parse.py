"""Text to a spaCy ``Doc`` with sentence boundaries; the only place that builds a spaCy pipeline.

``doc.text == text``, so character offsets agree everywhere. The Doc is read by later steps, never written.

Sentences are found by rules of German typography (Duden, "Punkt": abbreviations and ordinals keep theirs
inside a sentence; a blank line ends a headline), because spaCy's own ``sentencizer`` neither knows that
``22.`` is an ordinal and ``2019.`` the end of a sentence, nor that a headline has no full stop.
"""

import re
from functools import lru_cache

import numpy as np
import spacy
from spacy.attrs import IDX, LENGTH
from spacy.language import Language
from spacy.tokens import Doc

from timeline.language import LanguageError, read_toml

_TABLE = "languages/de/meetings/sentences.toml"

_CLOSERS = "\"'“”»«’)\\]"
_END = re.compile(rf"(?P<mark>[.!?…]+)(?P<close>[{_CLOSERS}]*)(?P<gap>\s+)(?=(?P<next>[\W_]*\w*))")
_GLUED = re.compile(r"(?<=[a-zäöüß]{3}\.)(?=[A-ZÄÖÜ][a-zäöüß]+\s)")
_BLANK_LINE = re.compile(r"\n[ \t\r\f\v]*\n\s*")
_LINE = re.compile(r"\n\s*")
_SURROGATE = re.compile("[\ud800-\udfff]")
_ROMAN = re.compile(r"[IVXL]+")
_MONTH = re.compile(
    r"(?:Jan|Jän|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez)[a-zäöü]*\.?$"
)  # a month behind a number makes it a day


@lru_cache(maxsize=1)
def _words() -> tuple[frozenset[str], frozenset[str]]:
    """Abbreviations, and the words that open a sentence behind a number."""
    table = read_toml(_TABLE)
    if set(table) != {"abbreviations", "openers"}:
        raise LanguageError(f"{_TABLE}: needs abbreviations and openers")
    return frozenset(table["abbreviations"].split()), frozenset(table["openers"].split())


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    """Whether the mark of punctuation found at ``match`` closes a sentence."""
    abbreviations, openers = _words()
    following = match["next"].lstrip("\"'„“”»«‚‘’([–—- ")
    if not following or following[0].islower():
        return False
    if match["mark"] != ".":
        return match["mark"] + match["close"][:1] != "…]"  # "[…]" marks an omission
    before = re.search(r"\w+$", text[max(0, match.start() - 40) : match.start()])
    if before is None or match["close"]:
        return True
    word = before.group()
    if word.isdigit():
        grouped = text[before.start() + max(0, match.start() - 40) - 1 :][:1] == "."  # "160.000"
        return grouped or len(word) > 3 or (following in openers and not _MONTH.match(following))
    if _ROMAN.fullmatch(word):
        return following in openers
    if len(word) == 1:
        return not word.isalpha() or (word.islower() and word not in abbreviations)
    return word.lower() not in abbreviations


def sentence_starts(text: str) -> list[int]:
    """Offsets (characters) at which a sentence begins, ascending; the first is 0. Needs no tokens."""
    starts = {0, *(m.end("gap") for m in _END.finditer(text) if _ends_sentence(text, m))}
    starts.update(m.start() for m in _GLUED.finditer(text))
    starts.update(m.end() for m in _BLANK_LINE.finditer(text))
    lines = [m.end() for m in _LINE.finditer(text)]
    # A line that begins in lower case shows that lines were broken to a width, not to paragraphs.
    if not any(end < len(text) and text[end].islower() for end in lines):
        starts.update(lines)
    return sorted(starts)


def _set_sentences(doc: Doc, text: str) -> Doc:
    if len(doc):
        offsets = doc.to_array(IDX)
        starts = {int(np.searchsorted(offsets, start)) for start in sentence_starts(text)}
        if 1 not in starts and len(doc) > 1:
            doc[1].is_sent_start = False  # spaCy takes a Doc without any mark for one not cut into sentences
        for index in starts:
            if index < len(doc):
                doc[index].is_sent_start = True
    return doc


_MOST_WORDS = 200_000
"""Different words that a pipeline may have seen. It remembers each for ever, in some 750 bytes."""


@lru_cache(maxsize=1)
def _pipeline() -> Language:
    nlp = spacy.blank("de")
    nlp.max_length = 50_000_000  # no model is run, so memory grows only with the text itself
    return nlp


def tokens(text: str) -> list[tuple[int, int]]:
    """The tokens of a text, such as one sentence, as characters (end exclusive), ascending."""
    doc = _pipeline().make_doc(_SURROGATE.sub("\ufffd", text))
    return [(begin, begin + length) for begin, length in doc.to_array([IDX, LENGTH]).astype(int).tolist()]


def parse(text: str) -> Doc:
    """The text as spaCy's German tokens, with sentence boundaries; ``doc.text == text``.

    A lone surrogate, which no encoding can write and spaCy refuses, becomes U+FFFD; offsets hold.
    """
    text = _SURROGATE.sub("\ufffd", text)
    if len(_pipeline().vocab) > _MOST_WORDS:
        _pipeline.cache_clear()  # spaCy's own memory zones end before the Doc is read
    return _set_sentences(_pipeline().make_doc(text), text)

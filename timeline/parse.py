"""Text to a spaCy ``Doc`` with sentence boundaries; the only place that makes a tokeniser of spaCy's.

``doc.text == text``, so character offsets agree everywhere. The Doc is read by later steps, never written.

Sentences are found by rules of German typography (Duden, "Punkt": abbreviations and ordinals keep theirs
inside a sentence; a blank line ends a headline), because spaCy's own ``sentencizer`` neither knows that
``22.`` is an ordinal and ``2019.`` the end of a sentence, nor that a headline has no full stop.
"""

from __future__ import annotations

import importlib
import re
import sys
from functools import lru_cache
from threading import Lock
from types import ModuleType
from typing import TYPE_CHECKING, Any

from timeline.language import LanguageError, read_toml

if TYPE_CHECKING:
    from spacy.tokenizer import Tokenizer
    from spacy.tokens import Doc

_TABLE = "languages/de/meetings/sentences.toml"

_CLOSERS = "\"'“”»«’)\\]"
_END = re.compile(rf"(?P<mark>[.!?…]+)(?P<close>[{_CLOSERS}]*)(?P<gap>\s+)(?=(?P<next>[\W_]*\w*))")
_LAST_WORD = re.compile(r"\w+")  # of a text read backwards
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
    end = match.start()
    before = _LAST_WORD.match(text[max(0, end - 40) : end][::-1])
    if before is None or match["close"]:
        return True
    word = before.group()[::-1]
    if word.isdigit():
        grouped = text[end - len(word) - 1 : end - len(word)] == "."  # "160.000"
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
        import numpy as np
        from spacy.attrs import IDX

        offsets = doc.to_array(IDX)
        starts = {int(np.searchsorted(offsets, start)) for start in sentence_starts(text)}
        if 1 not in starts and len(doc) > 1:
            doc[1].is_sent_start = False  # spaCy takes a Doc without any mark for one not cut into sentences
        for index in starts:
            if index < len(doc):
                doc[index].is_sent_start = True
    return doc


_MOST_WORDS = 200_000
"""Different words that a tokeniser may have seen. It remembers each for ever, in some 750 bytes."""


_COMMAND_LINE = ("spacy.cli", "spacy.cli.info")
_loading = Lock()


def load_spacy() -> ModuleType:
    """spaCy, loaded without its command line, which is a third of what the import costs.

    ``spacy/__init__.py`` imports ``spacy.cli`` for the sake of one function, ``spacy.info``, and with it
    all that downloads models and makes projects. Here these modules stand empty while spaCy is loaded and
    are then taken away, so that whoever wants them imports them as ever; ``spacy.info`` does so when called.
    A spaCy that is loaded already is left as it is.
    """
    with _loading:
        if "spacy" not in sys.modules:
            stands_in = {name: ModuleType(name) for name in _COMMAND_LINE}
            vars(stands_in["spacy.cli.info"])["info"] = _info
            sys.modules.update(stands_in)
            try:
                importlib.import_module("spacy")
            finally:
                for name in _COMMAND_LINE:
                    del sys.modules[name]
            vars(sys.modules["spacy"]).pop("cli", None)
        return importlib.import_module("spacy")


def _info(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  as spaCy's own
    return importlib.import_module("spacy.cli.info").info(*args, **kwargs)


@lru_cache(maxsize=1)
def _tokenizer() -> Tokenizer:
    """The tokeniser of ``spacy.blank("de")``, made without the configuration of a pipeline around it."""
    load_spacy()
    from spacy import util
    from spacy.lang.de import German
    from spacy.tokenizer import Tokenizer
    from spacy.vocab import create_vocab

    rules = German.Defaults
    return Tokenizer(
        create_vocab("de", rules),
        rules=rules.tokenizer_exceptions,
        prefix_search=util.compile_prefix_regex(rules.prefixes or ()).search,
        suffix_search=util.compile_suffix_regex(rules.suffixes or ()).search,
        infix_finditer=util.compile_infix_regex(rules.infixes or ()).finditer,
        token_match=rules.token_match,
        url_match=rules.url_match,
    )


def tokens(text: str) -> list[tuple[int, int]]:
    """The tokens of a text, such as one sentence, as characters (end exclusive), ascending."""
    doc = _tokenizer()(_SURROGATE.sub("\ufffd", text))
    from spacy.attrs import IDX, LENGTH

    return [(begin, begin + length) for begin, length in doc.to_array([IDX, LENGTH]).astype(int).tolist()]


def parse(text: str) -> Doc:
    """The text as spaCy's German tokens, with sentence boundaries; ``doc.text == text``.

    A lone surrogate, which no encoding can write and spaCy refuses, becomes U+FFFD; offsets hold.
    """
    text = _SURROGATE.sub("\ufffd", text)
    if len(_tokenizer().vocab) > _MOST_WORDS:
        _tokenizer.cache_clear()  # spaCy's own memory zones end before the Doc is read
    return _set_sentences(_tokenizer()(text), text)

"""Unknown persons from a trained spaCy pipeline, where one is installed.

The pipeline is chosen by its name: an argument, else the environment variable ``TIMELINE_SPACY_MODEL``,
else ``auto``: the first installed package ``de_core_news_*``, the largest first. ``none`` switches it off.
No figure in the documentation was measured with one.
"""

from __future__ import annotations

import os
from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.language import Language

SIZES = ("de_core_news_lg", "de_core_news_md", "de_core_news_sm", "de_dep_news_trf")
"""spaCy's trained German pipelines (https://spacy.io/models/de), those with the best entities first."""


def model_name(setting: str | None = None) -> str | None:
    """The pipeline that a setting names, None for none.

    Args:
        setting: a package, the path of a pipeline, ``auto`` or ``none``; None asks the environment.
    """
    setting = setting or os.environ.get("TIMELINE_SPACY_MODEL") or "auto"
    if setting == "none":
        return None
    if setting != "auto":
        return setting
    return _installed()


@lru_cache(maxsize=1)
def _installed() -> str | None:
    return next((name for name in SIZES if find_spec(name) is not None), None)


@lru_cache(maxsize=2)
def _load(name: str) -> Language:
    import spacy

    return spacy.load(name)


def find_persons(text: str, setting: str | None = None) -> tuple[tuple[int, int], ...]:
    """Where a trained pipeline sees persons of two or more words: (start, end) in characters, in order.

    Without a pipeline there are none.

    Raises:
        OSError: the setting names a pipeline that is not installed.
    """
    name = model_name(setting)
    if name is None:
        return ()
    doc = _load(name)(text)
    return tuple((e.start_char, e.end_char) for e in doc.ents if e.label_ in ("PER", "PERSON") and len(e) > 1)

"""Text to a spaCy ``Doc`` with sentence boundaries; the only place that builds a spaCy pipeline.

``doc.text == text``, so character offsets agree everywhere. The Doc is read by later steps, never written.
"""

from functools import lru_cache

import spacy
from spacy.language import Language
from spacy.tokens import Doc


@lru_cache(maxsize=1)
def _pipeline() -> Language:
    nlp = spacy.blank("de")
    nlp.add_pipe("sentencizer")
    nlp.max_length = 50_000_000  # no model is run, so memory grows only with the text itself
    return nlp


def parse(text: str) -> Doc:
    """The text as spaCy's German tokens, with sentence boundaries; ``doc.text == text``."""
    return _pipeline()(text)

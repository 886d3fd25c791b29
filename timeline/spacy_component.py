"""The date tagger as a spaCy pipeline component, for those who have a pipeline of their own.

    >>> import spacy
    >>> nlp = spacy.blank("de")
    >>> _ = nlp.add_pipe("german_timex", config={"published": "2023-02-22"})
    >>> doc = nlp("Sie trafen sich letzten September in Wien.")
    >>> [(span.text, span.label_, span.id_) for span in doc.spans["timex"]]
    [('letzten September', 'DATE', '2022-09')]

Registered by the entry point ``german_timex``; nothing needs to be imported to use it.
"""

from collections.abc import Callable

from spacy.language import Language
from spacy.tokens import Doc, Span

from timeline.dates import find_dates


@Language.factory("german_timex", default_config={"published": None, "spans_key": "timex"})
def make_german_timex(
    nlp: Language,  # noqa: ARG001  (spaCy calls a factory with both)
    name: str,  # noqa: ARG001
    published: str | None,
    spans_key: str,
) -> Callable[[Doc], Doc]:
    """A component that fills ``doc.spans[spans_key]`` with one span per time expression.

    ``span.label_`` is the TIMEX3 type, ``span.id_`` the TIMEX3 value. An expression that begins or ends
    inside a token takes the whole token. A Doc may carry its own reference date in
    ``doc.user_data["published"]`` (EDTF), which goes before the ``published`` of the configuration.

    Raises:
        timeline.edtf.EdtfError: the reference date is not EDTF.
    """

    def german_timex(doc: Doc) -> Doc:
        spans: list[Span] = []
        for timex in find_dates(doc.text, doc.user_data.get("published", published)):
            span = doc.char_span(
                timex.start, timex.end, label=timex.type, span_id=timex.value, alignment_mode="expand"
            )
            if span is not None:
                spans.append(span)
        doc.spans[spans_key] = spans
        return doc

    return german_timex

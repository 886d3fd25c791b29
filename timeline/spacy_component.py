"""The tagger of German dates as a spaCy component.

    >>> import spacy
    >>> nlp = spacy.blank("de")
    >>> _ = nlp.add_pipe("german_timex", config={"published": "2023-02-22"})
    >>> doc = nlp("Sie trafen sich letzten September in Samarkand.")
    >>> [(span.text, span.id_, span.label_) for span in doc.spans["timex"]]
    [('letzten September', '2022-09', 'DATE')]

Installed with the package, the entry point makes ``german_timex`` known to every spaCy pipeline.
"""

from spacy.language import Language
from spacy.tokens import Doc, SpanGroup

from timeline.dates import find_dates


class GermanTimex:
    """Fills ``doc.spans["timex"]``: the label of a span is its TIMEX3 type, its ``id_`` the value.

    Where a token is not cut as the expression is, the span takes in the whole token. The resolved dates
    with EDTF, rule and basis are the group's ``attrs["timexes"]``, in the same order, as dictionaries.
    """

    def __init__(self, published: str | None = None) -> None:
        self.published = published

    def __call__(self, doc: Doc) -> Doc:
        """Adds the group ``timex`` to the document."""
        spans = []
        attrs = []
        for timex in find_dates(doc.text, published=self.published):
            span = doc.char_span(
                timex.start, timex.end, label=timex.type, span_id=timex.value, alignment_mode="expand"
            )
            if span is not None:
                spans.append(span)
                attrs.append(
                    {
                        "start": timex.start,
                        "end": timex.end,
                        "type": timex.type,
                        "value": timex.value,
                        "edtf": timex.edtf,
                        "basis": timex.basis,
                        "rule": timex.rule,
                    }
                )
        doc.spans["timex"] = SpanGroup(doc, name="timex", spans=spans, attrs={"timexes": attrs})
        return doc


@Language.factory("german_timex", assigns=["doc.spans"], default_config={"published": None})
def make_german_timex(nlp: Language, name: str, published: str | None) -> GermanTimex:  # noqa: ARG001
    """The component; ``published`` is the EDTF of the day, month or year that relative dates count from."""
    return GermanTimex(published)

"""German date expressions: found, and resolved against a reference date.

    >>> from timeline.dates import find_dates
    >>> [t] = find_dates("Sie trafen sich letzten September.", published="2023-02-22")
    >>> t.text, t.value, t.edtf, t.basis
    ('letzten September', '2022-09', '2022-09', 'reference')

Three steps: :func:`find_expressions` reads what the words say, :func:`resolve` counts from a reference
date, :func:`find_dates` does both. Reading is linear in the length of the text for every text.
"""

from timeline.dates.expression import Expression
from timeline.dates.find import find_expressions
from timeline.dates.resolve import resolve
from timeline.edtf import bounds
from timeline.model import ReferenceDate, Timex

__all__ = ["Expression", "find_dates", "find_expressions", "resolve"]


def find_dates(text: str, published: str | None = None) -> list[Timex]:
    """All dates of a German text, sorted by place, not overlapping.

    Args:
        text: any text; offsets of the result count its characters.
        published: EDTF of the day, month or year of publication, from which relative dates are counted.
            None: they keep an underspecified ``value`` and have no ``edtf``.

    Raises:
        timeline.edtf.EdtfError: ``published`` is not EDTF.
    """
    if published is not None:
        bounds(published)
    reference = ReferenceDate(published, "given" if published else "unknown")
    return resolve(text, find_expressions(text), reference)

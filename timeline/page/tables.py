"""Tables in which a row can be chosen, with the keyboard too: the accessible twin of every picture."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

_ROW, _FRAME = 33, 36
"""Height of a row, and of heading and border together, in pixels at the font size of the theme."""
DATE = 230
"""Width of a column of dates in words, in pixels."""


def choose(
    columns: Mapping[str, Sequence[Any]],
    ids: Sequence[str],
    take: Callable[[str | None], None],
    *,
    key: str,
    alt: str,
    chosen: str | None = None,
    most: int = 12,
    widths: Mapping[str, int] | None = None,
) -> None:
    """A table of which the row with the id ``chosen`` is marked, if it is among them.

    Marking another row tells ``take`` its id, taking the mark away tells it None. Where what was opened can
    be closed or changed elsewhere, ``chosen`` keeps the mark true; a table that leads away has none.

    ``columns`` are by heading, all as long as ``ids``; ``widths`` are in pixels by heading, where the
    browser would cut off what must be read, such as a date. At most ``most`` rows are in sight, the others
    scroll.
    """

    def marked() -> None:
        rows = st.session_state[key]["selection"]["rows"]
        if not rows and chosen is not None:
            take(None)
        elif rows and rows[0] < len(ids):
            take(ids[rows[0]])

    rows = [ids.index(chosen)] if chosen is not None and chosen in ids else []
    before = st.session_state.get(key)
    if (list(before["selection"]["rows"]) if before else []) != rows:
        st.session_state[key] = {"selection": {"rows": rows}}
    st.dataframe(
        dict(columns),
        key=key,
        hide_index=True,
        column_config=_looks(columns, widths or {}),
        height=_FRAME + _ROW * min(most, max(1, len(ids))),
        on_select=marked,
        selection_mode="single-row",
        alt=alt,
    )


def show(columns: Mapping[str, Sequence[Any]], *, key: str, alt: str, most: int = 12) -> None:
    """A table to read."""
    length = max((len(column) for column in columns.values()), default=0)
    st.dataframe(
        dict(columns),
        key=key,
        hide_index=True,
        column_config=_looks(columns, {}),
        height=_FRAME + _ROW * min(most, max(1, length)),
        alt=alt,
    )


def _looks(columns: Mapping[str, Sequence[Any]], widths: Mapping[str, int]) -> dict[str, Any]:
    """Columns of numbers get the separators of the browser's language, and still sort as numbers."""
    numbers = {
        name: st.column_config.NumberColumn(format="localized")
        for name, column in columns.items()
        if any(isinstance(value, int) for value in column)
    }
    return numbers | {name: st.column_config.TextColumn(width=width) for name, width in widths.items()}

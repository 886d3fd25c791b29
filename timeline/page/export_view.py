"""Export: what is filtered, as files; the picture; the evidence pack."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from urllib.parse import urlencode

import plotly.graph_objects as go
import streamlit as st

from timeline.export import FORMATS, pack_of_store
from timeline.figures.look import locale_config
from timeline.figures.naming import Language
from timeline.figures.paper import PAPER_KINDS, PaperKind, paper
from timeline.figures.wording import number, say_status
from timeline.model import STATUSES, Event
from timeline.page import lanes_view, session
from timeline.page.filters import chips, show_chips, show_nothing_found
from timeline.page.session import Page
from timeline.query import Query

_FILES = {
    "csv": ("treffen.csv", "text/csv"),
    "json": ("treffen.json", "application/json"),
    "parquet": ("treffen.parquet", "application/vnd.apache.parquet"),
    "ics": ("treffen.ics", "text/calendar"),
    "timelinejs": ("treffen.timelinejs.json", "application/json"),
}
"""Name and media type of each format's file."""
_PICTURES: dict[PaperKind, str] = {"pdf": "application/pdf", "svg": "image/svg+xml", "png": "image/png"}
_LANES = 60
"""Lanes in the picture that is taken away: more than on the screen, for paper can be scrolled no more."""


def show(page: Page) -> None:
    """The whole page."""
    t = page.t
    st.subheader(t("export.heading"))
    show_chips(page)
    query = session.query()
    count = page.store.count(query)
    if not count:
        show_nothing_found(page)
        return
    st.write(t("export.what", n=t.count("unit.meetings", count)))
    with st.grid(3, min_column_width=300, border=True, key="formats"):
        for name, make in FORMATS.items():
            with st.container():
                _format(page, name, _maker(page, query, make))
        with st.container():
            _pack(page, query)
    _picture(page, query)


def _maker(page: Page, query: Query, make: Callable[[list[Event]], bytes]) -> Callable[[], bytes]:
    """A file is made when it is asked for, with all claims, and not on every look at the page."""
    return lambda: make(page.store.events(query))


def _format(page: Page, name: str, make: Callable[[], bytes]) -> None:
    t = page.t
    file_name, mime = _FILES[name]
    st.markdown(f"**{t(f'export.{name}')}**")
    st.caption(t(f"export.{name}_help"))
    st.download_button(
        t("export.download"),
        make,
        file_name=file_name,
        mime=mime,
        key=f"download_{name}",
        icon=":material/download:",
        on_click="ignore",
    )


def _pack(page: Page, query: Query) -> None:
    t = page.t
    st.markdown(f"**{t('export.pack')}**")
    st.caption(t("export.pack_help"))
    st.download_button(
        t("export.download"),
        lambda: pack(page, query),
        file_name="belege.html",
        mime="text/html",
        key="download_pack",
        icon=":material/download:",
        on_click="ignore",
        type="primary",
    )


def pack(page: Page, query: Query) -> bytes:
    """The evidence pack of a query: meetings, sentences, corrections, and how it was made."""
    settings = {
        page.t("export.made"): datetime.now(UTC).isoformat(timespec="seconds"),
        page.t("export.version"): _version(),
        page.t("export.filter"): urlencode(query.to_params(), doseq=True) or page.t("filter.any"),
    }
    return pack_of_store(page.store, query, settings=settings, title=page.t("export.pack_title"))


def _version() -> str:
    try:
        return version("diplomatic-timeline")
    except PackageNotFoundError:
        return "?"


def _picture(page: Page, query: Query) -> None:
    """The chart to take away. It is drawn here, so that neither a browser nor another machine is needed."""
    t = page.t
    # Files are made when somebody asks for one, outside of the session: they are given what stands here.
    figure, title = lanes_view.picture(page, most_lanes=_LANES), title_of(page, query)
    st.markdown(f"**{t('export.picture')}**")
    st.caption(t("export.picture_help"))
    with st.container(horizontal=True, vertical_alignment="center"):
        for kind in PAPER_KINDS:
            st.download_button(
                kind.upper(),
                partial(on_paper, figure, kind, title, page.language),
                file_name=f"zeitleiste.{kind}",
                mime=_PICTURES[kind],
                key=f"download_{kind}",
                icon=":material/download:",
                on_click="ignore",
            )
        st.download_button(
            t("export.interactive"),
            partial(_interactive, figure, page.language),
            file_name="zeitleiste.html",
            mime="text/html",
            key="download_interactive",
            icon=":material/download:",
            on_click="ignore",
        )
    st.plotly_chart(
        figure,
        key="picture",
        theme=None,
        config=locale_config(page.language) | {"displayModeBar": False},
        alt=t("timeline.chart_alt", n=number(page.store.count(query), page.language), lanes=_LANES),
    )


def title_of(page: Page, query: Query) -> str:
    """What the chart shows: how many meetings, and by which filters."""
    n = page.t.count("unit.meetings", page.store.count(query))
    return " · ".join([f"{page.t('app.title')}: {n}", *(chip.label for chip in chips(page))])


def on_paper(figure: go.Figure, kind: PaperKind, title: str, language: Language) -> bytes:
    """The chart as a file, under a title that says what was filtered."""
    legend = [(status, say_status(status, language)) for status in STATUSES]
    return paper(figure, kind, title=title, legend=legend, language=language)


def _interactive(figure: go.Figure, language: Language) -> bytes:
    """The chart with Plotly inside: one file that works offline."""
    figure = go.Figure(figure).update_layout(paper_bgcolor="#FFFFFF")
    return str(figure.to_html(include_plotlyjs=True, config=locale_config(language))).encode()

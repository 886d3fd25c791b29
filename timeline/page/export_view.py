"""Export: what is filtered, as files; the picture; the evidence pack."""

from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from urllib.parse import urlencode

import streamlit as st

from timeline.export import FORMATS, pack_of_store
from timeline.figures.detail import detail_figure
from timeline.figures.look import locale_config
from timeline.figures.naming import country_names
from timeline.figures.wording import number
from timeline.model import Event
from timeline.page import session
from timeline.page.filters import show_chips, show_nothing_found
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
_PICTURES = ("png", "svg")
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
    """The chart to take away: the browser itself draws the file, so nothing more need be installed."""
    t = page.t
    st.markdown(f"**{t('export.picture')}**")
    st.caption(t("export.picture_help"))
    with st.container(horizontal=True, vertical_alignment="center"):
        kind = st.segmented_control(
            t("export.picture"),
            _PICTURES,
            default="png",
            key="picture_kind",
            format_func=str.upper,
            required=True,
            label_visibility="collapsed",
        )
        st.download_button(
            t("export.interactive"),
            lambda: _interactive(page, query),
            file_name="zeitleiste.html",
            mime="text/html",
            key="download_interactive",
            icon=":material/download:",
            on_click="ignore",
        )
    if page.store.count(query) > session.MOST_LOADED:
        return
    config = locale_config(page.language) | {"displayModeBar": True}
    config["toImageButtonOptions"] = {"format": kind, "scale": 2, "filename": "zeitleiste"}
    config["modeBarButtonsToRemove"] = [*config["modeBarButtonsToRemove"], "zoomIn2d", "zoomOut2d", "zoom2d"]
    events = session.events(page, query)
    detail = _figure(page, query)
    st.plotly_chart(
        detail,
        key="picture",
        theme=None,
        config=config,
        alt=t("timeline.chart_alt", n=number(len(events), page.language), lanes=_LANES),
    )


def _figure(page: Page, query: Query) -> object:
    """The detail timeline on white paper."""
    lanes = session.lanes()
    figure = detail_figure(
        session.events(page, query),
        lanes=lanes,
        first=query.first,
        last=query.last,
        wanted=query.actors if lanes == "actor" else (),
        today=page.today,
        language=page.language,
        most_lanes=_LANES,
        labels=country_names(page.language) if lanes == "country" else None,
    ).figure
    figure.update_layout(paper_bgcolor="#FFFFFF")
    return figure


def _interactive(page: Page, query: Query) -> bytes:
    """The chart with Plotly inside: one file that works offline."""
    text = _figure(page, query).to_html(include_plotlyjs=True, config=locale_config(page.language))  # type: ignore[attr-defined]
    return str(text).encode()

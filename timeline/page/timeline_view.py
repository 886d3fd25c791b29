"""The timeline page: the corpus in a line, the overview, the lanes, the same as a table, the evidence."""

import calendar
import html
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import streamlit as st

from timeline.edtf import Bounds
from timeline.figures.detail import MOST_MARKS
from timeline.figures.look import locale_config
from timeline.figures.overview import overview_figure
from timeline.figures.table import event_columns
from timeline.figures.wording import number, say_date
from timeline.page import evidence, lanes_view, session, tables
from timeline.page.filters import show_chips, show_nothing_found
from timeline.page.session import Page
from timeline.query import Query

_LISTED = 1000
"""Rows of the table at a time."""
_WIDE = (5, 3)
"""Shares of the chart and the evidence beside it."""


def show(page: Page) -> None:
    """The whole page."""
    corpus = session.corpus(page)
    query = session.query()
    count = corpus.events if query == Query() else page.store.count(query)
    _corpus(page, corpus, count)
    show_chips(page)
    if not count:
        show_nothing_found(page)
        return
    opened = session.shown("event")
    if opened is not None and page.narrow:
        # On a telephone columns stack; the evidence asked for must not end up below the table.
        evidence.show(page, opened)
        opened = None
    _overview(page)
    # A column with and without the evidence: the chart stays the same and only changes its width.
    left, *right = st.columns(_WIDE if opened else 1, gap="medium")
    if opened is not None:
        # Asked for by a click, so it is there before the chart is drawn anew.
        with right[0]:
            evidence.show(page, opened)
    with left:
        _chart_and_table(page, count)


def _corpus(page: Page, corpus: session.Corpus, count: int) -> None:
    t, language = page.t, page.language
    shown = t("timeline.all_shown")
    if count != corpus.events:
        shown = t("timeline.shown", shown=number(count, language), all=number(corpus.events, language))
    said = t("timeline.no_span")
    if corpus.span and corpus.span.first and corpus.span.last:
        first, last = (day.isoformat()[:7] for day in (corpus.span.first, corpus.span.last))
        said = say_date(f"{first}/{last}" if first != last else first, language)
    told = t(
        "timeline.corpus",
        articles=f"<b>{t.count('unit.articles', corpus.articles)}</b>",
        meetings=f"<b>{t.count('unit.meetings', corpus.events)}</b>",
        span=html.escape(said),
    )
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.html(
            f'<div class="corpus">{told} · <span class="muted">{html.escape(shown)}</span></div>',
            width="content",
        )
        if page.editor and st.button(t("timeline.add"), key="add", icon=":material/add:"):
            st.session_state["_goto"] = "articles"
            st.rerun()
    if corpus.samples and page.editor:
        with st.container(horizontal=True, vertical_alignment="center", key="samples", gap="small"):
            st.caption(t("timeline.samples", n=corpus.samples), width="content")
            st.button(
                t("timeline.samples_remove"),
                key="samples_remove",
                type="tertiary",
                on_click=_remove_samples,
                args=(page,),
            )


def _remove_samples(page: Page) -> None:
    page.store.remove_samples(who=page.who)


def _overview(page: Page) -> None:
    """Months and statuses of what all filters but the range leave, so that a range can be widened here."""
    query = session.query()
    chosen = Bounds(query.first, query.last) if query.first or query.last else None
    unranged = replace(query, first=None, last=None)
    figure = session.kept(
        page,
        ("overview", unranged, chosen, page.today, page.language, page.theme),
        lambda: overview_figure(
            session.counted(page, unranged),
            chosen=chosen,
            today=page.today,
            language=page.language,
            theme=page.theme,
        ),
        weigh=lambda _: 200,
    )
    st.plotly_chart(
        figure,
        key="overview",
        theme=None,
        on_select=_take_range,
        selection_mode=("points", "box"),
        config=locale_config(page.language) | {"displayModeBar": False},
        alt=page.t("timeline.overview_alt"),
    )
    # Said until the reader has done it once.
    if session.shown("event") is not None or query != Query():
        st.session_state["_hinted"] = True
    if not st.session_state.get("_hinted"):
        st.caption(page.t("timeline.hint"))


def _take_range() -> None:
    """The box drawn over the overview, or the month that was clicked, becomes the range."""
    selection = st.session_state["overview"]["selection"]
    span = range_of(selection)
    if span is not None:
        session.set_query(replace(session.query(), first=span.first, last=span.last))


def range_of(selection: Mapping[str, Any]) -> Bounds | None:
    """The days that a selection on the overview covers; None where nothing is selected.

    A box gives two moments as text ("2020-03-31 12:00:00.1"), a click the first day of a month.
    """
    boxes = selection.get("box") or []
    if boxes and len(boxes[0].get("x", ())) == 2:
        low, high = sorted(str(edge)[:10] for edge in boxes[0]["x"])
        return Bounds(date.fromisoformat(low), date.fromisoformat(high))
    points = selection.get("points") or []
    if not points:
        return None
    first = date.fromisoformat(str(points[0]["x"])[:10])
    return Bounds(first, first.replace(day=calendar.monthrange(first.year, first.month)[1]))


def _chart_and_table(page: Page, count: int) -> None:
    lanes_view.show(page, count)
    _table(page, count)


def _table(page: Page, count: int) -> None:
    """The same meetings as rows; where they are very many, a part of them at a time."""
    t, query = page.t, session.query()
    pages = -(-count // _LISTED)
    state = st.session_state
    if state.get("_table_of") != query:
        state["_table_of"], state["_table_page"] = query, 0
    here = min(state["_table_page"], pages - 1)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.html(f'<div class="table-head">{t("timeline.table")}</div>', width="content")
        if pages > 1:
            _turn_pages(page, here, pages, count)

    def take(event: str | None) -> None:
        session.show("event", event)
        state["_clicked"] = None

    def rows() -> tuple[list[str], dict[str, list[str]]]:
        if count <= MOST_MARKS:
            found = session.events(page, query)[here * _LISTED : (here + 1) * _LISTED]
        else:
            found = page.store.events(query, limit=_LISTED, offset=here * _LISTED, with_claims=False)
        return [event.id for event in found], event_columns(found, page.language)

    ids, columns = session.kept(
        page, ("table", query, page.language, here), rows, weigh=lambda _: _LISTED // 4
    )
    tables.choose(
        {t(f"field.{name}"): column for name, column in columns.items()},
        ids,
        take,
        key="events_table",
        alt=t("timeline.table_alt"),
        chosen=session.shown("event"),
        widths={t("field.date"): tables.DATE},
    )


def _turn_pages(page: Page, here: int, pages: int, count: int) -> None:
    t, language = page.t, page.language
    first, last = here * _LISTED + 1, min(count, (here + 1) * _LISTED)
    told = t(
        "timeline.rows",
        first=number(first, language),
        last=number(last, language),
        all=number(count, language),
    )
    st.caption(told, width="content")
    for step, name, icon in ((-1, "rows_before", "chevron_left"), (1, "rows_after", "chevron_right")):
        st.button(
            "",
            key=name,
            icon=f":material/{icon}:",
            help=t(f"timeline.{name}"),
            type="tertiary",
            disabled=not 0 <= here + step < pages,
            on_click=lambda to=here + step: st.session_state.update(_table_page=to),
        )

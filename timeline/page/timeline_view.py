"""The timeline page: the corpus in a line, the overview, the lanes, the same as a table, the evidence."""

import calendar
import html
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import streamlit as st

from timeline.edtf import Bounds
from timeline.figures.detail import MOST_LANES, Detail, detail_figure
from timeline.figures.legend import precision_signs, status_legend
from timeline.figures.look import locale_config
from timeline.figures.marks import LANE_KINDS, focus_of, span_of
from timeline.figures.naming import country_names
from timeline.figures.overview import overview_figure
from timeline.figures.table import event_columns
from timeline.figures.wording import number, say_date, say_event, say_participants
from timeline.model import Event
from timeline.page import evidence, session, tables
from timeline.page.filters import show_chips, show_nothing_found, show_too_many
from timeline.page.session import Page
from timeline.page.texts import plain
from timeline.query import Query

_UNDATED_SHOWN = 6
_LISTED = 1000
"""Rows of the table where there are too many events to read them all."""
_WIDE = (5, 3)
"""Shares of the chart and the evidence beside it."""


def show(page: Page) -> None:
    """The whole page."""
    corpus = session.corpus(page)
    if not corpus.articles and not corpus.events:
        _show_empty(page)
        return
    query = session.query()
    count = corpus.events if query == Query() else page.store.count(query)
    _corpus(page, corpus, count)
    if not corpus.events:
        st.info(page.t("empty.no_meetings"), icon=":material/info:")
        return
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
    if opened is None:
        _chart_and_table(page, count)
        return
    left, right = st.columns(_WIDE, gap="medium")
    with left:
        _chart_and_table(page, count)
    with right:
        evidence.show(page, opened)


def _show_empty(page: Page) -> None:
    t = page.t
    st.subheader(t("empty.heading"))
    if not page.editor:
        return
    st.write(t("empty.text"))
    with st.container(horizontal=True):
        if st.button(t("timeline.add"), key="add", type="primary", icon=":material/add:"):
            st.session_state["_goto"] = "articles"
            st.rerun()
        st.button(
            t("empty.samples"),
            key="samples_load",
            on_click=lambda: st.session_state.update(_samples_asked=True),
        )


def _corpus(page: Page, corpus: session.Corpus, count: int) -> None:
    t, language = page.t, page.language
    shown = t("timeline.all_shown")
    if count != corpus.events:
        shown = t("timeline.shown", shown=number(count, language), all=number(corpus.events, language))
    said = t("timeline.no_span")
    if corpus.first and corpus.last:
        said = say_date(f"{corpus.first.isoformat()[:7]}/{corpus.last.isoformat()[:7]}", language)
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
    counted = session.counted(page, replace(query, first=None, last=None))
    chosen = Bounds(query.first, query.last) if query.first or query.last else None
    figure = overview_figure(
        counted, chosen=chosen, today=page.today, language=page.language, theme=page.theme
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
    query = session.query()
    if count > session.MOST_LOADED:
        show_too_many(page, count)
        _table(page, page.store.events(query, limit=_LISTED, with_claims=False))
        return
    _controls(page)
    ordered = session.events(page, query)
    lanes = session.lanes()
    most = 400 if st.session_state.get("_all_lanes") else MOST_LANES
    focus = None
    if query.first is None and query.last is None and not st.session_state.get("_whole"):
        focus = focus_of(ordered)
    ringed = _ringed()
    references = _references(page, ringed)
    drawn = (
        query,
        lanes,
        most,
        focus,
        ringed,
        page.language,
        page.theme,
        page.narrow,
        page.today,
        references,
    )
    detail = session.kept(
        "detail",
        page,
        drawn,
        lambda: detail_figure(
            ordered,
            lanes=lanes,
            first=focus.first if focus else query.first,
            last=focus.last if focus else query.last,
            wanted=query.actors if lanes == "actor" else (),
            today=page.today,
            references=references,
            selected=ringed,
            language=page.language,
            theme=page.theme,
            most_lanes=most,
            narrow=page.narrow,
            labels=country_names(page.language) if lanes == "country" else None,
        ),
    )
    if detail.aggregated:
        told = page.t("timeline.aggregated", n=number(len(ordered), page.language))
        st.info(told, icon=":material/calendar_month:")
    st.plotly_chart(
        detail.figure,
        key="timeline_chart",
        theme=None,
        on_select=_take_mark,
        selection_mode="points",
        config=locale_config(page.language) | {"displayModeBar": False if page.narrow else "hover"},
        alt=page.t("timeline.chart_alt", n=number(len(ordered), page.language), lanes=len(detail.lanes)),
    )
    with st.container(horizontal=True, gap="medium"):
        if focus and detail.outside:
            st.button(
                page.t("timeline.outside", n=page.t.count("unit.meetings", detail.outside)),
                key="whole",
                type="tertiary",
                icon=":material/zoom_out_map:",
                on_click=lambda: st.session_state.update(_whole=True),
            )
        rest = any(lane.key == "*" for lane in detail.lanes)
        if rest or st.session_state.get("_all_lanes"):
            st.button(
                page.t("timeline.lanes_more" if rest else "timeline.lanes_fewer"),
                key="lanes_more",
                type="tertiary",
                icon=":material/unfold_more:" if rest else ":material/unfold_less:",
                on_click=lambda: st.session_state.update(_all_lanes=rest),
            )
    _undated(page, detail)
    _table(page, ordered)


def _ringed() -> str | None:
    """The event to ring: not the one just clicked in the chart, which shows it, and keeps its zoom so."""
    opened = session.shown("event")
    return None if opened == st.session_state.get("_clicked") else opened


def _references(page: Page, event_id: str | None) -> tuple[date, ...]:
    """Days of publication to draw: of the sources of the ringed event, or of the articles filtered for."""
    event = page.store.event(event_id) if event_id else None
    told = [claim.published for claim in event.claims] if event else []
    for article in session.query().articles:
        stored = page.store.article(article)
        told.append(stored.row.reference.value if stored else None)
    spans = [span_of(value) for value in told]
    return tuple(sorted({span.first for span in spans if span and span.shape == "glyph" and span.first}))


def _controls(page: Page) -> None:
    """By what the lanes are cut, what the signs mean: one row where there is room for one."""
    t = page.t
    st.session_state["lanes"] = session.lanes()
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="controls"):
        st.segmented_control(
            t("timeline.lanes"),
            LANE_KINDS,
            key="lanes",
            format_func=lambda kind: t(f"timeline.lane_{kind}"),
            required=True,
            label_visibility="collapsed",
            on_change=lambda: session.show("lanes", st.session_state["lanes"]),
        )
        show_legend(page)
        if session.shown("event") is None or page.narrow:
            st.html(f'<div class="legend">{status_legend(page.language, page.theme)}</div>', width="content")


def show_legend(page: Page) -> None:
    """The legend, a click away; the statuses alone are always in sight."""
    t = page.t
    with st.popover(t("timeline.legend"), icon=":material/legend_toggle:", key="legend"):
        signs = precision_signs(page.theme)
        lines = "".join(
            f'<div class="legend-line">{signs[name]}{html.escape(t(f"legend.{name}"))}</div>'
            for name in ("day", "month", "approximate", "about", "open", "set")
        )
        marks = "".join(
            f'<div class="legend-line">{signs[name]}{html.escape(t(f"legend.{name}"))}</div>'
            for name in ("disputed", "unchecked")
        )
        st.html(
            f"<b>{t('timeline.legend_status')}</b><div>{status_legend(page.language, page.theme)}</div>"
            f"<b>{t('timeline.legend_precision')}</b>{lines}<b>{t('timeline.legend_marks')}</b>{marks}"
        )


def _take_mark() -> None:
    points = st.session_state["timeline_chart"]["selection"]["points"]
    ids = [point["customdata"][0] for point in points if point.get("customdata")]
    if ids:
        session.show("event", ids[0])
        st.session_state["_clicked"] = ids[0]


def _undated(page: Page, detail: Detail) -> None:
    """Events without a date get a place of their own under the axis, so that none is missing."""
    if not detail.undated:
        return
    t = page.t
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="undated"):
        st.caption(t("timeline.undated"), width="content")
        for i, event in enumerate(detail.undated[:_UNDATED_SHOWN]):
            st.button(
                plain(say_participants(event, page.language)) or "–",
                key=f"undated_{i}",
                help=plain(say_event(event, page.language)),
                on_click=session.show,
                args=("event", event.id),
            )
        more = len(detail.undated) - _UNDATED_SHOWN
        if more > 0:
            st.caption(t("timeline.undated_more", n=number(more, page.language)), width="content")


def _table(page: Page, found: Sequence[Event]) -> None:
    t = page.t
    st.html(f'<div class="table-head">{t("timeline.table")}</div>')

    def take(event: str) -> None:
        session.show("event", event)
        st.session_state["_clicked"] = None

    columns = session.kept(
        "columns",
        page,
        (session.query(), page.language, len(found)),
        lambda: event_columns(found, page.language),
    )
    tables.choose(
        {t(f"field.{name}"): column for name, column in columns.items()},
        [event.id for event in found],
        take,
        key="events_table",
        alt=t("timeline.table_alt"),
    )

"""The lanes of the timeline: every meeting as a mark, or counted where there are too many; and the legend."""

import html
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, cast

import plotly.graph_objects as go
import streamlit as st

from timeline.edtf import Bounds
from timeline.figures.axes import frame_of
from timeline.figures.density import density_figure
from timeline.figures.detail import MOST_LANES, MOST_MARKS, Detail, detail_figure, lane_letters
from timeline.figures.legend import precision_signs, status_legend
from timeline.figures.look import locale_config
from timeline.figures.marks import LANE_KINDS, Lane, focus_of, named_lanes, sort_day, span_of
from timeline.figures.naming import country_names
from timeline.figures.wording import number, say_event, say_participants
from timeline.model import Event
from timeline.page import session
from timeline.page.session import Page
from timeline.page.texts import plain
from timeline.query import LaneKind, Query

_UNDATED_SHOWN = 6
_ALL_LANES = 400


@dataclass(frozen=True, slots=True)
class _Asked:
    """All that the picture depends on, beside the events themselves; part of its key in the cache."""

    query: Query
    lanes: LaneKind
    most: int
    whole: bool
    ringed: str | None
    today: date
    references: tuple[date, ...] = ()


def show(page: Page, count: int) -> None:
    """The picture of the ``count`` events that the filters leave, its controls, and what it cannot draw."""
    _controls(page)
    asked = _Asked(
        session.query(),
        session.lanes(),
        _ALL_LANES if st.session_state.get("_all_lanes") else MOST_LANES,
        bool(st.session_state.get("_whole")),
        _ringed() if count <= MOST_MARKS else None,
        page.today,
    )
    if count <= MOST_MARKS:
        asked = replace(asked, references=_references(page, asked.ringed))
    draw = _marks if count <= MOST_MARKS else _columns
    detail, undated = cast(
        tuple[Detail, int],
        session.kept(
            page,
            ("lanes", asked, page.language, page.theme, page.narrow),
            lambda: draw(page, asked),
            weigh=lambda drawn: 500 + drawn[0].marks,
        ),
    )
    if detail.aggregated:
        told = page.t("timeline.aggregated", n=number(count, page.language))
        st.info(told, icon=":material/bar_chart:")
    st.plotly_chart(
        detail.figure,
        key="timeline_chart",
        theme=None,
        on_select=_take,
        selection_mode="points",
        config=locale_config(page.language) | {"displayModeBar": False if page.narrow else "hover"},
        alt=page.t("timeline.chart_alt", n=number(count, page.language), lanes=len(detail.lanes)),
    )
    _below(page, detail)
    _undated(page, detail.undated, undated)


def picture(page: Page, *, most_lanes: int) -> go.Figure:
    """The lanes that the filters leave, light and with up to ``most_lanes`` of them, to be taken away."""
    page = replace(page, theme="light", narrow=False)
    query = session.query()
    asked = _Asked(query, session.lanes(), most_lanes, whole=True, ringed=None, today=page.today)
    draw = _marks if page.store.count(query) <= MOST_MARKS else _columns
    return draw(page, asked)[0].figure


def _marks(page: Page, asked: _Asked) -> tuple[Detail, int]:
    """Every event by itself; with it how many have no date."""
    query, lanes = asked.query, asked.lanes
    ordered = session.events(page, query)
    focus = None
    if query.first is None and query.last is None and not asked.whole:
        focus = focus_of(map(sort_day, ordered))
    drawn = detail_figure(
        ordered,
        lanes=lanes,
        first=focus.first if focus else query.first,
        last=focus.last if focus else query.last,
        wanted=query.actors if lanes == "actor" else (),
        today=asked.today,
        references=asked.references,
        selected=asked.ringed,
        language=page.language,
        theme=page.theme,
        most_lanes=asked.most,
        narrow=page.narrow,
        tools=not page.narrow,
        labels=country_names(page.language) if lanes == "country" else None,
    )
    return drawn, len(drawn.undated)


def _columns(page: Page, asked: _Asked) -> tuple[Detail, int]:
    """The events counted by the store; none is read but the few without a date that are named."""
    store, query, lanes = page.store, asked.query, asked.lanes
    focus = None
    if query.first is None and query.last is None and not asked.whole:
        focus = focus_of(day for day, _, n in store.months(query) for _ in range(n))
    frame = frame_of(
        store.span(query), focus.first if focus else query.first, focus.last if focus else query.last
    )
    inside = replace(query, first=frame.first, last=frame.last)
    counts = store.lanes(lanes, inside)
    wanted = [each for each in counts if lanes == "actor" and each.value in query.actors]
    chosen = [*wanted, *(each for each in counts if each not in wanted)][: asked.most]
    cells = store.cells(lanes, [each.value for each in chosen], inside)
    labels = country_names(page.language) if lanes == "country" else {}
    drawn = named_lanes([(c.value, c.label, c.count) for c in chosen], labels, page.language)
    for key in ("*", ""):
        rest = sum(cell.number for cell in cells if cell.lane == key)
        if rest:
            drawn.append(Lane.of_rest(key, rest, lanes, page.language))
    figure = density_figure(
        drawn,
        cells,
        frame,
        today=asked.today,
        language=page.language,
        theme=page.theme,
        letters=lane_letters(lanes, narrow=page.narrow),
        tools=not page.narrow,
    )
    without = replace(query, undated=True)
    undated = store.count(without)
    named = store.events(without, limit=_UNDATED_SHOWN, with_claims=False) if undated else []
    outside = store.count(query) - undated - store.count(inside)
    return Detail(figure, 0, tuple(drawn), tuple(named), outside, aggregated=True), undated


def _below(page: Page, detail: Detail) -> None:
    """What widens the picture: days and lanes that it leaves out."""
    t = page.t
    whole = bool(st.session_state.get("_whole"))
    rest = any(lane.key == "*" for lane in detail.lanes)
    with st.container(horizontal=True, gap="medium"):
        if (detail.outside and not whole and not _ranged()) or (whole and not _ranged()):
            st.button(
                t("timeline.focus")
                if whole
                else t("timeline.outside", n=t.count("unit.meetings", detail.outside)),
                key="whole",
                type="tertiary",
                icon=":material/zoom_in_map:" if whole else ":material/zoom_out_map:",
                on_click=lambda: st.session_state.update(_whole=not whole),
            )
        if rest or st.session_state.get("_all_lanes"):
            st.button(
                t("timeline.lanes_more" if rest else "timeline.lanes_fewer"),
                key="lanes_more",
                type="tertiary",
                icon=":material/unfold_more:" if rest else ":material/unfold_less:",
                on_click=lambda: st.session_state.update(_all_lanes=rest),
            )


def _ranged() -> bool:
    query = session.query()
    return query.first is not None or query.last is not None


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


def _take() -> None:
    """A mark that was clicked opens its meeting; a column narrows the filters to its lane and days."""
    points = st.session_state["timeline_chart"]["selection"]["points"]
    told = [point["customdata"] for point in points if point.get("customdata")]
    if not told:
        return
    if len(told[0]) == 1:
        session.show("event", told[0][0])
        st.session_state["_clicked"] = told[0][0]
    else:
        session.set_query(narrowed(session.query(), session.lanes(), *told[0]))


def narrowed(query: Query, lanes: LaneKind, lane: str, first: str, last: str) -> Query:
    """The query left to one lane and the days from ``first`` to ``last`` (ISO 8601, inclusive)."""
    days = Bounds(date.fromisoformat(first), date.fromisoformat(last))
    query = replace(query, first=days.first, last=days.last)
    if lane in ("", "*"):
        return query
    fields: dict[LaneKind, dict[str, Any]] = {
        "actor": {"actors": (lane,), "actors_mode": "any"},
        "country": {"countries": (lane,), "countries_mode": "any"},
        "place": {"places": (lane,)},
        "pair": {"actors": tuple(lane.split("|")), "actors_mode": "all"},
    }
    return replace(query, **fields[lanes])


def _undated(page: Page, named: Sequence[Event], count: int) -> None:
    """Events without a date get a place of their own under the axis, so that none is missing."""
    if not named:
        return
    t = page.t
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="undated"):
        st.caption(t("timeline.undated"), width="content")
        for i, event in enumerate(named[:_UNDATED_SHOWN]):
            st.button(
                plain(say_participants(event, page.language)) or "–",
                key=f"undated_{i}",
                help=plain(say_event(event, page.language)),
                on_click=session.show,
                args=("event", event.id),
            )
        more = count - _UNDATED_SHOWN
        if more > 0:
            st.caption(t("timeline.undated_more", n=number(more, page.language)), width="content")

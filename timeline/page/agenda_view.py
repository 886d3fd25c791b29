"""The agenda: what is announced from today on, and what became of what was announced."""

from collections.abc import Sequence
from typing import Any, cast

import streamlit as st

from timeline.figures.agenda import Outcome, Promise, announced_on, promises, upcoming
from timeline.figures.table import event_columns
from timeline.figures.wording import number, say_date, say_event, say_participants
from timeline.model import Event
from timeline.page import evidence, session, tables
from timeline.page.filters import show_chips
from timeline.page.session import Page
from timeline.page.texts import plain

_WIDE = (5, 3)


def show(page: Page) -> None:
    """The whole page."""
    t = page.t
    st.subheader(t("agenda.heading"))
    show_chips(page)
    opened = session.shown("event")
    if opened is None:
        _lists(page)
        return
    left, right = st.columns(_WIDE, gap="medium")
    with right if not page.narrow else left:
        evidence.show(page, opened)
    with left if not page.narrow else right:
        _lists(page)


def _lists(page: Page) -> None:
    t, query, today = page.t, session.query(), page.today

    def judge() -> tuple[list[Promise], list[Event]]:
        events = session.events(page, query)
        return promises(events, today), upcoming(events, today)

    judged, coming = cast(
        tuple[list[Promise], list[Event]],
        session.kept(page, ("agenda", query, today), judge, weigh=lambda found: sum(map(len, found))),
    )
    tally = {outcome: sum(p.outcome == outcome for p in judged) for outcome in ("open", "off", "kept")}
    sections = ("coming", "open", "off", "kept")
    counts = {"coming": len(coming), **tally}
    chosen = st.segmented_control(
        t("agenda.heading"),
        sections,
        default="coming",
        key="agenda_section",
        format_func=lambda name: f"{t(f'agenda.{name}')} ({number(counts[name], page.language)})",
        required=True,
        label_visibility="collapsed",
    )
    st.caption(t(f"agenda.{chosen}_help"))
    if chosen == "coming":
        if coming:
            _table(page, "coming", coming, [])
        else:
            st.info(t("agenda.coming_none"), icon=":material/event_available:")
        return
    found = [p for p in judged if p.outcome == cast(Outcome, chosen)]
    if not found:
        st.info(t(f"agenda.{chosen}_none"), icon=":material/info:")
        return
    _table(page, str(chosen), [p.event for p in found], found if chosen == "open" else [])
    if chosen == "open":
        _linked(page, t("agenda.perhaps"), [(p.event, p.perhaps) for p in found])
    elif chosen == "kept":
        _linked(page, t("agenda.by"), [(p.event, p.by) for p in found])


def _table(page: Page, section: str, events: Sequence[Event], overdue: Sequence[Promise]) -> None:
    t = page.t
    columns = event_columns(events, page.language)
    told = [announced_on(event) for event in events]
    shown: dict[str, list[Any]] = {
        t(f"field.{name}"): columns[name]
        for name in ("date", "participants", "status", "kind", "place", "outlet")
    }
    shown[t("agenda.told")] = [say_date(day, page.language) if day else "" for day in told]
    if overdue:
        shown = {t("agenda.overdue"): [p.overdue for p in overdue]} | shown
    tables.choose(
        shown,
        [event.id for event in events],
        lambda event: session.show("event", event),
        # A key for each section: the browser would keep the widths of the columns of the one before.
        key=f"agenda_table_{section}",
        alt=t("timeline.table_alt"),
        chosen=session.shown("event"),
        most=16,
        widths={t("field.date"): tables.DATE},
    )


def _linked(page: Page, heading: str, pairs: Sequence[tuple[Event, tuple[Event, ...]]]) -> None:
    """Held meetings beside the announcement that they may have kept, for the reader to judge."""
    offered = [(announced, held) for announced, held in pairs if held][:10]
    if not offered:
        return
    st.markdown(f"**{heading}**")
    with st.container(gap="xxsmall", key="perhaps"):
        for i, (announced, held) in enumerate(offered):
            for j, other in enumerate(held[:3]):
                label = (
                    f"{plain(say_participants(announced, page.language))}, "
                    f"{say_date(announced.date, page.language)} → {say_date(other.date, page.language)}"
                )
                st.button(
                    label,
                    key=f"perhaps_{i}_{j}",
                    type="tertiary",
                    help=plain(say_event(other, page.language)),
                    on_click=session.show,
                    args=("event", other.id),
                )

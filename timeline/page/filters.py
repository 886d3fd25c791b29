"""The filters: one narrow column, chips above the view, and a way out when nothing is left.

The filters in force are one :class:`Query` in the session; widgets show it and change it by callback.
They are set anew on every run, for their labels carry counts, and Streamlit would forget a choice
whose label has changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import streamlit as st

from timeline.figures.naming import country_name, say_name
from timeline.figures.wording import number, say_day, say_kind, say_status
from timeline.model import STATUSES
from timeline.page import session
from timeline.page.session import Page
from timeline.page.texts import plain
from timeline.query import MODES, Query, parse_question
from timeline.store import Count, FacetName, StoreError

_EARLIEST = date(1800, 1, 1)
_LATEST = date(2100, 12, 31)
_MORE: tuple[FacetName, ...] = ("kinds", "countries", "places", "outlets")
"""The rarer filters; their values are counted only when they are unfolded."""


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter in force: its words, and the query without it."""

    label: str
    without: Query


def sidebar(page: Page) -> None:
    """Draws the column of filters; each change is in force at once."""
    t, query = page.t, session.query()
    with st.sidebar:
        _question(page)
        _range(page, query)
        actors = page.store.facet("actors", replace(query, actors=(), actors_mode="any"))
        _choose(page, "actors", actors, t("filter.actors"), t("filter.actors_placeholder"))
        if len(query.actors) > 1:
            st.session_state["actors_mode"] = query.actors_mode
            st.segmented_control(
                t("filter.actors_mode"),
                MODES,
                key="actors_mode",
                format_func=lambda mode: t(f"filter.mode_{mode}"),
                required=True,
                on_change=_take,
                args=("actors_mode",),
            )
        statuses = page.store.facet("statuses", replace(query, statuses=()))
        order = {status: i for i, status in enumerate(STATUSES)}
        statuses = tuple(sorted(statuses, key=lambda count: order[count.value]))  # type: ignore[index]
        _choose(page, "statuses", statuses, t("filter.statuses"), t("filter.any"))
        st.session_state["text"] = query.text
        st.text_input(t("filter.text"), key="text", on_change=_take, args=("text",))
        st.session_state["checked"] = {None: "any", True: "yes", False: "no"}[query.checked]
        st.segmented_control(
            t("filter.checked"),
            ("any", "no", "yes"),
            key="checked",
            format_func=lambda value: t(f"filter.checked_{value}"),
            required=True,
            on_change=_take,
            args=("checked",),
        )
        _more(page, query)
        if query != Query():
            st.button(
                t("filter.reset"), key="reset", on_click=session.set_query, args=(Query(),), width="stretch"
            )


def _question(page: Page) -> None:
    """The box that takes a German question; the rules of the articles turn it into filters."""
    t = page.t

    def ask() -> None:
        text = st.session_state.get("question", "").strip()
        if not text:
            return
        found = parse_question(text, page.today)
        st.session_state["_asked_in_vain"] = found == Query()
        if found != Query():
            session.set_query(found)
            st.session_state["question"] = ""

    st.text_input(
        t("filter.question"),
        key="question",
        placeholder=t("filter.question_placeholder"),
        help=t("filter.question_help"),
        on_change=ask,
    )
    if st.session_state.pop("_asked_in_vain", False):
        st.warning(t("filter.question_nothing"))


def _more(page: Page, query: Query) -> None:
    """The rarer filters, folded until one of them is in force."""
    t = page.t
    used = bool(
        query.kinds or query.countries or query.places or query.outlets or query.disputed or query.undated
    )
    # A link or a question that uses one of them unfolds them; the user may fold them again.
    if used and not st.session_state.get("_more_used"):
        st.session_state["more_filters"] = True
    st.session_state["_more_used"] = used
    folded = st.expander(t("filter.more"), key="more_filters", on_change="rerun")
    if not folded.open:
        return
    with folded:
        for facet in _MORE:
            without: dict[str, Any] = {facet: ()}
            counts = page.store.facet(facet, replace(query, **without))
            _choose(page, facet, counts, t(f"filter.{facet}"), t("filter.any"))
        for name in ("disputed", "undated"):
            st.session_state[f"only_{name}"] = bool(getattr(query, name))
            st.checkbox(t(f"filter.{name}"), key=f"only_{name}", on_change=_take_only, args=(name,))


def _range(page: Page, query: Query) -> None:
    t = page.t
    st.session_state["preset"] = _preset_of(query, page.today)
    st.pills(
        t("filter.range"),
        ("year", "calendar", "ahead", "all"),
        key="preset",
        format_func=lambda name: t(f"filter.preset_{name}"),
        on_change=_take_preset,
        args=(page.today,),
    )
    for name, label in (("first", "from"), ("last", "to")):
        st.session_state[name] = getattr(query, name)
        st.date_input(
            t(f"filter.{label}"),
            value=None,
            min_value=_EARLIEST,
            max_value=_LATEST,
            key=name,
            format="DD.MM.YYYY" if page.language == "de" else "YYYY-MM-DD",
            on_change=_take,
            args=(name,),
        )


def _presets(today: date) -> dict[str, tuple[date | None, date | None]]:
    return {
        "year": (today - timedelta(days=365), today),
        "calendar": (date(today.year, 1, 1), date(today.year, 12, 31)),
        "ahead": (today, None),
        "all": (None, None),
    }


def _preset_of(query: Query, today: date) -> str | None:
    chosen = (query.first, query.last)
    return next((name for name, span in _presets(today).items() if span == chosen), None)


def _take_preset(today: date) -> None:
    first, last = _presets(today).get(st.session_state["preset"], (None, None))
    session.set_query(replace(session.query(), first=first, last=last))


def _take_only(name: str) -> None:
    """A box ticked asks for these events alone; not ticked it asks nothing."""
    chosen: dict[str, Any] = {name: st.session_state[f"only_{name}"] or None}
    session.set_query(replace(session.query(), **chosen))


def _take(name: str) -> None:
    """Puts what a widget says into the query in force."""
    value: Any = st.session_state[name]
    query = session.query()
    if name == "checked":
        value = {"any": None, "yes": True, "no": False}[value]
    elif isinstance(value, list):
        value = tuple(value)
    elif name == "text":
        value = value.strip()
    query = replace(query, **{name: value})
    if query.first and query.last and query.first > query.last:
        query = replace(query, first=query.last, last=query.first)
    session.set_query(query)


def _choose(page: Page, name: str, counts: Sequence[Count], label: str, placeholder: str) -> None:
    """A filter over several values with their counts; a chosen value stays though it now counts nothing."""
    chosen: tuple[str, ...] = getattr(session.query(), name)
    tallies = {count.value: count.count for count in counts}
    labels = {count.value: count.label for count in counts}
    options = [count.value for count in counts]
    options += [value for value in chosen if value not in tallies]

    def word(value: str) -> str:
        return (
            f"{_label(page, name, value, labels.get(value))} ({number(tallies.get(value, 0), page.language)})"
        )

    st.session_state[name] = list(chosen)
    st.multiselect(
        label,
        options,
        key=name,
        format_func=word,
        placeholder=placeholder,
        on_change=_take,
        args=(name,),
        select_all=False,
    )


def _label(page: Page, name: str, value: str, label: str | None) -> str:
    if name == "statuses":
        return say_status(value, page.language)  # type: ignore[arg-type]
    if name == "kinds":
        return say_kind(value, page.language)  # type: ignore[arg-type]
    if name in ("countries", "place_countries"):
        return country_name(value, page.language)
    if name == "actors" and not label:
        return actor_name(page, value)
    if name in ("actors", "places"):
        return say_name(label or value, page.language)
    return label or value


def actor_name(page: Page, key: str) -> str:
    """The name of an actor, looked up among all events; the key itself where there is none."""
    try:
        return say_name(page.store.actor(key).name, page.language)
    except StoreError:
        return key


def chips(page: Page) -> list[Chip]:
    """The filters in force, each with the query that is left without it."""
    t, query = page.t, session.query()
    found: list[Chip] = []
    if query.first or query.last:
        parts = [t("filter.since_day", day=say_day(query.first, page.language))] if query.first else []
        parts += [t("filter.until_day", day=say_day(query.last, page.language))] if query.last else []
        found.append(Chip(" ".join(parts), replace(query, first=None, last=None)))
    for name in ("actors", "statuses", "kinds", "countries", "places", "place_countries", "outlets"):
        values: tuple[str, ...] = getattr(query, name)
        for value in values:
            left = tuple(other for other in values if other != value)
            without: dict[str, Any] = {name: left}
            found.append(Chip(_label(page, name, value, None), replace(query, **without)))
    for article in query.articles:
        left = tuple(other for other in query.articles if other != article)
        found.append(Chip(t("filter.article"), replace(query, articles=left)))
    if len(query.actors) > 1 and query.actors_mode != "any":
        found.append(Chip(t(f"filter.chip_{query.actors_mode}"), replace(query, actors_mode="any")))
    if query.text:
        found.append(Chip(t("filter.words", text=query.text), replace(query, text="")))
    if query.checked is not None:
        word = t("filter.checked_yes" if query.checked else "filter.checked_no")
        found.append(Chip(word, replace(query, checked=None)))
    if query.disputed:
        found.append(Chip(t("filter.disputed"), replace(query, disputed=None)))
    if query.undated:
        found.append(Chip(t("filter.undated"), replace(query, undated=None)))
    return found


def show_chips(page: Page) -> None:
    """A row of chips; a click takes the filter away."""
    found = chips(page)
    if not found:
        return
    with st.container(horizontal=True, gap="small", key="chips"):
        for i, chip in enumerate(found):
            st.button(
                plain(chip.label),
                key=f"chip_{i}",
                icon=":material/close:",
                help=page.t("filter.remove", what=plain(chip.label)),
                on_click=session.set_query,
                args=(chip.without,),
            )


def show_nothing_found(page: Page) -> None:
    """Says that the filters leave nothing, and offers those that would help when taken away."""
    t = page.t
    st.info(t("empty.zero"), icon=":material/filter_alt_off:")
    found = chips(page)
    counted = sorted(((page.store.count(chip.without), chip) for chip in found), key=lambda pair: -pair[0])
    with st.container(horizontal=True, key="loosen"):
        for i, (count, chip) in enumerate(counted[:4]):
            if count:
                label = t("empty.zero_loosen", filter=plain(chip.label), n=number(count, page.language))
                st.button(label, key=f"loosen_{i}", on_click=session.set_query, args=(chip.without,))
        st.button(t("empty.zero_all"), key="loosen_all", on_click=session.set_query, args=(Query(),))


def show_too_many(page: Page, count: int) -> None:
    """Says that more events fit the filters than a page reads, and what to do."""
    told = page.t(
        "empty.too_many", n=number(count, page.language), most=number(session.MOST_LOADED, page.language)
    )
    st.info(told, icon=":material/filter_alt:")

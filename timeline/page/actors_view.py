"""The actors: a list, one actor's page, the network, the pairs, the places."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import streamlit as st

from timeline.figures.actors import (
    MOST_LINES,
    MOST_NODES,
    MOST_PAIRED,
    Career,
    career_of,
    matrix_figure,
    network_figure,
    partner_counts,
    silences,
)
from timeline.figures.look import locale_config
from timeline.figures.naming import country_name, say_name
from timeline.figures.table import event_columns, in_order
from timeline.figures.wording import number, say_date, say_day
from timeline.figures.world import map_figure, unplaced
from timeline.page import session, tables
from timeline.page.filters import show_chips, show_nothing_found, show_too_many
from timeline.page.session import Page
from timeline.page.texts import plain


def show(page: Page) -> None:
    """The whole page."""
    t = page.t
    show_chips(page)
    query = session.query()
    if not page.store.count(query):
        show_nothing_found(page)
        return
    key = session.shown("actor")
    theirs = replace(query, actors=(key,), actors_mode="any") if key else query
    if key and (count := page.store.count(theirs)) > session.MOST_LOADED:
        show_too_many(page, count)
        return
    if key is not None and (career := _career(page, key)) is not None:
        _one(page, career)
        return
    section = st.segmented_control(
        t("nav.actors"),
        tuple(_SECTIONS),
        default="list",
        key="actors_section",
        format_func=lambda name: t(f"actors.{name}"),
        required=True,
        label_visibility="collapsed",
    )
    _SECTIONS[section or "list"](page)


def _career(page: Page, key: str) -> Career | None:
    """What the filters leave of one actor's meetings."""
    query = session.query()
    found = session.events(page, replace(query, actors=(key,), actors_mode="any"))
    if query.actors and query.actors != (key,):
        left = set(page.store.ids(query))
        found = [event for event in found if event.id in left]
    return career_of(key, found)


def _when(page: Page, value: str | None) -> str:
    return say_date(value, page.language) if value else ""


def _day(page: Page, day: date | None) -> str:
    return say_day(day, page.language) if day else ""


def _list(page: Page) -> None:
    t, query = page.t, session.query()
    tallies = page.store.tallies(query)
    partners = partner_counts(page.store.pairs(query))
    st.caption(t("actors.list_help"))
    tables.choose(
        {
            t("actors.name"): [say_name(tally.actor.name, page.language) for tally in tallies],
            t("actors.side"): [
                country_name(tally.actor.country, page.language) if tally.actor.country else ""
                for tally in tallies
            ],
            t("actors.meetings"): [tally.meetings for tally in tallies],
            t("actors.held"): [tally.held for tally in tallies],
            t("actors.announced"): [tally.announced for tally in tallies],
            t("actors.partners_short"): [len(partners.get(tally.actor.key, ())) for tally in tallies],
            t("actors.first"): [_when(page, tally.first) for tally in tallies],
            t("actors.last"): [_when(page, tally.last) for tally in tallies],
        },
        [tally.actor.key for tally in tallies],
        lambda key: session.show("actor", key),
        key="actors_table",
        alt=t("actors.list_alt"),
        most=18,
        widths={t("actors.first"): 185, t("actors.last"): 185},
    )


def _network(page: Page) -> None:
    t, query = page.t, session.query()
    tallies = page.store.tallies(query)
    n = min(len(tallies), MOST_NODES)
    told = t("actors.network_help", n=n, all=number(len(tallies), page.language))
    among = {tally.actor.key for tally in tallies[:MOST_NODES]}
    if sum(one in among and other in among for one, other, _ in page.store.pairs(query)) > MOST_LINES:
        told += " " + t("actors.network_lines", n=MOST_LINES)
    st.caption(told)

    def take() -> None:
        points = st.session_state["network"]["selection"]["points"]
        keys = [point["customdata"][0] for point in points if point.get("customdata")]
        if keys:
            session.show("actor", keys[0])

    st.plotly_chart(
        session.kept(
            page,
            ("network", query, page.language, page.theme, page.narrow),
            lambda: network_figure(
                tallies,
                page.store.pairs(query),
                language=page.language,
                theme=page.theme,
                narrow=page.narrow,
            ),
            weigh=lambda _: 100,
        ),
        key="network",
        theme=None,
        on_select=take,
        selection_mode="points",
        config=locale_config(page.language),
        alt=t("actors.network_alt"),
    )


def _pairs(page: Page) -> None:
    t, query = page.t, session.query()
    tallies = page.store.tallies(query)
    n = min(len(tallies), MOST_PAIRED)
    st.caption(t("actors.pairs_help", n=n, all=number(len(tallies), page.language)))

    def take() -> None:
        points = st.session_state["pairs"]["selection"]["points"]
        both = [point["customdata"][0] for point in points if point.get("customdata")]
        if both:
            session.set_query(replace(session.query(), actors=tuple(both[0].split("|")), actors_mode="all"))
            st.session_state["_goto"] = "timeline"

    st.plotly_chart(
        matrix_figure(
            tallies,
            page.store.pairs(query),
            language=page.language,
            theme=page.theme,
            narrow=page.narrow,
        ),
        key="pairs",
        theme=None,
        on_select=take,
        selection_mode="points",
        config=locale_config(page.language) | {"displayModeBar": False},
        alt=t("actors.pairs_alt"),
    )


def _map(page: Page) -> None:
    t, query = page.t, session.query()
    places = [(count.value, count.count) for count in page.store.facet("places", query)]
    st.caption(t("actors.map_help"))

    def take() -> None:
        points = st.session_state["map"]["selection"]["points"]
        places = [point["customdata"][0] for point in points if point.get("customdata")]
        if places:
            session.set_query(replace(session.query(), places=(places[0],)))
            st.session_state["_goto"] = "timeline"

    st.plotly_chart(
        map_figure(places, language=page.language, theme=page.theme),
        key="map",
        theme=None,
        on_select=take,
        selection_mode="points",
        config=locale_config(page.language),
        alt=t("actors.map_alt"),
    )
    missing = list(unplaced(places).items())
    without = page.store.count(query) - sum(n for _, n in places)
    if missing:
        names = ", ".join(
            f"{say_name(name, page.language)} ({number(n, page.language)})" for name, n in missing[:20]
        )
        st.caption(t("actors.map_missing", names=plain(names)))
    if without:
        st.caption(t("actors.map_without", n=t.count("unit.meetings", without)))


_SECTIONS: dict[str, Callable[[Page], None]] = {
    "list": _list,
    "network": _network,
    "pairs": _pairs,
    "map": _map,
}
"""The parts of the page by name: a new one is a function and a line here."""


def _one(page: Page, career: Career) -> None:
    """One actor's page: how much, with whom, where, how long nothing."""
    t, language = page.t, page.language
    head, back = st.columns([5, 1], vertical_alignment="center")
    side = f" · {country_name(career.actor.country, page.language)}" if career.actor.country else ""
    head.subheader(plain(f"{say_name(career.actor.name, language)}{side}"))
    back.button(
        t("actors.back"),
        key="actor_back",
        icon=":material/arrow_back:",
        on_click=session.show,
        args=("actor", None),
    )
    gaps = silences(career.events, page.today)
    with st.grid(4, min_column_width=150):
        st.metric(t("actors.meetings"), number(len(career.events), language))
        st.metric(t("actors.held"), number(career.held, language))
        st.metric(t("actors.announced"), number(career.announced, language))
        st.metric(t("actors.partners"), number(len(career.partners), language))
    if gaps and gaps[-1].last is None:
        st.markdown(
            t(
                "actors.silent",
                days=t.count("unit.days_dative", gaps[-1].days),
                day=_day(page, gaps[-1].first),
            )
        )
    ended = [gap for gap in gaps if gap.last is not None]
    if ended:
        longest = max(ended, key=lambda gap: gap.days)
        st.caption(
            t(
                "actors.longest",
                days=t.count("unit.days", longest.days),
                first=_day(page, longest.first),
                last=_day(page, longest.last),
            )
        )
    if st.button(t("actors.to_timeline"), key="actor_timeline", icon=":material/timeline:"):
        session.set_query(replace(session.query(), actors=(career.actor.key,), actors_mode="any"))
        st.session_state["_goto"] = "timeline"
        st.rerun()
    left, right = st.columns(2, gap="medium")
    with left:
        _partners(page, career)
    with right:
        st.markdown(f"**{t('actors.places')}**")
        if career.places:
            places = career.places.most_common()
            tables.show(
                {
                    t("field.place"): [say_name(place, language) for place, _ in places],
                    t("actors.meetings"): [count for _, count in places],
                },
                key="actor_places",
                alt=t("actors.places"),
                most=8,
            )
        else:
            st.caption(t("actors.no_places"))
    _events(page, career)


def _partners(page: Page, career: Career) -> None:
    """With whom, and how long they have not met; a row leads on to the partner."""
    t = page.t
    st.markdown(f"**{t('actors.partners')}**")
    ranked = sorted(career.partners, key=lambda key: (-career.partners[key], career.names[key].name))
    if not ranked:
        st.caption(t("actors.no_partners"))
        return
    quiet: list[int | None] = []
    for key in ranked:
        shared = [e for e in career.events if any(actor.key == key for actor in e.participants)]
        gaps = silences(shared, page.today)
        open_gap = gaps[-1] if gaps and gaps[-1].last is None else None
        quiet.append(open_gap.days if open_gap else None)

    tables.choose(
        {
            t("actors.name"): [say_name(career.names[key].name, page.language) for key in ranked],
            t("actors.meetings"): [career.partners[key] for key in ranked],
            t("actors.since"): quiet,
        },
        ranked,
        lambda key: session.show("actor", key),
        key="actor_partners",
        alt=t("actors.list_alt"),
        most=8,
    )


def _events(page: Page, career: Career) -> None:
    t = page.t
    ordered = in_order(career.events)

    def take(event: str | None) -> None:
        session.show("event", event)
        st.session_state["_goto"] = "timeline"

    columns = event_columns(ordered, page.language)
    tables.choose(
        {t(f"field.{name}"): columns[name] for name in ("date", "participants", "status", "kind", "place")},
        [event.id for event in ordered],
        take,
        key="actor_events",
        alt=t("timeline.table_alt"),
        widths={t("field.date"): tables.DATE},
    )

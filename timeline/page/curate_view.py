"""Checking and correcting: go through the meetings, edit, merge, split, reject, add, tidy actors, undo.

Every change is a line in the log of the store, with who, when, before and after, and can be taken back.
"""

import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import streamlit as st

from timeline import pipeline
from timeline.edtf import is_valid
from timeline.figures.marks import span_of
from timeline.figures.naming import country_names, say_name
from timeline.figures.wording import number, say_date, say_event, say_kind, say_status
from timeline.model import KINDS, STATUSES, Actor, Event, Field, Meeting, Place
from timeline.page import empty, evidence, session, tables
from timeline.page.filters import show_chips, show_nothing_found
from timeline.page.log_words import log_columns
from timeline.page.session import Page
from timeline.page.texts import plain
from timeline.query import Query
from timeline.store import StoreError

_ALIKE_DAYS = 31
"""Events of the same parties no further apart than this are offered for merging."""
_COMPARED = 1000
"""Events that are looked at for those that may be the same one."""
_LOG_LINES = 200


def show(page: Page) -> None:
    """The whole page."""
    t = page.t
    if (trouble := st.session_state.pop("_trouble", None)) is not None:
        st.error(plain(trouble), icon=":material/error:")
    if not page.editor:
        _log(page)
        return
    section = st.segmented_control(
        t("nav.curate"),
        tuple(_SECTIONS),
        default="review",
        key="curate_section",
        format_func=lambda name: t(f"curate.{name}"),
        required=True,
        label_visibility="collapsed",
    )
    _SECTIONS[section or "review"](page)


def _tried(page: Page, change: Callable[[], object], said: str = "curate.saved") -> bool:
    """Makes a change and says ``said``; where the store refuses it, the reason heads the next page."""
    try:
        change()
    except StoreError as error:
        st.session_state["_trouble"] = page.t(f"store.{error.code}", **error.params)
        return False
    st.toast(page.t(said), icon=":material/check:")
    return True


def _trying(page: Page, change: Callable[[], object]) -> Callable[[], None]:
    """The same as a callback."""

    def run() -> None:
        _tried(page, change)

    return run


# --- going through the meetings ----------------------------------------------------------------------


def _review(page: Page) -> None:
    t = page.t
    show_chips(page)
    query = session.query()
    ids = page.store.ids(query)
    if not ids and not (corpus := session.corpus(page)).events:
        empty.show(page, corpus)
        return
    if not ids:
        show_nothing_found(page)
        return
    # Who looks through the checked ones alone has none left to do.
    queue = [] if query.checked else page.store.ids(replace(query, checked=False))
    done = len(ids) - len(queue)
    st.progress(
        done / len(ids),
        text=t("curate.progress", done=number(done, page.language), all=number(len(ids), page.language)),
    )
    wanted = session.shown("event")
    if wanted not in ids:
        wanted = queue[0] if queue else ids[0]
    if not queue:
        st.success(t("curate.all_checked"), icon=":material/done_all:")
    event = page.store.event(wanted)
    if event is None:
        st.info(t("evidence.gone"))
        return
    _steps(page, event, ids, queue)
    left, right = st.columns([4, 3], gap="medium")
    with left:
        st.html(f'<div class="event-who">{html.escape(say_event(event, page.language))}</div>')
        evidence.sources(page, event)
    with right:
        _form(page, event)
        _alike(page, event)
        _split(page, event)


def _following(ids: Sequence[str], here: str, step: int) -> str:
    """The event ``step`` further on in the list, round at its ends."""
    return ids[(ids.index(here) + step) % len(ids)] if here in ids else ids[0]


def _next_open(ids: Sequence[str], queue: Sequence[str], here: str) -> str | None:
    """The next unchecked event after ``here``; None where none is left beside it."""
    at = ids.index(here) if here in ids else -1
    return next((id_ for id_ in [*ids[at + 1 :], *ids[: at + 1]] if id_ in queue and id_ != here), None)


def _steps(page: Page, event: Event, ids: Sequence[str], queue: Sequence[str]) -> None:
    """Back, forward, right, wrong: each with a key of its own."""
    t = page.t

    def confirm() -> None:
        if _tried(page, lambda: page.store.check(event.id, who=page.who, checked=not event.checked)):
            session.show("event", _next_open(ids, queue, event.id) if not event.checked else event.id)

    def reject() -> None:
        following = _following(ids, event.id, 1)
        if _tried(page, lambda: page.store.reject(event.id, who=page.who)):
            session.show("event", following if following != event.id else None)

    with st.container(horizontal=True, gap="small", key="review_steps"):
        st.button(
            t("curate.back"), key="review_back", icon=":material/arrow_back:", shortcut="K",
            on_click=session.show, args=("event", _following(ids, event.id, -1)),
        )  # fmt: skip
        st.button(
            t("curate.forward"), key="review_forward", icon=":material/arrow_forward:", shortcut="J",
            on_click=session.show, args=("event", _following(ids, event.id, 1)),
        )  # fmt: skip
        st.button(
            t("evidence.unconfirm") if event.checked else t("evidence.confirm"),
            key="review_confirm",
            icon=":material/undo:" if event.checked else ":material/check:",
            type="secondary" if event.checked else "primary",
            shortcut="S",
            on_click=confirm,
        )
        st.button(
            t("curate.reject"), key="review_reject", icon=":material/block:", shortcut="X", on_click=reject
        )


def _form(page: Page, event: Event) -> None:
    """All fields of a meeting, to be changed and saved together."""
    t = page.t
    st.markdown(f"**{t('curate.edit')}**")
    shown = _as_shown(event)
    fields = _fields(page, event.id, shown)

    def save() -> None:
        # Whether it is saved or somebody was quicker: the inputs are to hold what is in force then.
        del st.session_state["_form"]
        for name, value, seen in _changes(shown, fields):
            change = partial(page.store.edit, event.id, name, value, who=page.who, seen=seen)
            if not _tried(page, change, "curate.saved_checked"):
                return

    st.button(
        t("curate.save"),
        key="review_save",
        icon=":material/save:",
        disabled=fields is None or not _changes(shown, fields),
        on_click=save,
        width="stretch",
    )
    if not event.checked:
        st.caption(t("curate.save_checks"))


def _as_shown(event: Event) -> Event:
    """The event as it stood when its inputs were filled, which is what the person has seen of it.

    The page is drawn again at every key that is pressed, each time with the event as it then is. What
    somebody else has changed meanwhile must not count as seen: saving would undo it without a word.
    """
    state = st.session_state
    shown: Event | None = state.get("_form")
    # Inputs that were not drawn meanwhile are gone, and with them what was typed.
    if shown is not None and shown.id == event.id and f"when_{event.id}" in state:
        untouched = all(state.get(key) == value for key, value in _inputs(event.id, shown).items())
        if not untouched or _inputs(event.id, shown) == _inputs(event.id, event):
            return shown
    state["_form"] = event
    state.update(_inputs(event.id, event))
    return event


def _inputs(key: str, event: Event | None) -> dict[str, Any]:
    """What the inputs of a meeting hold before anybody has changed them, by their keys."""
    return {
        f"who_{key}": [actor.key for actor in event.participants] if event else [],
        f"when_{key}": (event.date or "") if event else "",
        f"kind_{key}": event.kind if event else "meeting",
        f"status_{key}": event.status if event else "held",
        f"place_{key}": (event.place or "") if event else "",
        f"country_{key}": (event.country or "") if event else "",
    }


def _fields(page: Page, key: str, event: Event | None) -> Meeting | None:
    """The inputs of a meeting's fields, filled from ``event``; None while the date is no date."""
    t, language = page.t, page.language
    for name, value in _inputs(key, event).items():
        st.session_state.setdefault(name, value)
    known = {actor.key: actor for actor in _actors(page)}
    if event is not None:
        known |= {actor.key: actor for actor in event.participants}
    chosen = st.multiselect(
        t("field.participants"),
        list(known),
        format_func=lambda actor: say_name(known[actor].name, language) if actor in known else actor,
        accept_new_options=True,
        key=f"who_{key}",
        placeholder=t("curate.who_placeholder"),
    )
    text = st.text_input(
        t("curate.date"),
        key=f"when_{key}",
        help=t("curate.date_help"),
        placeholder="2023-02-22",
    ).strip()
    valid = not text or is_valid(text)
    st.caption(say_date(text or None, language) if valid else t("curate.date_wrong"))
    left, right = st.columns(2, gap="small")
    kind = left.selectbox(
        t("field.kind"), KINDS, key=f"kind_{key}",
        format_func=lambda value: say_kind(value, language),
    )  # fmt: skip
    status = right.selectbox(
        t("field.status"), STATUSES, key=f"status_{key}",
        format_func=lambda value: say_status(value, language),
    )  # fmt: skip
    place = left.text_input(
        t("field.place"),
        key=f"place_{key}",
        help=t("curate.place_help"),
    ).strip()
    names = country_names(language)
    codes = ["", *sorted(names, key=names.__getitem__)]
    country = (event.country or "") if event else ""
    if country not in codes:
        codes.append(country)
    code = right.selectbox(
        t("field.country"), codes, key=f"country_{key}",
        format_func=lambda value: names.get(value, value or "–"),
    )  # fmt: skip
    if not valid:
        return None
    people = tuple(known.get(actor) or Actor(f"name:{actor}", actor, "person") for actor in chosen)
    return Meeting(kind, people, place or None, code or None, None, text or None, status, ())


def _actors(page: Page) -> list[Actor]:
    """All actors of the corpus, the most frequent first."""
    return [tally.actor for tally in page.store.tallies()]


def _changes(event: Event, fields: Meeting | None) -> list[tuple[Field, Any, Any]]:
    """What the form changes: field, new value, and the value that the person saw."""
    if fields is None:
        return []
    found: list[tuple[Field, Any, Any]] = []
    plain_fields: tuple[Field, ...] = ("kind", "status", "date")
    for name in plain_fields:
        old, new = getattr(event, name), getattr(fields, name)
        if old != new:
            found.append((name, new, old))
    if {actor.key for actor in event.participants} != {actor.key for actor in fields.participants}:
        found.append(("participants", fields.participants, event.participants))
    if (event.place, event.country) != (fields.place, fields.country):
        new = Place(fields.place, fields.country) if fields.place else None
        old = Place(event.place, event.country) if event.place else None
        found.append(("place", new, old))
    return found


# --- merging and splitting ---------------------------------------------------------------------------


def alike(event: Event, events: Sequence[Event]) -> list[Event]:
    """Events that may be the same one: two parties shared (or all), and no more than a month apart."""
    span = span_of(event.date)
    keys = {actor.key for actor in event.participants}
    found = []
    for other in events:
        shared = keys & {actor.key for actor in other.participants}
        if other.id == event.id or not shared or len(shared) < min(2, len(keys)):
            continue
        near = span_of(other.date)
        if span and near and span.first and span.last and near.first and near.last:
            apart = max((near.first - span.last).days, (span.first - near.last).days)
            if apart > _ALIKE_DAYS:
                continue
        found.append(other)
    return found


def _near(page: Page, event: Event) -> list[Event]:
    """Events of the same actors around the same days, and those without a date."""
    theirs = Query(actors=tuple(actor.key for actor in event.participants))
    if not theirs.actors:
        return []
    queries = [theirs]
    span = span_of(event.date)
    if span and span.first and span.last:
        days = timedelta(days=_ALIKE_DAYS)
        around = replace(theirs, first=span.first - days, last=span.last + days)
        queries = [around, replace(theirs, undated=True)]
    return [e for query in queries for e in page.store.events(query, limit=_COMPARED, with_claims=False)]


def _alike(page: Page, event: Event) -> None:
    """Other meetings that may be this one; one click makes them one."""
    t = page.t
    offered = alike(event, _near(page, event))[:6]
    if not offered:
        return
    with st.expander(t("curate.merge", n=len(offered)), key="merge"):
        st.caption(t("curate.merge_help"))
        for other in offered:
            words, action = st.columns([3, 1], vertical_alignment="center")
            words.html(html.escape(say_event(other, page.language)))
            action.button(
                t("curate.merge_do"),
                key=f"merge_{other.id}",
                on_click=_merge,
                args=(page, event.id, other.id),
                width="stretch",
            )


def _merge(page: Page, event: str, other: str) -> None:
    if _tried(page, lambda: page.store.merge_events([event, other], who=page.who)):
        session.show("event", event)


def _split(page: Page, event: Event) -> None:
    """Takes some sources of a meeting out into one of their own."""
    if len(event.claims) < 2:
        return
    t = page.t
    with st.expander(t("curate.split"), key="split"):
        st.caption(t("curate.split_help"))
        names = {
            claim.id: f"{claim.outlet or ''} {say_date(claim.published, page.language)}: "
            f"{say_date(claim.meeting.date, page.language)}, "
            f"{say_status(claim.meeting.status, page.language)}".strip()
            for claim in event.claims
        }
        chosen = st.multiselect(
            t("curate.split_choose"), list(names), format_func=names.__getitem__, key=f"split_{event.id}"
        )
        st.button(
            t("curate.split_do"),
            key="split_do",
            disabled=not chosen or len(chosen) == len(names),
            on_click=_trying(page, lambda: page.store.split(event.id, chosen, who=page.who)),
        )


# --- adding, actors, log -----------------------------------------------------------------------------


def _add(page: Page) -> None:
    t = page.t
    st.caption(t("curate.add_help"))
    round_ = st.session_state.get("_add_round", 0)
    made = _fields(page, f"new{round_}", None)

    def add() -> None:
        if made is not None and _tried(page, lambda: page.store.add_event(made, who=page.who)):
            st.session_state["_add_round"] = round_ + 1

    st.button(
        t("curate.add_do"), key="add_event", type="primary", icon=":material/add:", on_click=add,
        disabled=made is None or not made.participants,
    )  # fmt: skip


def _tidy_actors(page: Page) -> None:
    """Another name for an actor, or two actors that are one; the number of meetings it touches first."""
    t = page.t
    found = {tally.actor.key: tally for tally in page.store.tallies()}
    names = {key: tally.actor.name for key, tally in found.items()}
    if not names:
        st.info(t("curate.no_actors"))
        return

    def word(key: str) -> str:
        return f"{names.get(key, key)} ({number(found[key].meetings, page.language) if key in found else 0})"

    key = st.selectbox(t("curate.actor"), list(names), format_func=word, key="tidy_actor")
    if key is None:
        return
    st.caption(t("curate.touches", n=page.t.count("unit.meetings", found[key].meetings)))
    rename, merge = st.columns(2, gap="medium")
    with rename:
        name = st.text_input(t("curate.rename"), value=names[key], key=f"rename_{key}")
        st.button(
            t("curate.rename_do"), key="rename_do", disabled=not name.strip() or name.strip() == names[key],
            on_click=_trying(page, lambda: page.store.rename_actor(key, name, who=page.who)),
        )  # fmt: skip
    with merge:
        others = [other for other in names if other != key]
        into = st.selectbox(
            t("curate.same_as"), others, index=None, format_func=word, key=f"same_{key}",
            placeholder=t("filter.actors_placeholder"),
        )  # fmt: skip
        if into is not None:
            st.caption(t("curate.same_preview", one=plain(names[key]), other=plain(names[into])))
        st.button(
            t("curate.same_do"), key="same_do", disabled=into is None,
            on_click=_trying(page, lambda: page.store.merge_actors(key, into or "", who=page.who)),
        )  # fmt: skip


def _log(page: Page) -> None:
    t = page.t
    entries = page.store.log(limit=_LOG_LINES)
    if not entries:
        st.info(t("curate.log_none"), icon=":material/history:")
        return
    st.caption(t("curate.log_help"))
    opened = st.session_state.get("_log_line")
    tables.choose(
        log_columns(entries, page.t),
        [str(entry.id) for entry in entries],
        lambda line: st.session_state.update(_log_line=line),
        key="log_table",
        alt=t("curate.log_alt"),
        chosen=opened,
        most=14,
    )
    entry = next((entry for entry in entries if str(entry.id) == opened), None)
    if entry is None:
        return
    with st.container(border=True, key="log_entry"):
        before, after = st.columns(2, gap="medium")
        before.markdown(f"**{t('curate.before')}**")
        before.json(_jsonable(entry.before), expanded=2)
        after.markdown(f"**{t('curate.after')}**")
        after.json(_jsonable(entry.after), expanded=2)
        if entry.undone_by is None and page.editor:
            st.button(
                t("curate.undo"), key="log_undo", icon=":material/undo:",
                on_click=_trying(page, lambda: pipeline.undo(page.store, entry.id, who=page.who)),
            )  # fmt: skip
        elif entry.undone_by is not None:
            st.caption(t("curate.undone"))


def _jsonable(value: Mapping[str, Any]) -> dict[str, Any]:
    return dict(value)


_SECTIONS: dict[str, Callable[[Page], None]] = {
    "review": _review,
    "add": _add,
    "actors": _tidy_actors,
    "log": _log,
}
"""The parts of the page by name: a new one is a function and a line here."""

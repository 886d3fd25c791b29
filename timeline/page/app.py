"""The application: pages, language, address, samples. A new view is one function and one line here."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from sqlalchemy.exc import SQLAlchemyError
from streamlit.navigation.page import StreamlitPage

from timeline.page import (
    actors_view,
    adding,
    agenda_view,
    articles_view,
    curate_view,
    empty,
    export_view,
    filters,
    live,
    login,
    projects_view,
    session,
    timeline_view,
)
from timeline.page.reading import Job, sample_files, wants_samples
from timeline.page.session import Page
from timeline.page.texts import Texts, plain
from timeline.store import FIRST_PROJECT, StoreError

_ASSETS = Path(__file__).parents[2] / "assets"


@dataclass(frozen=True, slots=True)
class View:
    """A page: its function, and what stands beside it or instead of it.

    ``filtered``: the filters stand beside it. ``needs_events``: without any meeting the way to get some is
    shown instead. ``reads_all``: it reads all that the filters leave, and asks to narrow too many.
    ``follows``: it shows what others add meanwhile; not where somebody types into forms.
    ``managing``: it is for administrators alone, where there is a login or more than one project.
    """

    show: Callable[[Page], None]
    filtered: bool = True
    needs_events: bool = True
    reads_all: bool = False
    managing: bool = False
    follows: bool = True


VIEWS: dict[str, View] = {
    "timeline": View(timeline_view.show),
    "agenda": View(agenda_view.show, reads_all=True),
    "actors": View(actors_view.show),
    "articles": View(articles_view.show, filtered=False, needs_events=False),
    "curate": View(curate_view.show, needs_events=False, follows=False),
    "export": View(export_view.show, follows=False),
    "projects": View(projects_view.show, filtered=False, needs_events=False, managing=True, follows=False),
}
"""The pages by name, which is also their path in the address (the first one stands at the root)."""


def run() -> None:
    """Draws the page that the address names."""
    t = Texts(session.language())
    st.set_page_config(page_title=t("app.title"), page_icon=_ASSETS / "icon.svg", layout="wide")
    st.html(_ASSETS / "page.css")
    if t.language == "de":
        st.html(_ASSETS / "page.de.css")
    if session.theme() == "dark":
        st.html(_ASSETS / "page.dark.css")
    try:
        _run_for(t)
    except (StoreError, SQLAlchemyError) as error:
        reason = str(error).splitlines()[0]
        if isinstance(error, StoreError):
            reason = t(f"store.{error.code}", **error.params)
        st.error(t("app.store_broken", reason=plain(reason)), icon=":material/database_off:")
        st.write(t("app.store_broken_help"))


def _run_for(t: Texts) -> None:
    """Draws the page for whoever looks: the door, where he must log in first; else a project of his."""
    who = login.person()
    if not isinstance(who, login.Person):
        st.navigation(list(_pages(t, managing=False).values()), position="hidden")
        login.show_door(t, who)
        _language(t)
        return
    place = projects_view.enter(t, session.projects(), who)
    if place is None:
        st.navigation(list(_pages(t, managing=False).values()), position="hidden")
        login.show_account(t, who)
        _language(t)
        return
    page = Page(
        place.store, t, session.theme(), session.today(), session.narrow(), who.name, place.editor,
        place.project.id,
    )  # fmt: skip
    _run_page(page, who, place)


def _run_page(page: Page, who: login.Person, place: projects_view.Place) -> None:
    managing = who.administrator and (login.required() or len(place.all) > 1)
    pages = _pages(page.t, managing=managing)
    chosen = st.navigation(list(pages.values()), position="top")
    name = next(name for name, one in pages.items() if one is chosen or one.url_path == chosen.url_path)
    session.read_address(name)
    goto = st.session_state.pop("_goto", None)
    if goto in pages and goto != name:
        st.switch_page(pages[goto])
    _samples(page)
    adding.show_progress(page)
    view = VIEWS[name]
    if view.follows:
        live.follow(page)
    st.sidebar.html(f'<div class="app-title">{page.t("app.title")}</div>')
    with st.sidebar:
        projects_view.show_chooser(page.t, place)
    if view.filtered:
        filters.sidebar(page)
    corpus = session.corpus(page)
    count = page.store.count(session.query()) if view.reads_all else 0
    if view.managing and not managing:
        st.info(page.t("projects.administrators"), icon=":material/lock:")
    elif view.needs_events and not corpus.events:
        empty.show(page, corpus)
    elif count > session.MOST_LOADED:
        filters.show_chips(page)
        filters.show_too_many(page, count)
    else:
        view.show(page)
    with st.sidebar:
        login.show_account(page.t, who)
    _language(page.t)
    session.write_address()


def _pages(t: Texts, *, managing: bool) -> dict[str, StreamlitPage]:
    """The pages for Streamlit. Those not offered to everybody are there too: a link to them is no mistake."""
    return {
        name: st.Page(
            _nothing,
            title=t(f"nav.{name}"),
            url_path=name,
            default=name == "timeline",
            visibility="visible" if managing or not view.managing else "hidden",
            help=t(f"nav.{name}_help"),
        )
        for name, view in VIEWS.items()
    }


def _nothing() -> None:
    """Streamlit wants a function per page; the view is drawn after the frame around it."""


def _language(t: Texts) -> None:
    """The switch of the language, at the foot of the column beside the page."""
    with st.sidebar:
        st.session_state["language"] = t.language
        st.segmented_control(
            t("app.language"),
            ("de", "en"),
            key="language",
            format_func={"de": "Deutsch", "en": "English"}.__getitem__,
            required=True,
            label_visibility="collapsed",
            on_change=lambda: st.session_state.update(_language_chosen=st.session_state["language"]),
        )


def _samples(page: Page) -> None:
    """Reads the sample articles on the first start, or where the user asks for them."""
    asked = st.session_state.pop("_samples_asked", False)
    if adding.job() is not None or not page.editor or not (asked or _first_start(page)):
        return
    files = sample_files()
    if files:
        adding.begin(Job(page.store, files, None, page.who, sample=True))


def _first_start(page: Page) -> bool:
    if st.session_state.get("_started"):
        return False
    st.session_state["_started"] = True
    # Where people share the program, its first articles are theirs.
    return page.project == FIRST_PROJECT and not login.required() and wants_samples(page.store)

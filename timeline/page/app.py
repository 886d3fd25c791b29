"""The application: pages, language, address, samples. A new view is one function and one line here."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from sqlalchemy.exc import SQLAlchemyError

from timeline.page import (
    actors_view,
    adding,
    agenda_view,
    articles_view,
    curate_view,
    export_view,
    filters,
    live,
    session,
    timeline_view,
)
from timeline.page.reading import Job, sample_files, wants_samples
from timeline.page.session import Page
from timeline.page.texts import Texts, plain
from timeline.store import StoreError

_ASSETS = Path(__file__).parents[2] / "assets"


@dataclass(frozen=True, slots=True)
class View:
    """A page: its function, whether filters stand beside it, whether it reads all they leave.

    ``follows``: it shows what others add meanwhile; not where somebody types into forms.
    """

    show: Callable[[Page], None]
    filtered: bool = True
    reads_all: bool = False
    follows: bool = True


VIEWS: dict[str, View] = {
    "timeline": View(timeline_view.show),
    "agenda": View(agenda_view.show, reads_all=True),
    "actors": View(actors_view.show, reads_all=True),
    "articles": View(articles_view.show, filtered=False),
    "curate": View(curate_view.show, reads_all=True, follows=False),
    "export": View(export_view.show, follows=False),
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
        page = Page(session.store(), t, session.theme(), session.today(), session.narrow(), session.who())
        _run_page(page)
    except (StoreError, SQLAlchemyError) as error:
        reason = str(error).splitlines()[0]
        if isinstance(error, StoreError):
            reason = t(f"store.{error.code}", **error.params)
        st.error(t("app.store_broken", reason=plain(reason)), icon=":material/database_off:")
        st.write(t("app.store_broken_help"))


def _run_page(page: Page) -> None:
    pages = {
        name: st.Page(
            _nothing,
            title=page.t(f"nav.{name}"),
            url_path=name,
            default=name == "timeline",
            help=page.t(f"nav.{name}_help"),
        )
        for name in VIEWS
    }
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
    if view.filtered:
        filters.sidebar(page)
    count = page.store.count(session.query()) if view.reads_all else 0
    if count > session.MOST_LOADED:
        filters.show_chips(page)
        filters.show_too_many(page, count)
    else:
        view.show(page)
    _language(page)
    session.write_address()


def _nothing() -> None:
    """Streamlit wants a function per page; the view is drawn after the frame around it."""


def _language(page: Page) -> None:
    """The switch of the language, at the foot of the column beside the page."""
    with st.sidebar:
        st.session_state["language"] = page.language
        st.segmented_control(
            page.t("app.language"),
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
    if adding.job() is not None or not (asked or _first_start(page)):
        return
    files = sample_files()
    if files:
        adding.begin(Job(page.store, files, None, page.who, sample=True))


def _first_start(page: Page) -> bool:
    if st.session_state.get("_started"):
        return False
    st.session_state["_started"] = True
    return wants_samples(page.store)

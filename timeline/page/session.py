"""What every view is given, and what a browser session remembers.

The address is the memory that outlives a session: filters, lanes and the open event stand in it, under
names that no language changes, so that a link shows the same to everyone and a reload loses nothing.
What sessions share they share through the store that they have opened: its answers are kept beside it
(:mod:`timeline.store.answers`), and no cache of the page's own outlives a session.
"""

import gc
import os
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from functools import lru_cache
from typing import Any, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from timeline.edtf import Bounds
from timeline.figures.detail import MOST_MARKS
from timeline.figures.look import Theme
from timeline.figures.marks import LANE_KINDS
from timeline.figures.naming import Language
from timeline.figures.overview import Histogram, from_months, histogram
from timeline.model import Event
from timeline.page.texts import Texts
from timeline.query import LaneKind, Query
from timeline.store import FIRST_PROJECT, Projects, Store

MOST_LOADED = 20_000
"""Events that the agenda reads at a time; beyond, it asks to narrow the filters."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a view is given. ``today`` is the user's calendar day; ``narrow`` a telephone's screen.

    ``store`` is that of the project ``project``. ``editor`` tells whether buttons that change something are
    worth showing: the store itself refuses what the person may not do.
    """

    store: Store
    t: Texts
    theme: Theme
    today: date
    narrow: bool
    who: str
    editor: bool = True
    project: str = FIRST_PROJECT

    @property
    def language(self) -> Language:
        """The language of the interface."""
        return self.t.language


def events(page: Page, query: Query) -> list[Event]:
    """The events of a query in order of time, without their claims; shared until the store changes."""
    return cast(
        list[Event],
        kept(page, ("events", query), lambda: page.store.events(query, with_claims=False), weigh=len),
    )


@dataclass(frozen=True, slots=True)
class Corpus:
    """What the store holds: articles, how many of them samples, events, and the days that these span."""

    articles: int
    samples: int
    events: int
    span: Bounds | None


def corpus(page: Page) -> Corpus:
    """The corpus in numbers."""

    def read() -> Corpus:
        counts = page.store.article_counts()
        return Corpus(counts.all, counts.samples, page.store.count(), page.store.span())

    return cast(Corpus, kept(page, "corpus", read))


def counted(page: Page, query: Query) -> Histogram:
    """The events of a query by month and status; by the store's own count where they are too many to read."""

    def read() -> Histogram:
        if page.store.count(query) <= MOST_MARKS:
            return histogram(events(page, query))
        return from_months(page.store.months(query))

    return cast(Histogram, kept(page, ("histogram", query), read, weigh=lambda _: 100))


def kept(
    page: Page, question: Hashable, read: Callable[[], Any], *, weigh: Callable[[Any], int] = lambda _: 1
) -> Any:  # noqa: ANN401  what ``read`` gives
    """What ``read`` gives, kept beside the store until it changes, for every session that opens it.

    ``question`` must name all that the answer depends on, the language and the theme too. What comes back
    is shared: it must not be changed.
    """
    return page.store.answers.get(page.store.revision(), ("page", question), read, weigh)


# --- the address -------------------------------------------------------------------------------------

_VIEW = {"event": "treffen", "lanes": "zeilen", "actor": "person", "article": "artikelseite"}
"""Session names of what a view shows beside the query, and their names in the address."""


def query() -> Query:
    """The filters in force."""
    return cast(Query, st.session_state["query"])


def set_query(new: Query) -> None:
    """Puts other filters in force; only before the widgets of this run, or in a callback."""
    st.session_state["query"] = new


def shown(name: str) -> str | None:
    """What the view shows beside the query: ``event``, ``lanes``, ``actor`` or ``article``."""
    value = st.session_state.get(f"shown_{name}")
    return value if isinstance(value, str) else None


def show(name: str, value: str | None) -> None:
    """Opens an event, actor or article, or closes it with None."""
    st.session_state[f"shown_{name}"] = value


def lanes() -> LaneKind:
    """By what the lanes of the timeline are cut."""
    value = shown("lanes")
    return value if value in LANE_KINDS else "actor"


def read_address(page_name: str) -> None:
    """Takes over the address where it is new: at the start, from a link, from the browser's back button.

    Turning to another page clears the address; then the session's own state counts.
    """
    told = {name: st.query_params.get_all(name) for name in st.query_params}
    state = st.session_state
    turned = state.get("_page") not in (None, page_name)
    state["_page"] = page_name
    if "query" in state and (told == state.get("_address") or (turned and not told)):
        return
    state["query"] = Query.from_params(told)
    for name, parameter in _VIEW.items():
        values = told.get(parameter)
        state[f"shown_{name}"] = values[-1] if values else None


def write_address() -> None:
    """Makes the address say what is shown; other parameters stay."""
    params: dict[str, list[str]] = query().to_params()
    for name, parameter in _VIEW.items():
        value = shown(name)
        if value and not (name == "lanes" and value == "actor"):
            params[parameter] = [value]
    if (language := st.session_state.get("_language_chosen")) is not None:
        params["sprache"] = [language]
    if st.session_state.get("_several_projects"):
        params["projekt"] = [st.session_state["_project"]]
    told = {name: st.query_params.get_all(name) for name in st.query_params}
    if told != params:
        st.query_params.from_dict(params)
    st.session_state["_address"] = params


# --- the project -------------------------------------------------------------------------------------

_OUTLIVES = ("_language_chosen", "language", "_jobs", "_page")
"""What a session keeps when it turns to another project. Nothing that stood on the page of one may stand on
that of another: filters, open meetings, kept answers, uploads being read."""


def wanted_project() -> str | None:
    """The project that the address names where it is new, else the one that the session is in."""
    told = st.query_params.get("projekt")
    return told or cast(str | None, st.session_state.get("_project"))


def enter_project(project: str, *, several: bool) -> None:
    """Makes a project the one of this session; ``several`` says whether the address must name it."""
    state = st.session_state
    if state.get("_project", project) != project:
        jobs = {**state.get("_jobs", {}), state.get("_project"): state.get("_job")}
        goto = state.get("_goto")
        for key in [key for key in state if key not in _OUTLIVES]:
            del state[key]
        state["_jobs"] = jobs
        state["_job"] = jobs.get(project)
        state["_goto"] = goto
    state["_project"] = project
    state["_several_projects"] = several


def leave_for(project: str) -> None:
    """Turns to another project, in a callback; what the address says of this one goes."""
    st.query_params.from_dict({"projekt": project})


# --- who looks, where and when -----------------------------------------------------------------------


def language() -> Language:
    """The language that the user chose, else the browser's, else German."""
    chosen = st.session_state.get("_language_chosen") or st.query_params.get("sprache")
    if chosen in ("de", "en"):
        st.session_state["_language_chosen"] = chosen
        return cast(Language, chosen)
    locale = st.context.locale or "de"
    return "de" if locale.lower().startswith("de") else "en"


def theme() -> Theme:
    """Light or dark, as the browser shows the page."""
    return "dark" if st.context.theme.type == "dark" else "light"


def narrow() -> bool:
    """Whether the browser calls itself a telephone's."""
    return "Mobi" in (st.context.headers.get("User-Agent") or "")


def today() -> date:
    """The user's calendar day, in the time zone of the browser."""
    zone: tzinfo | None = None
    try:
        zone = ZoneInfo(st.context.timezone) if st.context.timezone else None
    except (ZoneInfoNotFoundError, ValueError):
        zone = None
    return datetime.now(zone).astimezone(zone).date()


_GARBAGE = (50_000, 10, 10)
"""How often Python looks for garbage, as for :func:`gc.set_threshold`. One look at a page makes some hundred
thousand objects that are gone after it; with the usual 700 a quarter of its time went into looking."""


@lru_cache(maxsize=1)
def _leave_alone_what_stays() -> None:
    """Keeps the collector of garbage off what every server has loaded and holds: libraries and tables."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_GARBAGE)


@st.cache_resource(show_spinner=False)
def open_store(url: str | None) -> Store:
    """The one store of this server; its connections serve all sessions."""
    store = Store.open(url)
    _leave_alone_what_stays()
    return store


@st.cache_resource(show_spinner=False)
def open_projects(url: str | None) -> Projects:
    """The projects of this server, beginning with its one store."""
    return Projects(open_store(url), url)


def projects() -> Projects:
    """The projects of the store that the environment names, else of the file in the user's data folder."""
    return open_projects(os.environ.get("TIMELINE_DATABASE_URL"))

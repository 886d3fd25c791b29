"""Projects on the page: which one is looked at, by whom; and for administrators who belongs to which."""

import html
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import cast, get_args

import streamlit as st

from timeline.page import login, session
from timeline.page.login import Person
from timeline.page.session import Page
from timeline.page.texts import Texts, plain
from timeline.store import FIRST_PROJECT, Project, Projects, Role, Store, StoreError

_LINES = 100
"""Lines shown about who was given which role."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person is: the project, its store as he may use it, and whether he may change something."""

    project: Project
    store: Store
    editor: bool
    all: tuple[Project, ...]


def enter(t: Texts, projects: Projects, who: Person) -> Place | None:
    """The project that the address or the chooser names; None where the person has none to look at.

    Says why where the address names one in which the person has no role, or that is not there: both in the
    same words, so that nobody learns which projects there are.
    """
    roles = dict(projects.roles(who.account)) if who.account is not None else None
    open_ones = tuple(project for project in projects.all() if roles is None or project.id in roles)
    ids = [project.id for project in open_ones]
    wanted = session.wanted_project()
    if wanted is not None and wanted not in ids:
        st.error(t("projects.not_yours"), icon=":material/lock:")
        wanted = None
    if not open_ones:
        st.info(t("projects.none", account=plain(who.name)), icon=":material/lock:")
        return None
    chosen = next(project for project in open_ones if project.id == (wanted or ids[0]))
    session.enter_project(chosen.id, several=len(open_ones) > 1)
    if who.account is None or roles is None:
        return Place(chosen, projects.store(chosen.id), editor=True, all=open_ones)
    store = projects.store_for(who.account, chosen.id)
    return Place(chosen, store, editor=roles[chosen.id] == "editor", all=open_ones)


def name_of(project: Project, t: Texts) -> str:
    """How a project is called on the page."""
    return project.name or t("projects.first")


def show_chooser(t: Texts, place: Place) -> None:
    """The projects of the person, where there are several, and what he may do in this one."""
    if len(place.all) > 1:
        names = {project.id: name_of(project, t) for project in place.all}
        st.session_state["project"] = place.project.id
        st.selectbox(
            t("projects.chooser"),
            list(names),
            format_func=names.__getitem__,
            key="project",
            on_change=lambda: session.leave_for(st.session_state["project"]),
        )
    if not place.editor:
        st.caption(t("projects.reader"))


# --- for administrators ------------------------------------------------------------------------------


def show(page: Page) -> None:
    """Making and closing projects; giving and taking roles."""
    t, projects = page.t, session.projects()
    if (trouble := st.session_state.pop("_trouble", None)) is not None:
        st.error(plain(trouble), icon=":material/error:")
    st.subheader(t("projects.heading"))
    st.write(t("projects.text" if login.required() else "projects.text_open"))
    every = projects.all()
    names = {project.id: name_of(project, t) for project in every}
    _new(page, projects)
    chosen = st.selectbox(
        t("projects.which"), list(names), format_func=names.__getitem__, key="project_managed",
        index=list(names).index(page.project) if page.project in names else 0,
    )  # fmt: skip
    if chosen is None:
        return
    _members(page, projects, chosen)
    if chosen != FIRST_PROJECT:
        with st.expander(t("projects.close"), key="project_close"):
            st.write(t("projects.close_help"))
            _button(
                page, "projects.close_do", "close_project",
                lambda: projects.close_project(chosen, who=page.who),
            )  # fmt: skip


def _new(page: Page, projects: Projects) -> None:
    t = page.t
    with st.container(horizontal=True, vertical_alignment="bottom", key="new_project"):
        round_ = st.session_state.get("_project_round", 0)
        name = st.text_input(t("projects.name"), key=f"project_name_{round_}", max_chars=80)

        def make() -> None:
            made = projects.make(name, who=page.who)
            st.session_state["_project_round"] = round_ + 1
            st.session_state["project_managed"] = made.id

        _button(page, "projects.make", "make_project", make, disabled=not name.strip())


def _members(page: Page, projects: Projects, project: str) -> None:
    t = page.t
    words = {role: t(f"projects.role_{role}") for role in get_args(Role)}
    members = projects.members(project)
    if not members:
        st.caption(t("projects.no_members"))
    for number, (member, role) in enumerate(members):
        with st.container(horizontal=True, vertical_alignment="center", key=f"member_{number}"):
            st.html(f"<b>{html.escape(member)}</b> · {words[role]}", width="stretch")
            take = partial(projects.grant, project, member, None, who=page.who)
            _button(page, "projects.revoke", f"revoke_{member}", take)
    with st.container(horizontal=True, vertical_alignment="bottom", key="grant"):
        account = st.text_input(t("projects.account"), key="grant_account", max_chars=200)
        role_given = st.selectbox(
            t("projects.role"), list(words), format_func=words.__getitem__, key="grant_role"
        )
        _button(
            page, "projects.grant", "grant_do",
            lambda: projects.grant(project, account, cast(Role, role_given), who=page.who),
            disabled=not account.strip(),
        )  # fmt: skip
    grants = projects.grants(project)
    if grants:
        with st.expander(t("projects.log"), key="grants"):
            st.table({
                t("curate.when"): [grant.at for grant in reversed(grants[-_LINES:])],
                t("projects.by"): [plain(grant.by or "") for grant in reversed(grants[-_LINES:])],
                t("projects.account"): [plain(grant.member) for grant in reversed(grants[-_LINES:])],
                t("projects.role"): [
                    words[grant.role] if grant.role else t("projects.taken")
                    for grant in reversed(grants[-_LINES:])
                ],
            })  # fmt: skip


def _button(page: Page, text: str, key: str, change: Callable[[], object], *, disabled: bool = False) -> None:
    """A button that changes something, for administrators alone."""

    def run() -> None:
        # Asked again when it is pressed: the page may have been drawn for somebody else's login.
        who = login.person()
        if not isinstance(who, Person) or not who.administrator:
            st.session_state["_trouble"] = page.t("projects.administrators")
            return
        try:
            change()
        except StoreError as error:
            st.session_state["_trouble"] = page.t(f"store.{error.code}", **error.params)

    st.button(page.t(text), key=key, on_click=run, disabled=disabled)

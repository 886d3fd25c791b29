"""Shows what others add to the store while a page is open."""

import streamlit as st

from timeline.page import adding
from timeline.page.session import Page

_POLL = 3.0
"""Seconds between two looks at the store's revision, which costs it less than a millisecond."""


def follow(page: Page) -> None:
    """Draws the page again when the store has changed since; an upload of one's own tells so itself."""
    job = adding.job()
    if job is not None and job.running:
        return
    st.session_state["_shown_revision"] = page.store.revision()
    st.fragment(_look, run_every=_POLL)(page)


def _look(page: Page) -> None:
    if page.store.revision() != st.session_state.get("_shown_revision"):
        st.rerun(scope="app")

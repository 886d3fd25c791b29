"""What stands where there is nothing yet: why, and the buttons that change it."""

import streamlit as st

from timeline.page import adding, session
from timeline.page.session import Page


def show(page: Page, corpus: session.Corpus) -> None:
    """The state of a corpus without meetings: nothing added, being read, or read and none found."""
    t = page.t
    running = adding.job()
    if running is not None and running.running:
        st.info(t("empty.reading"), icon=":material/hourglass_top:")
        return
    if corpus.articles:
        st.info(t("empty.no_meetings"), icon=":material/info:")
    else:
        st.subheader(t("empty.heading"))
        if page.editor:
            st.write(t("empty.text"))
    if not page.editor:
        return
    with st.container(horizontal=True):
        if st.button(t("timeline.add"), key="add", type="primary", icon=":material/add:"):
            st.session_state["_goto"] = "articles"
            st.rerun()
        if not corpus.samples:
            st.button(
                t("empty.samples"),
                key="samples_load",
                on_click=lambda: st.session_state.update(_samples_asked=True),
            )

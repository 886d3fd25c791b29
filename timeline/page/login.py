"""Who looks: whoever sits at this computer, or an account of a login (OpenID Connect, done by Streamlit).

Streamlit talks to the provider, checks its signature and keeps the answer in a signed cookie; what is done
here is to decide which claim names the account, and how long the answer is good for.
"""

import getpass
import html
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import streamlit as st

from timeline.page.texts import Texts
from timeline.store import StoreError
from timeline.store.projects import folded, member_of

Fault = Literal["logged_out", "expired", "unverified", "nameless"]
"""Why there is no account: nobody logged in, too long ago, an address that the provider has not checked, or
no claim of the name that was set."""
_HOURS = 12
"""A working day: after it the provider is asked again, which also ends accounts that it has closed."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who looks. ``account`` is None where there is no login; ``name`` stands in the log and on the page."""

    name: str
    account: str | None
    administrator: bool


def required() -> bool:
    """Whether people must log in: ``TIMELINE_AUTH`` is ``oidc``."""
    return os.environ.get("TIMELINE_AUTH", "").strip().lower() == "oidc"


def person() -> Person | Fault:
    """Who looks, or why that is not known."""
    if not required():
        return Person(_operator(), None, administrator=True)
    claims = _claims()
    return person_of(claims, now=time.time()) if claims.get("is_logged_in") is True else "logged_out"


def _claims() -> Mapping[str, Any]:
    """What the provider said of whoever looks, as Streamlit keeps it."""
    return st.user.to_dict()


def person_of(claims: Mapping[str, Any], *, now: float) -> Person | Fault:
    """The account that the claims of a login name. ``now`` and the claim ``iat`` are seconds since 1970.

    The claim is the one of ``TIMELINE_USER_CLAIM``, else ``email``. An address counts only where the provider
    says that it belongs to the account (``email_verified``): else anybody could write down another's.
    ``iat`` and ``email_verified`` are claims of OpenID Connect Core 1.0, sections 2 and 5.1.
    """
    issued = claims.get("iat")
    hours = float(os.environ.get("TIMELINE_LOGIN_HOURS") or _HOURS)
    if not isinstance(issued, int | float) or now - issued > hours * 3600:
        return "expired"
    claim = os.environ.get("TIMELINE_USER_CLAIM") or "email"
    if claim == "email" and claims.get("email_verified") is not True:
        return "unverified"
    try:
        account = member_of(str(claims.get(claim) or ""))
    except StoreError:
        return "nameless"
    administrators = folded(os.environ.get("TIMELINE_ADMINS", "")).replace(",", " ").split()
    return Person(account, account, administrator=account in administrators)


def _operator() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "?"


def show_door(t: Texts, fault: Fault) -> None:
    """The page of somebody who is not logged in."""
    with st.container(key="login", width=520):
        st.title(t("app.title"))
        if fault == "logged_out":
            st.write(t("login.text"))
        else:
            st.warning(t(f"login.{fault}"), icon=":material/person_alert:")
        st.button(
            t("login.login"), key="login_button", type="primary", icon=":material/login:", on_click=st.login
        )
        if fault in ("unverified", "nameless"):
            show_logout(t)


def show_account(t: Texts, who: Person) -> None:
    """Who is logged in, and the way out."""
    if who.account is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="account", gap="small"):
        # Not as Markdown, which makes a link of an address.
        st.html(f'<span class="muted small">{html.escape(who.account)}</span>', width="stretch")
        show_logout(t)


def show_logout(t: Texts) -> None:
    """The way out, here and at the provider where it offers one."""
    st.button(t("login.logout"), key="logout", type="tertiary", icon=":material/logout:", on_click=st.logout)

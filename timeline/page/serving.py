"""What stands around the page: settings the server refuses to start with, and headers of its answers.

Streamlit checks the origin of connections and tokens against cross-site requests by itself. Added here are
the headers that it does not send, host names for every request (it checks those of its web socket alone),
and that nobody from another machine is answered while there is no login.
"""

import ipaddress
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.cli_util import open_browser
from streamlit.web.server.server_util import get_url

from timeline.page import login, session
from timeline.page.texts import Texts, plain
from timeline.store import StoreError

_OPEN: Final = "TIMELINE_OPEN_TO_NETWORK"
_NEEDED: Final = ("redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url")
_SHORTEST_SECRET = 32
"""Characters of the secret that signs logins: 128 bits, if they are hexadecimal digits."""
_LOCAL = ("127.0.0.1", "localhost", "[::1]")

# The page itself needs scripts and styles within it, and Plotly compiles some of its own; but it may
# fetch from nowhere else, be framed by nobody, and send forms nowhere.
_POLICY: Final = "; ".join((
    "default-src 'self'",
    "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
))  # fmt: skip
HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Sent with every answer."""


def refusal() -> str | None:
    """Why the server must not start with the settings in force, and what to do; None where it may."""
    told = os.environ.get("TIMELINE_AUTH", "").strip()
    if told and not login.required():
        return f'TIMELINE_AUTH is "{told}"; it can be "oidc", or be left out.'
    for option in ("server.enableCORS", "server.enableXsrfProtection"):
        if not st.get_option(option):
            return f"{option} is off: pages of other sites could use this one. Leave it on."
    if login.required():
        return _login_refusal()
    address = st.get_option("server.address") or ""
    if not _is_loopback(address) and not _opened():
        return (
            f'The server would listen on "{address or "all addresses"}" without a login: whoever reaches it '
            "could read and change everything. Use server.address 127.0.0.1, set up a login "
            f"(TIMELINE_AUTH=oidc, see docs/users.md), or say with {_OPEN}=1 that this is meant."
        )
    return None


def _login_refusal() -> str | None:
    try:
        auth = st.secrets["auth"].to_dict() if "auth" in st.secrets else {}
    except FileNotFoundError:
        auth = {}
    if missing := [name for name in _NEEDED if not auth.get(name)]:
        return f"TIMELINE_AUTH=oidc needs {', '.join(missing)} in [auth] of .streamlit/secrets.toml."
    if len(auth["cookie_secret"]) < _SHORTEST_SECRET:
        return (
            f"cookie_secret in .streamlit/secrets.toml needs at least {_SHORTEST_SECRET} characters that "
            'nobody can guess: python -c "import secrets; print(secrets.token_hex(32))"'
        )
    if st.get_option("server.trustedUserHeaders"):
        return (
            "server.trustedUserHeaders is set: whoever reaches the server could write another's name into "
            "such a header. Leave it out; the login says who comes."
        )
    hours = os.environ.get("TIMELINE_LOGIN_HOURS") or "1"
    if not hours.replace(".", "", 1).isdecimal() or float(hours) <= 0:
        return f'TIMELINE_LOGIN_HOURS is "{hours}"; it is a number of hours above 0.'
    return None


def _opened() -> bool:
    return os.environ.get(_OPEN, "") == "1"


def _is_loopback(address: str) -> bool:
    try:
        return address == "localhost" or ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def middleware() -> list[Middleware]:
    """What every request passes, from outside to inside."""
    return [
        Middleware(_Headers),
        Middleware(_OnlyThisMachine),
        Middleware(TrustedHostMiddleware, allowed_hosts=allowed_hosts(), www_redirect=False),
    ]


def allowed_hosts() -> list[str]:
    """Under which names the server may be asked for: so no other site can point its own name at it.

    Those of ``server.allowedHosts``, this machine's own, and the one to which the login comes back.
    """
    hosts = [*st.get_option("server.allowedHosts"), *_LOCAL]
    if login.required():
        hosts.append(urlsplit(st.secrets["auth"]["redirect_uri"]).hostname or "")
    return list(dict.fromkeys(host for host in hosts if host))


class _Headers:
    """Adds :data:`HEADERS` to every answer, whoever gives it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
            await send(message)

        await self._app(scope, receive, send_with_headers)


class _OnlyThisMachine:
    """Answers requests that came in over the loopback alone, unless there is a login or it is meant.

    :func:`refusal` has looked at the settings; this looks at the connection, for the server may have been
    started in a way that does not heed them.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = scope["type"] in ("http", "websocket")
        if not asked or login.required() or _opened() or _is_loopback((scope.get("server") or ("",))[0]):
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            answer = PlainTextResponse("Only this machine is answered.", status_code=403)
            await answer(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})


@asynccontextmanager
async def opening_the_browser(_app: object) -> AsyncIterator[None]:
    """Opens the page in the browser of whoever started the server, where there is a desktop.

    Streamlit does this for a script, but not for an application with middleware.
    """
    if not st.get_option("server.headless"):
        open_browser(get_url(st.get_option("browser.serverAddress")))
    yield


def say_refused_change(error: Exception) -> bool:
    """Says in words what the store refused in a callback; whether that was it."""
    if not isinstance(error, StoreError):
        return False
    t = Texts(session.language())
    st.error(plain(t(f"store.{error.code}", **error.params)), icon=":material/error:")
    return True

"""A small OpenID Connect provider on the loopback, for tests alone: no passwords, one client, any account.

It does the authorization code flow of OpenID Connect Core 1.0, section 3.1, and can be told to forge: to sign
with another key, or to answer for another client, another login or another time.
"""

import base64
import html
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from secrets import token_urlsafe
from urllib.parse import urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT, CLIENT_SECRET = "timeline", "only-for-tests"
FORGERIES = {
    "key": {},
    "audience": {"aud": "another-client"},
    "nonce": {"nonce": "of another login"},
    "issuer": {"iss": "http://127.0.0.1:1"},
    "time": {"exp": 1_600_000_000, "iat": 1_599_990_000},
}


@dataclass
class Provider:
    """What the provider knows. ``forge`` is a key of :data:`FORGERIES`; ``claims`` go into every token."""

    url: str
    claims: dict = field(default_factory=lambda: {"email_verified": True})
    forge: str | None = None
    logouts: int = 0
    codes: dict = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1"}, private=True))

    def configuration(self, _: Request) -> Response:
        return JSONResponse({
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks",
            "end_session_endpoint": f"{self.url}/logout",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "scopes_supported": ["openid", "email", "profile"],
        })  # fmt: skip

    def jwks(self, _: Request) -> Response:
        return JSONResponse({"keys": [self.key.as_dict(private=False)]})

    def ask(self, request: Request) -> Response:
        """The provider's own page: who are you?"""
        hidden = "".join(
            f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
            for name, value in request.query_params.items()
        )
        return HTMLResponse(
            f'<!doctype html><title>Anbieter</title><form method="post">{hidden}'
            '<input name="account"><button>Weiter</button></form>'
        )

    async def answer(self, request: Request) -> Response:
        asked = await request.form()
        if asked["client_id"] != CLIENT or asked["response_type"] != "code":
            return Response("unknown client", 400)
        code = token_urlsafe()
        self.codes[code] = dict(asked)
        back = urlencode({"code": code, "state": asked["state"]})
        return RedirectResponse(f"{asked['redirect_uri']}?{back}", 303)

    async def token(self, request: Request) -> Response:
        given = await request.form()
        asked = self.codes.pop(given.get("code"), None)
        basic = base64.b64encode(f"{CLIENT}:{CLIENT_SECRET}".encode()).decode()
        known = request.headers.get("Authorization") == f"Basic {basic}"
        if asked is None or not known or given.get("redirect_uri") != asked["redirect_uri"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(time.time())
        claims = {
            "iss": self.url, "aud": CLIENT, "sub": f"id of {asked['account']}", "email": asked["account"],
            "iat": now, "exp": now + 300, "nonce": asked["nonce"], **self.claims,
            **FORGERIES.get(self.forge, {}),
        }  # fmt: skip
        key = RSAKey.generate_key(2048, {"kid": "1"}) if self.forge == "key" else self.key
        signed = jwt.encode({"alg": "RS256", "kid": "1"}, claims, key)
        return JSONResponse({
            "access_token": token_urlsafe(), "token_type": "Bearer", "expires_in": 300, "id_token": signed,
        })  # fmt: skip

    def logout(self, request: Request) -> Response:
        self.logouts += 1
        return RedirectResponse(request.query_params["post_logout_redirect_uri"], 303)


@contextmanager
def running() -> Iterator[Provider]:
    """A provider that answers until the end of ``with``."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        provider = Provider(f"http://127.0.0.1:{listening.getsockname()[1]}")
        routes = [
            Route("/.well-known/openid-configuration", provider.configuration),
            Route("/jwks", provider.jwks),
            Route("/authorize", provider.ask),
            Route("/authorize", provider.answer, methods=["POST"]),
            Route("/token", provider.token, methods=["POST"]),
            Route("/logout", provider.logout),
        ]
        server = uvicorn.Server(uvicorn.Config(Starlette(routes=routes), log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield provider
        finally:
            server.should_exit = True
            thread.join(20)

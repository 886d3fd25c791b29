"""What the server refuses to start with, whom it answers, and what goes with each answer."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
import streamlit as st
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from timeline.page import serving

ROOT = Path(__file__).parents[1]
GOOD = {
    "redirect_uri": "https://zeitleiste.example.org/oauth2callback",
    "cookie_secret": "0123456789abcdef0123456789abcdef",
    "client_id": "timeline",
    "client_secret": "only-for-tests",
    "server_metadata_url": "https://login.example.org/.well-known/openid-configuration",
}


class Secrets(dict):
    def to_dict(self):
        return dict(self)


@pytest.fixture
def settings(monkeypatch):
    """A function that puts settings in force: environment variables, Streamlit's options, [auth]."""
    for name in [name for name in os.environ if name.startswith("TIMELINE_")]:
        monkeypatch.delenv(name)
    options = {
        "server.address": "127.0.0.1", "server.allowedHosts": [], "server.trustedUserHeaders": {},
        "server.enableCORS": True, "server.enableXsrfProtection": True,
    }  # fmt: skip
    monkeypatch.setattr(st, "get_option", lambda name: options[name])
    secrets = {}
    monkeypatch.setattr(st, "secrets", secrets)

    def put(*, auth=None, environment=(), **given):
        for name, value in dict(environment).items():
            monkeypatch.setenv(name, value)
        if auth is not None:
            secrets["auth"] = Secrets(auth)
        options.update({f"server.{name}": value for name, value in given.items()})

    return put


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_addresses_of_this_machine_need_no_login(settings, address):
    settings(address=address)
    assert serving.refusal() is None


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.0.2.7", "example.org", "", None])
def test_other_addresses_are_refused_without_a_login_unless_told(settings, address):
    settings(address=address)
    assert "TIMELINE_OPEN_TO_NETWORK=1" in serving.refusal()
    settings(environment={"TIMELINE_OPEN_TO_NETWORK": "1"})
    assert serving.refusal() is None


def test_with_a_login_other_addresses_are_served(settings):
    settings(address="0.0.0.0", auth=GOOD, environment={"TIMELINE_AUTH": "oidc"})
    assert serving.refusal() is None


@pytest.mark.parametrize("missing", GOOD)
def test_a_login_needs_all_its_settings(settings, missing):
    settings(auth=GOOD | {missing: ""}, environment={"TIMELINE_AUTH": "oidc"})
    assert missing in serving.refusal()


def test_a_login_without_any_settings_is_refused(settings):
    settings(environment={"TIMELINE_AUTH": "oidc"})
    assert "client_id" in serving.refusal()


@pytest.mark.parametrize(
    ("environment", "auth", "options", "word"),
    [
        ({"TIMELINE_AUTH": "ldap"}, None, {}, "ldap"),
        ({"TIMELINE_AUTH": "oidc"}, GOOD | {"cookie_secret": "x" * 31}, {}, "cookie_secret"),
        ({}, None, {"enableCORS": False}, "enableCORS"),
        ({}, None, {"enableXsrfProtection": False}, "enableXsrfProtection"),
        ({"TIMELINE_AUTH": "oidc"}, GOOD, {"enableCORS": False}, "enableCORS"),
        ({"TIMELINE_AUTH": "oidc"}, GOOD, {"trustedUserHeaders": {"X-User": "email"}}, "trustedUserHeaders"),
        ({"TIMELINE_AUTH": "oidc", "TIMELINE_LOGIN_HOURS": "viele"}, GOOD, {}, "TIMELINE_LOGIN_HOURS"),
        ({"TIMELINE_AUTH": "oidc", "TIMELINE_LOGIN_HOURS": "0"}, GOOD, {}, "TIMELINE_LOGIN_HOURS"),
    ],
)
def test_settings_that_would_open_a_hole_are_refused(settings, environment, auth, options, word):
    settings(auth=auth, environment=environment, **options)
    assert word in serving.refusal()


def test_hosts_are_this_machine_those_that_are_set_and_where_the_login_comes_back(settings):
    settings(allowedHosts=["zeitung.example.org"])
    own = {"127.0.0.1", "localhost", "[::1]"}
    assert set(serving.allowed_hosts()) == own | {"zeitung.example.org"}
    settings(auth=GOOD, environment={"TIMELINE_AUTH": "oidc"})
    assert set(serving.allowed_hosts()) == own | {"zeitung.example.org", "zeitleiste.example.org"}


def ask(*, host="127.0.0.1:8501", over="127.0.0.1", kind="http"):
    """What an application behind the middleware answers to a request that came in at address ``over``."""
    inner = Starlette(routes=[Route("/", lambda _: PlainTextResponse("in"))], middleware=serving.middleware())
    sent = []
    scope = {
        "type": kind, "method": "GET", "path": "/", "raw_path": b"/", "query_string": b"", "root_path": "",
        "headers": [(b"host", host.encode())], "server": (over, 8501), "client": ("127.0.0.1", 1),
        "scheme": "http", "http_version": "1.1", "extensions": {"websocket.http.response": {}},
    }  # fmt: skip

    async def run():
        async def receive():
            return {"type": "http.request" if kind == "http" else "websocket.connect"}

        async def send(message):
            sent.append(message)

        await inner(scope, receive, send)

    asyncio.run(run())
    return sent


def status(sent):
    return next((message["status"] for message in sent if "status" in message), None)


def test_every_answer_carries_the_headers(settings):
    settings()
    for answer in (ask(), ask(host="evil.example"), ask(over="192.0.2.7")):
        told = {name.decode(): value.decode() for name, value in answer[0]["headers"]}
        assert {name.lower(): value for name, value in serving.HEADERS.items()}.items() <= told.items()
    assert "frame-ancestors 'none'" in serving.HEADERS["Content-Security-Policy"]
    assert "connect-src 'self'" in serving.HEADERS["Content-Security-Policy"]


@pytest.mark.parametrize("host", ["127.0.0.1:8501", "localhost", "[::1]:8501"])
def test_own_names_are_answered(settings, host):
    settings()
    assert status(ask(host=host)) == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8501", "", "localhost.evil"])
def test_other_names_are_not_answered(settings, host):
    settings()
    assert status(ask(host=host)) == 400
    assert status(ask(host=host, kind="websocket")) == 400


def test_only_this_machine_is_answered_without_a_login(settings):
    """However the server was started: what counts is the address at which the request came in."""
    settings()
    assert status(ask(over="192.0.2.7")) == 403
    assert ask(over="192.0.2.7", kind="websocket") == [{"type": "websocket.close", "code": 1008}]
    settings(environment={"TIMELINE_OPEN_TO_NETWORK": "1"})
    assert status(ask(over="192.0.2.7")) == 200


def test_with_a_login_other_machines_are_answered(settings):
    settings(auth=GOOD, environment={"TIMELINE_AUTH": "oidc"})
    assert status(ask(over="192.0.2.7", host="zeitleiste.example.org")) == 200


# The real server


def start(tmp_path, *options, **environment):
    """A dashboard in a process of its own, and its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("TIMELINE_", "STREAMLIT_"))
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "dashboard.py", "--server.port", str(port),
         "--server.headless", "true", *options],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env=kept | {"HOME": str(tmp_path), "TIMELINE_DATA_DIR": str(tmp_path)} | environment,
    )  # fmt: skip
    return process, f"http://127.0.0.1:{port}"


@pytest.mark.parametrize(
    ("options", "environment", "word"),
    [
        ([], {"STREAMLIT_SERVER_ADDRESS": "0.0.0.0"}, "TIMELINE_OPEN_TO_NETWORK=1"),
        ([], {"TIMELINE_AUTH": "oidc"}, "secrets.toml"),
    ],
)
def test_the_server_ends_with_one_sentence(tmp_path, options, environment, word):
    process, _ = start(tmp_path, *options, **environment)
    told, _ = process.communicate(timeout=120)
    assert process.returncode != 0
    (line,) = (line for line in told.splitlines() if line.startswith("timeline: "))
    assert word in line
    assert "Traceback" not in told


PATHS = ("/", "/articles", "/_stcore/health", "/_stcore/host-config", "/media/nothing", "/auth/login")


def test_the_server_answers_with_its_headers_and_opens_the_browser(tmp_path):
    """The browser is a script here that writes down what it is asked to open."""
    opened = tmp_path / "opened"
    browser = tmp_path / "xdg-open"
    browser.write_text(f'#!/bin/sh\necho "$1" > {opened}\n', encoding="utf-8")
    browser.chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    process, url = start(tmp_path, "--server.headless", "false", PATH=path, DISPLAY=":99")
    try:
        end = time.monotonic() + 120
        while True:
            try:
                httpx.get(f"{url}/_stcore/health", timeout=5)
            except httpx.HTTPError:
                assert time.monotonic() < end, "the server did not start"
                assert process.poll() is None
                time.sleep(0.2)
            else:
                break
        for path in PATHS:
            answer = httpx.get(url + path, timeout=10)
            for name, value in serving.HEADERS.items():
                assert answer.headers.get(name) == value, f"{path}: {name}"
            assert "access-control-allow-origin" not in answer.headers, path
        assert httpx.get(url, headers={"Host": "evil.example"}, timeout=10).status_code == 400
        assert opened.read_text(encoding="utf-8").strip() == url
    finally:
        process.terminate()
        process.communicate(timeout=30)

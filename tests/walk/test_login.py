"""Several people with real browsers: login at a provider of our own on the loopback, roles, projects."""

import re

import pytest

from tests import oidc_provider
from tests.newsroom import fill
from tests.oidc_provider import CLIENT, CLIENT_SECRET
from tests.walk.conftest import STEP_MILLISECONDS
from timeline.page.texts import Texts
from timeline.store import FIRST_PROJECT, Projects

SECRETS = """
[auth]
redirect_uri = "http://127.0.0.1:{{port}}/oauth2callback"
cookie_secret = "0123456789abcdef0123456789abcdef"
client_id = "{client}"
client_secret = "{secret}"
server_metadata_url = "{url}/.well-known/openid-configuration"
"""
READER, EDITOR, STRANGER = "leo@example.org", "edi@example.org", "fremd@example.org"


@pytest.fixture(scope="module")
def provider():
    with oidc_provider.running() as provider:
        yield provider


@pytest.fixture(scope="module")
def newsroom(start_server, provider):
    """A dashboard with login, the newsroom's articles, a reader and an editor; its projects beside it."""
    secrets = SECRETS.format(client=CLIENT, secret=CLIENT_SECRET, url=provider.url)
    server = start_server(samples=False, secrets=secrets, TIMELINE_AUTH="oidc", TIMELINE_ADMINS=EDITOR)
    with Projects.open(f"sqlite:///{server.folder / 'data' / 'timeline.db'}") as projects:
        fill(projects.store())
        projects.grant(FIRST_PROJECT, READER, "reader", who="test")
        projects.grant(FIRST_PROJECT, EDITOR, "editor", who="test")
        yield server, projects


def log_in(walk, account):
    """Through the door, the provider's page and back."""
    # Three parties take turns here; beside other tests that takes longer than a step of one page.
    walk.page.context.set_default_timeout(4 * STEP_MILLISECONDS)
    walk.go()
    walk.page.locator(".st-key-login_button button").click()
    walk.page.locator("input[name=account]").fill(account)
    walk.page.get_by_role("button", name="Weiter").click()
    walk.page.wait_for_url(re.compile(re.escape(walk.server.url)))
    walk.settle()


@pytest.fixture(autouse=True)
def honest(provider):
    """Whatever a test made the provider do, it does no more afterwards."""
    yield
    provider.forge, provider.claims = None, {"email_verified": True}


def test_nobody_sees_anything_without_a_login(newsroom, visit):
    walk = visit(newsroom[0])
    for path in ("", "articles", "export?akteur=Q7747", "projects"):
        walk.go(path)
        walk.page.locator(".st-key-login_button").wait_for()
        assert "Putin" not in walk.page.content()
    walk.accessible()


def test_an_editor_logs_in_corrects_and_logs_out(newsroom, provider, visit):
    server, projects = newsroom
    walk = visit(server)
    log_in(walk, EDITOR)
    walk.chart()
    assert EDITOR in walk.page.locator(".st-key-account").inner_text()
    event = projects.store().events()[0]
    walk.go(f"?treffen={event.id}")
    walk.page.locator(".st-key-confirm button").click()
    walk.page.locator(".st-key-confirm").get_by_text(Texts("de")("evidence.unconfirm")).wait_for()
    entry = projects.store().log(limit=1)[0]
    assert (entry.action, entry.who) == ("check", EDITOR)
    walk.accessible()
    walk.page.locator(".st-key-logout button").click()
    walk.page.locator(".st-key-login_button").wait_for()
    assert provider.logouts == 1
    walk.go(f"?treffen={event.id}")
    walk.page.locator(".st-key-login_button").wait_for()


def test_a_reader_looks_and_a_click_too_late_is_refused_in_words(newsroom, visit):
    server, projects = newsroom
    event = projects.store().events()[0]
    reader = visit(server)
    log_in(reader, READER)
    reader.go(f"?treffen={event.id}")
    reader.page.locator(".st-key-evidence_close").wait_for()
    for key in ("confirm", "correct", "add"):
        assert reader.page.locator(f".st-key-{key}").count() == 0
    reader.go("articles")
    assert reader.page.locator('input[type="file"]').count() == 0
    projects.grant(FIRST_PROJECT, READER, "editor", who="test")
    reader.go(f"?treffen={event.id}")
    button = reader.page.locator(".st-key-confirm button")
    button.wait_for()
    projects.grant(FIRST_PROJECT, READER, "reader", who="test")
    before = projects.store().event(event.id).checked
    button.click()
    reader.page.get_by_text("darf in diesem Projekt nur lesen").wait_for()
    assert projects.store().event(event.id).checked is before


def test_what_is_forged_or_not_confirmed_opens_nothing(newsroom, provider, visit):
    """Tokens signed by another, of another client, login, issuer or time; an address that nobody checked."""
    walk = visit(newsroom[0])
    for forgery in oidc_provider.FORGERIES:
        provider.forge = forgery
        log_in(walk, EDITOR)
        walk.page.locator(".st-key-login_button").wait_for()
        assert "Putin" not in walk.page.content(), forgery
        kept = [c for c in walk.page.context.cookies() if c["name"] == "_streamlit_user" and c["value"]]
        assert not kept, forgery
    provider.forge, provider.claims = None, {"email_verified": False}
    log_in(walk, EDITOR)
    walk.page.get_by_text("email_verified").wait_for()
    assert "Putin" not in walk.page.content()


def test_a_stranger_has_no_role_and_changing_his_cookie_gives_none(newsroom, visit):
    walk = visit(newsroom[0])
    log_in(walk, STRANGER)
    walk.page.get_by_text("in keinem Projekt eine Rolle").wait_for()
    assert "Putin" not in walk.page.content()
    (cookie,) = (c for c in walk.page.context.cookies() if c["name"] == "_streamlit_user")
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Lax"
    changed = cookie["value"][:20] + ("A" if cookie["value"][20] != "A" else "B") + cookie["value"][21:]
    walk.page.context.add_cookies([cookie | {"value": changed}])
    walk.go()
    walk.page.locator(".st-key-login_button").wait_for()


def test_an_administrator_makes_a_project_and_others_do_not_see_it(newsroom, visit):
    server, projects = newsroom
    walk = visit(server)
    log_in(walk, EDITOR)
    walk.go("projects")
    walk.page.locator(".st-key-project_name_0 input").fill("Nordsee")
    walk.page.locator(".st-key-project_name_0 input").press("Enter")
    walk.page.locator(".st-key-make_project button").click()
    walk.page.get_by_text("Noch niemand hat hier eine Rolle").wait_for()
    walk.page.locator(".st-key-grant_account input").fill(EDITOR)
    walk.page.locator(".st-key-grant_account input").press("Enter")
    walk.settle()
    walk.page.locator(".st-key-grant_do button").click()
    walk.page.locator(".st-key-member_0").get_by_text(EDITOR).wait_for()
    walk.accessible()
    made = projects.named("Nordsee")
    assert projects.members(made.id) == [(EDITOR, "reader")]
    walk.go(f"?projekt={made.id}")
    walk.page.get_by_text("Noch keine Artikel").wait_for()
    assert "Putin" not in walk.page.content()
    reader = visit(server)
    log_in(reader, READER)
    reader.go(f"?projekt={made.id}")
    reader.page.get_by_text("oder Sie haben darin keine Rolle").wait_for()
    assert "Nordsee" not in reader.page.content()

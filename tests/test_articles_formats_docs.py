"""docs/formats.md names every ending, every limit with its default, and every code."""

import inspect
from dataclasses import fields
from pathlib import Path

import pytest

from timeline.articles import DEFAULT_LIMITS, ENDINGS
from timeline.articles.errors import REASONS
from timeline.articles.fetching import DEFAULT_FETCH_LIMITS
from timeline.articles.isolated import read_isolated

DOCS = (Path(__file__).parent.parent / "docs" / "formats.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_ending_is_there(ending):
    assert f"`.{ending}`" in DOCS


@pytest.mark.parametrize("code", REASONS)
def test_every_code_is_there(code):
    assert f"`{code}`" in DOCS


@pytest.mark.parametrize("name", [field.name for field in fields(DEFAULT_LIMITS)])
def test_every_limit_is_there_with_its_default(name):
    assert f"| `{name}` | {getattr(DEFAULT_LIMITS, name):,} |" in DOCS


@pytest.mark.parametrize("name", [field.name for field in fields(DEFAULT_FETCH_LIMITS)])
def test_every_limit_of_fetching_is_there_with_its_default(name):
    assert f"| `{name}` | {getattr(DEFAULT_FETCH_LIMITS, name):,.0f} |" in DOCS


@pytest.mark.parametrize("name", ["seconds", "megabytes"])
def test_the_limits_of_workers(name):
    assert f"| `{name}` | {inspect.signature(read_isolated).parameters[name].default:,.0f} |" in DOCS

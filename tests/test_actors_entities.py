"""A trained pipeline, where installed, adds unknown persons; here a tiny one that the test makes."""

from datetime import date

import pytest
import spacy

from timeline.actors import entities, find_actors
from timeline.actors.entities import find_persons, model_name

TEXT = "Angela Merkel sprach in Berlin. Am Tisch saß Aulis Sarvela, später sprach Sarvela mit Merkel."


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    nlp = spacy.blank("de")
    ruler = nlp.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": "PER", "pattern": "Aulis Sarvela"}, {"label": "LOC", "pattern": "Berlin"}])
    path = tmp_path_factory.mktemp("models") / "de_tiny"
    nlp.to_disk(path)
    return str(path)


@pytest.fixture(autouse=True)
def _fresh():
    entities._installed.cache_clear()
    yield
    entities._installed.cache_clear()


def names(model):
    mentions, _ = find_actors(TEXT, [0, 32], date(2015, 1, 1), model=model)
    return [mention.actors[0].name for mention in mentions]


def test_a_pipeline_adds_persons(tiny):
    assert names(tiny) == ["Angela Merkel", "Aulis Sarvela", "Aulis Sarvela", "Angela Merkel"]


def test_without_a_pipeline_they_are_not_found():
    assert names("none") == ["Angela Merkel", "Angela Merkel"]


def test_the_environment_names_the_pipeline(tiny, monkeypatch):
    monkeypatch.setenv("TIMELINE_SPACY_MODEL", tiny)
    assert names(None) == ["Angela Merkel", "Aulis Sarvela", "Aulis Sarvela", "Angela Merkel"]
    monkeypatch.setenv("TIMELINE_SPACY_MODEL", "none")
    assert model_name() is None


def test_auto_finds_none_where_none_is_installed(monkeypatch):
    monkeypatch.setattr("timeline.actors.entities.find_spec", lambda _: None)
    assert model_name("auto") is None
    assert find_persons(TEXT, "auto") == ()


def test_auto_takes_the_largest_installed(monkeypatch):
    installed = {"de_core_news_sm", "de_core_news_lg"}
    monkeypatch.setattr(
        "timeline.actors.entities.find_spec", lambda name: name if name in installed else None
    )
    assert model_name("auto") == "de_core_news_lg"


def test_a_pipeline_that_is_not_there_is_an_error():
    with pytest.raises(OSError, match="no_such_model"):
        find_persons(TEXT, "no_such_model")

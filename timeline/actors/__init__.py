"""Who and where: mentions of actors and places in a German text, from a readable knowledge base.

The knowledge base can be read without spaCy; what finds mentions is loaded when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from timeline.actors.knowledge import Body, Knowledge, Person, State, Term, body_of, knowledge, state_of
from timeline.actors.mention import Mention, PlaceMention

if TYPE_CHECKING:
    from timeline.actors.mentions import find_actors, find_mentions, find_places

__all__ = [
    "Body",
    "Knowledge",
    "Mention",
    "Person",
    "PlaceMention",
    "State",
    "Term",
    "body_of",
    "find_actors",
    "find_mentions",
    "find_places",
    "knowledge",
    "state_of",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401
    if name in ("find_actors", "find_mentions", "find_places"):
        return getattr(import_module("timeline.actors.mentions"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

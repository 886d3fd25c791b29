"""Who and where: mentions of actors and places in a German text, from a readable knowledge base."""

from timeline.actors.knowledge import Body, Knowledge, Person, State, Term, body_of, knowledge, state_of
from timeline.actors.mention import Mention, PlaceMention
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

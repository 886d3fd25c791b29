"""What the step gives: mentions of actors and of places."""

from dataclasses import dataclass
from typing import Literal

from timeline.model import Actor, Place

Form = Literal["name", "title", "state", "organisation", "metonym", "pronoun", "group"]


@dataclass(frozen=True, slots=True)
class Mention:
    """Characters ``start`` to ``end`` (exclusive) stand for ``actors``.

    The span covers title and name ("US-Außenminister John Kerry"), without the article. ``title`` is the
    title as written in its base form, ``office`` what it means here. ``side`` is the state's code or the
    body's key for which the actor stands, where there is one. ``named`` is False where the article names
    the person nowhere and only his title and the date tell who he was. ``rule`` says how it was read.
    """

    start: int
    end: int
    actors: tuple[Actor, ...]
    form: Form
    rule: str
    title: str | None = None
    office: str | None = None
    side: str | None = None
    named: bool = True


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """Characters ``start`` to ``end`` (exclusive) name a place. ``rule`` says how it was read."""

    start: int
    end: int
    place: Place
    rule: str

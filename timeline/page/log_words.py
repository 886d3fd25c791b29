"""The log of corrections in words."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from timeline.figures.wording import say_date, say_kind, say_status
from timeline.model import KINDS, STATUSES
from timeline.page.texts import Texts
from timeline.store import Entry

_SHOWN = 120
"""Letters of a value in the table of the log; all of it stands below when a line is chosen."""


def log_columns(entries: Sequence[Entry], t: Texts) -> dict[str, list[str]]:
    """The table of the log: when, who, what, before, after."""
    return {
        t("curate.when"): [_moment(entry.at, t) for entry in entries],
        t("field.who"): [entry.who or "" for entry in entries],
        t("curate.what"): [_action(entry, t) for entry in entries],
        t("curate.before"): [said(entry.before, t) for entry in entries],
        t("curate.after"): [said(entry.after, t) for entry in entries],
        t("curate.state"): [t("curate.undone") if entry.undone_by is not None else "" for entry in entries],
    }


def _moment(at: str, t: Texts) -> str:
    """A moment of the store (UTC, ISO 8601) as day and time of this computer."""
    try:
        local = datetime.fromisoformat(at).astimezone()
    except ValueError:
        return at
    return f"{say_date(local.date().isoformat(), t.language)}, {local:%H:%M}"


def _action(entry: Entry, t: Texts) -> str:
    known = ("load", "add", "edit", "check", "reject", "merge", "split", "add_event", "rename_actor",
             "merge_actors", "published", "reread", "delete", "restore", "undo")  # fmt: skip
    name = t(f"action.{entry.action}") if entry.action in known else entry.action
    field = entry.after.get("field")
    return f"{name}: {t(f'field.{field}')}" if isinstance(field, str) else name


def said(value: Mapping[str, Any], t: Texts) -> str:
    """A logged value in a few words: dates, statuses and names as the page writes them."""
    parts = [
        _word(key, part, t)
        for key, part in value.items()
        if key not in ("field", "claims", "one", "other", "id")
    ]
    if value.get("field") == "date" and "value" in value:
        parts = [say_date(value["value"], t.language)]
    text = ", ".join(part for part in parts if part)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _word(key: str, value: Any, t: Texts) -> str:  # noqa: ANN401 - whatever JSON holds
    if value is None:
        return ""
    if key == "checked":
        return t("field.yes") if value else t("field.no")
    if key in ("given", "date"):
        return say_date(value, t.language)
    if isinstance(value, str):
        if value in STATUSES:
            return say_status(value, t.language)
        if value in KINDS:
            return say_kind(value, t.language)
        return value
    if isinstance(value, Mapping):
        return (
            str(value["name"])
            if "name" in value
            else ", ".join(
                filter(
                    None,
                    (
                        _word(name, part, t)
                        for name, part in value.items()
                        if name not in ("id", "key", "basis")
                    ),
                )
            )
        )
    if isinstance(value, list | tuple):
        return ", ".join(filter(None, (_word(key, part, t) for part in value)))
    return str(value)

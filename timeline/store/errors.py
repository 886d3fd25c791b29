"""Why the store could not do what was asked, with a code for pages that word it in their own language."""

from typing import Final

REASONS: Final[dict[str, str]] = {
    "address": "not the address of a SQLite or PostgreSQL database; check TIMELINE_DATABASE_URL",
    "folder": "the data folder cannot be made: {detail}",
    "full": "the disk of {place} is full; free some space, nothing that was stored is lost",
    "read_only": "{place} cannot be written; give this user the right to, or choose another folder",
    "cannot_open": "{place} cannot be opened; check the folder and its rights",
    "no_database": "{place} is not a SQLite database or is damaged; move it away or restore a backup",
    "busy": "{place} was busy for too long; try again, nothing that was stored is lost",
    "database": "{place}: {detail}",
    "foreign": "the database holds tables of another program; choose an empty one",
    "newer": "the store was written by a newer version of this program (schema {present}, this one knows up "
    "to {known}); install that version, or choose another store",
    "no_text": "the article holds characters that are no text (NUL or half a character)",
    "no_article": "there is no article {id}",
    "no_event": "there is no meeting {id}",
    "no_actor": "no meeting has an actor {id}",
    "no_line": "the log has no line {id}",
    "undone": "this change is taken back already",
    "reading": "a reading is changed by reading the article again, not by the log",
    "load": "an archive that was loaded is not taken back by the log; delete its articles",
    "conflict": "somebody changed the {field} of this meeting meanwhile; look again",
    "kind": "kind must be one of the kinds of meetings",
    "status": "status must be one of the statuses of meetings",
    "date": "date must be EDTF such as 2023-02-22, 2022-09 or 2023-05-03/2023-05-05, or nothing",
    "place": "place must be a place with a name, or nothing",
    "participants": "participants must be at least one actor",
    "field": "no such field: {field}",
    "two_events": "choose at least two different meetings to merge",
    "some_claims": "choose some of the meeting's sources, but not all",
    "two_actors": "choose two different actors",
    "name": "an actor needs a name",
    "not_member": "this account has no role in this project; ask whoever runs the program for one",
    "reader": "this account may only read in this project; ask whoever runs the program for the role editor",
    "no_project": "there is no project {id}, or it is closed",
    "project_name": "a project needs a name of up to 80 characters that no other open project has",
    "member": "a member is named by his account, such as an address, without spaces",
    "first_project": "the first project cannot be closed",
}
"""English wording by code; the parameters are the same in any language."""


class StoreError(ValueError):
    """The store cannot do what was asked.

    ``code`` is a key of :data:`REASONS`, ``params`` fills its wording; ``str()`` says in English why and
    what to do, without SQL and passwords.
    """

    def __init__(self, code: str, **params: str | int) -> None:
        self.code = code
        self.params = params
        super().__init__(REASONS[code].format(**params))


class ConflictError(StoreError):
    """Somebody else changed the same field meanwhile."""

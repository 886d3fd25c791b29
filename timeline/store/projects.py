"""Projects: sets of articles that know nothing of each other, and who may do what in each.

Each project is a database of its own (see :func:`timeline.store.database.open_database`), with its own
articles, meetings, corrections and log. So nothing of one can show in another, whatever a query forgets.
The first project is the store itself, which also keeps the list of the others and all roles.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from types import TracebackType
from typing import Any, Self, cast
from uuid import uuid4

from sqlalchemy import Connection, Engine, insert, select, update

from timeline.store.database import default_url, open_database, reading, writing
from timeline.store.errors import StoreError
from timeline.store.schema import GrantTable, ProjectTable
from timeline.store.store import Store
from timeline.store.values import FIRST_PROJECT, Grant, Project, Role

_LONGEST_NAME = 80
"""Characters of the name of a project: what fits into the chooser."""
_MOST_OPEN = 16
"""Projects whose connections are kept; those not used for longest are closed and opened again when needed."""
_FIRST = Project(FIRST_PROJECT, "")


@dataclass(frozen=True, slots=True)
class _Membership:
    """A person in a project. Asks for the role at each use, so that one taken away is gone at once."""

    role: Callable[[], Role | None]

    def permit(self, *, writing: bool) -> None:
        """Lets editors write and members read.

        Raises:
            StoreError: the person has no role, or only that of a reader and wants to write.
        """
        role = self.role()
        if role is None:
            raise StoreError("not_member")
        if writing and role != "editor":
            raise StoreError("reader")


class Projects:
    """The projects of one store, their stores and their members. Several threads may use one."""

    def __init__(self, first: Store, url: str | None = None) -> None:
        """``first`` is the open store at ``url``; without ``url`` where :meth:`Store.open` finds it."""
        self._first = first
        self._url = url or default_url()
        self._open: OrderedDict[str, Store] = OrderedDict()
        self._lock = Lock()

    @classmethod
    def open(cls, url: str | None = None) -> Self:
        """The projects of the store at ``url`` (as :meth:`Store.open`).

        Raises:
            StoreError: the store cannot be opened.
        """
        return cls(Store.open(url), url)

    def close(self) -> None:
        """Closes all connections, those of the first project too."""
        with self._lock:
            for store in (*self._open.values(), self._first):
                store.close()
            self._open.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def _engine(self) -> Engine:
        return self._first._engine

    # Stores

    def store(self, project_id: str = FIRST_PROJECT) -> Store:
        """The store of a project, with all rights: for the operator of the program.

        Raises:
            StoreError: there is no such project, it is closed, or its database cannot be opened.
        """
        if project_id == FIRST_PROJECT:
            return self._first
        with reading(self._engine) as connection:
            _need(connection, project_id)
        with self._lock:
            if project_id not in self._open:
                self._open[project_id] = Store(open_database(self._url, project_id))
                if len(self._open) > _MOST_OPEN:
                    # Connections that are in use stay good, and a store without any makes new ones.
                    self._open.popitem(last=False)[1].close()
            self._open.move_to_end(project_id)
            return self._open[project_id]

    def store_for(self, member: str, project_id: str = FIRST_PROJECT) -> Store:
        """The store of a project as a member may use it: each use asks for the role that holds then.

        What the member changes is logged under his name, whatever the caller says.

        Raises:
            StoreError: as :meth:`store`, or the person has no role there.
        """
        if self.role(member, project_id) is None:
            raise StoreError("not_member")
        guard = _Membership(lambda: self.role(member, project_id))
        return self.store(project_id).used_by(member, guard)

    # Projects

    def all(self) -> list[Project]:
        """The open projects: the first one, then the others by name."""
        statement = select(ProjectTable.id, ProjectTable.name).where(ProjectTable.closed_at.is_(None))
        with reading(self._engine) as connection:
            rows = connection.execute(statement).all()
        return [_FIRST, *sorted((Project(*row) for row in rows), key=lambda each: each.name.casefold())]

    def make(self, name: str, *, who: str | None) -> Project:
        """A new, empty project without members.

        Raises:
            StoreError: the name is empty, too long, or that of another open project.
        """
        told = " ".join(name.split())
        project = Project(uuid4().hex[:12], told)
        with writing(self._engine) as connection:
            open_ones = select(ProjectTable.name).where(ProjectTable.closed_at.is_(None))
            taken = {each.casefold() for each in connection.execute(open_ones).scalars()}
            if not told or len(told) > _LONGEST_NAME or told.casefold() in {*taken, FIRST_PROJECT}:
                raise StoreError("project_name")
            values = {"id": project.id, "name": told, "made_at": _now(), "made_by": who}
            connection.execute(insert(ProjectTable).values(**values))
        return project

    def close_project(self, project_id: str, *, who: str | None) -> None:
        """Takes a project out of the list for everybody. Its database stays where it is.

        Raises:
            StoreError: there is no such project, it is closed already, or it is the first one.
        """
        if project_id == FIRST_PROJECT:
            raise StoreError("first_project")
        with writing(self._engine) as connection:
            _need(connection, project_id)
            closed = update(ProjectTable).where(ProjectTable.id == project_id)
            connection.execute(closed.values(closed_at=_now(), closed_by=who))

    def named(self, name: str) -> Project:
        """The open project with this id, or with this name in any case of letters.

        Raises:
            StoreError: there is none.
        """
        for project in self.all():
            if name == project.id or (project.name and name.casefold() == project.name.casefold()):
                return project
        raise StoreError("no_project", id=name)

    # Members

    def grant(self, project_id: str, member: str, role: Role | None, *, who: str | None) -> None:
        """Gives a person a role in a project; None takes it away. In force with the next use.

        ``member`` is what the login calls him, in any case of letters.

        Raises:
            StoreError: there is no such project, or the name is no name of an account.
        """
        account = member_of(member)
        with writing(self._engine) as connection:
            _need(connection, project_id)
            values = {"at": _now(), "granted_by": who, "project_id": project_id, "member": account}
            connection.execute(insert(GrantTable).values(role=role, **values))

    def role(self, member: str, project_id: str) -> Role | None:
        """Which role a person has in an open project now; None where none."""
        statement = _GRANTS.where(GrantTable.member == folded(member), GrantTable.project_id == project_id)
        newest = statement.order_by(GrantTable.id.desc()).limit(1)
        with reading(self._engine) as connection:
            row = connection.execute(newest).one_or_none()
            if row is None or not _is_open(connection, project_id):
                return None
            return _grant(row).role

    def roles(self, member: str) -> list[tuple[str, Role]]:
        """The open projects in which a person has a role, by id, with that role."""
        statement = _GRANTS.where(GrantTable.member == folded(member)).order_by(GrantTable.id)
        with reading(self._engine) as connection:
            grants = [_grant(row) for row in connection.execute(statement)]
            there = set(connection.execute(_OPEN).scalars()) | {FIRST_PROJECT}
        newest = {grant.project: grant.role for grant in grants if grant.project in there}
        return [(project, role) for project, role in sorted(newest.items()) if role is not None]

    def members(self, project_id: str) -> list[tuple[str, Role]]:
        """Who has a role in a project, by name, with that role."""
        newest = {grant.member: grant.role for grant in self.grants(project_id)}
        return [(member, role) for member, role in sorted(newest.items()) if role is not None]

    def grants(self, project_id: str) -> list[Grant]:
        """All that was ever given and taken away in a project, the oldest first."""
        statement = _GRANTS.where(GrantTable.project_id == project_id).order_by(GrantTable.id)
        with reading(self._engine) as connection:
            return [_grant(row) for row in connection.execute(statement)]


_GRANTS = select(
    GrantTable.at, GrantTable.granted_by, GrantTable.project_id, GrantTable.member, GrantTable.role
)
_OPEN = select(ProjectTable.id).where(ProjectTable.closed_at.is_(None))


_FOLDED = str.maketrans({letter: letter.lower() for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"})


def folded(account: str) -> str:
    """An account with A to Z as small letters, for an address is the same in any case.

    Other letters stay: folding ß to ss, or the Kelvin sign to k, would make two accounts one.
    """
    return account.strip().translate(_FOLDED)


def member_of(account: str) -> str:
    """An account as roles are kept under it (see :func:`folded`).

    Raises:
        StoreError: it is empty, longer than 200 characters, or holds white space.
    """
    member = folded(account)
    if not member or len(member) > 200 or member.split() != [member]:
        raise StoreError("member")
    return member


def _grant(row: Any) -> Grant:  # noqa: ANN401  a row of _GRANTS
    return Grant(row.at, row.granted_by, row.project_id, row.member, cast(Role | None, row.role))


def _is_open(connection: Connection, project_id: str) -> bool:
    if project_id == FIRST_PROJECT:
        return True
    return connection.execute(_OPEN.where(ProjectTable.id == project_id)).first() is not None


def _need(connection: Connection, project_id: str) -> None:
    if not _is_open(connection, project_id):
        raise StoreError("no_project", id=project_id)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")

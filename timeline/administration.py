"""The command ``projects``: makes and closes projects, gives and takes roles. For whoever runs the program.

Whoever may open the database stands above all roles; what is done here is logged under the account of the
computer.
"""

from __future__ import annotations

import argparse
import getpass
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from timeline.store import Project, Projects


def operator() -> str:
    """Under what name the log keeps what the command line does: the account of the computer."""
    try:
        name = getpass.getuser()
    except (OSError, KeyError):
        name = "?"
    return f"{name} (command line)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Gives the command ``projects`` its actions; the chosen one stands in ``action`` of the options."""
    actions = parser.add_subparsers(metavar="ACTION", title="actions (without one: list the projects)")
    parser.set_defaults(action=_list)

    def action(named: str, run: Callable[..., None], text: str, **arguments: str) -> None:
        sub = actions.add_parser(named, help=text, description=text)
        sub.set_defaults(action=run)
        for argument, told in arguments.items():
            choices = ("reader", "editor") if argument == "role" else None
            sub.add_argument(argument, help=told, choices=choices)

    project, account = "the project's name or id; main is the first one", "what the login calls the person"
    action("new", _new, "Make an empty project.", name="its name")
    action("close", _close, "Take a project out of the list; its database stays.", project=project)
    action(
        "grant", _grant, "Give a person a role in a project.",
        project=project, account=account, role="reader: look and export; editor: also add and correct",
    )  # fmt: skip
    action("revoke", _revoke, "Take a person's role away.", project=project, account=account)
    action("members", _members, "List the members of a project.", project=project)


def run(options: argparse.Namespace, projects: Projects) -> None:
    """Does what the options name and prints one line per project or member, fields separated by tabs.

    Raises:
        StoreError: there is no such project, or a name cannot be taken.
    """
    options.action(options, projects)


def _list(_options: argparse.Namespace, projects: Projects) -> None:
    for project in projects.all():
        _print_project(project, projects)


def _new(options: argparse.Namespace, projects: Projects) -> None:
    _print_project(projects.make(options.name, who=operator()), projects)


def _close(options: argparse.Namespace, projects: Projects) -> None:
    projects.close_project(projects.named(options.project).id, who=operator())


def _grant(options: argparse.Namespace, projects: Projects) -> None:
    project = projects.named(options.project)
    projects.grant(project.id, options.account, options.role, who=operator())
    _print_members(project, projects)


def _revoke(options: argparse.Namespace, projects: Projects) -> None:
    project = projects.named(options.project)
    projects.grant(project.id, options.account, None, who=operator())
    _print_members(project, projects)


def _members(options: argparse.Namespace, projects: Projects) -> None:
    _print_members(projects.named(options.project), projects)


def _print_project(project: Project, projects: Projects) -> None:
    print(project.id, project.name or "(first project)", len(projects.members(project.id)), sep="\t")


def _print_members(project: Project, projects: Projects) -> None:
    for member, role in projects.members(project.id):
        print(member, role, sep="\t")

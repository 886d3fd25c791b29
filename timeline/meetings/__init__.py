"""Who met whom, when and where: from a parsed article to rows of the event table.

The steps: :mod:`clauses` cuts sentences, :mod:`roles` says how names, places and dates stand in them,
:mod:`triggers` finds the words that tell a meeting by the frames of :mod:`frames`, :mod:`reading` joins all
that to candidates, :mod:`encounters` makes one row of each encounter. See ``docs/meetings.md``.
"""

from timeline.meetings.explain import explain
from timeline.meetings.find import find_in_text, find_meetings

__all__ = ["explain", "find_in_text", "find_meetings"]

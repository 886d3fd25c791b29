"""Answers that a store keeps until something in it changes, so that all who look at it share them.

Kept beside the store and not in a user's session: ten readers of one corpus then cost the memory of one,
and who may not open the store cannot come by its answers.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any

_MOST = 60_000
"""Units that are kept: with the 2 kB that an event takes, some 120 MB at most."""


class Answers:
    """The answers used last, bounded by what they weigh. May be used by several threads."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._lock = Lock()
        self._revision = -1
        self._weight = 0
        self._kept: OrderedDict[Hashable, tuple[int, Any]] = OrderedDict()

    def get(
        self,
        revision: int,
        question: Hashable,
        answer: Callable[[], Any],
        weigh: Callable[[Any], int] = lambda _: 1,
    ) -> Any:  # noqa: ANN401  whatever ``answer`` gives
        """What ``answer`` gives, asked for once for a question as long as ``revision`` is the same.

        ``weigh`` tells how much the answer weighs, one unit being an event; what weighs more than a
        third of all that may be kept is not kept.
        """
        with self._lock:
            if revision > self._revision:
                self._kept.clear()
                self._weight, self._revision = 0, revision
            known = self._kept.get(question) if revision == self._revision else None
            if known is not None:
                self._kept.move_to_end(question)
                return known[1]
        # Not under the lock: a slow question must not hold up the quick ones.
        found = answer()
        weight = max(1, weigh(found))
        with self._lock:
            if revision == self._revision and question not in self._kept and weight * 3 <= self._most:
                self._kept[question] = weight, found
                self._weight += weight
                while self._weight > self._most:
                    _, (gone, _) = self._kept.popitem(last=False)
                    self._weight -= gone
        return found

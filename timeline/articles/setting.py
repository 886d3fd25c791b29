"""Whether this installation may fetch articles from the web; cheap to import, unlike the fetching itself."""

import os
from typing import Final

NAME: Final = "TIMELINE_FETCH"


def may_fetch() -> bool:
    """Whether the operator has turned fetching on: ``TIMELINE_FETCH=1``. Without it nothing is fetched."""
    return os.environ.get(NAME) == "1"

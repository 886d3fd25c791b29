"""What one trigger tells of an encounter, before the mentions of an article are brought together."""

from dataclasses import dataclass, field

from timeline.meetings.roles import TimeSlot
from timeline.model import Actor, Kind, Place, Status


@dataclass(slots=True)
class Candidate:
    """An encounter as one trigger tells it; the encounters of an article are made of these.

    ``anaphoric`` is True where the words only point back ("das Treffen") and name no party of their own.
    ``again`` marks a further encounter of the same parties, ``remote`` one that lies far back, ``follows``
    one on the day of what was told before ("danach"). ``shift`` counts the days from the date told to the
    encounter's own ("drei Tage nach dem Treffen"); ``said`` are the characters (end exclusive) of the
    expression behind ``date`` (EDTF). ``guessed`` are parties that only the speaker or the sentence before
    suggests; ``spare`` are the parties to take if nothing told fits: what the
    article is mostly about. ``prep`` is the preposition before a noun that tells the encounter; ``title``
    what tells a summit from others ("balkan" of "Balkankonferenz"). ``awaits`` is True where no party is told
    yet: it counts only if the next sentences say who takes part. ``anew`` marks one that lies ahead, of those
    whom the sentences before have told, without naming them ("Ein Treffen ist für Mai geplant").
    ``day_near`` is True where the sentence tells of a day of the past week.
    """

    kind: Kind
    actors: tuple[Actor, ...]
    place: Place | None
    time: TimeSlot | None
    status: Status
    scene: int
    clause: int
    token: int
    rules: list[str] = field(default_factory=list)
    anaphoric: bool = False
    again: bool = False
    remote: bool = False
    date: str | None = None
    prep: str = ""
    shift: int = 0
    guessed: tuple[Actor, ...] = ()
    spare: tuple[Actor, ...] = ()
    follows: bool = False
    said: tuple[int, int] | None = None
    title: str = ""
    awaits: bool = False
    day_near: bool = False
    anew: bool = False


@dataclass(frozen=True, slots=True)
class Telling:
    """How a trigger tells its encounter: the date beside it, the status with its reason, the preposition."""

    time: TimeSlot | None
    status: Status
    why: str
    prep: str = ""

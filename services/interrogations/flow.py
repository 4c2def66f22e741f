"""Where an interrogation stands, and the words in which one is arranged."""

from enum import StrEnum

from services.kernel.flow import Flow


class InterrogationState(StrEnum):
    """Where one interrogation stands."""

    WAITING = "waiting"
    """No time is found yet, or the time was lost: it stands on the waiting list."""
    BOOKED = "booked"
    """A time is taken; the centre has not confirmed it."""
    CONFIRMED = "confirmed"
    CHECKED_IN = "checked_in"
    """The suspect is there, and the identity was checked (RULES 258)."""
    RUNNING = "running"
    PAUSED = "paused"
    LINK_LOST = "link_lost"
    ENDED = "ended"
    NOT_HELD = "not_held"
    """Somebody did not come, or it could not begin; the reason is on record."""
    CANCELLED = "cancelled"


AHEAD = frozenset({InterrogationState.BOOKED, InterrogationState.CONFIRMED})
"""A time is taken and it has not begun."""
LIVE = frozenset(
    {
        InterrogationState.CHECKED_IN,
        InterrogationState.RUNNING,
        InterrogationState.PAUSED,
        InterrogationState.LINK_LOST,
    }
)
OPEN = AHEAD | LIVE | {InterrogationState.WAITING}
OVER = frozenset(InterrogationState) - OPEN

FLOW = Flow(
    {
        "book": ({InterrogationState.WAITING}, InterrogationState.BOOKED),
        "confirm": ({InterrogationState.BOOKED}, InterrogationState.CONFIRMED),
        "reschedule": (AHEAD | {InterrogationState.WAITING}, InterrogationState.BOOKED),
        "accept_time": (AHEAD, InterrogationState.CONFIRMED),
        "lose_time": (AHEAD, InterrogationState.WAITING),
        "cancel": (AHEAD | {InterrogationState.WAITING}, InterrogationState.CANCELLED),
        "check_in": (AHEAD, InterrogationState.CHECKED_IN),
        "start": ({InterrogationState.CHECKED_IN}, InterrogationState.RUNNING),
        "pause": ({InterrogationState.RUNNING}, InterrogationState.PAUSED),
        "lose_link": ({InterrogationState.RUNNING}, InterrogationState.LINK_LOST),
        "resume": (
            {InterrogationState.PAUSED, InterrogationState.LINK_LOST},
            InterrogationState.RUNNING,
        ),
        "end": (
            {
                InterrogationState.RUNNING,
                InterrogationState.PAUSED,
                InterrogationState.LINK_LOST,
            },
            InterrogationState.ENDED,
        ),
        "not_held": (
            AHEAD
            | {
                InterrogationState.CHECKED_IN,
                InterrogationState.PAUSED,
                InterrogationState.LINK_LOST,
            },
            InterrogationState.NOT_HELD,
        ),
    },
    {
        "swap": AHEAD | {InterrogationState.WAITING, InterrogationState.CHECKED_IN},
        "extend": AHEAD | LIVE,
        "propose": AHEAD,
        "escort": AHEAD | LIVE,
        "bring_back": frozenset(InterrogationState),
        "hear_police": AHEAD | {InterrogationState.WAITING, InterrogationState.CHECKED_IN},
        "decline": AHEAD | {InterrogationState.WAITING, InterrogationState.CHECKED_IN},
        "prepare": AHEAD | {InterrogationState.WAITING},
        "arrive": AHEAD | LIVE,
        "tell": LIVE - {InterrogationState.LINK_LOST},
        "write": LIVE | {InterrogationState.ENDED},
    },
)
"""An interrogation begins even if the centre has not confirmed: a missing receipt is practice,
and never holds up custody."""


class Purpose(StrEnum):
    """What it is held for."""

    INTERROGATE = "interrogate"
    SIGN_PLEA = "sign_plea"
    """The plea statement is signed in the presence of a lawyer (CPL 174)."""


class Mode(StrEnum):
    """How the staff meet the suspect, who sits in the detention centre either way."""

    REMOTE = "remote"
    IN_PERSON = "in_person"


class Role(StrEnum):
    """In what capacity somebody takes part."""

    LEAD = "lead"
    """The prosecutor who handles the case."""
    STAFF = "staff"
    """A further member of the procuratorial staff (检察人员; RULES 682)."""
    CLERK = "clerk"
    INTERPRETER = "interpreter"
    SIGN_INTERPRETER = "sign_interpreter"
    LEGAL_REPRESENTATIVE = "legal_representative"
    APPROPRIATE_ADULT = "appropriate_adult"
    LAWYER = "lawyer"


STAFF_ROLES = frozenset({Role.LEAD, Role.STAFF, Role.CLERK})
"""Whoever holds the interrogation; all have an account."""


class UrgentGround(StrEnum):
    """Why one cannot wait for its turn."""

    PERIOD_ENDS = "period_ends"
    """The period ends before there is an ordinary slot."""
    EVIDENCE_AT_RISK = "evidence_at_risk"
    """What is to be asked about may be lost, or statements may be agreed upon."""
    SUSPECT_LEAVES = "suspect_leaves"
    """The suspect is about to be moved, or to be treated elsewhere."""
    HEALTH = "health"
    MINOR = "minor"
    """The suspect is a minor, whose case is handled without delay."""
    ORDERED = "ordered"
    """The chief procurator or the procuratorate above has ordered it."""


class NotHeldBecause(StrEnum):
    """Why it was not held when its time came."""

    SUSPECT_ABSENT = "suspect_absent"
    """The centre did not bring the suspect."""
    SUSPECT_ILL = "suspect_ill"
    STAFF_ABSENT = "staff_absent"
    INTERPRETER_ABSENT = "interpreter_absent"
    ADULT_ABSENT = "adult_absent"
    """No legal representative and no other adult came (RULES 465)."""
    LAWYER_ABSENT = "lawyer_absent"
    NO_CERTIFICATE = "no_certificate"
    LINK_FAILED = "link_failed"
    ROOM_UNUSABLE = "room_unusable"
    OTHER = "other"


class LostBecause(StrEnum):
    """Why an interrogation lost its time, or was cancelled."""

    HANDLER = "handler"
    """The handler no longer wants it."""
    DISPLACED = "displaced"
    """A more urgent one took its time."""
    CENTRE_CLOSED = "centre_closed"
    """The centre needs the room, or a block was set."""
    SUSPECT_ENGAGED = "suspect_engaged"
    """The suspect has to be at court, at the doctor's, or with the lawyer."""
    SUSPECT_MOVED = "suspect_moved"
    """The suspect is in another centre."""
    MEASURE_CHANGED = "measure_changed"
    """The suspect is no longer held, or is held now."""
    STAFF_LOST = "staff_lost"
    """Somebody who holds it was recused, has left, or is away."""
    CASE_CLOSED = "case_closed"

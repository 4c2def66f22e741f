"""Where a record of interrogation stands, and the words in which one is kept."""

from enum import StrEnum

from services.interrogations import Role
from services.kernel.flow import Flow


class TranscriptState(StrEnum):
    """Where a record stands."""

    DRAFTING = "drafting"
    FOR_READING = "for_reading"
    """Its text is fixed and the suspect checks it (RULES 188)."""
    READ = "read"
    """The closing words stand below it; it is ready to be signed."""
    SIGNING = "signing"
    COMPLETE = "complete"
    """Every page bears every mark, or the note of its refusal. Nothing changes any more."""


FLOW = Flow(
    {
        "put_for_reading": ({TranscriptState.DRAFTING}, TranscriptState.FOR_READING),
        "reopen": (
            {TranscriptState.FOR_READING, TranscriptState.READ, TranscriptState.SIGNING},
            TranscriptState.DRAFTING,
        ),
        "correct": (
            {TranscriptState.FOR_READING, TranscriptState.READ, TranscriptState.SIGNING},
            TranscriptState.FOR_READING,
        ),
        "close": ({TranscriptState.FOR_READING}, TranscriptState.READ),
        "sign": ({TranscriptState.READ, TranscriptState.SIGNING}, TranscriptState.SIGNING),
        "complete": ({TranscriptState.SIGNING}, TranscriptState.COMPLETE),
    },
    {
        "write": {TranscriptState.DRAFTING},
        "sign_correction": {
            TranscriptState.FOR_READING,
            TranscriptState.READ,
            TranscriptState.SIGNING,
        },
        "note_recording": frozenset(TranscriptState) - {TranscriptState.COMPLETE},
        "attach_statement": frozenset(TranscriptState) - {TranscriptState.COMPLETE},
    },
)
"""A correction makes a new edition: what was signed before is kept, and signed anew."""


class LineKind(StrEnum):
    """Who speaks in a line, and what it is."""

    QUESTION = "question"
    ANSWER = "answer"
    STATEMENT = "statement"
    """What the suspect says unasked (RULES 258: statement and defence)."""
    NOTICE = "notice"
    """What was told: rights and duties, plea leniency, the recording (RULES 187, 258)."""

    @property
    def opening(self) -> str:
        """How such a line begins."""
        return _OPENINGS[self]


_OPENINGS = {
    LineKind.QUESTION: "问：",
    LineKind.ANSWER: "答：",
    LineKind.STATEMENT: "述：",
    LineKind.NOTICE: "告知：",
}


class Closing(StrEnum):
    """How the suspect has checked the record (RULES 188)."""

    READ = "read"
    READ_OUT = "read_out"
    """Read out to a suspect who cannot read."""
    DECLINED = "declined"
    """The suspect would not say that it is right; the reason stands there instead."""


CLOSING_WORDS = {
    Closing.READ: "以上笔录我看过，和我说的相符",
    Closing.READ_OUT: "以上笔录向我宣读过，和我说的相符",
}
"""RULES 188, with the way that was taken: 看过, or 向我宣读过."""


class MarkKind(StrEnum):
    """What is put on a page."""

    SIGNATURE = "signature"
    STAMP = "stamp"
    FINGERPRINT = "fingerprint"


class Slot(StrEnum):
    """What a page asks for; a stamp stands for a signature (RULES 188)."""

    NAME = "name"
    FINGERPRINT = "fingerprint"


def slot_of(kind: MarkKind) -> Slot:
    """What a mark fulfils."""
    return Slot.FINGERPRINT if kind is MarkKind.FINGERPRINT else Slot.NAME


BY_EVERY_PAGE = frozenset({Role.LEGAL_REPRESENTATIVE, Role.APPROPRIATE_ADULT})
"""Whoever attends for a minor reads the record and signs like the suspect (RULES 465¶4)."""
AT_THE_END = frozenset({Role.LEAD, Role.STAFF, Role.CLERK, Role.INTERPRETER, Role.SIGN_INTERPRETER})
"""The staff and the recorder sign (RULES 188), and the interpreter (MPS 206¶2 by analogy)."""

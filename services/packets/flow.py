"""Where a reading packet stands, what is in it, and why a word of it is covered."""

from enum import StrEnum

from services.kernel.flow import Flow


class PacketState(StrEnum):
    """Where a reading packet stands."""

    DRAFTED = "drafted"
    """The handler chooses; nothing is covered yet."""
    REDACTED = "redacted"
    """Covered by rule; a second person is to look at it."""
    CHECKED = "checked"
    RELEASED = "released"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class SourceKind(StrEnum):
    """Where the words of a document come from."""

    FACTS = "facts"
    """The facts of the request for approval of arrest, or of the transfer for prosecution."""
    OPINION = "opinion"
    """The reasons of the opinion on an arrest."""
    PROPOSAL = "proposal"
    """The reasons of a proposal, such as not to prosecute."""
    TRANSCRIPT = "transcript"
    WORDS = "words"
    """Typed by the handler."""
    ATTACHMENT = "attachment"


class PacketRole(StrEnum):
    """What somebody whose name is covered is in the case."""

    SUSPECT = "suspect"
    VICTIM = "victim"
    WITNESS = "witness"
    REPRESENTATIVE = "representative"
    LAWYER = "lawyer"
    OTHER = "other"


class MaskReason(StrEnum):
    """Why a word is covered."""

    NAME = "name"
    """Of somebody whom the case knows, or the handler has named."""
    NAME_FOUND = "name_found"
    """What reads like a name behind a word such as 证人."""
    IDENTITY_NUMBER = "identity_number"
    TELEPHONE = "telephone"
    BANK_CARD = "bank_card"
    PLATE = "plate"
    ACCOUNT = "account"
    """An address of electronic mail, or an account of a messenger."""
    FILE_NUMBER = "file_number"
    LONG_NUMBER = "long_number"
    ADDRESS = "address"
    BORN_ON = "born_on"
    """Of a minor."""
    SCHOOL = "school"
    """Where a minor is concerned."""
    PARENT = "parent"
    """Where a minor is concerned."""
    BY_EYE = "by_eye"


class ViewForm(StrEnum):
    """In which form a page was shown."""

    TEXT = "text"
    IMAGE = "image"


_AT_REST = frozenset(
    {
        PacketState.DRAFTED,
        PacketState.REDACTED,
        PacketState.CHECKED,
        PacketState.EXPIRED,
        PacketState.WITHDRAWN,
    }
)

FLOW = Flow(
    {
        "change": (_AT_REST, PacketState.DRAFTED),
        "redact": (_AT_REST, PacketState.REDACTED),
        "check": ({PacketState.REDACTED}, PacketState.CHECKED),
        "release": (
            {PacketState.CHECKED, PacketState.RELEASED, PacketState.EXPIRED},
            PacketState.RELEASED,
        ),
        "withdraw": ({PacketState.RELEASED}, PacketState.WITHDRAWN),
        "expire": ({PacketState.RELEASED}, PacketState.EXPIRED),
    },
    staying={"cover": {PacketState.REDACTED}, "lift": {PacketState.REDACTED}},
)
"""Whatever is changed is covered and looked at anew; what lies open is withdrawn first."""

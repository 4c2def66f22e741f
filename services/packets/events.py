"""What happened to a reading packet: ids and codes, never a word of it."""

from dataclasses import dataclass

from services.kernel.act import Event


@dataclass(frozen=True, slots=True)
class PacketStarted(Event):
    """The handler begins to choose what supervisors may read."""

    activity_id: int


@dataclass(frozen=True, slots=True)
class PacketChanged(Event):
    """A document or a name was added or taken out: it is covered and checked anew."""


@dataclass(frozen=True, slots=True)
class PacketRedacted(Event):
    """Names and numbers were covered by rule."""

    masks: int


@dataclass(frozen=True, slots=True)
class PacketCovered(Event):
    """Something more was covered by eye."""

    masks: int


@dataclass(frozen=True, slots=True)
class PacketMaskLifted(Event):
    """Something that was covered is shown, for a reason."""

    mask_id: int


@dataclass(frozen=True, slots=True)
class PacketChecked(Event):
    """A second person has looked at what is covered, and confirms it."""

    pages: int


@dataclass(frozen=True, slots=True)
class PacketReleased(Event):
    """It may be read, within a window of time."""


@dataclass(frozen=True, slots=True)
class PacketWithdrawn(Event):
    """It is no longer read, and phones wipe it."""


@dataclass(frozen=True, slots=True)
class PacketExpired(Event):
    """Its window is over, and phones wipe it."""

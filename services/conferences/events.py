"""What happens to a joint conference; never what was asked or said."""

from dataclasses import dataclass

from services.kernel.act import Event


@dataclass(frozen=True, slots=True)
class ConferenceAsked(Event):
    """A handler asked for a conference about a case."""

    case_id: int


@dataclass(frozen=True, slots=True)
class ConferenceConvened(Event):
    """A conference was convened, or convened anew, with so many members."""

    case_id: int
    form: str
    members: int


@dataclass(frozen=True, slots=True)
class ConferenceCancelled(Event):
    """A conference will not be held."""

    case_id: int


@dataclass(frozen=True, slots=True)
class ConferenceOpinionGiven(Event):
    """A member said an opinion, or another one in its place."""

    opinion_id: int


@dataclass(frozen=True, slots=True)
class ConferenceClosed(Event):
    """A conference was closed, with so many voices for each position."""

    agree: int
    disagree: int
    other: int


@dataclass(frozen=True, slots=True)
class ConferenceDeparted(Event):
    """The handler goes another way than most members advised, and has said why."""

    case_id: int


@dataclass(frozen=True, slots=True)
class ConferenceSettingsSet(Event):
    """A procuratorate has said how it holds conferences; the event is about the office."""

    version: int

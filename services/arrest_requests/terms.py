"""The words an arrest request is written in: closed lists, lower-case on the wire."""

from enum import StrEnum

from services.people import Sex as Sex  # noqa: PLC0414  # one word for suspects and staff


class DocumentKind(StrEnum):
    """By which paper a suspect is identified; foreigners have other papers (MPS 359)."""

    RESIDENT_ID = "resident_id"
    PASSPORT = "passport"
    OTHER = "other"
    NONE = "none"


class Flag(StrEnum):
    """What about a suspect changes the procedure (RULES 148, 280, 294, 460; MPS 137, 164, 166)."""

    BLIND = "blind"
    DEAF = "deaf"
    MUTE = "mute"
    LIMITED_CAPACITY = "limited_capacity"
    MINOR = "minor"
    FOREIGNER = "foreigner"
    DEPUTY = "deputy"
    """A deputy of a people's congress at county level or above."""
    TOWNSHIP_DEPUTY = "township_deputy"
    PLEA_LENIENCY = "plea_leniency"


class Measure(StrEnum):
    """The compulsory measure a suspect is under, if any (CPL 66-100)."""

    NONE = "none"
    DETENTION = "detention"
    ARREST = "arrest"
    BAIL = "bail"
    RESIDENTIAL_SURVEILLANCE = "residential_surveillance"
    DESIGNATED_RESIDENCE = "designated_residence"
    CUSTODY_ELSEWHERE = "custody_elsewhere"
    """In custody for another case, under liuzhi, or serving a sentence: counted as custody."""


IN_CUSTODY = frozenset({Measure.DETENTION, Measure.ARREST, Measure.CUSTODY_ELSEWHERE})


class Extension(StrEnum):
    """How far the police extended the time for asking for an arrest (CPL 91, MPS 129)."""

    NONE = "none"
    SEVEN_DAYS = "seven_days"
    THIRTY_DAYS = "thirty_days"


class CheckResult(StrEnum):
    """What case management found in one of the five checks of RULES 157."""

    OK = "ok"
    DOUBT = "doubt"
    MISSING = "missing"


class AcceptanceCheck(StrEnum):
    """The five checks at once on receipt (RULES 157), in the article's order."""

    JURISDICTION = "jurisdiction"
    FILE_COMPLETE = "file_complete"
    PROPERTY_MATCHES = "property_matches"
    SUSPECTS_PRESENT = "suspects_present"
    IN_TIME = "in_time"


class SupplementCode(StrEnum):
    """What is asked for afterwards (RULES 158), beside the code of any check."""

    PROCEDURE = "procedure"
    """Legal documents are missing."""
    EVIDENCE = "evidence"
    """Evidence is missing."""
    BINDING = "binding"
    """The files are to be bound anew (RULES 158)."""
    LIST = "list"
    """Money or objects do not match the list (RULES 157(3))."""
    MEASURE = "measure"
    """Papers on the compulsory measure are missing (RULES 157(4))."""
    OTHER = "other"

"""The words an arrest request is written in: closed lists, lower-case on the wire."""

from enum import StrEnum


class Sex(StrEnum):
    """Sex as the identity document states it."""

    MALE = "male"
    FEMALE = "female"


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
    BAIL = "bail"
    RESIDENTIAL_SURVEILLANCE = "residential_surveillance"
    DESIGNATED_RESIDENCE = "designated_residence"
    CUSTODY_ELSEWHERE = "custody_elsewhere"
    """In custody for another case, under liuzhi, or serving a sentence: counted as custody."""


IN_CUSTODY = frozenset({Measure.DETENTION, Measure.CUSTODY_ELSEWHERE})


class Extension(StrEnum):
    """How far the police extended the time for asking for an arrest (CPL 91, MPS 129)."""

    NONE = "none"
    SEVEN_DAYS = "seven_days"
    THIRTY_DAYS = "thirty_days"


class Paper(StrEnum):
    """What a paper in the file, or an attachment, is."""

    REQUEST_DOCUMENT = "request_document"
    EVIDENCE = "evidence"
    PROCEDURE = "procedure"
    DETENTION_WARRANT = "detention_warrant"
    EXTENSION_APPROVAL = "extension_approval"
    DEPUTY_PERMISSION = "deputy_permission"
    LEGAL_AID = "legal_aid"
    PLEA_RECORD = "plea_record"
    SOCIAL_INQUIRY = "social_inquiry"
    PROPERTY_LIST = "property_list"
    IDENTITY = "identity"
    RECORDING = "recording"
    OTHER = "other"

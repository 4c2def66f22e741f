"""What stands of a plea (认罪认罚) in one prosecution; what was said stands in its steps.

`Prosecution.plea` is read and written here only. Without a plea it is empty, which reads as
`Plea()`.
"""

from collections.abc import Collection
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum

from services.arrest_requests.records import Suspect
from services.arrest_requests.terms import Flag
from services.kernel.act import Act
from services.proceedings.operations import latest
from services.prosecutions.records import Prosecution
from services.sentencing import (
    CivilClaim,
    LawyerKind,
    OpinionGiver,
    OpinionTopic,
    Person,
    Pleader,
    PleaExemption,
    Problems,
    Recommendation,
    TrialProcedure,
    as_plain,
    exemptions,
    hearing_problems,
    of_plain,
)
from services.transfers.tracks import has_flag, minor_at_act, minor_now


class PleaStanding(StrEnum):
    """How far the plea has come."""

    NOT_TOLD = "not_told"
    TOLD = "told"
    """Rights and law are told; the suspect has not answered yet."""
    REFUSED = "refused"
    """The suspect does not plead."""
    PLEADS = "pleads"
    SIGNED = "signed"
    """The statement (具结书) is signed (CPL 174¶1)."""
    EXEMPT = "exempt"
    """No statement need be signed (CPL 174¶2)."""
    WITHDRAWN = "withdrawn"

    @property
    def zh(self) -> str:
        """As people say it."""
        return _STANDINGS[self]


_STANDINGS = {
    PleaStanding.NOT_TOLD: "尚未告知认罪认罚规定",
    PleaStanding.TOLD: "已告知，尚未表示",
    PleaStanding.REFUSED: "不认罪认罚",
    PleaStanding.PLEADS: "认罪认罚",
    PleaStanding.SIGNED: "已签署具结书",
    PleaStanding.EXEMPT: "认罪认罚，不需要签署具结书",
    PleaStanding.WITHDRAWN: "已反悔",
}
SETTLED = frozenset({PleaStanding.SIGNED, PleaStanding.EXEMPT})
STANDS = SETTLED | {PleaStanding.PLEADS}


@dataclass(frozen=True, slots=True)
class Heard:
    """On what somebody was heard."""

    giver: OpinionGiver
    topics: frozenset[OpinionTopic]


@dataclass(frozen=True, slots=True)
class Plea:
    """What stands of it now: codes, days and the recommendation, no words."""

    standing: PleaStanding = PleaStanding.NOT_TOLD
    lawyer: LawyerKind | None = None
    """Who helps the suspect, as last told."""
    refuses_help: bool = False
    """The suspect wants no duty lawyer: one witnesses the signing all the same (SENT-2021 27)."""
    lawyer_notified: bool = False
    """A duty lawyer was notified, or the legal-aid body (RULES 267¶2)."""
    lawyer_by: date | None = None
    """Until when the body names a duty lawyer (DUTY-2020 19)."""
    reviewed: bool = False
    """The plea in the investigation was looked into and found voluntary (RULES 271)."""
    heard: tuple[Heard, ...] = ()
    recorded: bool = False
    """The suspect's hearing was recorded on audio and video (SENT-2021 5)."""
    has_victim: bool = True
    objected_for: bool = False
    """A minor's representative or defender objects (RULES 468)."""
    recommendation: Recommendation | None = None
    procedure: TrialProcedure | None = None
    """What the suspect is to agree to."""
    civil_claim: CivilClaim | None = None
    exemption: PleaExemption | None = None

    @property
    def stands(self) -> bool:
        """Does the suspect plead as things stand?"""
        return self.standing in STANDS

    @property
    def settled(self) -> bool:
        """Is the statement signed, or none needed?"""
        return self.standing in SETTLED

    def hears(self, giver: OpinionGiver, topics: Collection[OpinionTopic]) -> "Plea":
        """The same, with somebody heard on more."""
        before = {one.giver: one.topics for one in self.heard}
        after = before | {giver: before.get(giver, frozenset()) | frozenset(topics)}
        return replace(self, heard=tuple(Heard(who, after[who]) for who in sorted(after)))

    def anew(self, standing: PleaStanding) -> "Plea":
        """Begun again: the lawyer stays, everything else is said anew (RULES 271¶2)."""
        return Plea(
            standing,
            lawyer=self.lawyer,
            refuses_help=self.refuses_help,
            lawyer_notified=self.lawyer_notified,
            lawyer_by=self.lawyer_by,
        )


_DAYS = ("lawyer_by",)


def of(prosecution: Prosecution) -> Plea:
    """What stands of the plea."""
    if prosecution.plea is None:
        return Plea()
    known = {one.name for one in fields(Plea)}
    plain = {name: value for name, value in prosecution.plea.items() if name in known}
    days = {name: date.fromisoformat(plain[name]) for name in _DAYS if plain.get(name)}
    return of_plain(Plea, plain | days)


def keep(prosecution: Prosecution, plea: Plea) -> None:
    """Write down what stands of it."""
    plain = as_plain(plea)
    prosecution.plea = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in plain.items()
    }


def change(prosecution: Prosecution, **changes: object) -> Plea:
    """Write down what has changed of it, and return what stands."""
    plea: Plea = replace(of(prosecution), **changes)  # type: ignore[arg-type]  # by their names
    keep(prosecution, plea)
    return plea


def stated(prosecution: Prosecution) -> bool:
    """Did the organ that transferred the case state a plea? (CPL 162¶2)"""
    transfer = prosecution.case.transfer
    named = transfer.named if transfer is not None else ()
    return any(one.pleads for one in named if one.suspect_id == prosecution.suspect_id)


def charges(prosecution: Prosecution) -> int:
    """How many charges the prosecution opinion names; at least one."""
    transfer = prosecution.case.transfer
    named = transfer.named if transfer is not None else ()
    stated_ones = [one.charge_ids for one in named if one.suspect_id == prosecution.suspect_id]
    return max(1, *(len(one) for one in [*stated_ones, prosecution.suspect.charge_ids]))


def pleader(prosecution: Prosecution, on: date) -> Pleader:
    """What the articles ask about the suspect who pleads, on that day."""
    plea, suspect = of(prosecution), prosecution.suspect
    return Pleader(
        blind_deaf_or_mute=has_flag(suspect, Flag.BLIND, Flag.DEAF, Flag.MUTE),
        limited_capacity=has_flag(suspect, Flag.LIMITED_CAPACITY),
        minor=minor_now(suspect, on),
        objected_for=plea.objected_for,
        has_defender=plea.lawyer is LawyerKind.DEFENDER,
        refuses_duty_lawyer=plea.refuses_help,
        has_victim=plea.has_victim,
    )


def person(suspect: Suspect, traits: Collection[str], on: date) -> Person:
    """What the law asks about the person before it allows a penalty."""
    return Person(
        minor_at_act=minor_at_act(suspect) or minor_now(suspect, on),
        foreigner=has_flag(suspect, Flag.FOREIGNER),
        recidivist="recidivist" in traits,
        ringleader="ringleader" in traits,
        pregnant_at_trial="pregnant" in traits,
        aged_75_at_trial="aged_75" in traits,
    )


def missing(act: Act, prosecution: Prosecution) -> Problems:
    """What is still missing before the statement may be signed (CPL 173¶2; SENT-2021 5)."""
    plea = of(prosecution)
    return hearing_problems(
        {one.giver: one.topics for one in plea.heard},
        pleader(prosecution, act.today),
        rights_told=plea.standing is not PleaStanding.NOT_TOLD,
        recorded=plea.recorded,
    )


def exempt_for(act: Act, prosecution: Prosecution) -> tuple[PleaExemption, ...]:
    """Why this suspect need not sign, as far as is known (RULES 272¶2)."""
    return exemptions(pleader(prosecution, act.today))


def traits(act: Act, prosecution: Prosecution) -> list[str]:
    """What was said of the person when a penalty was last recommended."""
    said = latest(act, prosecution, "recommend")
    return list(said.given.get("traits") or []) if said is not None else []

"""The judgment beside the indictment, for the handler who reviews it: what differs, and a draft.

A difference is not a ground of protest, and a hint is not a finding (RULES 584): both are shown
to whoever reviews, and nothing follows from them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services import charges
from services.kernel.act import Act
from services.kernel.refusals import Conflict, Unprocessable
from services.policy import Permission, demands
from services.proceedings.operations import latest
from services.proceedings.records import TakenStep
from services.prosecutions import accusations, pleas
from services.prosecutions.records import Prosecution
from services.prosecutions.weighing import read
from services.sentencing import (
    Accusation,
    Circumstance,
    CourtFinding,
    CourtPaper,
    Difference,
    Fact,
    Hint,
    Penalty,
    Problems,
    ProtestDraft,
    ProtestGround,
    TrialOutcome,
    TrialProcedure,
    compare,
    hints,
    penalty_problems,
    protest_outline,
)

JUDGMENT = "judgment_received"


class NothingToCompare(Conflict):
    """No judgment is registered, or the indictment is not on record part by part."""

    zh = "尚未登记判决、裁定，或者起诉内容没有逐项保存，无法比对。"


class NoProtestGround(Unprocessable):
    """A protest rests on a ground of RULES 584; a difference alone is none."""

    zh = "提出抗诉应当具有刑诉规则第五百八十四条规定的情形，判决与起诉不一致本身不是抗诉理由。"


@dataclass(frozen=True, slots=True)
class JudgmentReview:
    """What the comparison shows."""

    judgment: TakenStep
    accusation: Accusation
    finding: CourtFinding
    differences: tuple[Difference, ...]
    hints: tuple[Hint, ...]
    """Grounds to think about; never a finding."""
    problems: Problems
    """What the general part of the Criminal Law says against the penalty as imposed."""
    charges: Mapping[int, str]
    """The names of the charges that the differences speak of."""


@demands(Permission.JUDGMENT_COMPARE)
def judgment_differences(act: Act, prosecution: Prosecution) -> JudgmentReview:
    """Compare the first-instance judgment with the indictment (RULES 585).

    Refuses:
        NotAllowed: the handler, case management, head or chief there, or the procuratorate above.
        NothingToCompare: no judgment is registered, or the indictment is not on record in parts.

    Records:
        Nothing.
    """
    judgment, accusation = latest(act, prosecution, JUDGMENT), accusations.of(prosecution)
    if judgment is None or accusation is None:
        raise NothingToCompare
    finding = _finding(act, prosecution, judgment, accusation)
    differences = compare(accusation, finding)
    named = accusation.charges | finding.charges
    named |= {one.charge_id for one in (*accusation.facts, *finding.facts) if one.charge_id}
    return JudgmentReview(
        judgment,
        accusation,
        finding,
        differences,
        hints(differences),
        _against_penalty(act, prosecution, finding),
        charges.names(act, named),
    )


@demands(Permission.JUDGMENT_COMPARE)
def protest_draft(
    act: Act,
    prosecution: Prosecution,
    *,
    grounds: Mapping[ProtestGround, str],
    request: str = "",
    upper_court: str = "",
) -> str:
    """Draft the protest on the grounds that the handler chose, for the handler to go on writing.

    Refuses:
        NotAllowed: the handler, case management, head or chief there, or the procuratorate above.
        NothingToCompare: no judgment is registered, or the indictment is not on record in parts.
        NoProtestGround: no ground was chosen.

    Records:
        Nothing.
    """
    if not grounds:
        raise NoProtestGround
    review = judgment_differences(act, prosecution)
    accepted = latest(act, prosecution, "court_accepts")
    indicted = latest(act, prosecution, "indict")
    draft = ProtestDraft(
        procuratorate=prosecution.case.procuratorate.name,
        court=accepted.given["court"] if accepted is not None else OPEN_COURT,
        upper_court=upper_court or OPEN_COURT,
        paper=CourtPaper(review.judgment.given["paper"]),
        number=review.judgment.given["document_number"],
        defendants=(prosecution.suspect.name,),
        charges="、".join(review.charges[one] for one in sorted(review.accusation.charges)),
        differences=review.differences,
        grounds=grounds,
        request=request,
        indictment_number=(indicted.number or "") if indicted is not None else "",
    )
    return protest_outline(draft, review.charges)


OPEN_COURT = "［人民法院名称］"


def _finding(
    act: Act, prosecution: Prosecution, judgment: TakenStep, accusation: Accusation
) -> CourtFinding:
    """What the judgment says; what was ticked as charged is as the indictment says it."""
    given = judgment.given
    outcome = TrialOutcome(given["outcome"])
    same = set(given.get("as_charged") or ()) if outcome is TrialOutcome.CONVICTED else set()
    facts = tuple(read(Fact, one) for one in given.get("facts") or ())
    found = frozenset(Circumstance(one) for one in given.get("circumstances") or ())
    penalty = given.get("penalty")
    return CourtFinding(
        suspect_id=prosecution.suspect_id,
        outcome=outcome,
        charges=accusation.charges if "charges" in same else frozenset(given.get("charges") or ()),
        facts=accusation.facts if "facts" in same else facts,
        circumstances=accusation.circumstances if "circumstances" in same else found,
        penalty=read(Penalty, penalty) if penalty else None,
        procedure=_procedure(act, prosecution, given),
        adjustment_asked=_adjustment_asked(act, prosecution, given),
    )


def _procedure(
    act: Act, prosecution: Prosecution, given: Mapping[str, Any]
) -> TrialProcedure | None:
    said = given.get("procedure")
    if said is None:
        registered = latest(
            act, prosecution, "court_accepts", "court_changes_procedure", "remanded_for_retrial"
        )
        said = registered.given["procedure"] if registered is not None else None
    return TrialProcedure(said) if said else None


def _adjustment_asked(act: Act, prosecution: Prosecution, given: Mapping[str, Any]) -> bool | None:
    said = given.get("adjustment")
    if said is not None:
        return bool(said == "asked")
    return True if latest(act, prosecution, "court_asks_to_adjust") is not None else None


def _against_penalty(act: Act, prosecution: Prosecution, finding: CourtFinding) -> Problems:
    if finding.penalty is None:
        return ()
    traits = [one.value for one in finding.circumstances]
    person = pleas.person(prosecution.suspect, traits, act.today)
    return penalty_problems(finding.penalty, person)

"""Cases that belong together: linked by hand, split from one another, or merged."""

from dataclasses import dataclass

from sqlalchemy import or_, select

from services import cases
from services.cases import Case
from services.kernel.act import Act
from services.kernel.refusals import Conflict, Unprocessable
from services.memberships.events import CasesLinked
from services.memberships.records import ONE_LINK, CaseLink, LinkReason
from services.policy import Permission, demands


class LinkedBefore(Conflict):
    """These two cases are linked already."""

    zh = "两案已经关联。"


class LinkedToItself(Unprocessable):
    """A case is not linked to itself."""

    zh = "不能与本案自身关联。"


@dataclass(frozen=True, slots=True)
class Relation:
    """Another case and how it belongs to this one.

    `kind` is a reason of a link, or `split_from`, `split_off`, `merged_into` or `merged_from`.
    """

    case: Case
    kind: str


@demands(Permission.CASE_LINK)
def link(act: Act, case: Case, other: Case, *, reason: LinkReason) -> CaseLink:
    """Say that two cases belong together (关联案件); it holds both ways and moves nothing.

    Whoever links has to see both; the other one is found by that, or does not exist.

    Refuses:
        NotAllowed: only the handler and case management of the case.
        LinkedToItself: it is the same case.
        LinkedBefore: they are linked, also by somebody else a moment ago.

    Records:
        CasesLinked.
    """
    if case.id == other.id:
        raise LinkedToItself
    lower, higher = sorted((case.id, other.id))
    linked = CaseLink(
        lower_id=lower,
        higher_id=higher,
        reason=reason,
        linked_by=act.actor.id,
        linked_at=act.now,
    )
    with act.unless(ONE_LINK, LinkedBefore()):
        act.session.add(linked)
    act.record(CasesLinked(case.id, other.id, reason.value))
    return linked


def links_of(act: Act, case: Case) -> list[Relation]:
    """The cases that belong to this one, as far as the actor may see them, the oldest first."""
    linked = select(CaseLink).where(
        or_(CaseLink.lower_id == case.id, CaseLink.higher_id == case.id)
    )
    kinds: dict[int, list[str]] = {}
    for one in act.session.scalars(linked.order_by(CaseLink.id)):
        other = one.higher_id if one.lower_id == case.id else one.lower_id
        kinds.setdefault(other, []).append(one.reason.value)
    if case.split_from_id is not None:
        kinds.setdefault(case.split_from_id, []).append("split_from")
    if case.merged_into_id is not None:
        kinds.setdefault(case.merged_into_id, []).append("merged_into")
    grown = select(Case.id, Case.split_from_id).where(
        or_(Case.split_from_id == case.id, Case.merged_into_id == case.id)
    )
    for other, from_id in act.session.execute(grown):
        kinds.setdefault(other, []).append("split_off" if from_id == case.id else "merged_from")
    seen = cases.visible(act).where(Case.id.in_(kinds)).order_by(Case.id)
    return [Relation(one, kind) for one in act.session.scalars(seen) for kind in kinds[one.id]]

"""Recording an inquiry, correcting what was recorded, and looking into it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, exists, or_, select

from services import cases, tasks
from services.cases import Case
from services.inquiries.events import (
    InquiryCorrected,
    InquiryRecorded,
    InquiryReviewed,
    SupervisionRecorded,
)
from services.inquiries.records import (
    CORRECTED_ONCE,
    REVIEWED_ONCE,
    Inquiry,
    InquiryChannel,
    InquiryFinding,
    InquiryKind,
    InquiryReview,
)
from services.kernel.act import Act
from services.kernel.refusals import Conflict, NotAllowed, NotFound, Unprocessable
from services.policy import TAKING_PART, Permission, PostKind, allows, demands, inspected
from services.tasks import TaskKind


class SupervisionIsLawful(Unprocessable):
    """What seems unlawful is recorded as interference, inquiry or contact, never as supervision."""

    zh = "依法履行领导、监督职责的不属于干预、过问；认为违法的，请按干预、过问或者不当接触记录。"


class NotYetHappened(Unprocessable):
    """An inquiry is recorded after it has happened."""

    zh = "过问发生的时间不能晚于现在。"


class CaseOfAnotherOffice(Unprocessable):
    """That case is handled by another procuratorate than the one in which it is recorded."""

    zh = "该案件不由记录所在的检察院办理。"


class CaseNotSeen(Unprocessable):
    """There is no such case that you may see; name it in words."""

    zh = "没有您可以查看的该案件，请在内容中写明案件。"


class ProcuratorateUnclear(Unprocessable):
    """You have a part in several procuratorates: say in which it is recorded."""

    zh = "您在多个检察院任职，请写明在哪个检察院记录。"


class InquiryAlreadyCorrected(Conflict):
    """A later entry stands in the place of this one; go on with that one."""

    zh = "该记录已有更正，请在更正后的记录上办理。"


class InquiryAlreadyReviewed(Conflict):
    """The inspection has looked into this entry before."""

    zh = "该记录已经核查。"


@dataclass(frozen=True, slots=True)
class NewInquiry:
    """An inquiry as the person who was asked tells it."""

    procuratorate_id: int
    kind: InquiryKind
    channel: InquiryChannel
    asker_name: str
    content: str
    seems_unlawful: bool
    happened_at: datetime
    asker_unit: str | None = None
    asker_post: str | None = None
    asker_relation: str | None = None
    place: str | None = None
    evidence: str | None = None
    case: Case | None = None


def visible(act: Act) -> Select[Inquiry]:
    """What the actor has recorded, and all of a procuratorate whose staff the actor inspects."""
    return select(Inquiry).where(
        or_(
            Inquiry.procuratorate_id.in_(inspected(act.actor)),
            Inquiry.recorded_by == act.actor.id,
        )
    )


def find(act: Act, inquiry_id: int) -> Inquiry:
    """The entry, if the actor may read it; otherwise it does not exist."""
    found = act.session.scalar(visible(act).where(Inquiry.id == inquiry_id))
    if found is None:
        raise NotFound
    return found


def case_of(act: Act, case_id: int | None) -> Case | None:
    """The case that an inquiry is about, if it is about one that the actor may see.

    Refuses:
        CaseNotSeen: the actor may see no such case.
    """
    if case_id is None:
        return None
    try:
        return cases.find(act, case_id)
    except NotFound as error:
        raise CaseNotSeen(errors=[_at_fault("/case_id", CaseNotSeen.zh)]) from error


def office_of(act: Act, case: Case | None) -> int:
    """The procuratorate in which the actor records: the case's, or the only one of the actor's.

    Refuses:
        NotAllowed: the actor has a part in handling no procuratorate's cases.
        ProcuratorateUnclear: the actor has a part in several.
    """
    if case is not None:
        return case.procuratorate_id
    offices = act.actor.offices_as(*TAKING_PART)
    if not offices:
        raise NotAllowed(permission=Permission.INQUIRY_RECORD)
    if len(offices) > 1:
        raise ProcuratorateUnclear
    return next(iter(offices))


@demands(Permission.INQUIRY_RECORD)
def record(act: Act, given: NewInquiry) -> Inquiry:
    """Record an inquiry or interference, which reports it at once (ORG 47 paragraph 2).

    Lawful supervision is recorded too, apart from the rest: nobody has to look into it.

    Refuses:
        NotAllowed: only who has a part in handling that procuratorate's cases.
        SupervisionIsLawful: lawful supervision that seems unlawful.
        NotYetHappened: it would happen later than now.
        CaseOfAnotherOffice: the case is another procuratorate's.

    Records:
        InquiryRecorded, or SupervisionRecorded.
    """
    inquiry = _told(act, given, given.procuratorate_id)
    act.session.add(inquiry)
    act.session.flush()
    _report(act, inquiry)
    if inquiry.kind is InquiryKind.LAWFUL_SUPERVISION:
        act.record(SupervisionRecorded(inquiry.id))
    else:
        act.record(InquiryRecorded(inquiry.id))
    return inquiry


@demands(Permission.INQUIRY_CORRECT)
def correct(act: Act, earlier: Inquiry, given: NewInquiry) -> Inquiry:
    """Put a further entry in the place of an earlier one, which stays as it is (ORG 47).

    Refuses:
        NotAllowed: only who recorded the earlier one.
        SupervisionIsLawful: lawful supervision that seems unlawful.
        NotYetHappened: it would happen later than now.
        CaseOfAnotherOffice: the case is another procuratorate's.
        InquiryAlreadyCorrected: another entry stands in its place already.

    Records:
        InquiryCorrected.
    """
    inquiry = _told(act, given, earlier.procuratorate_id)
    inquiry.corrects_id = earlier.id
    with act.unless(CORRECTED_ONCE, InquiryAlreadyCorrected()):
        act.session.add(inquiry)
    tasks.cancel(act, TaskKind.REVIEW_INQUIRY, earlier)
    _report(act, inquiry)
    act.record(InquiryCorrected(inquiry.id, earlier.id))
    return inquiry


@demands(Permission.INQUIRY_REVIEW)
def review(act: Act, inquiry: Inquiry, *, finding: InquiryFinding, remark: str) -> InquiryReview:
    """Look into an entry: no breach, or one that goes to the disciplinary organ (ORG 47).

    Refuses:
        NotAllowed: only the inspection of that procuratorate, and never who recorded it.
        InquiryAlreadyCorrected: a later entry stands in its place.
        InquiryAlreadyReviewed: it was looked into before.

    Records:
        InquiryReviewed.
    """
    if _is_corrected(act, inquiry):
        raise InquiryAlreadyCorrected
    found = InquiryReview(
        inquiry_id=inquiry.id,
        finding=finding,
        remark=remark,
        reviewed_by=act.actor.id,
        reviewed_at=act.now,
    )
    with act.unless(REVIEWED_ONCE, InquiryAlreadyReviewed()):
        act.session.add(found)
    tasks.finish(act, TaskKind.REVIEW_INQUIRY, inquiry)
    act.record(InquiryReviewed(inquiry.id))
    return found


def correctable(act: Act, inquiry: Inquiry, *, corrected_by: int | None) -> bool:
    """May the actor put another entry in its place now?"""
    return corrected_by is None and allows(act.actor, Permission.INQUIRY_CORRECT, inquiry)


def reviewable(
    act: Act, inquiry: Inquiry, *, corrected_by: int | None, reviewed_at: datetime | None
) -> bool:
    """May the actor look into it now?"""
    still_open = corrected_by is None and reviewed_at is None
    return still_open and allows(act.actor, Permission.INQUIRY_REVIEW, inquiry)


def _told(act: Act, given: NewInquiry, office_id: int) -> Inquiry:
    """The entry, if it can be true."""
    if given.kind is InquiryKind.LAWFUL_SUPERVISION and given.seems_unlawful:
        raise SupervisionIsLawful(
            article="RULES 4, 6; ORG 47", article_zh="刑诉规则4条、6条；组织法47条"
        )
    if given.happened_at > act.now:
        raise NotYetHappened(errors=[_at_fault("/happened_at", NotYetHappened.zh)])
    if given.case is not None and given.case.procuratorate_id != office_id:
        raise CaseOfAnotherOffice
    return Inquiry(
        procuratorate_id=office_id,
        case_id=given.case and given.case.id,
        kind=given.kind,
        channel=given.channel,
        asker_name=given.asker_name,
        asker_unit=given.asker_unit,
        asker_post=given.asker_post,
        asker_relation=given.asker_relation,
        place=given.place,
        content=given.content,
        evidence=given.evidence,
        seems_unlawful=given.seems_unlawful,
        happened_at=given.happened_at,
        recorded_by=act.actor.id,
        recorded_at=act.now,
    )


def _at_fault(pointer: str, zh: str) -> dict[str, str]:
    return {"pointer": pointer, "code": "invalid", "detail": zh, "severity": "error"}


def _report(act: Act, inquiry: Inquiry) -> None:
    """Lay it before the inspection; lawful supervision is only kept on record."""
    if inquiry.kind is not InquiryKind.LAWFUL_SUPERVISION:
        tasks.open_for_pool(
            act,
            TaskKind.REVIEW_INQUIRY,
            inquiry,
            office_id=inquiry.procuratorate_id,
            post=PostKind.INSPECTOR,
        )


def _is_corrected(act: Act, inquiry: Inquiry) -> bool:
    return bool(act.session.scalar(select(exists().where(Inquiry.corrects_id == inquiry.id))))

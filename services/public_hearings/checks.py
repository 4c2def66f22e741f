"""What every step looks at before it changes anything."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from services import people
from services.activities.grounds import PublicMatter
from services.activities.records import INVITATIONS, INVITED_STATES
from services.arrest_requests.ages import has_reached
from services.arrest_requests.records import Suspect
from services.arrest_requests.terms import Flag
from services.cases import Case
from services.deadlines import statutory_day
from services.kernel.act import Act
from services.kernel.refusals import Conflict, Stale, Unprocessable
from services.people import Person
from services.policy import PostKind
from services.public_hearings.drafts import OfficerDraft, PublicHearingDraft
from services.public_hearings.flow import PublicHearingForm
from services.public_hearings.records import PublicHearing
from services.supervisors import Supervisor

FEWEST, MOST = 3, 7
"""Hearing officers (HEAR-2020)."""
OF_AGE = 23
"""Full years of a hearing officer (HEAR-2020)."""
ADULT = 18
NOTICE = timedelta(days=3)
"""Before the hearing (HEAR-2020), counted back in days."""
CLOSED = frozenset({PublicMatter.ARREST_REVIEW, PublicMatter.CUSTODY_NECESSITY})
"""Hearings that are closed as a rule (HEAR-2020)."""
LAW: Mapping[str, Any] = {
    "article": "HEAR-2020",
    "article_zh": "《人民检察院审查案件听证工作规定》",
}
PRESIDING = (PostKind.CHIEF_PROCURATOR, PostKind.DEPARTMENT_HEAD)


class PublicHearingTimeImpossible(Unprocessable):
    """A public hearing begins in the future and ends after it begins."""

    zh = "听证（审查）应当在将来开始，且结束时间晚于开始时间。"


class WrongNumberOfOfficers(Unprocessable):
    """A public hearing has three to seven hearing officers."""

    zh = "听证员应当为三至七人。"


class OfficerNamedTwice(Unprocessable):
    """The same hearing officer is named twice."""

    zh = "同一听证员不能重复列名。"


class OfficerTooYoung(Unprocessable):
    """A hearing officer is at least twenty-three."""

    zh = "听证员应当年满二十三周岁。"


class OfficerIsSupervisor(Conflict):
    """Whoever is invited as a people's supervisor is no hearing officer of the same hearing."""

    zh = "受邀参加本次活动的人民监督员不能同时担任听证员。"


class NotOfThisCase(Unprocessable):
    """A hearing is about suspects of its case."""

    zh = "所列犯罪嫌疑人不在本案中。"


class NotAbleToPreside(Unprocessable):
    """The handler, the head of a department or the chief procurator presides, nobody recused."""

    zh = "主持人应当是承办检察官、本院部门负责人或者检察长，且未回避。"


class MinorsHearingClosed(Unprocessable):
    """A hearing about a minor is never open to the public."""

    zh = "未成年人案件的听证（审查）不得公开进行。"


class OpeningNeedsReason(Unprocessable):
    """Hearings on an arrest or on the necessity of custody are closed as a rule; say why not."""

    zh = "审查逮捕、羁押必要性审查的听证一般不公开进行；公开的，应当说明理由。"


def possible(act: Act, case: Case, draft: PublicHearingDraft) -> list[Suspect]:
    """What is planned can be held; whose matter it is about.

    Refuses:
        PublicHearingTimeImpossible: it begins in the past, or ends before it begins.
        NotOfThisCase: a suspect who is not in the case.
        NotAbleToPreside: neither chief nor head there today, or recused.
        WrongNumberOfOfficers: more than seven; in a review, one or two.
        OfficerNamedTwice: the same one twice.
        OfficerTooYoung: younger than twenty-three on the day.
        MinorsHearingClosed: open, and a minor is in the case.
        OpeningNeedsReason: an arrest or custody is heard openly, and no reason is given.
    """
    if draft.starts_at <= act.now or draft.ends_at <= draft.starts_at:
        raise PublicHearingTimeImpossible
    suspects = [one for one in case.suspects if one.id in draft.suspect_ids]
    if len(suspects) < len(set(draft.suspect_ids)) or not suspects:
        raise NotOfThisCase
    _may_preside(act, case, draft.chaired_by)
    _officers(draft)
    if draft.open_to_public:
        _may_be_open(draft, case.suspects, act.today)
    return suspects


def enough(hearing: PublicHearing, number: int) -> bool:
    """Are so many hearing officers enough? A public review may be held without any."""
    if hearing.form is PublicHearingForm.PUBLIC_REVIEW and not hearing.officers:
        return True
    return FEWEST <= number <= MOST


def no_supervisor_among(
    act: Act, hearing: PublicHearing, present: Collection[int] | None = None
) -> None:
    """Nobody is hearing officer and people's supervisor in the same hearing.

    Officers have no accounts: a person is the same by name and day of birth. Once it is known who
    is there, only those count.

    Refuses:
        OfficerIsSupervisor: an invited supervisor is named as an officer.
    """
    if hearing.activity_id is None:
        return
    invited = (
        select(Person.name, Supervisor.born_on)
        .join(Supervisor, Supervisor.person_id == Person.id)
        .join(INVITATIONS, INVITATIONS.c.supervisor_id == Supervisor.id)
        .where(
            INVITATIONS.c.activity_id == hearing.activity_id,
            INVITATIONS.c.state.in_(INVITED_STATES),
        )
    )
    known = {tuple(row) for row in act.session.execute(invited)}
    officers = [one for one in hearing.officers if present is None or one.id in present]
    both = [one.id for one in officers if (one.name, one.born_on) in known]
    if both:
        raise OfficerIsSupervisor(officers=both)


def notice_by(hearing: PublicHearing) -> date:
    """The last day of the notice: three days before, the day of the hearing not counted."""
    return day_of(hearing) - NOTICE


def day_of(hearing: PublicHearing) -> date:
    """The day on which it begins, in Asia/Shanghai."""
    return statutory_day(hearing.starts_at)


def still(act: Act, hearing: PublicHearing) -> None:
    """Hold it as it was read: who waited for another's change has not seen its outcome.

    Refuses:
        Stale: somebody else changed it.
    """
    act.session.flush()
    seen = hearing.version
    act.session.refresh(hearing, ["version", "state"], with_for_update=True)
    if hearing.version != seen:
        raise Stale


def touched(hearing: PublicHearing) -> None:
    """What is kept beside it has changed: whoever read it before reads it again."""
    flag_modified(hearing, "state")


def strangers(ids: Collection[int], known: Collection[Any]) -> list[int]:
    """Those of the ids that name nobody of the hearing."""
    return sorted(set(ids) - {one.id for one in known})


def _may_preside(act: Act, case: Case, person_id: int | None) -> None:
    if person_id is None:
        return
    able = people.holders(act.session, PRESIDING, case.procuratorate_id, act.today)
    if person_id not in able or person_id in (case.recused_ids or ()):
        raise NotAbleToPreside(person_id=person_id)


def _officers(draft: PublicHearingDraft) -> None:
    few = draft.form is PublicHearingForm.PUBLIC_REVIEW and 0 < len(draft.officers) < FEWEST
    if few or len(draft.officers) > MOST:
        raise WrongNumberOfOfficers(fewest=FEWEST, most=MOST, **LAW)
    if len({(one.name, one.born_on) for one in draft.officers}) < len(draft.officers):
        raise OfficerNamedTwice
    day = statutory_day(draft.starts_at)
    young = [index for index, one in enumerate(draft.officers) if not _of_age(one, day)]
    if young:
        raise OfficerTooYoung(
            errors=[
                {"pointer": f"/officers/{index}/born_on", "code": "too_young"} for index in young
            ],
            **LAW,
        )


def _of_age(officer: OfficerDraft, day: date) -> bool:
    return has_reached(officer.born_on, OF_AGE, day)


def _may_be_open(draft: PublicHearingDraft, suspects: Collection[Suspect], today: date) -> None:
    if any(_minor(one, today) for one in suspects):
        raise MinorsHearingClosed
    if draft.matter in CLOSED and not draft.open_because:
        raise OpeningNeedsReason(**LAW)


def _minor(suspect: Suspect, today: date) -> bool:
    """A minor at the act or today (RULES 489); where no birthday is known, whoever is marked."""
    days = [day for day in (suspect.act_on, today) if day is not None]
    born_on = suspect.born_on
    by_age = born_on is not None and any(not has_reached(born_on, ADULT, day) for day in days)
    return by_age or Flag.MINOR in suspect.flags

"""What every step looks at before it changes anything."""

from collections.abc import Sequence
from datetime import timedelta

from services.activities.drafts import Need, Plan, Setting
from services.activities.flow import ActivityForm, ActivityKind, InviteGround
from services.activities.practice import of_office
from services.activities.records import Activity
from services.cases import Case, names_of
from services.kernel.act import Act
from services.kernel.refusals import Conflict, Stale, Unprocessable
from services.supervisors import Expertise

SHORTEST_NAME = 2
LONGEST_DAYS = 10
FURTHEST_AHEAD = timedelta(days=731)
IN_A_CASE = frozenset(
    {ActivityKind.PUBLIC_REVIEW, ActivityKind.DOCUMENT_SERVICE, ActivityKind.COURT_APPEARANCE}
)
"""Kinds that are work on one case."""
OF_THE_OFFICE = frozenset(
    {
        ActivityKind.CIRCUIT_INSPECTION,
        ActivityKind.QUALITY_REVIEW,
        ActivityKind.STANDARDS_INSPECTION,
        ActivityKind.BRIEFING,
    }
)
"""Kinds that are about no single case."""


class ActivityNeedsCase(Unprocessable):
    """This kind of activity is work on a case: say which."""

    zh = "此类监督活动须指明案件。"


class ActivityOfNoCase(Unprocessable):
    """This kind of activity is about no single case."""

    zh = "此类监督活动不针对个案，不得指明案件。"


class GroundElsewhere(Unprocessable):
    """The law asks for an invitation only to a public review or a public hearing."""

    zh = "应当邀请的情形仅适用于案件公开审查、公开听证。"


class ActivityTimeImpossible(Unprocessable):
    """An activity begins within two years and ends after it begins, within ten days."""

    zh = "监督活动应当在今后两年内开始，且结束时间晚于开始时间、不超过十日。"


class PlaceNotNamed(Unprocessable):
    """Whoever may come in person has to be told where."""

    zh = "需要到场参加的，应当写明地点。"


class NeedsBeyondWanted(Unprocessable):
    """More people of certain fields are asked for than supervisors are wanted."""

    zh = "要求具备专业知识的人数超过所需人民监督员人数。"


class NameInTitle(Unprocessable):
    """The organ and the supervisors read this: it may name no suspect and no case number."""

    zh = "司法行政机关和人民监督员可以看到的内容，不得出现犯罪嫌疑人姓名、别名或者案号。"


class RemoteSupervisionNotOffered(Conflict):
    """In this procuratorate supervisors take part in person."""

    zh = "该院未开展远程监督，请选择到场参加。"


def possible(act: Act, plan: Plan, case: Case | None, procuratorate_id: int) -> None:
    """What is planned can be held, and gives nothing of the case away.

    Refuses:
        ActivityNeedsCase: work on a case, and none is named.
        ActivityOfNoCase: a case is named for what is about none.
        GroundElsewhere: a ground of PSUP-2019 9 for another kind.
        ActivityTimeImpossible: it begins in the past, or ends before it begins.
        PlaceNotNamed: people come, and nobody knows where to.
        RemoteSupervisionNotOffered: from afar, where that is not offered.
        NeedsBeyondWanted: more of certain fields than people.
        NameInTitle: the title or the place names a suspect, or the case.
    """
    without_case = plan.ground is InviteGround.ADMINISTRATIVE_HEARING
    if plan.kind in IN_A_CASE and case is None and not without_case:
        raise ActivityNeedsCase
    if plan.kind in OF_THE_OFFICE and case is not None:
        raise ActivityOfNoCase
    if plan.ground is not None and plan.kind is not ActivityKind.PUBLIC_REVIEW:
        raise GroundElsewhere(
            article="PSUP-2019 9",
            article_zh="《人民检察院办案活动接受人民监督员监督的规定》第九条",
        )
    within(plan.wanted, plan.needs)
    placed(act, plan.setting, procuratorate_id)
    nameless(act, case, plan.title, plan.setting.place)


def within(wanted: int, needs: Sequence[Need]) -> None:
    """Each seat is drawn once: whoever is to know of a field is one of those who are wanted.

    Refuses:
        NeedsBeyondWanted: more of certain fields than people.
    """
    if sum(by_field(needs).values()) > wanted:
        raise NeedsBeyondWanted


def by_field(needs: Sequence[Need]) -> dict[Expertise, int]:
    """How many of each field: the larger number where a field is named twice."""
    wanted = {need.expertise: 0 for need in needs}
    for need in needs:
        wanted[need.expertise] = max(wanted[need.expertise], need.number)
    return wanted


def placed(act: Act, setting: Setting, procuratorate_id: int) -> None:
    """The time lies ahead, and whoever comes knows where to.

    Refuses:
        ActivityTimeImpossible: it begins in the past, or ends before it begins.
        PlaceNotNamed: people come, and nobody knows where to.
        RemoteSupervisionNotOffered: from afar, where that is not offered.
    """
    length = setting.ends_at - setting.starts_at
    ahead = act.now < setting.starts_at <= act.now + FURTHEST_AHEAD
    if not ahead or length.total_seconds() <= 0 or length.days >= LONGEST_DAYS:
        raise ActivityTimeImpossible
    if setting.form is not ActivityForm.REMOTE and not (setting.place or "").strip():
        raise PlaceNotNamed
    remote = of_office(act.session, procuratorate_id).remote
    if setting.form is not ActivityForm.PRESENT and not remote:
        raise RemoteSupervisionNotOffered


def nameless(act: Act, case: Case | None, *texts: str | None) -> None:
    """Nothing that leaves the procuratorate names a suspect of the case, as known now or before.

    Refuses:
        NameInTitle: one of the texts does.
    """
    if case is None:
        return
    names = {case.number}
    for suspect in case.suspects:
        names |= {suspect.name, suspect.alias or ""}
    former = names_of(act, [suspect.id for suspect in case.suspects])
    for earlier in (one for found in former.values() for one in found):
        names |= {earlier.name, earlier.alias or ""}
    told = ["".join(text.split()) for text in texts if text]
    plain = {"".join(name.split()) for name in names}
    if any(name in text for name in plain if len(name) >= SHORTEST_NAME for text in told):
        raise NameInTitle


def still(act: Act, activity: Activity) -> None:
    """Hold it as it was read: who waited for another's change has not seen its outcome.

    Refuses:
        Stale: somebody else changed it.
    """
    act.session.flush()
    seen = activity.version
    act.session.refresh(activity, with_for_update=True)
    if activity.version != seen:
        raise Stale

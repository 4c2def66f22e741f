"""Preferences (消息偏好): when somebody is woken, and by what; the inbox has everything at once.

No text of law speaks of quiet hours: every number here is practice, and everybody may set their
own. What the law or one's own safety asks for is not theirs to silence: alarms and what is urgent,
periods, answers for which a time is given, and notices about one's own account.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ForeignKey,
    Integer,
    Time,
    and_,
    func,
    literal,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from services import people
from services.kernel.act import EVENTS, Act, Event, Record
from services.kernel.refusals import Stale, Unprocessable
from services.people import Person, Post
from services.policy import Permission, PostKind, demands

ONE_FOR_A_PERSON = "preferences_pkey"
FEWEST, MOST, USUAL = 2, 60, 12
"""Pushes in an hour: the bounds of what somebody may choose, and what holds until they do."""
MOST_DIGESTS = 4
LONGEST_QUIET = timedelta(hours=12)
DAY = timedelta(days=1)


class KindGroup(StrEnum):
    """A group of messages, as somebody silences or keeps it."""

    DEADLINES = "deadlines"
    ACCOUNT = "account"
    INVITATIONS = "invitations"
    CASES = "cases"
    DECISIONS = "decisions"
    SCHEDULE = "schedule"
    CONSULTATIONS = "consultations"
    SUPERVISION = "supervision"
    STAFFING = "staffing"
    OVERSIGHT = "oversight"


@dataclass(frozen=True, slots=True)
class Group:
    """What a group is called, whose events are in it, and whether it can be silenced."""

    zh: str
    en: str
    slices: tuple[str, ...]
    """The nouns whose events it holds."""
    mutable: bool = True


GROUPS: Mapping[KindGroup, Group] = {
    KindGroup.DEADLINES: Group(
        "期限与监控", "Deadlines", ("deadlines", "monitoring", "escalations"), mutable=False
    ),
    KindGroup.ACCOUNT: Group(
        "账号与安全",
        "Account and security",
        ("sessions", "passkeys", "enrolments", "devices", "appointments", "people"),
        mutable=False,
    ),
    KindGroup.INVITATIONS: Group("监督邀请", "Invitations", ("invitations",), mutable=False),
    KindGroup.CASES: Group(
        "案件办理",
        "Cases",
        (
            "arrest_requests",
            "arrest_reviews",
            "assignments",
            "cases",
            "handovers",
            "memberships",
            "prosecutions",
            "tasks",
            "transcripts",
            "transfers",
        ),
    ),
    KindGroup.DECISIONS: Group(
        "审批与会议",
        "Decisions and meetings",
        ("proceedings", "committees", "conferences", "delegations"),
    ),
    KindGroup.SCHEDULE: Group(
        "讯问与日程", "Interrogations and schedule", ("interrogations", "plans", "bookings")
    ),
    KindGroup.CONSULTATIONS: Group("提前介入", "Consultations", ("consultations",)),
    KindGroup.SUPERVISION: Group(
        "人民监督与听证",
        "People's supervision and hearings",
        (
            "activities",
            "draws",
            "packets",
            "participation",
            "public_hearings",
            "supervision_opinions",
            "supervision_plans",
        ),
    ),
    KindGroup.STAFFING: Group(
        "人员与名册", "People and registers", ("supervisors", "people_imports", "leaves")
    ),
    KindGroup.OVERSIGHT: Group(
        "内部监督与系统",
        "Oversight and the system",
        (
            "oversight",
            "inquiries",
            "emergency_accesses",
            "quality_reviews",
            "faults",
            "notifications",
            "app_versions",
        ),
    ),
}
"""Every slice that speaks to people is in one group (tests/preferences holds it)."""

TIMED = frozenset(
    {
        "ArrestRequestSubmitted",  # to be checked and accepted at once (RULES 157)
        "SupplementRequested",  # the period runs on meanwhile (RULES 158)
        "TransferSubmitted",  # review runs already
        "TransferSupplementRequested",
        "OpinionGiven",  # a decision is awaited while the period runs
        "StepProposed",
        "ProposalRaised",
        "OpinionReturned",
        "ProposalReturned",
        "CaseAssigned",  # the case is yours, with its clocks running
        "HandlerChanged",
        "HandoverTaken",
        "CommitteeDecided",  # to be carried out (ORG 33)
        "SupervisionRequested",  # so many working days before (PSUP-2021 19)
        "SupervisionRequestUnanswered",  # PSUP-2021 19, 20
        "SupervisionOpinionReferred",  # a time to answer runs
        "SupervisionOpinionAnswered",  # a time to receipt or object runs
        "PacketReleased",  # a time for reading runs
        "InterrogationDisplaced",  # a time to object runs
        "ConsultationInvited",  # RULES 256
        "QualityHandlerNotified",  # a time to answer runs
        "EmergencyAccessOpened",  # told at that moment, so that it is seen
        "InquiryRecorded",  # ORG 47
    }
)
"""Kinds that are told whatever of their group is silenced: a time runs from them."""


@dataclass(frozen=True, slots=True)
class Habits:
    """When somebody is woken, and by what. Times of day are those of Asia/Shanghai."""

    quiet_from: time | None = None
    quiet_until: time | None = None
    """Quiet hours may span midnight; the first moment is quiet, the last is not."""
    working_days_only: bool = False
    """Days off, by the State Council's calendar, are quiet for what is not urgent."""
    digest_at: tuple[time, ...] = ()
    """When what waits is told of with one push; without any, nothing waits for it."""
    digest_tasks: bool = False
    """Tasks wait for the digest too, and not only what is merely good to know."""
    muted: frozenset[KindGroup] = frozenset()
    cap: int = USUAL
    """Pushes in any hour; what is urgent has twice as many."""

    def silences(self, kind: str) -> bool:
        """Is that kind of event left to the inbox alone?"""
        group = group_of(kind)
        return group in self.muted and can_be_muted(kind)


AT_ONCE = Habits()
"""Whoever holds no post has said nothing, and no post says anything for them."""
ON_DUTY = Habits(digest_at=(time(9), time(17)))
AT_WORK = Habits(time(22), time(7), digest_at=(time(9), time(17)))
LAY = Habits(time(21), time(8), working_days_only=True, digest_at=(time(10),))

DEFAULTS: Mapping[PostKind, Habits] = {
    PostKind.CASE_MANAGER: ON_DUTY,
    PostKind.DETENTION_OFFICER: ON_DUTY,
    PostKind.POLICE_OFFICER: AT_WORK,
    PostKind.COMMISSION_OFFICER: AT_WORK,
    PostKind.PROSECUTOR: AT_WORK,
    PostKind.DEPARTMENT_HEAD: AT_WORK,
    PostKind.CHIEF_PROCURATOR: AT_WORK,
    PostKind.ACTING_CHIEF: AT_WORK,
    PostKind.ASSISTANT: AT_WORK,
    PostKind.CLERK: AT_WORK,
    PostKind.EXECUTION_SUPERVISOR: AT_WORK,
    PostKind.JUSTICE_OFFICER: AT_WORK,
    PostKind.ADMINISTRATOR: AT_WORK,
    PostKind.SECURITY_OFFICER: AT_WORK,
    PostKind.AUDITOR: AT_WORK,
    PostKind.INSPECTOR: AT_WORK,
    PostKind.SUPERVISOR: LAY,
}
"""What holds for a post until its holder says otherwise; of several posts the first one here."""


class Preferences(Record):
    """What one person has said; whoever has said nothing has no row."""

    __tablename__ = "preferences"
    __table_args__ = (
        CheckConstraint(
            "(quiet_from IS NULL) = (quiet_until IS NULL)", name="preferences_quiet_has_two_ends"
        ),
        CheckConstraint(f"cap BETWEEN {FEWEST} AND {MOST}", name="preferences_cap_in_bounds"),
        CheckConstraint(
            f"cardinality(digest_at) <= {MOST_DIGESTS}", name="preferences_few_digests"
        ),
    )

    person_id: Mapped[int] = mapped_column(
        ForeignKey("people.id"), primary_key=True, autoincrement=False
    )
    quiet_from: Mapped[time | None]
    quiet_until: Mapped[time | None]
    working_days_only: Mapped[bool]
    digest_at: Mapped[list[time]] = mapped_column(ARRAY(Time))
    digest_tasks: Mapped[bool]
    muted: Mapped[list[str]]
    cap: Mapped[int]
    set_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # as SQLAlchemy asks

    @property
    def habits(self) -> Habits:
        """The same, as a plain value."""
        return Habits(
            self.quiet_from,
            self.quiet_until,
            self.working_days_only,
            tuple(self.digest_at),
            self.digest_tasks,
            frozenset(KindGroup(group) for group in self.muted),
            self.cap,
        )


@dataclass(frozen=True, slots=True)
class PreferencesSet(Event):
    """Somebody has said when to be woken, and by what; the event is about the person."""

    version: int


class QuietHoursImpossible(Unprocessable):
    """Quiet hours have a beginning and an end, and last twelve hours at the longest."""

    zh = "免打扰时段应当有起止时间，且不得超过十二小时。"


class DigestImpossible(Unprocessable):
    """There are four digests a day at the most, each at another time and outside quiet hours."""

    zh = "消息摘要每日最多四次，时间不得重复，且不得在免打扰时段内。"


class CapOutOfBounds(Unprocessable):
    """A cap lies between two and sixty pushes in an hour."""

    zh = "每小时推送上限应当在二至六十条之间。"


class GroupNotMutable(Unprocessable):
    """What the law or one's own safety asks for is not silenced: it is told in any case."""

    zh = "该类消息涉及法定期限、答复时限或者本人账号安全，不得关闭。"


def group_of(kind: str) -> KindGroup | None:
    """The group of an event's kind, by the slice that records it."""
    event = EVENTS.get(kind)
    return _groups().get(event.__module__.split(".")[1]) if event else None


def can_be_muted(kind: str) -> bool:
    """Is silencing the kind's group enough to silence it? Urgency is asked for apart from this."""
    group = group_of(kind)
    return group is not None and GROUPS[group].mutable and kind not in TIMED


def usual(posts: Collection[str]) -> Habits:
    """What holds for somebody with these posts who has said nothing."""
    return next((habits for post, habits in DEFAULTS.items() if post in posts), AT_ONCE)


def find(act: Act) -> Preferences:
    """The actor's own, or what holds until something is said: version 0 then."""
    said = act.session.get(Preferences, act.actor.id)
    return said or _unsaid(act.actor.id, usual({post for post, _ in act.actor.posts}))


@demands(Permission.PREFERENCE_SET)
def change(act: Act, preferences: Preferences, *, habits: Habits) -> Preferences:
    """Say when to be woken, and by what; no text sets any of these numbers.

    What waits already is looked at again when its time comes, by what holds then.

    Refuses:
        NotAllowed: nobody says it for somebody else.
        QuietHoursImpossible: they have one end only, or last longer than twelve hours.
        DigestImpossible: there are more than four, two at one time, or one in quiet hours.
        CapOutOfBounds: it is less than two or more than sixty.
        GroupNotMutable: it holds what has to be told.
        Stale: another phone said something at the same moment.

    Records:
        PreferencesSet.
    """
    if (habits.quiet_from is None) != (habits.quiet_until is None) or not _is_a_night(habits):
        raise QuietHoursImpossible
    few = len(set(habits.digest_at)) == len(habits.digest_at) <= MOST_DIGESTS
    if not few or any(is_quiet(habits, at) for at in habits.digest_at):
        raise DigestImpossible
    if not FEWEST <= habits.cap <= MOST:
        raise CapOutOfBounds
    if fixed := sorted(group for group in habits.muted if not GROUPS[group].mutable):
        raise GroupNotMutable(group=fixed[0].value)
    for name, value in _columns(habits).items():
        setattr(preferences, name, value)
    preferences.set_at = act.now
    with act.unless(ONE_FOR_A_PERSON, Stale()):
        act.session.add(preferences)
    act.record(PreferencesSet(preferences.person_id, preferences.version))
    return preferences


def is_quiet(habits: Habits, at: time) -> bool:
    """Does that time of day fall into the quiet hours?"""
    start, end = habits.quiet_from, habits.quiet_until
    if start is None or end is None:
        return False
    return start <= at < end if start < end else at >= start or at < end


def of_people(session: Session, person_ids: Collection[int], today: date) -> dict[int, Habits]:
    """What holds for each of these people, in one statement."""
    posts = func.array_agg(func.distinct(Post.kind)).filter(Post.kind.is_not(None))
    wanted = (
        select(Person.id, Preferences, posts.label("posts"))
        .outerjoin(Preferences, Preferences.person_id == Person.id)
        .outerjoin(Post, and_(Post.person_id == Person.id, people.held_on(today)))
        .where(Person.id == func.any(literal(sorted(person_ids), ARRAY(Integer))))
        .group_by(Person.id, Preferences.person_id)
    )
    rows = session.execute(wanted, execution_options={"populate_existing": True})
    return {
        person_id: said.habits if said else usual(_codes(held)) for person_id, said, held in rows
    }


@cache
def _groups() -> Mapping[str, KindGroup]:
    return {noun: group for group, about in GROUPS.items() for noun in about.slices}


def _codes(held: Sequence[Any] | None) -> set[str]:
    return {str(post) for post in held or ()}


def _is_a_night(habits: Habits) -> bool:
    start, end = habits.quiet_from, habits.quiet_until
    if start is None or end is None:
        return True
    lasts = (_since_midnight(end) - _since_midnight(start)) % DAY
    return timedelta() < lasts <= LONGEST_QUIET


def _since_midnight(at: time) -> timedelta:
    return timedelta(hours=at.hour, minutes=at.minute, seconds=at.second)


def _unsaid(person_id: int, habits: Habits) -> Preferences:
    return Preferences(person_id=person_id, version=0, **_columns(habits))


def _columns(habits: Habits) -> dict[str, Any]:
    given = {one.name: getattr(habits, one.name) for one in fields(habits)}
    muted = sorted(group.value for group in habits.muted)
    return given | {"digest_at": sorted(habits.digest_at), "muted": muted}

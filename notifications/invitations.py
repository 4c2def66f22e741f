"""What people hear of invitations: supervisors of their own, both offices of all that they read.

Neither the organ nor a supervisor hears anything of the case.
"""

from datetime import datetime

from sqlalchemy.orm import joinedload

from notifications.audiences import HANDLER, person, pool, together
from notifications.messages import Message, Urgency, Words, on, read_with, topic_of
from services.activities import Activity, ActivityState
from services.invitations import Attending, Invitation
from services.invitations.events import (
    AttendanceFormProposed,
    InvitationReleased,
    InvitationRenewed,
    SupervisorConflictReported,
    SupervisorInvited,
    SupervisorRecusalRefused,
    SupervisorRecused,
)
from services.kernel.act import SHANGHAI
from services.offices import Office
from services.people import Person
from services.policy import PostKind
from services.supervisors import Supervisor

read_with(
    Invitation,
    joinedload(Invitation.activity).joinedload(Activity.case),
    joinedload(Invitation.activity).joinedload(Activity.procuratorate),
    joinedload(Invitation.supervisor).joinedload(Supervisor.person),
)

THE_INVITED = person("person_id")
ORGAN = pool(PostKind.JUSTICE_OFFICER, of="organ_id")
MANAGERS = pool(PostKind.CASE_MANAGER, of="procuratorate_id")

HOW_EN = {Attending.PRESENT: "in person", Attending.REMOTE: "by video"}
HOW = {Attending.PRESENT: "到现场", Attending.REMOTE: "远程"}


def _sample() -> Invitation:
    return Invitation(
        id=5,
        activity=Activity(
            id=7,
            title="测试活动",
            state=ActivityState.DRAWING,
            starts_at=datetime(2026, 3, 12, 14, 17, tzinfo=SHANGHAI),
            procuratorate=Office(name="测试市人民检察院"),
        ),
        supervisor=Supervisor(person_id=9, person=Person(id=9, name="测试监督员")),
        answer_by=datetime(2026, 3, 3, 14, 17, tzinfo=SHANGHAI),
    )


def _link(one: Invitation) -> str:
    return f"/invitations/{one.id}"


def _when_en(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def _when(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y年%m月%d日%H:%M}"


@on(
    SupervisorInvited,
    about=Invitation,
    to=THE_INVITED,
    urgency=Urgency.TASK,
    topic=topic_of("invitation"),
    sample=lambda: (SupervisorInvited(5, 7, 2, late=False), _sample()),
)
def supervisor_invited(_event: SupervisorInvited, one: Invitation) -> Message:
    """Ask the drawn supervisor to come."""
    return Message(
        "邀请您参加监督活动",
        f"{one.activity.procuratorate.name}请您参加“{one.activity.title}”，"
        f"{_when(one.activity.starts_at)}开始。请在{_when(one.answer_by)}前答复。",
        _link(one),
        en=Words(
            "You are invited to an activity",
            f"{one.activity.procuratorate.name} asks you to take part in "
            f"“{one.activity.title}”, which begins at {_when_en(one.activity.starts_at)}. "
            f"Please answer by {_when_en(one.answer_by)}.",
        ),
    )


@on(
    InvitationRenewed,
    about=Invitation,
    to=THE_INVITED,
    urgency=Urgency.TASK,
    topic=topic_of("invitation"),
    sample=lambda: (InvitationRenewed(5, 7), _sample()),
)
def invitation_renewed(_event: InvitationRenewed, one: Invitation) -> Message:
    """Ask again, for the new time."""
    return Message(
        "监督活动改了时间，请再答复一次",
        f"“{one.activity.title}”改在{_when(one.activity.starts_at)}。"
        f"请在{_when(one.answer_by)}前答复能不能来。",
        _link(one),
        en=Words(
            "The activity has a new time: please answer again",
            f"“{one.activity.title}” is now set for {_when_en(one.activity.starts_at)}. "
            f"Please say by {_when_en(one.answer_by)} whether you can come.",
        ),
    )


@on(
    InvitationReleased,
    about=Invitation,
    to=THE_INVITED,
    urgency=Urgency.TASK,
    topic=topic_of("invitation"),
    sample=lambda: (InvitationReleased(5, 7, "called_off"), _sample()),
)
def invitation_released(_event: InvitationReleased, one: Invitation) -> Message:
    """Tell the supervisor not to come."""
    return Message(
        "这次活动您不用来了",
        f"“{one.activity.title}”不再需要您参加。",
        _link(one),
        en=Words(
            "You need not come this time", f"You are no longer needed for “{one.activity.title}”."
        ),
    )


@on(
    SupervisorRecused,
    about=Invitation,
    to=together(THE_INVITED, MANAGERS, HANDLER),
    topic=topic_of("invitation"),
    sample=lambda: (SupervisorRecused(5, 7, "interest"), _sample()),
)
def supervisor_recused(_event: SupervisorRecused, one: Invitation) -> Message:
    """Tell whom it concerns that the supervisor stays away, without the ground."""
    return Message(
        "人民监督员回避",
        f"{one.supervisor.person.name}因回避不参加“{one.activity.title}”，按顺序递补。",
        _link(one),
        en=Words(
            "A supervisor is recused",
            f"{one.supervisor.person.name} takes no part in “{one.activity.title}”. The "
            "next in order follows.",
        ),
    )


@on(
    SupervisorConflictReported,
    about=Invitation,
    to=ORGAN,
    urgency=Urgency.TASK,
    sample=lambda: (
        SupervisorConflictReported(5, 7, 3, "interest", "party"),
        _sample(),
    ),
)
def supervisor_conflict_reported(_event: SupervisorConflictReported, one: Invitation) -> Message:
    """Ask the organ to decide (PSUP-2021 21)."""
    return Message(
        "请决定人民监督员是否回避",
        f"{one.activity.procuratorate.name}提出{one.supervisor.person.name}"
        f"参加“{one.activity.title}”有回避事由。",
        _link(one),
        en=Words(
            "Decide whether a supervisor is recused",
            f"{one.activity.procuratorate.name} reports a ground for the recusal of "
            f"{one.supervisor.person.name} from “{one.activity.title}”.",
        ),
    )


@on(
    SupervisorRecusalRefused,
    about=Invitation,
    to=together(MANAGERS, HANDLER),
    sample=lambda: (SupervisorRecusalRefused(5, 7, 3), _sample()),
)
def supervisor_recusal_refused(_event: SupervisorRecusalRefused, one: Invitation) -> Message:
    """Tell the procuratorate that the supervisor stays."""
    return Message(
        "司法行政机关决定不回避",
        f"{one.supervisor.person.name}继续参加“{one.activity.title}”，理由已经记录。",
        _link(one),
        en=Words(
            "The organ does not recuse",
            f"{one.supervisor.person.name} still takes part in “{one.activity.title}”. "
            "The reason is on record.",
        ),
    )


@on(
    AttendanceFormProposed,
    about=Invitation,
    to=together(MANAGERS, HANDLER, ORGAN),
    topic=topic_of("attendance"),
    sample=lambda: (AttendanceFormProposed(5, 7, "remote"), _sample()),
)
def attendance_form_proposed(event: AttendanceFormProposed, one: Invitation) -> Message:
    """Tell whoever prepares it how the supervisor takes part."""
    return Message(
        "人民监督员改变参加方式",
        f"{one.supervisor.person.name}将{HOW[Attending(event.attending)]}参加"
        f"“{one.activity.title}”。",
        _link(one),
        en=Words(
            "A supervisor attends in another way",
            f"{one.supervisor.person.name} attends “{one.activity.title}” "
            f"{HOW_EN[Attending(event.attending)]}.",
        ),
    )

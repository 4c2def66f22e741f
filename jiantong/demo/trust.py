"""Who is trusted with what in the demo world: posts, phones, delegations, shares, readings.

An appointment waits for the security officer, another was refused; one person has an account and
no phone yet; a phone was lost. Somebody acts for the chief in some matters; one case was opened in
an emergency and looked into, another waits for that; somebody away has handed over all work.
"""

from base64 import urlsafe_b64encode
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from secrets import token_urlsafe

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from sqlalchemy import Select, and_, select

from api.proofs import thumbprint
from jiantong.demo.city import PASSWORD, City, entering
from jiantong.demo.talks import As
from services import (
    appointments,
    assignments,
    delegations,
    emergency_accesses,
    enrolments,
    handovers,
    people,
    readings,
)
from services.appointments import NewAppointment
from services.assignments import Roster, ShareGround
from services.cases import Case, CaseKind, CaseState
from services.devices import Platform
from services.emergency_accesses import EmergencyFinding, EmergencyReason
from services.enrolments import Claim, CodePurpose, IssuedCode, NewPhone, Proof
from services.kernel.act import SHANGHAI
from services.kernel.clock import machine_now
from services.offices import Office
from services.people import Person, Sex
from services.policy import Matter, PostKind

Life = Iterator[datetime]
COURT = "qinglan"
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_LEADERS_SHARE, _HEADS_SHARE = 30, 50
"""What a deputy chief and a head of department carry of the usual load, in percent."""
_NOT_YET = "任职文件尚未送达，请补齐后再次提请。"
_AWAY = "检察长外出参加会议期间，由部门负责人代行部分职责。"
_CUSTODY = "接看守所来电，在押人员突发疾病，承办检察官电话无法接通，需核对羁押情况。"
_CALLED = "值班检察官核对属实，情况紧急，查阅范围与事由相符。"
_ENDING = "期限将于当日届满，承办检察官正在外地出庭，需确认文书是否已经送达。"
_LONG_AWAY = "承办检察官休假，在办案件整体移交。"
_ROUTE = "/api/v1/cases/{case_id}"
_LOOKED_AT = 4
"""So many of the newest cases were opened by each reader."""


def lives(acting_as: As, founded: City, until: datetime) -> list[Life]:
    """Every thread of it: it yields the moment of each step before it is taken."""
    return [
        _posts(acting_as, founded, until - 30 * _MINUTE),
        _loads(acting_as, founded, until - 20 * _MINUTE),
        _phones(acting_as, founded, until - 3 * _DAY),
        _stands_in(acting_as, founded, until - 15 * _MINUTE),
        _emergencies(acting_as, founded, until),
        _read(acting_as, founded, until),
        _handed_over(acting_as, founded, until - 10 * _MINUTE),
    ]


def _posts(acting_as: As, founded: City, at: datetime) -> Life:
    """Posts proposed: one to confirm, one refused, one held from today; an account that is new."""
    administrator, officer = _officers(founded)
    yield at
    with acting_as(administrator, at) as act:
        court = act.session.get_one(Office, founded.offices[COURT])
        for row in entering():
            people.enter(
                act, court, username=row["username"], name=row["name"], sex=Sex(row["sex"])
            )
        wanted = {
            "liuzhixing": (PostKind.PROSECUTOR, act.today + 10 * _DAY),
            "baiyinuo": (PostKind.ASSISTANT, act.today),
            "wenruolin": (PostKind.PROSECUTOR, act.today),
        }
        proposed = {
            username: appointments.propose(
                act,
                NewAppointment(
                    act.session.get_one(Person, founded.people[username]), court, kind, from_on
                ),
            ).id
            for username, (kind, from_on) in wanted.items()
        }
    yield (at := at + 2 * _MINUTE)
    with acting_as(officer, at) as act:
        appointments.refuse(act, appointments.find(act, proposed["baiyinuo"]), reason=_NOT_YET)
        appointments.confirm(act, appointments.find(act, proposed["wenruolin"]))


def _loads(acting_as: As, founded: City, at: datetime) -> Life:
    """The shares of a deputy chief and of a head, and one team of two."""
    chief = founded.holding(PostKind.CHIEF_PROCURATOR, COURT)[0]
    roster = Roster(founded.offices[COURT])
    yield at
    with acting_as(chief, at) as act:
        for username, percent, ground in (
            ("wenruolin", _LEADERS_SHARE, ShareGround.LEADERSHIP),
            ("luojinghang", _HEADS_SHARE, ShareGround.DEPARTMENT),
        ):
            assignments.shares.set_share(
                act,
                roster,
                person_id=founded.people[username],
                percent=percent,
                ground=ground,
                from_on=act.today,
            )
        assignments.teams.form(
            act,
            roster,
            lead_id=founded.people["jiangchengyu"],
            member_ids=[founded.people["subochen"]],
            from_on=act.today,
            until_on=act.today + 60 * _DAY,
        )


def _phones(acting_as: As, founded: City, at: datetime) -> Life:
    """A prosecutor's phone was lost, and another is enrolled in its place."""
    _, officer = _officers(founded)
    owner = founded.people["zhouyanbai"]
    yield at
    lost = _enrolled(acting_as, officer, owner, at, "旧工作手机")
    yield (at := at + _DAY)
    with acting_as(owner, at) as act:
        enrolments.report_loss(act, enrolments.find(act, lost))
    yield (at := at + timedelta(hours=1))
    _enrolled(acting_as, officer, owner, at, "工作手机")


def _enrolled(acting_as: As, officer: int, owner: int, at: datetime, name: str) -> int:
    """The security officer gives out a code and the owner types it; nobody keeps the key."""
    with acting_as(officer, at) as act:
        person = act.session.get_one(Person, owner)
        given: IssuedCode = enrolments.issue_code(act, person, purpose=CodePurpose.ENROL)
        claim = Claim(person.username, given.plain, password=PASSWORD)
    with acting_as(owner, at + 2 * _MINUTE) as act:
        phone = enrolments.enrol(act, NewPhone(_proof(), Platform.ANDROID, name), claim)
        assert isinstance(phone, enrolments.Enrolment)  # noqa: S101  # the code is the one given
        return phone.id


def _stands_in(acting_as: As, founded: City, at: datetime) -> Life:
    """Somebody acts for the chief in two matters; who stands in on leave is said beforehand."""
    chief = founded.holding(PostKind.CHIEF_PROCURATOR, COURT)[0]
    head = founded.people["luojinghang"]
    chair = delegations.Chair(founded.offices[COURT])
    yield at
    with acting_as(chief, at) as act:
        delegations.give(
            act,
            chair,
            to_id=head,
            from_on=act.today,
            until_on=act.today + 6 * _DAY,
            matters=(Matter.OVERSIGHT, Matter.QUALITY),
            reason=_AWAY,
        )
        delegations.order(
            act,
            chair,
            substitutes=[head, founded.people["liangxuheng"]],
            matters=(Matter.ARREST, Matter.PROCEEDINGS, Matter.STAFFING),
        )


def _emergencies(acting_as: As, founded: City, until: datetime) -> Life:
    """Two cases opened in the night and before noon; the auditor has looked into the first."""
    auditor = founded.holding(PostKind.AUDITOR, COURT)[0]
    night = (until - 2 * _DAY).astimezone(SHANGHAI).replace(hour=23, minute=12, second=0)
    yield night
    first = _opened(acting_as, founded, "tangyuji", night, EmergencyReason.PERSON_IN_DANGER)
    yield (at := night + timedelta(hours=11))
    if first:
        with acting_as(auditor, at) as act:
            access = emergency_accesses.find(act, first)
            emergency_accesses.review(
                act, access, finding=EmergencyFinding.JUSTIFIED, words=_CALLED
            )
    yield (at := until - timedelta(hours=1))
    _opened(acting_as, founded, "fangjiming", at, EmergencyReason.DEADLINE_ENDS)


def _opened(
    acting_as: As, founded: City, username: str, at: datetime, reason: EmergencyReason
) -> int | None:
    """The person opens the newest case of somebody else, and reads it a minute later."""
    reader = founded.people[username]
    words = _CUSTODY if reason is EmergencyReason.PERSON_IN_DANGER else _ENDING
    with acting_as(reader, at) as act:
        case = act.session.scalars(
            _handled(founded).where(
                Case.handler_id.is_distinct_from(reader), Case.kind == CaseKind.ARREST
            )
        ).first()
        if case is None or reader in (case.recused_ids or ()):
            return None
        access_id = emergency_accesses.open_case(act, case, reason=reason, words=words).id
        case_id = case.id
    with acting_as(reader, at + _MINUTE) as act:
        readings.note(act, select(Case.id).where(Case.id == case_id), _ROUTE)
    return access_id


def _read(acting_as: As, founded: City, until: datetime) -> Life:
    """Handlers, the head and case management have opened cases; one of them late at night."""
    evening = (until - _DAY).astimezone(SHANGHAI).replace(hour=22, minute=47, second=0)
    times = {
        until - timedelta(days=1, hours=20): ["shenwanqiu", "luojinghang"],
        evening: ["luojinghang"],
        until - timedelta(minutes=50): ["shenwanqiu", "qinzhengyuan"],
    }
    for at, usernames in sorted(times.items()):
        yield at
        for username in usernames:
            _look(acting_as, founded, founded.people[username], at)
        if at != evening:
            for handler in _handlers(acting_as, founded, at):
                _look(acting_as, founded, handler, at)


def _look(acting_as: As, founded: City, reader: int, at: datetime) -> None:
    with acting_as(reader, at) as act:
        newest = _handled(founded)
        if not act.actor.posts & {
            (post.value, founded.offices[COURT])
            for post in (
                PostKind.CASE_MANAGER,
                PostKind.DEPARTMENT_HEAD,
                PostKind.CHIEF_PROCURATOR,
            )
        }:
            newest = newest.where(Case.handler_id == reader)
        ids = [case.id for case in act.session.scalars(newest.limit(_LOOKED_AT))]
        readings.note(act, select(Case.id).where(Case.id.in_(ids)), _ROUTE)


def _handlers(acting_as: As, founded: City, at: datetime) -> Sequence[int]:
    """Everybody who handles a case that is not decided."""
    with acting_as(founded.people["shenwanqiu"], at) as act:
        found = {case.handler_id for case in act.session.scalars(_handled(founded))}
        return sorted(one for one in found if one is not None)


def _handled(founded: City) -> Select[Case]:
    """The cases in somebody's hands, the newest first."""
    return (
        select(Case)
        .where(
            and_(
                Case.procuratorate_id == founded.offices[COURT],
                Case.handler_id.is_not(None),
                Case.state == CaseState.ASSIGNED,
            )
        )
        .order_by(Case.id.desc())
    )


def _handed_over(acting_as: As, founded: City, at: datetime) -> Life:
    """A prosecutor on leave hands over all cases, if none has gone on to prosecution."""
    manager = founded.holding(PostKind.CASE_MANAGER, COURT)[0]
    chief = founded.holding(PostKind.CHIEF_PROCURATOR, COURT)[0]
    names = ("hehuaijin", "tangyuji", "yeqinghe", "subochen")
    yield at
    with acting_as(manager, at) as act:
        for username in names:
            leaving = founded.people[username]
            handled = act.session.scalars(_handled(founded).where(Case.handler_id == leaving)).all()
            if any(case.kind is not CaseKind.ARREST for case in handled) or not handled:
                continue
            taker = _taker(founded, leaving, handled)
            handovers.make(
                act,
                handovers.desk_of(act, leaving, founded.offices[COURT]),
                to_id=taker,
                per_case={},
                reason=_LONG_AWAY,
                approver_id=chief,
            )
            return


def _taker(founded: City, leaving: int, handled: Sequence[Case]) -> int:
    """The first prosecutor who was recused from none of these cases."""
    kept_away = {leaving, *(one for case in handled for one in case.recused_ids or ())}
    holders = founded.holding(PostKind.PROSECUTOR, COURT)
    return next(one for one in reversed(holders) if one not in kept_away)


def _officers(founded: City) -> tuple[int, int]:
    """The administrator and the security officer."""
    return (
        founded.holding(PostKind.ADMINISTRATOR, COURT)[0],
        founded.holding(PostKind.SECURITY_OFFICER, COURT)[0],
    )


def _proof() -> Proof:
    """The proof of a key that is forgotten at once: the demo's phones sign in with a password."""
    point = generate_private_key(SECP256R1()).public_key().public_numbers()
    x, y = (
        urlsafe_b64encode(number.to_bytes(32, "big")).decode().rstrip("=")
        for number in (point.x, point.y)
    )
    return Proof(thumbprint(x, y), x, y, token_urlsafe(), machine_now() + 2 * _MINUTE)

"""The meetings of the demo world: conferences and matters of the committee, at every stage.

They are lived through the real operations like the cases are, and move none of them.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from jiantong.demo import city
from jiantong.demo.city import City
from jiantong.demo.talks import As
from services import cases, committees, conferences
from services.assignments import Recusal
from services.cases import Case
from services.committees import Ballot, Committee, MatterGround, Seat
from services.conferences import ConferenceForm, Position
from services.kernel.act import Act
from services.policy import PostKind

Life = Iterator[datetime]

COURT, NEIGHBOUR = "qinglan", "luting"
_PRICE = (
    "被盗财物的数额，应否按第二次价格认定结论认定？承办人意见：应予认定。",
    "两次价格认定的基准日不同，结论相差一千二百元；被害人能提供购买凭证。",
)
_INTENT = (
    "现有证据能否认定嫌疑人明知所收购的是赃物？承办人意见：可以认定。",
    "收购价格明显低于市场价，交易在夜间进行，嫌疑人辩称不知情。",
)
_MINOR = (
    "伤情鉴定意见有两份且不一致，是否重新鉴定？承办人意见：无需重新鉴定。",
    "两份鉴定意见的损伤程度相差一级，第二份鉴定的检材更完整。",
)
_SAID = ("同意承办人意见，理由见书面意见。", "认定的依据不足，建议补充证据后再定。")
_QUESTIONS = (
    "本案是否批准逮捕犯罪嫌疑人？",
    "本案社会影响较大，是否对主犯批准逮捕？",
    "对在案证据能否认定共同犯罪，如何处理？",
    "检察长不同意承办人的处理意见，如何决定？",
    "本案属于重大、疑难案件，是否批准逮捕？",
)
_REPORT = "一、案件来源和诉讼经过；二、查明的事实和证据；三、争议焦点；四、承办人意见和部门意见。"
_WORDING = "按照多数委员的意见办理，由承办部门执行。"


def lives(acting_as: As, founded: City, until: datetime) -> list[Life]:
    """Every meeting's life: it yields the moment of each step before it is taken."""
    day = timedelta(days=1)
    return [
        _seated(acting_as, founded, until - 30 * day),
        _asked(acting_as, founded, until - day / 4),
        _conferring(acting_as, founded, until - 2 * day, _INTENT, ()),
        _conferring(
            acting_as,
            founded,
            until - 7 * day,
            _MINOR,
            (Position.DISAGREE, Position.DISAGREE, Position.AGREE),
        ),
        _deliberated(acting_as, founded, until - 9 * day, 0, "executed"),
        _deliberated(acting_as, founded, until - 8 * day, 1, "decided"),
        _deliberated(acting_as, founded, until - 5 * day, 2, "counted"),
        _deliberated(acting_as, founded, until - 4 * day, 3, "opened"),
        _deliberated(acting_as, founded, until - day, 4, "summoned"),
    ]


def _seated(acting_as: As, founded: City, at: datetime) -> Life:
    yield at
    chief = _chief(founded)
    with acting_as(chief, at) as act:
        committee = Committee(founded.offices[COURT])
        for username, seat in city.committee(COURT).items():
            person_id = founded.people[username]
            committees.register(act, committee, person_id=person_id, seat=Seat(seat))


def _asked(acting_as: As, founded: City, at: datetime) -> Life:
    yield at
    with acting_as(_chief(founded), at) as act:
        chosen = _some_case(act, 1)
        case_id, handler = chosen.id, chosen.handler_id
    if handler is not None:
        with acting_as(handler, at) as act:
            question, facts = _PRICE
            conferences.ask(act, cases.find(act, case_id), question=question, facts=facts)


def _conferring(
    acting_as: As,
    founded: City,
    at: datetime,
    matter: tuple[str, str],
    said: Sequence[Position],
) -> Life:
    """One with a prosecutor of the neighbouring office; closed and departed from once all spoke."""
    head = founded.holding(PostKind.DEPARTMENT_HEAD, COURT)[0]
    yield at
    with acting_as(head, at) as act:
        case = _some_case(act, 3)
        handler = case.handler_id
        members = _members(founded, case)
        conference = conferences.call(
            act,
            case,
            question=matter[0],
            facts=matter[1],
            form=ConferenceForm.REMOTE,
            held_at=at + timedelta(hours=20),
            members=members,
        )
        act.session.flush()
        conference_id = conference.id
    at += timedelta(hours=20)
    for (person_id, _), position in zip(members, said or (Position.AGREE,), strict=False):
        yield (at := at + timedelta(minutes=20))
        with acting_as(person_id, at) as act:
            words = _SAID[position is Position.DISAGREE]
            one = conferences.find(act, conference_id)
            conferences.opine(act, one, position=position, words=words)
    if not said:
        return
    yield (at := at + timedelta(hours=1))
    with acting_as(head, at) as act:
        one = conferences.find(act, conference_id)
        conferences.close(act, one, summary="两人认为应当重新鉴定，一人同意承办人意见。")
    yield (at := at + timedelta(hours=16))
    if handler is not None and _still_handles(acting_as, at, handler, conference_id):
        with acting_as(handler, at) as act:
            one = conferences.find(act, conference_id)
            conferences.depart(act, one, reasons="第二份鉴定的检材完整、程序合法，足以采信。")


def _deliberated(acting_as: As, founded: City, at: datetime, place: int, until: str) -> Life:
    """A matter before the committee, as far as `until`."""
    chief = _chief(founded)
    sitting = [founded.people[username] for username in city.committee(COURT)]
    order = [*reversed(sitting)]
    yield at
    with acting_as(chief, at) as act:
        matter = committees.put(
            act,
            _some_case(act, 5 + place),
            ground=MatterGround.MAJOR_ARREST if place % 2 else MatterGround.CHIEF_DISAGREES,
            question=_QUESTIONS[place],
            report=_REPORT,
        )
        act.session.flush()
        matter_id, handler = matter.id, matter.handler_id
        sits_at = at + timedelta(days=3)
        committees.summon(act, matter, sits_at=sits_at, presider_id=chief)
    if until == "summoned":
        return
    yield (at := sits_at)
    with acting_as(chief, at) as act:
        committees.open_session(act, committees.find(act, matter_id), present=sitting, absent=[])
    spoken = order[:2] if until == "opened" else order
    for person_id in spoken:
        yield (at := at + timedelta(minutes=10))
        with acting_as(person_id, at) as act:
            committees.speak(act, committees.find(act, matter_id), speech=_SAID[0])
    if until == "opened":
        return
    for person_id in order:
        ballot = Ballot.REJECT if person_id == order[0] else Ballot.APPROVE
        yield (at := at + timedelta(minutes=2))
        with acting_as(person_id, at) as act:
            one = committees.find(act, matter_id)
            committees.vote(act, one, ballot=ballot, opinion=_SAID[ballot is Ballot.REJECT])
    yield (at := at + timedelta(minutes=5))
    with acting_as(chief, at) as act:
        committees.count(act, committees.find(act, matter_id))
    if until == "counted":
        return
    yield (at := at + timedelta(hours=2))
    with acting_as(chief, at) as act:
        committees.decide(act, committees.find(act, matter_id), wording=_WORDING)
    if until == "decided" or handler is None:
        return
    yield (at := at + timedelta(days=2))
    with acting_as(handler, at) as act:
        one = committees.find(act, matter_id)
        committees.execute(act, one, executed_on=act.today)


def _some_case(act: Act, place: int) -> Case:
    """One of the newest cases that have a handler and from which nobody is kept away."""
    chosen = (
        cases.visible(act)
        .where(
            Case.handler_id.is_not(None),
            Case.id.not_in(select(Recusal.case_id)),
        )
        .order_by(Case.id.desc())
        .limit(place + 1)
    )
    return list(act.session.scalars(chosen))[-1]


def _members(founded: City, case: Case) -> list[tuple[int, int]]:
    own, other = founded.offices[COURT], founded.offices[NEIGHBOUR]
    here = [one for one in founded.holding(PostKind.PROSECUTOR, COURT) if one != case.handler_id]
    there = founded.holding(PostKind.PROSECUTOR, NEIGHBOUR)
    return [*((one, own) for one in here[:2]), (there[0], other)]


def _still_handles(acting_as: As, at: datetime, handler: int, conference_id: int) -> bool:
    with acting_as(handler, at) as act:
        found = act.session.get_one(conferences.Conference, conference_id)
        return found.handler_id == handler


def _chief(founded: City) -> int:
    return founded.holding(PostKind.CHIEF_PROCURATOR, COURT)[0]

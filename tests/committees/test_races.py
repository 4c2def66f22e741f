"""Several phones of one member at the same moment, on committed data: one vote, one seat."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.orm.exc import StaleDataError

from services import committees
from services.cases import Case, CaseState
from services.committees import Ballot, Committee, CommitteeMatter, CommitteeVote, Seat
from services.kernel.act import Act, Actor, acting
from services.kernel.refusals import Refusal
from services.people import Person, actor_of
from services.policy import PostKind
from tests.committees.conftest import NOW, SITS, Chamber, seated
from tests.make import Make
from tests.notifications.conftest import apart as apart  # noqa: PLC0414  # a fixture, passed on

PHONES = 6


def at_once(
    sessions: sessionmaker[Session], actor: Actor, verb: Callable[[Act], object]
) -> Counter[str]:
    """Let every phone act in the same instant; say how it ended."""
    barrier = Barrier(PHONES)

    def ended(_phone: int) -> str:
        try:
            with acting(sessions, actor, SITS) as act:
                barrier.wait(timeout=20)
                verb(act)
        except (Refusal, StaleDataError) as no:
            return type(no).__name__
        return "done"

    with ThreadPoolExecutor(PHONES) as pool:
        return Counter(pool.map(ended, range(PHONES)))


def chamber(session: Session) -> Chamber:
    """A committee whose members have spoken, for everybody to see."""
    make = Make(session, NOW)
    known = session.scalar(select(func.count()).select_from(Person)) or 0
    make._numbers = iter(range(known * 1000 + 1, 10**9))  # type: ignore[assignment]  # noqa: SLF001  # names are unique and stay
    town = make.town()
    case = make.case(town)
    case.handler_id, case.state = town.prosecutor.id, CaseState.ASSIGNED
    deputy, full_time, others = seated(make, town)
    head = make.person(PostKind.DEPARTMENT_HEAD, town.procuratorate)
    upper = town.procuratorate
    return Chamber(make, town, upper, head, deputy, full_time, others, case)


def test_a_member_with_many_phones_has_one_vote(apart: Engine) -> None:
    sessions = sessionmaker(apart, expire_on_commit=False)
    with sessions.begin() as session:
        there = chamber(session)
        matter_id = there.spoken().id
        member = actor_of(session, there.deputy.id, NOW.date())

    def vote(act: Act) -> None:
        matter = committees.find(act, matter_id)
        committees.vote(act, matter, ballot=Ballot.APPROVE)

    assert at_once(sessions, member, vote) == {"done": 1, "VotedAlready": PHONES - 1}
    with sessions() as session:
        votes = select(func.count()).where(CommitteeVote.matter_id == matter_id)
        assert session.scalar(votes.select_from(CommitteeVote)) == 1


def test_votes_are_counted_once(apart: Engine) -> None:
    sessions = sessionmaker(apart, expire_on_commit=False)
    with sessions.begin() as session:
        there = chamber(session)
        matter_id = there.voted((Ballot.APPROVE,) * 5).id
        chief = actor_of(session, there.town.chief.id, NOW.date())

    def count(act: Act) -> None:
        committees.count(act, committees.find(act, matter_id))

    assert at_once(sessions, chief, count) == {"done": 1, "WrongState": PHONES - 1}
    with sessions() as session:
        matter = session.get_one(CommitteeMatter, matter_id)
        assert matter.state is committees.CommitteeState.MAJORITY
        assert session.get_one(Case, matter.case_id).state is CaseState.ASSIGNED


def test_a_seat_is_given_once(apart: Engine) -> None:
    sessions = sessionmaker(apart, expire_on_commit=False)
    with sessions.begin() as session:
        there = chamber(session)
        office_id, person_id = there.town.procuratorate.id, there.head.id
        chief = actor_of(session, there.town.chief.id, NOW.date())

    def register(act: Act) -> None:
        committees.register(act, Committee(office_id), person_id=person_id, seat=Seat.MEMBER)

    assert at_once(sessions, chief, register) == {"done": 1, "SeatHeld": PHONES - 1}

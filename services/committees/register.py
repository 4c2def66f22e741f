"""Who sits in a committee: the chief, the deputies, full-time and other members (ORG 30).

The seats are given by the people's congress at the chief procurator's proposal (ORG 37, 38); the
register only says who holds them. There should be an odd number of them (ORG 30); a register that
is being changed may have an even one for a while, so an even number is shown and not refused.
"""

from sqlalchemy import Select, select

from services import people
from services.committees.events import CommitteeMemberRegistered, CommitteeMemberReleased
from services.committees.majority import Seat
from services.committees.records import ONE_CHIEF, ONE_SEAT, Committee, CommitteeMember
from services.kernel.act import Act
from services.kernel.refusals import Conflict, NotFound, Unprocessable
from services.policy import Permission, PostKind, demands

SITTING = (PostKind.CHIEF_PROCURATOR, PostKind.DEPARTMENT_HEAD, PostKind.PROSECUTOR)


class SeatHeld(Conflict):
    """That person has a seat in this committee already."""

    zh = "该人员已是本院检察委员会委员。"


class ChiefSeated(Conflict):
    """The chief procurator's seat is held."""

    zh = "本院检察委员会已有检察长席位，请先办理免去登记。"


class NotToBeSeated(Unprocessable):
    """Only prosecutors of that procuratorate sit in its committee, its chief in the chief seat."""

    zh = "检察委员会由本院检察长、副检察长和资深检察官组成；检察长席位只能登记本院检察长。"


class SeatLeft(Conflict):
    """That seat was given up before."""

    zh = "该委员已办理免去登记。"


def seats(act: Act) -> Select[CommitteeMember]:
    """The seats held today in the committees of the actor's own offices."""
    return select(CommitteeMember).where(
        CommitteeMember.procuratorate_id.in_(act.actor.offices), CommitteeMember.left_at.is_(None)
    )


def of_office(act: Act, office_id: int | None = None) -> Committee:
    """The committee of the actor's office, or of the one named if the actor has several.

    Refuses:
        NotFound: the actor holds no post there.
    """
    offices = sorted(act.actor.offices)
    wanted = office_id if office_id is not None else next(iter(offices), None)
    if wanted is None or wanted not in offices:
        raise NotFound
    return Committee(wanted)


def seat_of(act: Act, member_id: int) -> CommitteeMember:
    """The seat, held or given up, of a committee of one's own office; or it does not exist."""
    found = act.session.get(CommitteeMember, member_id)
    if found is None or found.procuratorate_id not in act.actor.offices:
        raise NotFound
    return found


@demands(Permission.COMMITTEE_REGISTER)
def register(act: Act, committee: Committee, *, person_id: int, seat: Seat) -> CommitteeMember:
    """Enter in the register who was given a seat (ORG 30, 37, 38).

    Refuses:
        NotAllowed: only case management or the chief procurator of that procuratorate.
        NotToBeSeated: no prosecutor of that procuratorate, or not its chief in the chief's seat.
        SeatHeld: that person has a seat there.
        ChiefSeated: the chief's seat is held.

    Records:
        CommitteeMemberRegistered.
    """
    posts = (PostKind.CHIEF_PROCURATOR,) if seat is Seat.CHIEF else SITTING
    if person_id not in people.holders(act.session, posts, committee.office_id, act.today):
        raise NotToBeSeated(person_id=person_id)
    member = CommitteeMember(
        procuratorate_id=committee.office_id,
        person_id=person_id,
        seat=seat,
        registered_at=act.now,
        registered_by=act.actor.id or None,
    )
    with act.unless(ONE_CHIEF, ChiefSeated()), act.unless(ONE_SEAT, SeatHeld()):
        act.session.add(member)
    act.record(CommitteeMemberRegistered(member.id, person_id, committee.office_id, seat.value))
    return member


@demands(Permission.COMMITTEE_REGISTER)
def leave(act: Act, member: CommitteeMember) -> CommitteeMember:
    """Note that a seat was given up; what was said and voted from it stays.

    Refuses:
        NotAllowed: only case management or the chief procurator of that procuratorate.
        SeatLeft: it was given up before.

    Records:
        CommitteeMemberReleased.
    """
    act.session.flush()
    act.session.refresh(member, with_for_update={"of": CommitteeMember})
    if member.left_at is not None:
        raise SeatLeft
    member.left_at, member.left_by = act.now, act.actor.id
    act.record(CommitteeMemberReleased(member.id, member.person_id, member.procuratorate_id))
    return member

"""Co-suspects apart: each is interrogated alone (RULES 260¶2), and none right after another.

That two of them never sit in one room at one time is the law, however many places it has. How
long a room stays empty of the one before the other comes is the office's practice, because no
article says.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Select, or_, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import aliased

from services.arrest_requests.records import Suspect
from services.bookings import Booking, Occupation, Want, bounds
from services.cases import Case
from services.cases.records import case_suspects
from services.deadlines.engine.articles import cited_en, cited_zh, law
from services.interrogations import practice
from services.kernel.act import Act
from services.kernel.refusals import Conflict
from services.resources import LONGEST_BUFFER, Resource, ResourceKind

APART = law("RULES 260¶2")
SITTING = (ResourceKind.INTERROGATION_ROOM, ResourceKind.OFFICE_ROOM)
"""Where a suspect sits."""


class CoSuspectsTooClose(Conflict):
    """Another suspect of the case is in every room shortly before or after, by the practice."""

    zh = "同案犯罪嫌疑人在该场所前后时段接受讯问，未达到本院设定的间隔时间。"


def co_suspects(suspect_id: int) -> Select[int]:
    """The ids of everybody in the same case, or in one that came from the same request."""
    own, other = aliased(Case), aliased(Case)
    mine, theirs = aliased(case_suspects), aliased(case_suspects)
    return (
        select(theirs.c.suspect_id)
        .select_from(mine)
        .join(own, own.id == mine.c.case_id)
        .join(
            other,
            or_(
                other.arrest_request_id == own.arrest_request_id,
                other.transfer_id == own.transfer_id,
            ),
        )
        .join(theirs, theirs.c.case_id == other.id)
        .where(mine.c.suspect_id == suspect_id, theirs.c.suspect_id != suspect_id)
    )


def near(
    act: Act, suspect: Suspect, room_ids: Collection[int], window: Range[datetime], minutes: int
) -> list[tuple[int, Range[datetime]]]:
    """In which of these rooms, and when, this suspect may not sit because of a co-suspect.

    Each time is that of the co-suspect, with that many minutes on both sides; one query for all
    rooms and the whole window. Zero minutes let one follow the other, and never both at once.
    """
    if not room_ids:
        return []
    apart = timedelta(minutes=minutes)
    start, end = bounds(window)
    others = act.session.scalars(
        select(Resource.id).where(Resource.suspect_id.in_(co_suspects(suspect.id)))
    ).all()
    if not others:
        return []
    # From the few who are kept apart to their rooms, never through all that the rooms hold.
    reach = apart + timedelta(minutes=LONGEST_BUFFER)
    whom = aliased(Occupation)
    found = (
        select(Occupation.resource_id, Booking.during)
        .join(Booking, Booking.id == Occupation.booking_id)
        .join(Resource, Resource.id == Occupation.resource_id)
        .join(whom, whom.booking_id == Booking.id)
        .where(
            whom.resource_id.in_(others),
            whom.during.overlaps(Range(start - reach, end + reach)),
            Occupation.resource_id.in_(room_ids),
            Resource.kind.in_(SITTING),
            Occupation.during.overlaps(Range(start - apart, end + apart)),
        )
        .distinct()
    )
    rows = act.session.execute(found)
    return [(row.resource_id, _widened(row.during, apart)) for row in rows]


def apart(act: Act, case: Case, suspect: Suspect, room_id: int, during: Range[datetime]) -> bool:
    """Is that room, at that time, far enough from every co-suspect of this one?"""
    minutes = practice.of_office(act.session, case.procuratorate_id).apart_minutes
    return not any(
        time.overlaps(during) for _, time in near(act, suspect, [room_id], during, minutes)
    )


def separated(
    act: Act, case: Case, suspect: Suspect, wants: Sequence[Want], during: Range[datetime]
) -> list[Want]:
    """The wants without the rooms in which a co-suspect sits shortly before or after.

    Refuses:
        CoSuspectsTooClose: no room is left.
    """
    minutes = practice.of_office(act.session, case.procuratorate_id).apart_minutes
    ids = {option.resource_id for want in wants for option in want.any_of}
    close = {
        room_id
        for room_id, time in near(act, suspect, ids, during, minutes)
        if time.overlaps(during)
    }
    left = [
        replace(want, any_of=tuple(one for one in want.any_of if one.resource_id not in close))
        for want in wants
    ]
    if any(not want.any_of for want in left):
        raise CoSuspectsTooClose(
            apart_minutes=minutes, article=cited_en(APART), article_zh=cited_zh(APART)
        )
    return left


def _widened(during: Range[datetime], by: timedelta) -> Range[datetime]:
    start, end = bounds(during)
    return Range(start - by, end + by)

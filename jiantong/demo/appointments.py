"""The interrogations of the demo world: asked for, confirmed by the centre, made ready.

They are booked through the real search and under the real constraint, at the centres where the
suspects are held.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import select

from jiantong.demo.city import City
from jiantong.demo.talks import As
from services import interrogations
from services.arrest_reviews import ArrestReview, ReviewState
from services.cases import Case
from services.interrogations import (
    Arrangement,
    Interrogation,
    Role,
    Seat,
    centre,
    choosing,
    readiness,
)
from services.interrogations.checklist import ReadinessItem, ReadinessKind, ReadinessState
from services.interrogations.slots import SlotOrder
from services.kernel.act import Act
from services.policy import PostKind

Life = Iterator[datetime]
COURT, CENTRES = "qinglan", ("detention", "detention_second")
BOOKED = 6
"""How many are arranged; every third waits for its centre to confirm."""


def lives(acting_as: As, founded: City, until: datetime) -> list[Life]:
    """Every appointment's life: it yields the moment of each step before it is taken."""
    began = until - timedelta(hours=2)
    return [
        _arranged(acting_as, founded, began + timedelta(minutes=10 * place), place)
        for place in range(BOOKED)
    ]


def _arranged(acting_as: As, founded: City, at: datetime, place: int) -> Life:
    """The handler books the earliest slot; the centre confirms most; some of it is ready."""
    second = founded.holding(PostKind.ASSISTANT, COURT)[place % 2]
    yield at
    with acting_as(founded.holding(PostKind.CASE_MANAGER, COURT)[0], at) as act:
        review = _detained(act, place)
        handler = review.case.handler_id if review else None
        review_id = review.id if review else 0
    if handler is None:
        return
    with acting_as(handler, at) as act:
        booked = _book(act, act.session.get_one(ArrestReview, review_id), second)
        booked_id = booked.id if booked else 0
        held_in = booked.centre_id if booked else None
    yield (at := at + timedelta(minutes=5))
    officers = [
        founded.holding(PostKind.DETENTION_OFFICER, key)[0]
        for key in CENTRES
        if founded.offices[key] == held_in
    ]
    if not officers or place % 3 == 0:
        return
    with acting_as(officers[0], at) as act:
        centre.confirm(act, interrogations.find(act, booked_id))
    yield (at := at + timedelta(minutes=4))
    with acting_as(handler, at) as act:
        for item in _papers(act, booked_id):
            readiness.tick(act, item)


def _detained(act: Act, place: int) -> ArrestReview | None:
    """One of the newest reviews that wait for the opinion, of a detained suspect without a flag."""
    chosen = (
        select(ArrestReview)
        .join(Case, Case.id == ArrestReview.case_id)
        .where(ArrestReview.state == ReviewState.UNDER_REVIEW, Case.handler_id.is_not(None))
        .where(ArrestReview.id.not_in(_met(act)))
        .order_by(ArrestReview.id.desc())
    )
    found = [
        one
        for one in act.session.scalars(chosen)
        if one.suspect.in_custody and one.suspect.detention_centre_id and not one.suspect.flags
    ]
    return found[place % len(found)] if found else None


def _met(act: Act) -> list[int]:
    """The reviews whose suspects have an appointment."""
    rows = select(ArrestReview.id).join(
        Interrogation,
        (Interrogation.case_id == ArrestReview.case_id)
        & (Interrogation.suspect_id == ArrestReview.suspect_id),
    )
    return list(act.session.scalars(rows))


def _book(act: Act, review: ArrestReview, second_id: int) -> Interrogation | None:
    wish = interrogations.wish(act, review.case, review.suspect_id)
    seats = (Seat(Role.LEAD, review.case.handler_id), Seat(Role.STAFF, second_id))
    arrangement = Arrangement(seats=seats)
    found = choosing.survey(
        act,
        wish,
        arrangement,
        order=SlotOrder.EARLIEST,
        from_at=act.now + timedelta(hours=3),
        limit=1,
    )
    free = next(iter(found.slots), None)
    if free is None:
        return None
    booked = interrogations.book(act, wish, arrangement, starts_at=free.starts_at)
    act.session.flush()
    return booked


def _papers(act: Act, interrogation_id: int) -> list[ReadinessItem]:
    """What the handler has already got: the certificate."""
    chosen = select(ReadinessItem).where(
        ReadinessItem.interrogation_id == interrogation_id,
        ReadinessItem.kind == ReadinessKind.CERTIFICATE,
        ReadinessItem.state == ReadinessState.OPEN,
    )
    return list(act.session.scalars(chosen))

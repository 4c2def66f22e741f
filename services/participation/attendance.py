"""What one supervisor took part in, learnt and was paid: for the organ and oneself."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, Select, String, extract, func, literal, select, union_all
from sqlalchemy.orm import contains_eager

from services import supervisors
from services.activities import Activity
from services.invitations import Invitation, InvitationState
from services.kernel.act import Act
from services.kernel.refusals import NotFound
from services.participation.counting import served_in
from services.participation.periods import Span
from services.participation.scopes import Scope
from services.policy import Permission, demands
from services.supervision_opinions import Adoption, SupervisionOpinion, SupervisionRuling
from services.supervisors import Supervisor, SupervisorAllowance, SupervisorTraining

CAME = (InvitationState.ATTENDED, InvitationState.ABSENT)


@dataclass(frozen=True, slots=True)
class YearNumbers:
    """What one supervisor did in one year."""

    year: int
    invited: int
    accepted: int
    declined: int
    lapsed: int
    attended: int
    absent: int
    opinions: int
    """Opinions that are opened; a sealed one is not counted yet."""
    adopted: int
    """Of them, wholly or in part, after what the chief procurator has decided."""
    training_hours: int
    allowance_fen: int


@dataclass(frozen=True, slots=True)
class SupervisorNumbers:
    """What one supervisor of the pool did in a stretch of time."""

    supervisor: Supervisor
    drawn: int
    declined: int
    lapsed: int
    attended: int
    absent: int


def find(act: Act, supervisor_id: int) -> Supervisor:
    """A supervisor whose attendance the actor may read; otherwise it does not exist."""
    entry = supervisors.find(act, supervisor_id)
    if not supervisors.shows_details(act, entry):
        raise NotFound
    return entry


def years(act: Act, entry: Supervisor) -> list[YearNumbers]:
    """What a supervisor did in each year, the newest first; allowances are in fen.

    Refuses:
        NotFound: it is neither the actor's own nor of the actor's organ.
    """
    if not supervisors.shows_details(act, entry):
        raise NotFound
    rows = act.session.execute(union_all(*_counts(entry))).all()
    found: dict[int, dict[str, int]] = {}
    for year, what, number in rows:
        found.setdefault(year, {})[what] = int(number or 0)
    return [_year(year, found[year]) for year in sorted(found, reverse=True)]


def attended(act: Act, entry: Supervisor) -> Select[Invitation]:
    """The register of attendance: what the supervisor came to, or stayed away from.

    Of an activity only what its invitation says; nothing of a case.

    Refuses:
        NotFound: it is neither the actor's own nor of the actor's organ.
    """
    if not supervisors.shows_details(act, entry):
        raise NotFound
    return (
        select(Invitation)
        .join(Invitation.activity)
        .where(Invitation.supervisor_id == entry.id, Invitation.state.in_(CAME))
        .options(contains_eager(Invitation.activity))
    )


def pool(scope: Scope, span: Span) -> Select[Supervisor]:
    """Everybody who served at some time of it in a pool that is drawn from."""
    return select(Supervisor).where(served_in(scope, span))


@demands(Permission.PARTICIPATION_READ)
def lines(
    act: Act, scope: Scope, span: Span, people: Sequence[Supervisor]
) -> list[SupervisorNumbers]:
    """Count what each of them did in that time, in one statement.

    Refuses:
        NotAllowed: only the organ its own, and case management and the chief their procuratorate's.

    Records:
        Nothing: it is read.
    """
    chosen = (
        select(Invitation.supervisor_id, Invitation.state, func.count())
        .join(Activity, Invitation.activity_id == Activity.id)
        .where(
            *scope.activities(),
            Activity.starts_at >= span.starts_at,
            Activity.starts_at < span.ends_at,
            Invitation.supervisor_id.in_([one.id for one in people]),
        )
        .group_by(Invitation.supervisor_id, Invitation.state)
    )
    found: dict[int, dict[InvitationState, int]] = {}
    for supervisor_id, state, number in act.session.execute(chosen):
        found.setdefault(supervisor_id, {})[state] = number
    return [_line(one, found.get(one.id, {})) for one in people]


def _line(one: Supervisor, counts: dict[InvitationState, int]) -> SupervisorNumbers:
    return SupervisorNumbers(
        supervisor=one,
        drawn=sum(counts.values()),
        declined=counts.get(InvitationState.DECLINED, 0),
        lapsed=counts.get(InvitationState.LAPSED, 0),
        attended=counts.get(InvitationState.ATTENDED, 0),
        absent=counts.get(InvitationState.ABSENT, 0),
    )


def _counts(entry: Supervisor) -> list[Select[Any]]:
    """Year, what, how many; one row for each."""
    begins = _year_of(func.timezone("Asia/Shanghai", Activity.starts_at))
    invited = (
        select(begins.label("year"), Invitation.state.label("what"))
        .join(Activity, Invitation.activity_id == Activity.id)
        .where(Invitation.supervisor_id == entry.id)
        .subquery()
    )
    opinion = SupervisionOpinion
    belongs = func.coalesce(Activity.starts_at, opinion.submitted_at)
    taken = (opinion.ruling == SupervisionRuling.ADOPTED) | opinion.adoption.in_(
        [Adoption.ADOPTED, Adoption.PARTLY_ADOPTED]
    )
    given = (
        select(
            _year_of(func.timezone("Asia/Shanghai", belongs)).label("year"),
            func.coalesce(taken, False).label("taken"),
        )
        .outerjoin(Activity, opinion.activity_id == Activity.id)
        .where(opinion.supervisor_id == entry.id, opinion.unsealed_at.is_not(None))
        .subquery()
    )
    learnt, paid = SupervisorTraining, SupervisorAllowance
    return [
        select(invited.c.year, invited.c.what.cast(String), func.count()).group_by(
            invited.c.year, invited.c.what
        ),
        select(given.c.year, literal("opinions"), func.count()).group_by(given.c.year),
        select(given.c.year, literal("adopted"), func.count().filter(given.c.taken)).group_by(
            given.c.year
        ),
        _summed("training_hours", learnt.held_on, learnt.hours, learnt.supervisor_id == entry.id),
        _summed("allowance_fen", paid.paid_on, paid.amount_fen, paid.supervisor_id == entry.id),
    ]


def _summed(what: str, day: Any, amount: Any, own: Any) -> Select[Any]:
    rows = select(_year_of(day).label("year"), amount.label("amount")).where(own).subquery()
    summed = func.sum(rows.c.amount)
    return select(rows.c.year, literal(what), summed).group_by(rows.c.year)


def _year_of(day: Any) -> Any:
    return extract("year", day).cast(Integer)


def _year(year: int, counts: dict[str, int]) -> YearNumbers:
    came, absent = counts.get("attended", 0), counts.get("absent", 0)
    states = {one.value for one in InvitationState}
    return YearNumbers(
        year=year,
        invited=sum(number for what, number in counts.items() if what in states),
        accepted=counts.get("accepted", 0) + came + absent,
        declined=counts.get("declined", 0),
        lapsed=counts.get("lapsed", 0),
        attended=came,
        absent=absent,
        opinions=counts.get("opinions", 0),
        adopted=counts.get("adopted", 0),
        training_hours=counts.get("training_hours", 0),
        allowance_fen=counts.get("allowance_fen", 0),
    )

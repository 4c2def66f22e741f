"""The draw: published, witnessed, held, and followed seat by seat (PSUP-2021 20, 21)."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any

from sqlalchemy import Date, Integer, Select, String, and_, column, exists, func, or_, select, table
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import selectinload

from services import activities, supervisors, tasks
from services.activities import Activity, ActivityState
from services.cases import Case
from services.cases.records import RECUSALS
from services.draws import verifier
from services.draws.events import (
    DrawHeld,
    DrawPublished,
    DrawSeatUnfilled,
    DrawWitnessed,
    PoolExhausted,
    SupervisorExcluded,
)
from services.draws.flow import (
    FLOW,
    DrawState,
    KeptOut,
    RecusalBecause,
    SeatChange,
    UnfilledBecause,
)
from services.draws.records import (
    EXCLUDED_ONCE,
    ONE_FOR_AN_ACTIVITY,
    Draw,
    DrawCandidate,
    DrawChange,
    DrawExclusion,
)
from services.kernel.act import Act
from services.kernel.flow import WrongState
from services.kernel.refusals import Conflict, NotFound, Unprocessable
from services.policy import Permission, PostKind, demands
from services.supervisors import Supervisor
from services.tasks import TaskKind

SEED_BYTES = 32
NONCE_BYTES = range(16, 33)
SERVED = ("accepted", "attended", "absent")
"""An invitation in one of these states has cost its supervisor a seat's time."""
ENGAGED = ("invited", "accepted", "attended")
"""An invitation in one of these states takes the time of its supervisor."""
GOING_ON = (ActivityState.DRAWING, ActivityState.STAFFED, ActivityState.UNDER_WAY)
_INVITATIONS = table(
    "invitations",
    column("activity_id", Integer),
    column("supervisor_id", Integer),
    column("state", String),
    column("invited_at", TIMESTAMP(timezone=True)),
)
"""Who has served how often, by the table's name: that tier knows this one, not the reverse."""
_NAMED = {"article": "PSUP-2021 20", "article_zh": "《人民监督员选任管理办法》第二十条"}


class PoolTooSmall(Conflict):
    """After the exclusions fewer supervisors are left than seats; ask for fewer, or go without."""

    zh = (
        "排除不能参加的人员后，可供抽选的人民监督员少于所需人数；请商检察机关减少人数或者另作安排。"
    )


class DrawKnown(Conflict):
    """The draw of this activity was published before."""

    zh = "本次监督活动的抽选已经公布。"


class AlreadyExcluded(Conflict):
    """That supervisor is kept out of this draw already."""

    zh = "该人民监督员已列入本次抽选的排除名单。"


class NotInThePool(Unprocessable):
    """That supervisor is not on the register of the organ that draws."""

    zh = "该人员不在负责抽选的司法行政机关的人民监督员名册内。"


class WitnessAwaited(Conflict):
    """The procuratorate has not added its nonce; the time it has for that is not over."""

    zh = "检察机关尚未见证，且见证时限尚未届满。"


class BadNonce(Unprocessable):
    """A nonce has 16 to 32 bytes, written in lower-case hexadecimal digits."""

    zh = "见证随机数应为16至32字节，以小写十六进制书写。"


@dataclass(frozen=True, slots=True)
class TooSmall:
    """A no that is kept: organ and procuratorate hear of it, and the door says this refusal."""

    refusal: PoolTooSmall


@dataclass(frozen=True, slots=True)
class Drawn:
    """A candidate takes a seat."""

    supervisor_id: int
    stratum: str
    place: int
    """Which place of the stratum's order, 1 …"""


def visible(act: Act) -> Select[Draw]:
    """The organ's, the procuratorate's unless recused from the case, and those one was in."""
    actor = act.actor
    recused = exists().where(
        RECUSALS.c.person_id == actor.id, RECUSALS.c.case_id == Activity.case_id
    )
    handled = or_(
        and_(Activity.case_id.is_(None), Activity.planned_by == actor.id),
        exists().where(Case.id == Activity.case_id, Case.handler_id == actor.id),
    )
    in_pool = exists().where(
        DrawCandidate.draw_id == Draw.id,
        DrawCandidate.supervisor_id == Supervisor.id,
        Supervisor.person_id == actor.id,
    )
    return (
        select(Draw)
        .join(Activity, Draw.activity_id == Activity.id)
        .where(
            or_(
                Activity.organ_id.in_(actor.offices_as(PostKind.JUSTICE_OFFICER)),
                Activity.procuratorate_id.in_(actor.offices_as(PostKind.CASE_MANAGER)),
                and_(
                    Activity.procuratorate_id.in_(actor.offices_as(PostKind.CHIEF_PROCURATOR)),
                    ~recused,
                ),
                and_(
                    Activity.procuratorate_id.in_(actor.offices_as(PostKind.PROSECUTOR)),
                    handled,
                    ~recused,
                ),
                in_pool,
            )
        )
    )


def find(act: Act, draw_id: int) -> Draw:
    """The draw, if the actor may read it; otherwise it does not exist."""
    found = act.session.scalar(visible(act).where(Draw.id == draw_id))
    if found is None:
        raise NotFound
    return found


def of_activity(act: Act, activity_id: int) -> Draw:
    """The draw of that activity, if the actor may read it; otherwise it does not exist."""
    found = act.session.scalar(visible(act).where(Draw.activity_id == activity_id))
    if found is None:
        raise NotFound
    return found


def exclusions_of(act: Act, activity: Activity) -> list[DrawExclusion]:
    """Whom the organ keeps out of the draw of an activity."""
    chosen = select(DrawExclusion).where(DrawExclusion.activity_id == activity.id)
    return list(act.session.scalars(chosen.order_by(DrawExclusion.id)))


def held_for(act: Act, activity: Activity) -> Draw | None:
    """The draw of an activity once it is held, locked: who comes second waits."""
    chosen = select(Draw).where(Draw.activity_id == activity.id, Draw.state == DrawState.HELD)
    return act.session.scalar(chosen.with_for_update().execution_options(populate_existing=True))


@demands(Permission.DRAW_EXCLUDE)
def exclude(
    act: Act, activity: Activity, *, supervisor_id: int, because: RecusalBecause
) -> DrawExclusion:
    """Keep a supervisor out of the draw to come, for a ground of recusal (PSUP-2021 21).

    Refuses:
        NotAllowed: only the organ that was asked decides on recusal.
        WrongState: the draw was published before, or nobody is to be drawn.
        NotInThePool: somebody of another register.
        AlreadyExcluded: the supervisor is kept out already.

    Records:
        SupervisorExcluded.
    """
    act.session.refresh(activity, with_for_update=True)
    if activity.state is not ActivityState.REQUESTED:
        raise WrongState(state=activity.state, step="exclude")
    found = act.session.get(Supervisor, supervisor_id)
    if found is None or found.organ_id != activity.organ_id:
        raise NotInThePool
    entry = DrawExclusion(
        activity_id=activity.id,
        supervisor_id=supervisor_id,
        because=because,
        entered_at=act.now,
        entered_by=act.actor.id,
    )
    with act.unless(EXCLUDED_ONCE, AlreadyExcluded()):
        act.session.add(entry)
    act.record(SupervisorExcluded(activity.id, supervisor_id, because.value))
    return entry


@demands(Permission.DRAW_PUBLISH)
def publish(act: Act, activity: Activity) -> Draw | TooSmall:
    """Publish pool, weights, exclusions and the commitment, before anybody is drawn.

    PSUP-2021 20: a random draw from the pool, from those with a given expertise if need be. Each
    needed knowledge is a stratum of its own, the scarcest first; the rest is drawn from the whole
    pool. A pool that is too small is answered with `PoolTooSmall`, which is kept and told.

    Refuses:
        NotAllowed: only the organ that was asked.
        WrongState: the activity was not asked for, or is past that.
        ConsentMissing: the notice is short and the organ has not consented.
        DrawKnown: somebody else published it at the same moment.

    Records:
        DrawPublished, ActivityDrawPublished; or PoolExhausted.
    """
    act.session.refresh(activity, with_for_update=True)
    activities.FLOW.after(activity.state, "publish")
    candidates = _candidates(act, activity)
    strata = _strata(activity, candidates)
    if short := _shortage(candidates, strata):
        return _told(act, activity, short)
    draw = Draw(
        activity_id=activity.id,
        activity=activity,
        strata=strata,
        candidates=candidates,
        seed=secrets.token_bytes(SEED_BYTES),
        published_at=act.now,
        published_by=act.actor.id,
    )
    draw.pool_sha256 = verifier.digest(pool_of(draw))
    draw.commitment = verifier.commitment(draw.pool_sha256, draw.seed.hex())
    with act.unless(ONE_FOR_AN_ACTIVITY, DrawKnown()):
        act.session.add(draw)
    activities.publish(act, activity)
    tasks.cancel(act, TaskKind.SETTLE_SHORTAGE, activity)
    tasks.open_for_pool(
        act,
        TaskKind.WITNESS_DRAW,
        draw,
        office_id=activity.procuratorate_id,
        post=PostKind.CASE_MANAGER,
        due=activity.day,
    )
    act.record(DrawPublished(draw.id, activity.id, len(candidates), draw.commitment))
    return draw


@demands(Permission.DRAW_WITNESS)
def witness(act: Act, draw: Draw, *, nonce: str | None = None) -> Draw:
    """Add a nonce after having seen the commitment: neither party alone chooses the outcome.

    Refuses:
        NotAllowed: only case management of the procuratorate.
        WrongState: it was witnessed before, or held without a witness.
        BadNonce: not 16 to 32 bytes in hexadecimal digits.

    Records:
        DrawWitnessed.
    """
    state = FLOW.after(draw.state, "witness")
    given = secrets.token_hex(SEED_BYTES) if nonce is None else nonce
    if not _is_nonce(given):
        raise BadNonce
    draw.state, draw.nonce = state, given
    draw.witness_sha256 = verifier.witness(draw.commitment, given)
    draw.witnessed_at, draw.witnessed_by = act.now, act.actor.id
    tasks.finish(act, TaskKind.WITNESS_DRAW, draw)
    act.record(DrawWitnessed(draw.id, draw.activity_id))
    return draw


def reveal(act: Act, draw: Draw) -> Draw:
    """Reveal the seed and compute the orders; under the permission of whoever holds the draw.

    Refuses:
        WrongState: it was held before, or the activity wants nobody any more.
        WitnessAwaited: there is no nonce, and the witness still has time.
    """
    state = FLOW.after(draw.state, "hold")
    act.session.refresh(draw.activity, with_for_update=True)
    if draw.activity.state is not ActivityState.DRAWING:
        raise WrongState(state=draw.activity.state, step="hold")
    if draw.nonce is None and act.now < (until := witness_until(act, draw)):
        raise WitnessAwaited(until=until)
    drawn = verifier.orders(pool_of(draw), draw.seed, draw.nonce or "")
    draw.state, draw.orders = state, drawn
    draw.held_at, draw.held_by = act.now, act.actor.id
    tasks.cancel(act, TaskKind.WITNESS_DRAW, draw)
    act.session.flush()
    act.record(DrawHeld(draw.id, draw.activity_id, witnessed=draw.nonce is not None))
    return draw


def witness_until(act: Act, draw: Draw) -> datetime:
    """Until when the procuratorate may witness; after that the organ may go on without."""
    practice = activities.practice.of_office(act.session, draw.procuratorate_id)
    return draw.published_at + timedelta(minutes=practice.witness_minutes)


def pool_of(draw: Draw) -> dict[str, Any]:
    """The pool as published: what `pool_sha256` is the hash of."""
    return {
        "activity": draw.activity_id,
        "strata": draw.strata,
        "candidates": [
            {
                "number": one.supervisor_id,
                "served": one.served,
                "weight": one.weight,
                "fields": one.fields,
                "excluded": one.excluded,
            }
            for one in sorted(draw.candidates, key=lambda one: one.supervisor_id)
        ],
    }


def publication(draw: Draw) -> dict[str, Any]:
    """All that anybody needs to run the draw again; the seed only once it is held."""
    is_held = draw.state is DrawState.HELD
    return {
        "scheme": verifier.SCHEME,
        "draw": draw.id,
        "pool": pool_of(draw),
        "pool_sha256": draw.pool_sha256,
        "commitment": draw.commitment,
        "nonce": draw.nonce or "",
        "witness_sha256": draw.witness_sha256 or "",
        "seed": draw.seed.hex() if is_held else None,
        "orders": draw.orders or {},
        "changes": [change.told for change in draw.changes],
        "invited": sorted(panel(draw).seated) if is_held else [],
        "published_at": draw.published_at.isoformat(),
        "witnessed_at": draw.witnessed_at and draw.witnessed_at.isoformat(),
        "held_at": draw.held_at and draw.held_at.isoformat(),
        "witnessed": draw.witnessed_at is not None,
    }


def panel(draw: Draw) -> verifier.Panel:
    """Who has a seat in a draw that is held, and which seats are free."""
    told = [change.told for change in draw.changes]
    return verifier.replay(pool_of(draw), draw.orders or {}, told)


def fill(act: Act, draw: Draw) -> list[Drawn]:
    """Fill every free seat with the next of its order, as far as there is anybody and time.

    Whoever the register bars by now is passed over, which is recorded with the reason; the order
    stays what it is. A seat that stays empty is recorded and told.
    """
    now_wanted(act, draw)
    seats, drawn = panel(draw), list[Drawn]()
    if not seats.pending:
        return drawn
    barred = _barred_by_now(act, draw)
    while seats.pending:
        stratum = seats.pending[0]
        candidate = seats.following(stratum)
        if candidate in barred:
            _note(
                act, draw, seats, SeatChange.BARRED, candidate=candidate, because=barred[candidate]
            )
        elif candidate is None or not _is_ahead(act, draw.activity):
            none_left = candidate is None
            why = UnfilledBecause.EXHAUSTED if none_left else UnfilledBecause.NO_TIME
            _note(act, draw, seats, SeatChange.UNFILLED, stratum=stratum, because=why.value)
            _run_short(act, draw, stratum, why)
        else:
            _note(act, draw, seats, SeatChange.DRAWN, stratum=stratum, candidate=candidate)
            place = seats.orders[stratum].index(candidate) + 1
            drawn.append(Drawn(candidate, stratum, place))
    return drawn


def step_out(act: Act, draw: Draw, supervisor_id: int, because: str) -> None:
    """Somebody who had a seat has none any more: declined, silent, recused, released, off."""
    now_wanted(act, draw)
    seats = panel(draw)
    if supervisor_id in seats.seated:
        _note(act, draw, seats, SeatChange.OUT, candidate=supervisor_id, because=because)


def reopen(act: Act, draw: Draw) -> None:
    """The activity was moved to later: seats for which there was no time can be filled again."""
    now_wanted(act, draw)
    seats = panel(draw)
    given_up = [
        one.stratum
        for one in draw.changes
        if one.kind is SeatChange.UNFILLED and one.because == UnfilledBecause.NO_TIME
    ]
    again = [one.stratum for one in draw.changes if one.kind is SeatChange.REOPENED]
    for stratum in given_up[len(again) :]:
        if len(seats.seated) + len(seats.pending) < seats.wanted:
            _note(act, draw, seats, SeatChange.REOPENED, stratum=stratum)


def now_wanted(act: Act, draw: Draw) -> None:
    """Follow the procuratorate where it goes on with fewer."""
    seats = panel(draw)
    if draw.activity.wanted < seats.wanted:
        _note(act, draw, seats, SeatChange.FEWER, wanted=draw.activity.wanted)


def called_off(act: Act, activity: Activity) -> None:
    """Nobody is to be drawn any more: nobody has to watch, and no seat is missing."""
    draw = act.session.scalar(select(Draw).where(Draw.activity_id == activity.id))
    if draw is not None:
        tasks.cancel(act, TaskKind.WITNESS_DRAW, draw)
    tasks.cancel(act, TaskKind.SETTLE_SHORTAGE, activity)


def is_short(draw: Draw) -> bool:
    """Is a seat given up, and not yet done without?"""
    seats = panel(draw)
    return len(seats.seated) + len(seats.pending) < min(seats.wanted, draw.activity.wanted)


def engaged(act: Act, activity: Activity, supervisor_ids: Iterable[int]) -> set[int]:
    """Those of them who are asked to another activity at the time of this one."""
    chosen = (
        select(_INVITATIONS.c.supervisor_id)
        .join(Activity, Activity.id == _INVITATIONS.c.activity_id)
        .where(
            _INVITATIONS.c.supervisor_id.in_(list(supervisor_ids)),
            _INVITATIONS.c.state.in_(ENGAGED),
            Activity.id != activity.id,
            Activity.state.in_(GOING_ON),
            Activity.starts_at < activity.ends_at,
            Activity.ends_at > activity.starts_at,
        )
    )
    return set(act.session.scalars(chosen))


def _note(  # noqa: PLR0913  # what a change says, each by its name
    act: Act,
    draw: Draw,
    seats: verifier.Panel,
    kind: SeatChange,
    *,
    stratum: str | None = None,
    candidate: int | None = None,
    because: str | None = None,
    wanted: int | None = None,
) -> None:
    change = DrawChange(
        ordinal=len(draw.changes) + 1,
        kind=kind,
        stratum=stratum,
        candidate_id=candidate,
        because=because,
        wanted=wanted,
        happened_at=act.now,
    )
    seats.take(change.told)
    draw.changes.append(change)
    act.session.flush()


def _is_ahead(act: Act, activity: Activity) -> bool:
    states = {ActivityState.DRAWING, ActivityState.STAFFED}
    return activity.state in states and act.now < activity.starts_at


def _run_short(act: Act, draw: Draw, stratum: str, why: UnfilledBecause) -> None:
    settled = draw.activity.state is not ActivityState.DRAWING
    if not settled and not tasks.open_about(act, TaskKind.SETTLE_SHORTAGE, draw.activity):
        tasks.open_for_pool(
            act,
            TaskKind.SETTLE_SHORTAGE,
            draw.activity,
            office_id=draw.procuratorate_id,
            post=PostKind.CASE_MANAGER,
            due=draw.activity.day,
        )
    act.record(DrawSeatUnfilled(draw.id, draw.activity_id, stratum, why.value))


def _barred_by_now(act: Act, draw: Draw) -> dict[int, str]:
    """Whoever could be drawn when the draw was published and cannot any more, with a reason."""
    left = [one.supervisor_id for one in draw.candidates if not one.excluded]
    found = act.session.scalars(
        select(Supervisor).where(Supervisor.id.in_(left)).options(selectinload(Supervisor.person))
    ).all()
    reasons = supervisors.all_reasons_out(
        act, found, starts_at=draw.activity.starts_at, ends_at=draw.activity.ends_at
    )
    elsewhere = dict.fromkeys(engaged(act, draw.activity, left), KeptOut.OTHER_ACTIVITY.value)
    return elsewhere | {number: why[0].value for number, why in reasons.items() if why}


def _candidates(act: Act, activity: Activity) -> list[DrawCandidate]:
    """Everyone who serves today, with weight and with why somebody cannot be drawn."""
    serving = supervisors.pool(act, activity.organ_id, on=act.today)
    reasons = supervisors.all_reasons_out(
        act, serving, starts_at=activity.starts_at, ends_at=activity.ends_at
    )
    recused = set(
        act.session.scalars(
            select(DrawExclusion.supervisor_id).where(DrawExclusion.activity_id == activity.id)
        )
    )
    elsewhere = engaged(act, activity, [one.id for one in serving])
    needed = {need.expertise for need in activity.needs}
    only_experts = sum(need.number for need in activity.needs) >= activity.wanted
    served = _served(act, serving)
    candidates = [
        DrawCandidate(
            supervisor_id=one.id,
            served=served.get(one.id, 0),
            fields=sorted(code.value for code in one.expertise),
            excluded=[
                *(reason.value for reason in reasons[one.id]),
                *([KeptOut.RECUSED.value] if one.id in recused else []),
                *([KeptOut.OTHER_ACTIVITY.value] if one.id in elsewhere else []),
                *([KeptOut.EXPERTISE.value] if only_experts and not needed & one.expertise else []),
            ],
        )
        for one in serving
    ]
    most = max((one.served for one in candidates if not one.excluded), default=0)
    for one in candidates:
        one.weight = verifier.weight(one.served, most)
    return candidates


def _served(act: Act, serving: Iterable[Supervisor]) -> dict[int, int]:
    """How many seats each has taken in the present term."""
    day = func.timezone("Asia/Shanghai", _INVITATIONS.c.invited_at).cast(Date)
    counted = (
        select(_INVITATIONS.c.supervisor_id, func.count())
        .join(Supervisor, Supervisor.id == _INVITATIONS.c.supervisor_id)
        .where(
            Supervisor.id.in_([one.id for one in serving]),
            _INVITATIONS.c.state.in_(SERVED),
            day >= Supervisor.term_from_on,
        )
        .group_by(_INVITATIONS.c.supervisor_id)
    )
    return {row[0]: row[1] for row in act.session.execute(counted)}


def _strata(activity: Activity, candidates: Sequence[DrawCandidate]) -> list[Any]:
    """The scarcest knowledge first, so that it is not used up by a common one; the rest last."""

    def knowing(code: str) -> int:
        return sum(code in one.fields and not one.excluded for one in candidates)

    needs = sorted(
        ((need.expertise.value, need.number) for need in activity.needs),
        key=lambda need: (knowing(need[0]) - need[1], need[0]),
    )
    rest = activity.wanted - sum(number for _, number in needs)
    named = [*needs, (verifier.ALL, rest)] if rest > 0 else needs
    return [{"name": name, "seats": seats} for name, seats in named]


def _shortage(
    candidates: Sequence[DrawCandidate], strata: Sequence[Mapping[str, Any]]
) -> PoolTooSmall | None:
    """The first group of strata that has more seats than there are people for it (Hall 1935)."""
    free = [one for one in candidates if not one.excluded]
    for size in range(1, len(strata) + 1):
        for group in combinations(strata, size):
            names, seats = {one["name"] for one in group}, sum(one["seats"] for one in group)
            able = [one for one in free if verifier.ALL in names or names & set(one.fields)]
            if len(able) < seats:
                stratum = group[0]["name"] if size == 1 else verifier.ALL
                counts = {"wanted": seats, "eligible": len(able), "stratum": stratum}
                return PoolTooSmall(**counts, pool=len(candidates), **_NAMED)
    return None


def _told(act: Act, activity: Activity, refusal: PoolTooSmall) -> TooSmall:
    said = refusal.members
    if not tasks.open_about(act, TaskKind.SETTLE_SHORTAGE, activity):
        tasks.open_for_pool(
            act,
            TaskKind.SETTLE_SHORTAGE,
            activity,
            office_id=activity.procuratorate_id,
            post=PostKind.CASE_MANAGER,
            due=activity.day,
        )
    act.record(
        PoolExhausted(
            activity.id,
            wanted=said["wanted"],
            eligible=said["eligible"],
            stratum=said["stratum"],
        )
    )
    return TooSmall(refusal)


def _is_nonce(text: str) -> bool:
    try:
        given = bytes.fromhex(text)
    except ValueError:
        return False
    return given.hex() == text and len(given) in NONCE_BYTES


activities.followers.on_cancelled.append(called_off)

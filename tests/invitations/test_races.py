"""Everybody at the same moment, on committed data: each thing happens once, and nobody is stuck."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

import pytest
from sqlalchemy import Engine, create_engine, func, make_url, select, text
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.orm.exc import StaleDataError

from jiantong import database
from jiantong.postgres import Cluster
from services import activities, draws, invitations, supervision_opinions
from services.activities import Activity, ActivityState
from services.draws import Draw, DrawState, RecusalBecause, verifier
from services.invitations import Attending, Invitation, InvitationState
from services.kernel.act import Act, Actor, JournalEntry
from services.kernel.refusals import Refusal
from services.people import actor_of
from services.policy import MACHINE
from services.supervision_opinions import Adoption, SupervisionOpinion, SupervisionOpinionState
from tests.conftest import NOON
from tests.make import Make
from tests.proofs.house import at_once
from tests.rings import carrying
from tests.supervision_opinions.conftest import DUE, opinion_of, staged

pytestmark = pytest.mark.prove  # the database of its own alone takes longer than a small test may
NAME = "supervision_races"
NUMBERS = count(1)
MANY = 6
DONE = "done"
DAY = timedelta(days=1)
OPEN = (InvitationState.INVITED, InvitationState.ACCEPTED)


@dataclass(frozen=True)
class Stand:
    """Who has a part in a draw, by id."""

    activity: int
    draw: int
    manager: int
    officer: int
    asked: tuple[tuple[int, int], ...] = ()
    """Each open invitation, and whose it is."""
    pool: tuple[int, ...] = ()


@pytest.fixture(scope="module")
def sessions(cluster: Cluster) -> Iterator[sessionmaker[Session]]:
    """A database of its own, for acts that commit."""
    here = create_engine(cluster.administrator_url, isolation_level="AUTOCOMMIT")
    owner, app = (make_url(url).set(database=NAME) for url in (cluster.owner_url, cluster.app_url))
    with here.connect() as connection:
        connection.execute(text(f'CREATE DATABASE {NAME} OWNER "{owner.username}"'))
    shown = [url.render_as_string(hide_password=False) for url in (owner, app)]
    database.model(shown[0], shown[1])
    engine: Engine = carrying(create_engine(app, pool_size=30))
    yield sessionmaker(engine, expire_on_commit=False)
    engine.dispose()
    with here.connect() as connection:
        connection.execute(text(f"DROP DATABASE {NAME} WITH (FORCE)"))
    here.dispose()


@dataclass(frozen=True)
class Floor:
    """Where phones and workers meet."""

    sessions: sessionmaker[Session]

    def acting(
        self, person_id: int | None, verb: Callable[[Act], object], at: datetime = NOON
    ) -> Callable[[], str]:
        """One phone, or one worker: an act of its own, and how it ended."""

        def ended() -> str:
            try:
                with self.sessions.begin() as session:
                    actor: Actor = (
                        MACHINE if person_id is None else actor_of(session, person_id, NOON.date())
                    )
                    verb(Act(actor, at, session))
            except StaleDataError:
                return "stale"
            except Refusal as refusal:
                return refusal.slug
            return DONE

        return ended

    def published(self, *, wanted: int = 2, pool: int = 5, witnessed: bool = False) -> Stand:
        """A draw that is to be held."""
        with self.sessions.begin() as session:
            make = Make(session, NOON, NUMBERS)
            town = make.town()
            bureau = make.bureau(town)
            people = tuple(make.supervisor(bureau).id for _ in range(pool))
            activity = make.activity(town, bureau, state=ActivityState.REQUESTED, wanted=wanted)
            draw = draws.publish(make.act(bureau.officer), activity)
            assert isinstance(draw, Draw)
            if witnessed:
                draws.witness(make.act(town.manager), draw)
            return Stand(activity.id, draw.id, town.manager.id, bureau.officer.id, pool=people)

    def held(self, *, wanted: int = 2, pool: int = 5) -> Stand:
        """A draw whose first have been asked."""
        stand = self.published(wanted=wanted, pool=pool, witnessed=True)
        assert self.acting(stand.officer, holding(stand.draw))() == DONE
        with self.sessions() as session:
            found = session.scalars(
                select(Invitation).where(Invitation.activity_id == stand.activity)
            )
            asked = tuple((one.id, one.person_id) for one in found)
        return Stand(stand.activity, stand.draw, stand.manager, stand.officer, asked)

    def told(self, kind: str, about_id: int) -> int:
        """How often that was written into the journal."""
        chosen = select(func.count(JournalEntry.id)).where(
            JournalEntry.kind == kind, JournalEntry.about_id == about_id
        )
        with self.sessions() as session:
            return session.scalars(chosen).one()

    def activity(self, stand: Stand) -> ActivityState:
        with self.sessions() as session:
            return session.get_one(Activity, stand.activity).state

    def seated(self, stand: Stand) -> int:
        """How many are asked or have accepted; the verifier says the same."""
        with self.sessions() as session:
            chosen = select(Invitation).where(
                Invitation.activity_id == stand.activity, Invitation.state.in_(OPEN)
            )
            seated = sorted(one.supervisor_id for one in session.scalars(chosen))
            told = draws.publication(session.get_one(Draw, stand.draw))
            assert verifier.problems(told) == []
            assert told["invited"] == seated
            return len(seated)


@pytest.fixture
def floor(sessions: sessionmaker[Session]) -> Floor:
    return Floor(sessions)


def holding(draw_id: int) -> Callable[[Act], object]:
    return lambda act: invitations.hold(act, draws.find(act, draw_id))


def witnessing(draw_id: int) -> Callable[[Act], object]:
    return lambda act: draws.witness(act, draws.find(act, draw_id))


def cancelling(activity_id: int) -> Callable[[Act], object]:
    return lambda act: activities.cancel(
        act, activities.find(act, activity_id), reason="另行处理。"
    )


def accepting(invitation_id: int) -> Callable[[Act], object]:
    return lambda act: invitations.accept(
        act, invitations.find(act, invitation_id), attending=Attending.PRESENT
    )


def declining(invitation_id: int) -> Callable[[Act], object]:
    return lambda act: invitations.decline(
        act, invitations.find(act, invitation_id), reason="出差。"
    )


def sweeping(act: Act) -> object:
    return invitations.sweep(act, 100)


def test_a_draw_is_held_once_and_everybody_is_asked_once(floor: Floor) -> None:
    stand = floor.published(witnessed=True)

    done = Counter(at_once(*[floor.acting(stand.officer, holding(stand.draw))] * 3))

    assert done[DONE] == 1
    assert floor.told("DrawHeld", stand.draw) == 1
    assert floor.seated(stand) == 2


def test_who_calls_off_while_it_is_held_leaves_nobody_asked(floor: Floor) -> None:
    stand = floor.published(witnessed=True)

    at_once(
        floor.acting(stand.officer, holding(stand.draw)),
        floor.acting(stand.manager, cancelling(stand.activity)),
    )

    with floor.sessions() as session:
        asked = session.scalars(
            select(Invitation.state).where(Invitation.activity_id == stand.activity)
        )
        assert not set(asked) & set(OPEN) or floor.activity(stand) is ActivityState.DRAWING
        held = session.get_one(Draw, stand.draw).state is DrawState.HELD
        assert held or floor.activity(stand) is ActivityState.CANCELLED


def test_the_last_two_accept_at_once_and_it_is_staffed_once(floor: Floor) -> None:
    stand = floor.held()

    done = Counter(at_once(*[floor.acting(who, accepting(one)) for one, who in stand.asked]))

    assert done == {DONE: 2}
    assert floor.activity(stand) is ActivityState.STAFFED
    assert floor.told("ActivityStaffed", stand.activity) == 1


@pytest.mark.parametrize("number", range(5))
def test_a_draw_is_published_once(floor: Floor, number: int) -> None:
    with floor.sessions.begin() as session:
        make = Make(session, NOON, NUMBERS)
        town = make.town()
        bureau = make.bureau(town)
        pool = [make.supervisor(bureau).id for _ in range(4)]
        activity = make.activity(town, bureau, state=ActivityState.REQUESTED)
        activity_id, officer = activity.id, bureau.officer.id

    def publish(act: Act) -> object:
        return draws.publish(act, activities.find(act, activity_id))

    def exclude(act: Act) -> object:
        return draws.exclude(
            act,
            activities.find(act, activity_id),
            supervisor_id=pool[0],
            because=RecusalBecause.INTEREST,
        )

    done = at_once(*[floor.acting(officer, verb) for verb in (publish, exclude, publish)])

    assert Counter([done[0], done[2]])[DONE] == 1, number
    with floor.sessions() as session:
        draw = session.scalars(select(Draw).where(Draw.activity_id == activity_id)).one()
        out = {one.supervisor_id for one in draw.candidates if one.excluded}
        assert out == ({pool[0]} if done[1] == DONE else set())


@pytest.mark.parametrize("number", range(5))
def test_a_witness_who_comes_while_it_is_held_is_heard_or_refused(
    floor: Floor, number: int
) -> None:
    stand = floor.published()
    late = NOON + timedelta(hours=2)

    done = at_once(
        floor.acting(stand.officer, holding(stand.draw), late),
        floor.acting(stand.manager, witnessing(stand.draw), late),
    )

    assert DONE in done, number
    with floor.sessions() as session:
        draw = session.get_one(Draw, stand.draw)
        assert (draw.nonce is not None) == (done[1] == DONE)
        told = draws.publication(draw)
    problems = verifier.problems(told)
    assert problems == ([] if done[0] == DONE else ["seed: it has not been revealed yet"])


@pytest.mark.parametrize("number", range(5))
def test_a_no_at_the_moment_of_silence_frees_one_seat(floor: Floor, number: int) -> None:
    stand = floor.held()
    late = NOON + 2 * DAY
    (first, who), _ = stand.asked

    at_once(
        floor.acting(who, declining(first), late),
        *[floor.acting(None, sweeping, late)] * 3,
    )

    assert floor.told("InvitationDeclined", first) + floor.told("InvitationLapsed", first) == 1
    assert floor.seated(stand) <= 2, number


@pytest.mark.parametrize("number", range(5))
def test_a_yes_and_a_no_of_one_supervisor_are_one_answer(floor: Floor, number: int) -> None:
    stand = floor.held()
    first, who = stand.asked[0]

    done = Counter(
        at_once(
            *[floor.acting(who, accepting(first))] * 3, *[floor.acting(who, declining(first))] * 3
        )
    )

    assert 1 <= done[DONE] <= 2, number
    assert floor.told("InvitationAccepted", first) <= 1
    assert floor.told("InvitationDeclined", first) <= 1
    assert floor.seated(stand) == 2


@pytest.mark.parametrize("number", range(5))
def test_it_begins_or_is_called_off_and_never_both(floor: Floor, number: int) -> None:
    stand = floor.held()
    for one, who in stand.asked:
        assert floor.acting(who, accepting(one))() == DONE
    day = NOON + 10 * DAY

    def begin(act: Act) -> object:
        return activities.begin(act, activities.find(act, stand.activity))

    done = at_once(
        floor.acting(stand.manager, begin, day),
        floor.acting(stand.manager, cancelling(stand.activity), day),
    )

    assert Counter(done)[DONE] == 1, number


@pytest.mark.parametrize("number", range(3))
def test_workers_and_phones_in_many_activities_never_wait_crosswise(
    floor: Floor, number: int
) -> None:
    stands = [floor.held(wanted=3, pool=8) for _ in range(6)]
    late = NOON + 2 * DAY
    phones = [
        floor.acting(who, (accepting, declining)[place % 2](one), NOON)
        for stand in stands
        for place, (one, who) in enumerate(stand.asked[:2])
    ]

    def few(act: Act) -> object:
        return invitations.sweep(act, 3)

    def opinions(act: Act) -> object:
        return supervision_opinions.sweep(act, 100)

    def watched(act: Act) -> object:
        return activities.watch.look(act)

    verbs = [few] * 6 + [opinions, watched]
    done = Counter(at_once(*phones, *[floor.acting(None, verb, late) for verb in verbs]))

    assert done[DONE] >= len(verbs), (number, done)
    for stand in stands:
        assert floor.seated(stand) <= 3


@pytest.mark.parametrize("number", range(5))
def test_an_opinion_at_the_very_end_is_in_or_late(floor: Floor, number: int) -> None:
    with floor.sessions.begin() as session:
        stage = staged(Make(session, NOON, NUMBERS), 3)
        activity_id = stage.activity.id
        asked = [(one.id, one.person_id) for one in stage.invited]

    def giving(one: int) -> Callable[[Act], object]:
        return lambda act: supervision_opinions.give(act, invitations.find(act, one), opinion_of())

    assert floor.acting(asked[0][1], giving(asked[0][0]))() == DONE
    done = at_once(
        floor.acting(asked[1][1], giving(asked[1][0]), DUE - timedelta(microseconds=1)),
        *[floor.acting(None, lambda act: supervision_opinions.unseal_due(act, 10), DUE)] * 3,
    )

    assert done[0] in {DONE, "opinions-late"}, number
    floor.acting(None, lambda act: supervision_opinions.unseal_due(act, 10), DUE)()
    with floor.sessions() as session:
        chosen = select(SupervisionOpinion.state).where(
            SupervisionOpinion.activity_id == activity_id
        )
        opened = list(session.scalars(chosen))
    assert opened == [SupervisionOpinionState.TO_ANSWER] * (1 + (done[0] == DONE))


def test_an_answer_an_objection_a_decision_and_attendance_happen_once(floor: Floor) -> None:
    with floor.sessions.begin() as session:
        stage = staged(Make(session, NOON, NUMBERS), 2)
        opinion_id = stage.unsealed().id
        handler, author, chief = (
            one.id for one in (stage.town.prosecutor, stage.author(), stage.town.chief)
        )
        going_on = stage.make.activity(
            stage.town,
            stage.bureau,
            state=ActivityState.UNDER_WAY,
            starts_at=NOON - timedelta(hours=1),
            ends_at=NOON + timedelta(hours=1),
        )
        comes = stage.make.invitation(
            going_on,
            stage.supervisor(),
            state=InvitationState.ACCEPTED,
            answered_at=NOON,
        )
        comes_id, manager = comes.id, stage.town.manager.id

    def on(verb: Callable[..., object], **said: object) -> Callable[[Act], object]:
        return lambda act: verb(act, supervision_opinions.find(act, opinion_id), **said)

    steps = [
        (handler, on(supervision_opinions.answer, adoption=Adoption.NOT_ADOPTED, reasons="另有。")),
        (author, on(supervision_opinions.object_to, words="答非所问。")),
        (
            chief,
            on(
                supervision_opinions.decide,
                ruling=supervision_opinions.SupervisionRuling.UPHELD,
                reasons="理由充分。",
            ),
        ),
        (manager, lambda act: invitations.mark_attended(act, invitations.find(act, comes_id))),
    ]
    for who, verb in steps:
        assert Counter(at_once(*[floor.acting(who, verb)] * MANY))[DONE] == 1

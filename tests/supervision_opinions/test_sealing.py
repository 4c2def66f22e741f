"""An opinion is given once, sealed, opened with all others, and never changed."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from services import invitations, supervision_opinions
from services.activities import ActivityState
from services.assignments.records import Recusal, RecusalGround
from services.invitations import InvitationState
from services.kernel.act import JournalEntry
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed
from services.policy import Permission, PostKind, allows
from services.supervision_opinions import (
    NotAttending,
    OpinionsLate,
    StillSealed,
    SupervisionOpinionGivenAlready,
    SupervisionOpinionState,
)
from services.tasks import Task, TaskKind, TaskState
from tests.make import Make
from tests.supervision_opinions.conftest import DUE, Stage, opinion_of, staged


def _open_tasks(stage: Stage, kind: TaskKind) -> list[Task]:
    chosen = select(Task).where(Task.kind == kind, Task.state == TaskState.OPEN)
    return list(stage.make.session.scalars(chosen))


def test_an_opinion_stays_sealed_until_all_who_attended_have_given_theirs(stage: Stage) -> None:
    first = stage.give(0)
    assert first.state is SupervisionOpinionState.SEALED
    assert first.unsealed_at is None

    second = stage.give(1, "另一份意见")

    assert {first.state, second.state} == {SupervisionOpinionState.TO_ANSWER}
    assert first.unsealed_at == second.unsealed_at == stage.make.now
    answering = _open_tasks(stage, TaskKind.ANSWER_SUPERVISION_OPINION)
    assert {task.about_id for task in answering} == {first.id, second.id}
    assert {task.person_id for task in answering} == {stage.town.prosecutor.id}


def test_the_journal_holds_the_digest_and_no_word(stage: Stage) -> None:
    opinion = stage.give()
    stage.make.session.flush()

    entry = stage.make.session.scalars(
        select(JournalEntry).where(
            JournalEntry.kind == "SupervisionOpinionGiven", JournalEntry.about_id == opinion.id
        )
    ).one()

    assert entry.details == {"activity_id": stage.activity.id, "sha256": opinion.sha256}
    assert len(opinion.salt) == 32
    assert supervision_opinions.is_intact(stage.make.session, opinion)
    opinion.words = "改过的意见"
    assert supervision_opinions.digest(opinion) != opinion.sha256
    stage.make.session.expire(opinion)


def test_the_same_words_twice_have_two_digests(stage: Stage) -> None:
    assert stage.give(0).sha256 != stage.give(1).sha256


@pytest.mark.parametrize(
    "change",
    [
        "words = '改'",
        "facts_words = '改'",
        "overall = 'agree'",
        "salt = repeat('0', 32)",
        "submitted_at = now()",
    ],
)
def test_the_database_keeps_what_was_said(stage: Stage, change: str) -> None:
    opinion = stage.give()
    stage.make.session.flush()

    with pytest.raises(DatabaseError, match=r"never changed"):
        stage.make.session.execute(
            text(f"UPDATE supervision_opinions SET {change} WHERE id = {opinion.id}")  # noqa: S608
        )


def test_the_database_deletes_no_opinion(stage: Stage) -> None:
    stage.give()
    stage.make.session.flush()

    with pytest.raises(DatabaseError, match=r"never changed"):
        stage.make.session.execute(text("DELETE FROM supervision_opinions"))


def test_a_supervisor_gives_one_opinion(stage: Stage) -> None:
    stage.give()

    with pytest.raises(SupervisionOpinionGivenAlready):
        stage.give()


def test_nobody_gives_anothers_opinion(stage: Stage) -> None:
    for person in (stage.author(1), stage.town.manager, stage.bureau.officer):
        with pytest.raises(NotAllowed):
            supervision_opinions.give(stage.act(person), stage.invited[0], opinion_of())


def test_an_opinion_comes_late_once_the_time_is_over(stage: Stage) -> None:
    with pytest.raises(OpinionsLate):
        stage.give(at=DUE)
    assert stage.give(at=DUE - timedelta(seconds=1)).id


def test_an_opinion_comes_late_once_the_others_are_open(make: Make) -> None:
    stage = staged(make, 3)
    stage.invited[2].state = InvitationState.ABSENT
    make.session.flush()
    stage.give(0)
    stage.give(1)
    stage.invited[2].state = InvitationState.ATTENDED
    make.session.flush()

    with pytest.raises(OpinionsLate):
        stage.give(2)


@pytest.mark.parametrize(
    "state", [InvitationState.ABSENT, InvitationState.RECUSED, InvitationState.ACCEPTED]
)
def test_only_who_was_there_gives_an_opinion(stage: Stage, state: InvitationState) -> None:
    stage.invited[0].state = state
    stage.make.session.flush()

    with pytest.raises(NotAttending):
        supervision_opinions.give(stage.act(stage.author()), stage.invited[0], opinion_of())


def test_who_has_accepted_may_speak_while_it_is_under_way(make: Make) -> None:
    stage = staged(make, 1, state=ActivityState.UNDER_WAY, ended_at=None, opinions_due_at=None)
    stage.invited[0].state = InvitationState.ACCEPTED
    make.session.flush()

    opinion = stage.give()

    assert opinion.state is SupervisionOpinionState.SEALED


def test_nobody_speaks_before_it_has_begun(make: Make) -> None:
    stage = staged(make, 1, state=ActivityState.STAFFED, ended_at=None, opinions_due_at=None)

    with pytest.raises(WrongState):
        stage.give()


def test_what_the_last_one_owes_is_awaited_until_the_time_is_over(stage: Stage) -> None:
    given = stage.give(0)

    assert supervision_opinions.unseal_due(stage.machine(DUE - timedelta(seconds=1)), 10) == []
    with pytest.raises(StillSealed):
        supervision_opinions.unseal(stage.machine(), stage.activity)
    assert supervision_opinions.unseal_due(stage.machine(DUE), 10) == [given]
    assert supervision_opinions.unseal_due(stage.machine(DUE), 10) == []
    assert supervision_opinions.unseal(stage.machine(DUE), stage.activity) == []
    assert given.unsealed_at == DUE


def test_no_person_opens_an_opinion(stage: Stage) -> None:
    stage.give(0)
    town = stage.town

    for person in (town.manager, town.chief, town.prosecutor, stage.bureau.officer):
        with pytest.raises(NotAllowed):
            supervision_opinions.unseal(stage.act(person, DUE), stage.activity)
        with pytest.raises(NotAllowed):
            supervision_opinions.ask(stage.act(person), stage.activity)


def test_who_stayed_away_is_not_awaited(make: Make) -> None:
    stage = staged(make, 3)
    stage.invited[2].state = InvitationState.ABSENT
    make.session.flush()

    stage.give(0)
    assert stage.give(1).state is SupervisionOpinionState.TO_ANSWER


def test_nothing_opens_while_it_is_not_known_who_came(make: Make) -> None:
    stage = staged(make, 3)
    stage.invited[2].state = InvitationState.ACCEPTED
    make.session.flush()
    first = stage.give(0)
    stage.give(1)
    assert first.state is SupervisionOpinionState.SEALED

    stage.invited[2].state = InvitationState.ABSENT
    make.session.flush()

    assert len(supervision_opinions.unseal_due(stage.machine(), 10)) == 2


def test_each_is_asked_once_and_no_longer_once_it_is_given(stage: Stage) -> None:
    assert supervision_opinions.sweep(stage.machine(), 10) == 2
    assert supervision_opinions.sweep(stage.machine(), 10) == 0
    assert len(_open_tasks(stage, TaskKind.GIVE_SUPERVISION_OPINION)) == 2

    stage.give(0)
    assert len(_open_tasks(stage, TaskKind.GIVE_SUPERVISION_OPINION)) == 1

    supervision_opinions.unseal_due(stage.machine(DUE), 10)
    assert _open_tasks(stage, TaskKind.GIVE_SUPERVISION_OPINION) == []


def test_while_sealed_only_how_many_are_in_is_told(stage: Stage) -> None:
    stage.give(0)

    told = supervision_opinions.tally(stage.act(stage.town.chief), stage.activity)

    assert (told.given, told.expected, told.is_unsealed) == (1, 2, False)


def test_noting_somebody_absent_does_not_tell_by_the_number_who_has_spoken(make: Make) -> None:
    stage = staged(make, 2)
    for one in stage.invited:
        one.state = InvitationState.ACCEPTED
    stage.activity.state = ActivityState.UNDER_WAY
    stage.activity.opinions_due_at = stage.activity.ended_at = None
    stage.give(0)

    act = stage.act(stage.town.manager)
    invitations.mark_absent(act, stage.invited[1])
    told = supervision_opinions.tally(act, stage.activity)

    assert (told.given, told.expected) == (1, 1)


@pytest.mark.parametrize("unsealed", [False, True], ids=["sealed", "unsealed"])
def test_the_list_is_equal_to_the_clause(make: Make, *, unsealed: bool) -> None:
    stage = staged(make, 2)
    opinion = stage.give(0)
    if unsealed:
        stage.give(1)
    town = stage.town
    upper = make.office()
    stage.case.raised_to_id = upper.id
    recused = make.person(PostKind.DEPARTMENT_HEAD, town.procuratorate)
    make.session.add(
        Recusal(
            case_id=stage.case.id,
            person_id=recused.id,
            ground=RecusalGround.OTHER_RELATION,
            recorded_by=town.chief.id,
            recorded_at=make.now,
        )
    )
    make.session.flush()
    make.session.expire(stage.case, ["recused_ids"])
    elsewhere = make.town()
    people = {
        "author": stage.author(),
        "other supervisor": stage.author(1),
        "manager": town.manager,
        "chief": town.chief,
        "handler": town.prosecutor,
        "police": town.officer,
        "organ": stage.bureau.officer,
        "head": make.person(PostKind.DEPARTMENT_HEAD, town.procuratorate),
        "recused": recused,
        "prosecutor": make.person(PostKind.PROSECUTOR, town.procuratorate),
        "clerk": make.person(PostKind.CLERK, town.procuratorate),
        "upper": make.person(PostKind.PROSECUTOR, upper),
        "elsewhere": elsewhere.manager,
        "another organ": make.bureau(elsewhere).officer,
    }
    reading, words = set(), set()
    for name, person in people.items():
        act = make.act(person)
        listed = set(make.session.scalars(supervision_opinions.visible(act)))
        readable = allows(act.actor, Permission.SUPERVISION_OPINION_READ, opinion)
        assert readable == (opinion in listed), name
        reading |= {name} if readable else set()
        words |= {name} if supervision_opinions.reads_words(act, opinion) else set()
    opened = {"author", "manager", "chief", "handler", "head", "upper", "organ"}
    assert reading == (opened if unsealed else {"author"})
    assert words == reading - {"organ"}

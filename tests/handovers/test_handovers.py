"""All open work of somebody goes to others in one act, and nobody leaves before it has."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services import handovers, people, tasks
from services.appointments import PostEndReason
from services.arrest_reviews import ArrestReview
from services.assignments import NotEligible
from services.calendar_feeds import CalendarFeed
from services.handovers import (
    Desk,
    HandoverTaken,
    HandoverTwice,
    NothingToHandOver,
    NotTheirs,
    WorkKind,
    WorkLeft,
)
from services.interrogations import Role
from services.kernel.act import JournalEntry
from services.kernel.clock import machine_now
from services.kernel.refusals import NotAllowed, NotFound
from services.people import Person, Post
from services.policy import CONSOLE, MACHINE, PostKind
from services.sessions import SignInSession
from services.tasks import Task, TaskKind, TaskState
from tests.make import Make, Scene, Town


@dataclass(frozen=True)
class Leaver:
    """A prosecutor with a case, whoever may take it, and the security officer."""

    make: Make
    scene: Scene
    taker: Person
    security: Person

    @property
    def town(self) -> Town:
        return self.scene.town

    @property
    def person(self) -> Person:
        return self.town.prosecutor

    @property
    def post(self) -> Post:
        return self.person.posts[0]

    @property
    def desk(self) -> Desk:
        return handovers.desk_of(
            self.make.act(self.town.manager), self.person.id, self.town.procuratorate.id
        )

    def hand_over(self, **given: Any) -> handovers.Handover:
        values: dict[str, Any] = {
            "to_id": self.taker.id,
            "per_case": {},
            "reason": "调离本院，移交在办案件。",
            "approver_id": self.town.chief.id,
        }
        return handovers.make(self.make.act(self.town.manager), self.desk, **(values | given))

    def open_tasks(self) -> list[Task]:
        chosen = select(Task).where(
            Task.kind == TaskKind.HAND_OVER_WORK, Task.state == TaskState.OPEN
        )
        return list(self.make.session.scalars(chosen))


@pytest.fixture
def leaver(make: Make) -> Leaver:
    scene = make.scene()
    office = scene.town.procuratorate
    make.session.expire(scene.town.prosecutor, ["posts"])
    return Leaver(
        make,
        scene,
        make.person(PostKind.PROSECUTOR, office),
        make.person(PostKind.SECURITY_OFFICER, office),
    )


def test_the_preview_counts_what_lies_open(leaver: Leaver) -> None:
    leaver.make.interrogation(leaver.town, leaver.scene.case, leaver.scene.soon)
    found = handovers.preview(leaver.make.act(leaver.town.manager), leaver.desk)
    assert found.case_ids == (leaver.scene.case.id,)
    assert found.owed == {WorkKind.CASES: 1, WorkKind.INTERROGATIONS: 1}
    assert found.counts[WorkKind.TASKS] >= 1
    assert set(found.counts) == set(WorkKind)


def test_everything_goes_to_the_new_handler_in_one_act(leaver: Leaver, session: Session) -> None:
    interrogation = leaver.make.interrogation(leaver.town, leaver.scene.case, leaver.scene.soon)
    handover = leaver.hand_over()
    assert leaver.scene.case.handler_id == leaver.taker.id
    (lead,) = [seat for seat in interrogation.attendances if seat.role is Role.LEAD]
    assert lead.person_id == leaver.taker.id
    review = session.scalars(select(Task).where(Task.kind == TaskKind.REVIEW_ARREST)).all()
    assert {task.person_id for task in review if task.state is TaskState.OPEN} == {leaver.taker.id}
    assert handover.taker_ids == {leaver.taker.id}
    (entry,) = session.scalars(select(JournalEntry).where(JournalEntry.kind == "HandoverTaken"))
    assert entry.event == HandoverTaken(
        handover.id,
        leaver.person.id,
        leaver.town.procuratorate.id,
        [leaver.scene.case.id],
        [leaver.taker.id],
    )
    found = handovers.preview(leaver.make.act(leaver.town.manager), leaver.desk)
    assert not found.owed
    with pytest.raises(NothingToHandOver):
        leaver.hand_over()


def test_each_case_may_go_to_another(leaver: Leaver) -> None:
    second = leaver.make.handled(leaver.town)
    other = leaver.make.person(PostKind.PROSECUTOR, leaver.town.procuratorate)
    handover = leaver.hand_over(per_case={second.id: other.id})
    assert {one.case_id: one.to_id for one in handover.cases} == {
        leaver.scene.case.id: leaver.taker.id,
        second.id: other.id,
    }


def test_no_case_is_left_out_and_none_of_others_named(leaver: Leaver) -> None:
    with pytest.raises(NotTheirs):
        leaver.hand_over(to_id=None)
    with pytest.raises(NotTheirs):
        leaver.hand_over(per_case={10**6: leaver.taker.id})
    with pytest.raises(HandoverTwice):
        leaver.hand_over(to_id=leaver.person.id)
    with pytest.raises(NotEligible):
        leaver.hand_over(to_id=leaver.town.chief.id)


def test_a_second_prosecutor_and_a_seat_are_given_up(leaver: Leaver, session: Session) -> None:
    """Work in somebody else's case: another is named, and its handler fills the seat."""
    case = leaver.scene.case
    helper = leaver.make.person(PostKind.PROSECUTOR, leaver.town.procuratorate)
    interrogation = leaver.make.interrogation(leaver.town, case, leaver.scene.soon)
    (seat,) = [one for one in interrogation.attendances if one.role is Role.STAFF]
    seat.person_id = helper.id
    review = session.scalars(select(ArrestReview).where(ArrestReview.case_id == case.id)).one()
    review.reviewer_id = helper.id
    session.flush()
    desk = handovers.desk_of(
        leaver.make.act(leaver.town.manager), helper.id, leaver.town.procuratorate.id
    )
    act = leaver.make.act(leaver.town.manager)
    assert handovers.preview(act, desk).owed == {
        WorkKind.SECOND_REVIEWS: 1,
        WorkKind.INTERROGATIONS: 1,
    }
    handovers.make(
        act, desk, to_id=None, per_case={}, reason="离岗。", approver_id=leaver.town.chief.id
    )
    assert review.reviewer_id is None
    assert helper.id not in {one.person_id for one in interrogation.attendances}
    assert tasks.open_about(act, TaskKind.NAME_REVIEWER, review)
    assert case.handler_id == leaver.person.id


def test_only_case_management_hands_over(leaver: Leaver) -> None:
    desk = leaver.desk
    elsewhere = leaver.make.person(PostKind.CASE_MANAGER)
    administrator = leaver.make.person(PostKind.ADMINISTRATOR, leaver.town.procuratorate)
    for person in (leaver.person, leaver.security, administrator, leaver.town.chief, elsewhere):
        act = leaver.make.act(person)
        with pytest.raises(NotFound):
            handovers.desk_of(act, leaver.person.id, leaver.town.procuratorate.id)
        with pytest.raises(NotAllowed):
            handovers.make(
                act, desk, to_id=leaver.taker.id, per_case={}, reason="越权。",
                approver_id=leaver.town.chief.id,
            )  # fmt: skip


def test_a_hand_over_is_read_by_case_management_there(leaver: Leaver) -> None:
    handover = leaver.hand_over()
    assert handovers.find(leaver.make.act(leaver.town.manager), handover.id) is handover
    with pytest.raises(NotFound):
        handovers.find(leaver.make.act(leaver.make.person(PostKind.CASE_MANAGER)), handover.id)


def _signed_in(make: Make, person: Person) -> SignInSession:
    opened = SignInSession(person_id=person.id, opened_at=machine_now(), renewed_at=machine_now())
    make.session.add(opened)
    make.session.add(CalendarFeed(person_id=person.id, token_hash="0" * 64, opened_at=make.now))
    make.session.flush()
    return opened


def test_the_last_post_ends_when_the_work_is_handed_over(leaver: Leaver) -> None:
    opened = _signed_in(leaver.make, leaver.person)
    act = leaver.make.act(leaver.security)
    with pytest.raises(WorkLeft) as left:
        handovers.end_post(act, leaver.post, reason=PostEndReason.TRANSFERRED)
    assert left.value.members == {"left": {"cases": 1}}
    leaver.hand_over()
    handovers.end_post(act, leaver.post, reason=PostEndReason.TRANSFERRED)
    assert opened.ended_at is not None
    feed = leaver.make.session.scalars(select(CalendarFeed)).one()
    assert feed.revoked_at is not None
    assert not people.actor_of(leaver.make.session, leaver.person.id, act.today).posts


def test_one_of_two_posts_ends_without_more_ado(leaver: Leaver) -> None:
    opened = _signed_in(leaver.make, leaver.person)
    second = leaver.make.post(leaver.person, PostKind.DEPARTMENT_HEAD, leaver.town.procuratorate)
    handovers.end_post(leaver.make.act(leaver.security), second, reason=PostEndReason.TRANSFERRED)
    assert opened.ended_at is None


def test_security_does_not_wait_and_leaves_a_task(leaver: Leaver) -> None:
    act = leaver.make.act(leaver.security)
    handovers.end_post(act, leaver.post, reason=PostEndReason.SECURITY)
    (task,) = leaver.open_tasks()
    assert (task.office_id, task.post) == (leaver.town.procuratorate.id, PostKind.CASE_MANAGER)
    handovers.close_at_once(act, leaver.person)
    assert leaver.open_tasks() == [task]
    leaver.hand_over()
    assert not leaver.open_tasks()


def test_an_account_is_closed_when_nothing_is_left(leaver: Leaver) -> None:
    opened = _signed_in(leaver.make, leaver.person)
    act = leaver.make.act(leaver.security)
    with pytest.raises(WorkLeft):
        handovers.close_account(act, leaver.person)
    assert leaver.person.disabled_at is None
    leaver.hand_over()
    handovers.close_account(act, leaver.person)
    assert leaver.person.disabled_at is not None
    assert opened.ended_at is not None


def test_an_account_is_closed_at_once_for_security(leaver: Leaver) -> None:
    opened = _signed_in(leaver.make, leaver.person)
    handovers.close_at_once(leaver.make.act(leaver.security), leaver.person)
    assert leaver.person.disabled_at is not None
    assert opened.ended_at is not None
    assert len(leaver.open_tasks()) == 1


def test_only_the_security_officer_lets_somebody_go(leaver: Leaver) -> None:
    office = leaver.town.procuratorate
    administrator = leaver.make.person(PostKind.ADMINISTRATOR, office)
    elsewhere = leaver.make.person(PostKind.SECURITY_OFFICER)
    for person in (administrator, elsewhere, leaver.town.manager, leaver.person):
        act = leaver.make.act(person)
        with pytest.raises(NotAllowed):
            handovers.end_post(act, leaver.post, reason=PostEndReason.SECURITY)
        with pytest.raises(NotAllowed):
            handovers.close_account(act, leaver.person)
        with pytest.raises(NotAllowed):
            handovers.close_at_once(act, leaver.person)


def test_an_officer_of_the_police_owes_nothing(leaver: Leaver) -> None:
    """A liaison officer's work is the office's: whoever holds the post next has it."""
    officer = leaver.town.officer
    handovers.close_account(leaver.make.act(CONSOLE), officer)
    assert officer.disabled_at is not None


def _foresee(leaver: Leaver, post: Post) -> int:
    act = leaver.make.act(MACHINE)
    assert post.id in handovers.leaving_soon(act)
    return handovers.foresee(act, post)


def test_a_week_before_the_last_day_open_work_is_asked_about_once(leaver: Leaver) -> None:
    today = leaver.make.act(MACHINE).today
    leaver.post.until_on = today + timedelta(days=8)
    leaver.make.session.flush()
    assert leaver.post.id not in handovers.leaving_soon(leaver.make.act(MACHINE))
    leaver.post.until_on = today + timedelta(days=7)
    leaver.make.session.flush()

    assert _foresee(leaver, leaver.post) == 1
    (task,) = leaver.open_tasks()
    assert (task.about_id, task.post) == (leaver.person.id, PostKind.CASE_MANAGER)
    assert task.due_on == leaver.post.until_on
    assert _foresee(leaver, leaver.post) == 0
    leaver.hand_over()
    assert not leaver.open_tasks()
    assert _foresee(leaver, leaver.post) == 0, "nothing is left"


def test_whoever_keeps_another_post_there_hands_nothing_over(leaver: Leaver) -> None:
    leaver.post.until_on = leaver.make.act(MACHINE).today
    leaver.make.post(leaver.person, PostKind.DEPARTMENT_HEAD, leaver.town.procuratorate)

    assert _foresee(leaver, leaver.post) == 0
    with pytest.raises(NotAllowed):
        handovers.foresee(leaver.make.act(leaver.town.manager), leaver.post)


def test_work_left_on_the_last_day_is_found_by_the_sweep_of_a_day(leaver: Leaver) -> None:
    leaver.post.until_on = leaver.make.act(MACHINE).today
    leaver.make.session.flush()

    assert _foresee(leaver, leaver.post) == 1

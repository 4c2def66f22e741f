"""The detention centre's side: confirm, propose another time, bring the suspect and take back."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from notifications.messages import notices
from services import interrogations
from services.bookings import AlreadyTaken, Booking, BookingState, Occupation
from services.interrogations import (
    AfterDeadline,
    AlreadyBegun,
    ChangeKind,
    EscortStep,
    EscortTooEarly,
    Interrogation,
    InterrogationState,
    NotBrought,
    NothingChanges,
    ProposalOver,
    TimeProposal,
    TimeProposalState,
    centre,
)
from services.kernel.act import JournalEntry
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed, NotFound, Stale
from services.policy import MACHINE, PostKind
from services.tasks import TaskKind
from tests.interrogations.conftest import Scene
from tests.interrogations.test_changes import last_change, open_tasks
from tests.make import Make

HOUR = timedelta(hours=1)
NOTE = "上午提押警力不足。"


def hears(make: Make, kind: ChangeKind) -> set[int]:
    """Who is told of the newest change of that kind, as the dispatcher finds them."""
    change = last_change(make, kind)
    make.session.expire_all()
    return notices()["InterrogationChanged"].to.people(make.session, change)


def proposed(
    scene: Scene, make: Make, later: timedelta = 3 * HOUR
) -> tuple[Interrogation, TimeProposal]:
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    act = make.act(scene.centre.officer)
    return booked, interrogations.propose_time(act, booked, starts_at=scene.soon + later, note=NOTE)


def test_the_centre_confirms_and_has_the_escort_to_do_that_day(scene: Scene, make: Make) -> None:
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    act = make.act(scene.centre.officer)

    interrogations.confirm(act, booked)

    assert booked.state is InterrogationState.CONFIRMED
    assert (booked.confirmed_at, booked.confirmed_by) == (act.now, scene.centre.officer.id)
    assert open_tasks(make, TaskKind.CONFIRM_INTERROGATION) == []
    (escort,) = open_tasks(make, TaskKind.ESCORT_SUSPECT)
    assert (escort.office_id, escort.due_on) == (scene.centre.office.id, act.today)
    assert hears(make, ChangeKind.CONFIRMED) == booked.staff_ids
    with pytest.raises(WrongState):
        interrogations.confirm(act, booked)


@pytest.mark.parametrize("later", [3 * HOUR, HOUR / 2, HOUR])
def test_a_proposed_time_is_kept_and_becomes_the_booking(
    scene: Scene, make: Make, later: timedelta
) -> None:
    """Also one that overlaps the old time, where each would be in the other's way."""
    booked, proposal = proposed(scene, make, later)
    assert booked.during is not None
    assert booked.during.lower == scene.soon
    (task,) = open_tasks(make, TaskKind.ANSWER_TIME_PROPOSAL)
    assert task.person_id == scene.town.prosecutor.id
    assert hears(make, ChangeKind.TIME_PROPOSED) == {scene.town.prosecutor.id}

    centre.accept(make.act(scene.town.prosecutor), proposal)

    assert booked.during.lower == scene.soon + later
    assert booked.state is InterrogationState.CONFIRMED
    assert booked.confirmed_by == scene.centre.officer.id
    assert proposal.state is TimeProposalState.ACCEPTED
    assert open_tasks(make, TaskKind.ANSWER_TIME_PROPOSAL) == []
    assert open_tasks(make, TaskKind.CONFIRM_INTERROGATION) == []
    assert len(open_tasks(make, TaskKind.ESCORT_SUSPECT)) == 1
    holders = set(make.session.scalars(select(Occupation.booking_id)))
    assert holders == {booked.booking_id}
    assert scene.centre.officer.id in hears(make, ChangeKind.PROPOSAL_ACCEPTED)


def test_nobody_takes_a_proposed_time_meanwhile(scene: Scene, make: Make) -> None:
    booked, _ = proposed(scene, make)
    with pytest.raises(AlreadyTaken):
        make.interrogation(scene.town, scene.case, scene.soon + 3 * HOUR)
    assert booked.booking is not None
    holds = select(func.count()).where(Booking.state == BookingState.HELD)
    assert make.session.scalar(holds) == 1


def test_a_refused_proposal_leaves_the_old_time(scene: Scene, make: Make) -> None:
    booked, proposal = proposed(scene, make)
    act = make.act(scene.town.prosecutor)

    centre.decline(act, proposal, reason="期限临近。")

    assert (proposal.state, proposal.refused_reason) == (TimeProposalState.REFUSED, "期限临近。")
    assert booked.during is not None
    assert booked.during.lower == scene.soon
    assert set(make.session.scalars(select(Occupation.booking_id))) == {booked.booking_id}
    assert open_tasks(make, TaskKind.ANSWER_TIME_PROPOSAL) == []
    assert hears(make, ChangeKind.PROPOSAL_REFUSED) == {scene.centre.officer.id}
    for again in (centre.accept, lambda *of: centre.decline(*of, reason="x")):
        with pytest.raises(ProposalOver):
            again(act, proposal)


def test_what_nobody_answers_lapses(scene: Scene, make: Make) -> None:
    booked, proposal = proposed(scene, make)
    later = proposal.held_until
    with pytest.raises(ProposalOver):
        centre.accept(make.act(scene.town.prosecutor, later), proposal)
    assert centre.lapsing(make.act(MACHINE)) == []

    act = make.act(MACHINE, later)
    assert centre.lapsing(act) == [proposal]
    centre.lapse(act, proposal)

    assert proposal.state is TimeProposalState.LAPSED
    assert set(make.session.scalars(select(Occupation.booking_id))) == {booked.booking_id}
    assert hears(make, ChangeKind.PROPOSAL_LAPSED) == {
        scene.town.prosecutor.id,
        scene.centre.officer.id,
    }
    with pytest.raises(ProposalOver):
        centre.lapse(act, proposal)
    with pytest.raises(NotAllowed):
        centre.lapse(make.act(scene.town.manager), proposal)


def test_a_second_proposal_or_a_confirmation_withdraws_the_first(scene: Scene, make: Make) -> None:
    booked, first = proposed(scene, make)
    act = make.act(scene.centre.officer)
    second = interrogations.propose_time(act, booked, starts_at=scene.soon + 3.5 * HOUR, note=NOTE)
    assert first.state is TimeProposalState.WITHDRAWN
    interrogations.confirm(act, booked)
    make.session.refresh(second)
    assert second.state is TimeProposalState.WITHDRAWN
    assert open_tasks(make, TaskKind.ANSWER_TIME_PROPOSAL) == []


def test_another_change_withdraws_what_was_proposed(scene: Scene, make: Make) -> None:
    booked, proposal = proposed(scene, make)
    interrogations.cancel(make.act(scene.town.prosecutor), booked)
    make.session.refresh(proposal)
    assert proposal.state is TimeProposalState.WITHDRAWN
    assert make.session.scalar(select(func.count()).select_from(Occupation)) == 0


def test_a_time_is_proposed_within_the_law(scene: Scene, make: Make) -> None:
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    act = make.act(scene.centre.officer)
    limit = interrogations.earliest(act, scene.suspect)
    assert limit is not None
    for starts_at, why in (
        (scene.soon, NothingChanges),
        (make.now - HOUR, AlreadyBegun),
        (limit.ends_at - HOUR / 2, AfterDeadline),
    ):
        with pytest.raises(why):
            interrogations.propose_time(act, booked, starts_at=starts_at, note=NOTE)
    make.interrogation(scene.town, scene.case, scene.soon + 3 * HOUR)
    with pytest.raises(AlreadyTaken) as refused:
        interrogations.propose_time(act, booked, starts_at=scene.soon + 3 * HOUR, note=NOTE)
    assert refused.value.members["alternatives"]
    booked.state = InterrogationState.RUNNING
    make.session.flush()
    with pytest.raises(WrongState):
        interrogations.propose_time(act, booked, starts_at=scene.soon + 5 * HOUR, note=NOTE)


def test_the_suspect_is_brought_on_the_day_and_taken_back(scene: Scene, make: Make) -> None:
    tomorrow = scene.soon + timedelta(days=1)
    booked = make.interrogation(scene.town, scene.case, tomorrow)
    officer = scene.centre.officer
    interrogations.confirm(make.act(officer), booked)
    with pytest.raises(EscortTooEarly):
        interrogations.mark_escort(make.act(officer), booked, EscortStep.BROUGHT)
    act = make.act(officer, tomorrow)
    with pytest.raises(NotBrought):
        interrogations.mark_escort(act, booked, EscortStep.BROUGHT_BACK)
    assert "bring" in interrogations.allowed(act, booked)
    assert "bring_back" not in interrogations.allowed(act, booked)

    interrogations.mark_escort(act, booked, EscortStep.BROUGHT)

    assert booked.escorted_at == tomorrow
    assert len(open_tasks(make, TaskKind.ESCORT_SUSPECT)) == 1
    assert hears(make, ChangeKind.BROUGHT) == booked.staff_ids
    with pytest.raises(WrongState):
        interrogations.mark_escort(act, booked, EscortStep.BROUGHT)
    booked.state = InterrogationState.ENDED
    make.session.flush()
    assert "bring_back" in interrogations.allowed(act, booked)
    interrogations.mark_escort(act, booked, EscortStep.BROUGHT_BACK)
    assert booked.returned_at == tomorrow
    assert open_tasks(make, TaskKind.ESCORT_SUSPECT) == []
    with pytest.raises(NotBrought):
        interrogations.mark_escort(act, booked, EscortStep.BROUGHT_BACK)


def test_only_the_centre_s_own_officers_host(scene: Scene, make: Make) -> None:
    booked, proposal = proposed(scene, make)
    stranger = make.person(PostKind.DETENTION_OFFICER)
    for person in (stranger, scene.town.prosecutor, scene.town.officer):
        act = make.act(person)
        with pytest.raises(NotAllowed):
            interrogations.confirm(act, booked)
        with pytest.raises(NotAllowed):
            interrogations.propose_time(act, booked, starts_at=scene.soon + HOUR, note=NOTE)
        with pytest.raises(NotAllowed):
            interrogations.mark_escort(act, booked, EscortStep.BROUGHT)
    for person in (stranger, scene.centre.officer, scene.town.officer):
        with pytest.raises(NotAllowed):
            centre.accept(make.act(person), proposal)
        with pytest.raises(NotAllowed):
            centre.decline(make.act(person), proposal, reason="x")
    assert centre.find_proposal(make.act(scene.centre.officer), proposal.id) is proposal
    for person in (stranger, scene.town.officer):
        with pytest.raises(NotFound):
            centre.find_proposal(make.act(person), proposal.id)
        with pytest.raises(NotFound):
            centre.day(make.act(person), make.now.date(), scene.centre.office.id)


def test_the_day_of_a_centre_room_by_room(scene: Scene, make: Make) -> None:
    booked, proposal = proposed(scene, make)
    act = make.act(scene.centre.officer)
    found = centre.day(act, act.today)
    assert {room.id for room in found.rooms} == {room.id for room in scene.centre.rooms}
    assert found.interrogations == {
        booked.booking_id: booked,
        proposal.booking_id: booked,
    }
    assert [one.during.lower for one in found.bookings] == [scene.soon, scene.soon + 3 * HOUR]
    tomorrow = centre.day(act, act.today + timedelta(days=1))
    assert (tomorrow.bookings, tomorrow.interrogations) == ([], {})


def test_an_answer_finds_what_was_changed_meanwhile(scene: Scene, make: Make) -> None:
    booked, proposal = proposed(scene, make)
    changed = text("UPDATE interrogations SET version = version + 1")
    make.session.execute(changed)
    with pytest.raises(Stale):
        interrogations.confirm(make.act(scene.centre.officer), booked)
    make.session.refresh(booked)
    make.session.execute(changed)
    with pytest.raises(Stale):
        centre.accept(make.act(scene.town.prosecutor), proposal)


def test_the_journal_has_no_word_of_it(scene: Scene, make: Make) -> None:
    _, proposal = proposed(scene, make)
    centre.decline(make.act(scene.town.prosecutor), proposal, reason="期限临近。")
    make.session.flush()
    details = [one.details for one in make.session.scalars(select(JournalEntry))]
    assert NOTE not in str(details)
    assert "期限临近" not in str(details)


def test_a_message_is_read_by_whoever_was_told(scene: Scene, make: Make) -> None:
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    interrogations.confirm(make.act(scene.centre.officer), booked)
    notice = notices()["InterrogationChanged"]
    change = last_change(make, ChangeKind.CONFIRMED)
    handler = make.act(scene.town.prosecutor).actor
    assert notice.to.includes(handler, change)
    assert not notice.to.includes(make.act(scene.centre.officer).actor, change)
    assert not notice.to.includes(make.act(scene.town.officer).actor, change)
    told = last_change(make, ChangeKind.BOOKED)
    assert notice.to.includes(make.act(scene.centre.officer).actor, told)
    assert not notice.to.includes(handler, told)

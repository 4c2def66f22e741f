"""Escalations: who hears next of what nobody has confirmed, and what stops it."""

from datetime import date

import pytest
from sqlalchemy import delete, select, update

from notifications import deliveries, dispatcher, escalations
from notifications.deliveries import Delivery, DeliveryState
from notifications.escalations import Escalation, EscalationState
from notifications.ladders import LadderName, LadderRung
from notifications.messages import Urgency, notices
from services import deadlines
from services.cases import CaseReader
from services.deadlines import Custody, warning_settings
from services.deadlines.tiers import Tier
from services.deadlines.warning_settings import LADDER
from services.deadlines.warning_settings import Rung as Hears
from services.kernel.act import JournalEntry, Undispatched
from services.kernel.clock import machine_now
from services.kernel.refusals import NotAllowed, NotFound
from services.people import Post
from services.policy import MACHINE, Permission, PostKind, allows
from services.sessions import RefreshTokenReused, SignInSession
from services.tasks import Task, TaskKind, TaskState
from tests.escalations.conftest import World, moment


def _events(world: World) -> list[str]:
    kinds = select(JournalEntry.kind).where(JournalEntry.kind.startswith("Escalation"))
    return list(world.session.scalars(kinds.order_by(JournalEntry.id)))


def _first_warning(world: World) -> Escalation:
    """A period of the handler's at liberty, due on Monday 2026-07-13, warned of on a Friday."""
    world.start("R01", "2026-06-11T09:00", Custody.AT_LIBERTY)
    return world.warn("2026-07-03T08:00")


def test_a_warning_of_a_period_is_put_on_its_ladder_once(world: World) -> None:
    one = _first_warning(world)

    entry = world.session.get_one(JournalEntry, one.entry_id)
    world.session.add(Undispatched(entry_id=entry.id))
    world.session.flush()
    dispatcher.dispatch(world.make.act(MACHINE), notices())

    assert [found.id for found in world.session.scalars(select(Escalation))] == [one.id]
    assert (one.ladder, one.urgency, one.state) == (
        LadderName.CLOCK,
        Urgency.TASK,
        EscalationState.WAITING,
    )
    assert world.first(one) == {"handler"}
    assert one.next_at == moment("2026-07-06T08:30")


def test_nobody_hears_before_the_window_is_over(world: World) -> None:
    _first_warning(world)

    assert world.sweep("2026-07-03T17:29") == []


def test_a_warning_climbs_by_one_rung_on_each_working_day(world: World) -> None:
    one = _first_warning(world)

    told = [world.sweep(f"2026-07-{day:02}T08:30") for day in range(4, 12)]

    assert told == [[], [], [{"handler"}], [{"handler"}], [], [{"manager", "head"}], [], []]
    assert one.state is EscalationState.WAITING
    assert [call.rung for call in one.calls] == [
        None,
        LadderRung.AGAIN,
        LadderRung.EVERY_CHANNEL,
        LadderRung.HEAD,
    ]


def test_reading_on_leave_is_nobodys_answer(world: World) -> None:
    one = _first_warning(world)
    world.leave(world.town.prosecutor, "2026-07-04")

    world.read(world.town.prosecutor, "2026-07-04T10:00")
    world.sweep("2026-07-04T10:01")

    assert one.state is EscalationState.WAITING


def test_after_an_outage_one_rung_is_told_and_its_window_runs_from_then(world: World) -> None:
    one = _first_warning(world)

    assert world.sweep("2026-07-09T10:00") == [{"handler"}]
    assert world.sweep("2026-07-09T10:01") == []
    assert one.next_at == moment("2026-07-10T10:00")


def test_whoever_was_told_and_reads_has_taken_notice(world: World) -> None:
    one = _first_warning(world)

    world.read(world.town.prosecutor, "2026-07-03T10:00")
    assert world.sweep("2026-07-03T10:01") == []

    assert (one.state, one.acknowledged_by) == (
        EscalationState.ACKNOWLEDGED,
        world.town.prosecutor.id,
    )
    assert one.acknowledged_at == moment("2026-07-03T10:00")
    assert _events(world) == ["EscalationAcknowledged"]
    assert world.sweep("2026-07-20T10:00") == []


def test_a_head_who_reads_the_line_of_the_rung_has_taken_notice(world: World) -> None:
    one = _first_warning(world)
    for day in range(6, 10):
        world.sweep(f"2026-07-{day:02}T08:30")

    world.read(world.head, "2026-07-09T09:00")
    world.sweep("2026-07-09T09:01")

    assert one.acknowledged_by == world.head.id


def test_what_somebody_reads_who_has_handed_the_case_on_is_nobodys_answer(world: World) -> None:
    heir = world.make.person(PostKind.PROSECUTOR, world.town.procuratorate)
    period = world.start("R01", "2026-06-11T09:00", Custody.AT_LIBERTY)
    one = world.warn("2026-07-03T08:00")
    period.handler_id = heir.id

    world.read(world.town.prosecutor, "2026-07-03T10:00")

    assert world.sweep("2026-07-03T10:01") == []
    assert one.state is EscalationState.WAITING
    assert world.sweep("2026-07-06T08:30") == [{str(heir.id)}]
    world.read(heir, "2026-07-06T08:40")
    world.sweep("2026-07-06T08:41")
    assert one.acknowledged_by == heir.id


def test_where_the_police_have_to_act_what_our_own_staff_read_is_no_answer(world: World) -> None:
    world.start("R16", "2026-03-09T09:00")
    one = world.warn("2026-04-08T08:00")  # the last days: the police hear, and our own beside them
    assert {"officer", "handler", "head"} <= world.first(one)

    world.read(world.town.prosecutor, "2026-04-08T08:05")
    world.sweep("2026-04-08T08:06")
    before = one.state
    world.read(world.town.officer, "2026-04-08T08:07")
    world.sweep("2026-04-08T08:08")

    assert (before, one.state) == (EscalationState.WAITING, EscalationState.ACKNOWLEDGED)
    assert one.acknowledged_by == world.town.officer.id


def test_what_somebody_reads_who_has_left_the_post_is_nobodys_answer(world: World) -> None:
    one = _first_warning(world)
    for day in range(6, 10):
        world.sweep(f"2026-07-{day:02}T08:30")
    post = world.session.scalars(
        select(Post).where(Post.person_id == world.head.id, Post.kind == PostKind.DEPARTMENT_HEAD)
    ).one()
    post.until_on = date(2026, 7, 9)

    world.read(world.head, "2026-07-10T09:00")
    world.sweep("2026-07-10T09:01")

    assert one.state is EscalationState.WAITING


def test_a_warning_told_late_settles_no_newer_one(world: World) -> None:
    first = _first_warning(world)
    entry_id, first_id = first.entry_id, first.id
    second = world.warn("2026-07-08T00:00")
    for call in first.calls:
        for told in call.told:
            world.session.delete(told)
        world.session.delete(call)
    world.session.flush()
    world.session.execute(delete(Escalation).where(Escalation.id == first_id))
    world.session.execute(delete(Delivery).where(Delivery.entry_id == entry_id))
    world.session.add(Undispatched(entry_id=entry_id))
    world.session.flush()

    dispatcher.dispatch(world.make.act(MACHINE), notices())

    world.session.expire_all()
    assert second.state is EscalationState.WAITING
    assert [one.id for one in world.session.scalars(select(Escalation))] == [second.id]


def test_a_closed_period_settles_it_and_tells_nobody(world: World) -> None:
    period = world.start("R01", "2026-06-11T09:00", Custody.AT_LIBERTY)
    one = world.warn("2026-07-03T08:00")
    deadlines.close(world.at(world.town.manager, "2026-07-03T12:00"), period)

    assert world.sweep("2026-07-06T08:30") == []
    assert one.state is EscalationState.SETTLED
    assert _events(world) == ["EscalationSettled"]


def test_the_next_tier_takes_the_place_of_the_one_before(world: World) -> None:
    first = _first_warning(world)

    second = world.warn("2026-07-08T00:00")

    assert first.state is EscalationState.SETTLED
    assert (second.state, world.first(second)) == (EscalationState.WAITING, {"handler", "head"})
    assert second.next_at == moment("2026-07-09T08:30")


def test_a_head_whom_the_tier_has_told_is_not_told_again_by_the_rung(world: World) -> None:
    world.start("R01", "2026-06-11T09:00", Custody.AT_LIBERTY)
    one = world.warn("2026-07-10T00:00")  # the last days: everybody has heard

    hours = ("09:30", "10:30", "11:30", "13:30", "15:30")
    told = [world.sweep(f"2026-07-10T{hour}") for hour in hours]

    everybody = {"handler", "head", "chief", "manager"}
    assert one.ladder is LadderName.URGENT
    assert told == [[everybody], [everybody], [], [], []]


def test_where_the_handler_is_on_leave_no_window_is_waited_for(world: World) -> None:
    world.start("R01", "2026-06-11T09:00", Custody.AT_LIBERTY)
    world.leave(world.town.prosecutor, "2026-07-03")
    world.leave(world.head, "2026-07-03")

    one = world.warn("2026-07-03T08:00")  # the handler, and the head for them: both are away

    assert (one.stood_in, one.next_at) == (True, moment("2026-07-03T08:30"))
    assert world.sweep("2026-07-03T08:30") == [{"manager"}]


def test_the_team_stands_in_for_a_handler_on_leave(world: World) -> None:
    colleague = world.make.person(PostKind.PROSECUTOR, world.town.procuratorate)
    recused = world.make.person(PostKind.PROSECUTOR, world.make.office())
    for person in (colleague, recused):
        world.session.add(
            CaseReader(
                case_id=world.case.id, person_id=person.id, opened_at=moment("2026-06-11T09:00")
            )
        )
    world.start("R01", "2026-06-11T09:00", Custody.AT_LIBERTY)
    world.leave(world.town.prosecutor, "2026-07-03")

    world.warn("2026-07-03T08:00")

    assert world.sweep("2026-07-03T08:30") == [{str(colleague.id)}]


def test_whoever_takes_the_case_over_hears_in_place_of_the_handler(world: World) -> None:
    heir = world.make.person(PostKind.PROSECUTOR, world.town.procuratorate)
    period = world.start("R01", "2026-06-11T09:00", Custody.AT_LIBERTY)
    one = world.warn("2026-07-03T08:00")
    period.handler_id = heir.id

    told = world.sweep("2026-07-06T08:30")

    assert told == [{str(heir.id)}]
    law = Permission.ESCALATION_ACKNOWLEDGE
    before = world.at(world.town.prosecutor, "2026-07-06T09:00").actor
    assert not allows(before, law, one)
    assert allows(world.at(heir, "2026-07-06T09:00").actor, law, one)


def test_an_office_whose_heads_hear_nothing_before_the_end_is_not_overruled(world: World) -> None:
    settings = warning_settings.find(world.at(world.town.manager, "2026-06-11T09:00"))
    alone: dict[Tier, tuple[Hears, ...]] = dict.fromkeys(LADDER, (Hears.HANDLER,))
    ladder = alone | {Tier.EXPIRED: LADDER[Tier.EXPIRED]}
    warning_settings.change(
        world.at(world.town.manager, "2026-06-11T09:00"),
        settings,
        tiers=settings.tiers,
        ladder=ladder,
    )
    world.rest()
    _first_warning(world)

    told = [world.sweep(f"2026-07-{day:02}T08:30") for day in range(6, 10)]

    assert told == [[{"handler"}], [{"handler"}], [], [{"manager"}]]


# --- custody ----------------------------------------------------------------------------------


def _alarm(world: World) -> Escalation:
    """Custody that has run out: on a Saturday, at midnight."""
    world.start("D06", "2026-07-03T09:00")  # seven days: until Friday 2026-07-10
    return world.warn("2026-07-11T00:00")


def test_an_alarm_stops_for_no_night_and_no_day_off(world: World) -> None:
    one = _alarm(world)

    told = [world.sweep(f"2026-07-11T00:{minute}") for minute in (11, 22, 33, 44, 55)]

    everybody = {"handler", "head", "chief", "manager"}
    assert (one.ladder, world.first(one)) == (LadderName.ALARM, everybody)
    assert told == [[everybody], [everybody], [], [], []]
    assert one.next_at == moment("2026-07-11T01:25")


def test_reading_stops_no_alarm(world: World) -> None:
    one = _alarm(world)

    world.read(world.town.prosecutor, "2026-07-11T00:05")
    assert world.sweep("2026-07-11T00:11") != []

    assert one.state is EscalationState.WAITING


def test_an_alarm_stops_for_whoever_says_that_it_is_dealt_with(world: World) -> None:
    _alarm(world)
    act = world.at(world.town.prosecutor, "2026-07-11T00:05")

    found = escalations.find_told(act, world.line(world.town.prosecutor))
    escalations.acknowledge(act, found)
    escalations.acknowledge(act, found)

    assert (found.state, found.acknowledged_by) == (
        EscalationState.ACKNOWLEDGED,
        world.town.prosecutor.id,
    )
    assert _events(world) == ["EscalationAcknowledged"]
    assert world.sweep("2026-07-11T00:11") == []


def test_silence_of_everybody_is_looked_into_and_told_every_day(world: World) -> None:
    one = _alarm(world)
    for minute in (11, 22, 33, 44, 55):
        world.sweep(f"2026-07-11T00:{minute}")

    assert world.sweep("2026-07-11T01:25") == []

    assert one.state is EscalationState.EXHAUSTED
    task = world.session.scalars(select(Task).where(Task.kind == TaskKind.LOOK_INTO_SILENCE)).one()
    assert (task.office_id, task.post, task.state) == (
        world.town.procuratorate.id,
        PostKind.CASE_MANAGER,
        TaskState.OPEN,
    )
    assert world.sweep("2026-07-12T01:25") == [{"head", "manager", "chief"}]
    assert one.next_at == moment("2026-07-13T01:25")

    escalations.acknowledge(world.at(world.town.chief, "2026-07-12T02:00"), one)
    assert task.state is TaskState.DONE
    assert _events(world)[-3:] == [
        "EscalationExhausted",
        "EscalationRaised",
        "EscalationAcknowledged",
    ]


def test_custody_under_a_day_is_asked_after_by_night_and_otherwise_by_day(world: World) -> None:
    world.start("D06", "2026-07-03T09:00")

    two_days_left = world.warn("2026-07-09T00:00")
    assert (two_days_left.ladder, two_days_left.next_at) == (
        LadderName.CUSTODY,
        moment("2026-07-09T07:30"),
    )


# --- the line, the law ------------------------------------------------------------------------


def test_a_rung_is_one_line_that_replaces_the_one_before(world: World) -> None:
    one = _first_warning(world)
    for day in (6, 7):
        world.sweep(f"2026-07-{day:02}T08:30")

    mine = world.session.scalars(
        select(Delivery).where(Delivery.topic == f"escalation/{one.id}").order_by(Delivery.id)
    ).all()
    act = world.at(world.town.prosecutor, "2026-07-07T09:00")
    (line,) = deliveries.items(act, [deliveries.find(act, mine[-1].item)], notices())

    assert [found.state for found in mine] == [
        DeliveryState.SUPERSEDED,
        DeliveryState.DELIVERED,
    ]
    assert (line.title, line.urgency) == ("尚无人确认：期限将届满", Urgency.TASK)


def test_only_whoever_was_told_and_is_still_there_acknowledges(world: World) -> None:
    one = _alarm(world)
    told = {"handler", "head", "chief", "manager"}

    for name, person in world.persons.items():
        act = world.at(person, "2026-07-11T00:05")
        assert allows(act.actor, Permission.ESCALATION_ACKNOWLEDGE, one) is (name in told), name
    world.session.execute(
        update(Post)
        .where(Post.person_id == world.head.id)
        .values(until_on=moment("2026-07-10T00:00").date())
    )
    gone = world.at(world.head, "2026-07-11T00:06")
    with pytest.raises(NotAllowed):
        escalations.acknowledge(gone, one)


def test_what_one_sees_is_what_the_law_lets_one_read(world: World) -> None:
    one = _alarm(world)
    stranger = world.make.person(PostKind.CHIEF_PROCURATOR)

    for person in (*world.persons.values(), stranger):
        act = world.at(person, "2026-07-11T00:05")
        seen = [found.id for found in world.session.scalars(escalations.visible(act)).unique()]
        assert (one.id in seen) is allows(act.actor, Permission.ESCALATION_READ, one)
    with pytest.raises(NotFound):
        escalations.find(world.at(stranger, "2026-07-11T00:05"), one.id)
    assert escalations.find(world.at(world.head, "2026-07-11T00:05"), one.id) is one


def test_a_line_without_a_ladder_is_not_acknowledged(world: World) -> None:
    _first_warning(world)
    nobody = world.make.person(PostKind.PROSECUTOR, world.town.procuratorate)
    line = world.line(world.town.prosecutor)

    with pytest.raises(NotFound):
        escalations.find_told(world.at(nobody, "2026-07-03T09:00"), line)


def test_only_the_house_sweeps(world: World) -> None:
    with pytest.raises(NotAllowed):
        escalations.sweep(world.at(world.town.chief, "2026-07-03T09:00"), 1)


def test_one_that_cannot_be_looked_at_stands_in_nobodys_way(world: World) -> None:
    other = world.make.case(world.town)
    other.handler_id = world.town.prosecutor.id
    world.rest()
    broken = _first_warning(world)
    world.case = other
    sound = _first_warning(world)
    world.session.execute(update(Escalation).values(next_at=moment("2026-07-06T08:00")))
    broken.ladder = LadderName.ACCOUNT  # whose steps say nothing of this matter
    broken.step = -99
    world.session.flush()

    world.sweep("2026-07-06T08:30")

    assert (broken.next_at, broken.step) == (moment("2026-07-06T08:40"), -99)
    assert (sound.next_at, sound.step) == (moment("2026-07-07T08:30"), 1)


# --- one's own account ------------------------------------------------------------------------


def test_a_notice_about_an_account_goes_to_its_security_officer_without_words(
    world: World,
) -> None:
    officer = world.make.person(PostKind.SECURITY_OFFICER, world.town.procuratorate)
    opened = SignInSession(
        person_id=world.town.prosecutor.id, opened_at=machine_now(), renewed_at=machine_now()
    )
    world.session.add(opened)
    world.session.flush()
    world.at(world.town.prosecutor, "2026-07-03T10:00").record(RefreshTokenReused(opened.id))
    one = world.warn("2026-07-03T10:00")

    told = [world.sweep(f"2026-07-03T{hour}") for hour in ("11:01", "12:02", "14:03")]

    assert (one.ladder, one.procuratorate_id) == (LadderName.ACCOUNT, None)
    assert told == [[{"handler"}], [{"handler"}], [{str(officer.id)}]]
    act = world.at(officer, "2026-07-03T14:04")
    (line,) = deliveries.items(act, [deliveries.find(act, world.line(officer))], notices())
    assert line.title == "尚无人确认：账号、设备安全提醒"
    assert (
        world.session.scalars(escalations.visible(world.at(world.head, "2026-07-03T15:00"))).all()
        == []
    )

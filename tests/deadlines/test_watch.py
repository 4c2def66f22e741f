"""Never missed: who hears of a period, when, how often, and what lies open because of it."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import event as sa_event
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from notifications.messages import Message, notices
from services import deadlines, people
from services.arrest_requests.records import Suspect
from services.cases import Case
from services.deadlines import CloseReason, Custody, Deadline, Keepers, warning_settings, watch
from services.deadlines.engine.rules import RestartReason
from services.deadlines.tiers import DEFAULT, Tier, Tiers
from services.deadlines.warning_settings import LADDER, Rung, WarningsOutOfBounds
from services.deadlines.watch import DeadlineAlert, Looked
from services.kernel.act import SHANGHAI, Act, JournalEntry
from services.kernel.refusals import NotAllowed, NotFound, Refusal
from services.people import Person
from services.policy import MACHINE, Permission, PostKind, allows
from services.tasks import Task, TaskKind, TaskState
from tests.make import Make, Town


def moment(text_: str) -> datetime:
    """China time."""
    return datetime.fromisoformat(text_).replace(tzinfo=SHANGHAI)


@dataclass
class World:
    """A town with somebody in every post, a case in it, and a clock that goes where it is told."""

    make: Make
    town: Town
    head: Person
    supervisor: Person
    case: Case
    suspect: Suspect
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1_000))

    @property
    def session(self) -> Session:
        return self.make.session

    def start(
        self, rule: str, at: str, custody: Custody = Custody.HELD, *, handled: bool = True
    ) -> Deadline:
        """Let a period begin, in the case's matter."""
        act = self.make.act(self.town.manager, moment(at))
        return deadlines.start(
            act,
            rule,
            self.case,
            suspect_id=self.suspect.id,
            keepers=Keepers(
                self.town.procuratorate.id,
                self.town.police.id,
                self.town.prosecutor.id if handled else None,
            ),
            started_at=act.now,
            custody=custody,
        )

    def act(self, at: str) -> Act:
        return self.make.act(self.town.manager, moment(at))

    def look(self, at: str) -> Looked:
        self.session.flush()
        looked = watch.look(self.make.act(MACHINE, moment(at)), watch.BATCH)
        self.session.expire_all()
        return looked

    def alerts(self, deadline: Deadline, *, told: bool = True) -> list[str]:
        chosen = select(DeadlineAlert.tier).where(
            DeadlineAlert.deadline_id == deadline.id, DeadlineAlert.told == told
        )
        return [tier.value for tier in self.session.scalars(chosen.order_by(DeadlineAlert.id))]

    def heard(self, deadline: Deadline) -> set[str]:
        """Who was told by the latest alert, as the dispatcher finds them."""
        newest = select(DeadlineAlert.id).where(
            DeadlineAlert.deadline_id == deadline.id, DeadlineAlert.told
        )
        alert_id = self.session.scalar(newest.order_by(DeadlineAlert.id.desc()).limit(1))
        kind = self.session.scalar(
            select(JournalEntry.kind)
            .where(JournalEntry.about_id == alert_id, JournalEntry.kind.in_(TELLING))
            .order_by(JournalEntry.id.desc())
        )
        assert kind is not None
        notice = notices()[kind]
        found = notice.to.people(self.session, self.session.get_one(notice.about, alert_id))
        return {name for name, person in self.persons.items() if person.id in found}

    @property
    def persons(self) -> dict[str, Person]:
        town = self.town
        return {
            "officer": town.officer,
            "manager": town.manager,
            "handler": town.prosecutor,
            "chief": town.chief,
            "head": self.head,
            "supervisor": self.supervisor,
        }

    def reminded(self, deadline: Deadline, state: TaskState = TaskState.OPEN) -> set[str]:
        """For whom a reminder lies there."""
        chosen = select(Task).where(
            Task.about_kind == "deadlines", Task.about_id == deadline.id, Task.state == state
        )
        posts = {
            PostKind.POLICE_OFFICER: "officer",
            PostKind.CASE_MANAGER: "manager",
            PostKind.DEPARTMENT_HEAD: "head",
            PostKind.CHIEF_PROCURATOR: "chief",
            PostKind.EXECUTION_SUPERVISOR: "supervisor",
        }
        by_id = {person.id: name for name, person in self.persons.items()}
        return {
            posts[task.post] if task.post else by_id[task.person_id or 0]
            for task in self.session.scalars(chosen)
        }

    def events(self, deadline: Deadline) -> list[str]:
        chosen = select(JournalEntry.kind).where(
            JournalEntry.kind.in_(TELLING),
            JournalEntry.details["deadline_id"].as_integer() == deadline.id,
        )
        return list(self.session.scalars(chosen.order_by(JournalEntry.id)))


TELLING = (
    "AtOnceAwaited",
    "DeadlineNeared",
    "LastDaysReached",
    "ThresholdPassed",
    "DueDayPassed",
    "DeadlineExpired",
    "CustodyExpired",
)


@pytest.fixture
def world(make: Make) -> World:
    town = make.town()
    case = make.case(town)
    case.handler_id = town.prosecutor.id
    make.session.execute(text("UPDATE deadlines SET look_at = NULL"))  # the case's own are at rest
    return World(
        make,
        town,
        make.person(PostKind.DEPARTMENT_HEAD, town.procuratorate),
        make.person(PostKind.EXECUTION_SUPERVISOR, town.procuratorate),
        case,
        case.suspects[0],
    )


# --- the ladder -------------------------------------------------------------------------------


def test_each_tier_is_told_once_and_the_ladder_rises(world: World) -> None:
    month = world.start("R01", "2026-06-11T09:00", Custody.AT_LIBERTY)  # due Monday 2026-07-13
    told = [
        (f"{day}", world.alerts(month)[-1], world.heard(month))
        for day in (date(2026, 6, 11) + timedelta(days=n) for n in range(36))
        for hour in ("00:00", "09:00", "23:59")
        if world.look(f"{day}T{hour}").told
    ]

    everybody = {"handler", "head", "chief", "manager"}
    assert told == [
        ("2026-07-03", "first", {"handler"}),
        ("2026-07-08", "second", {"handler", "head"}),
        ("2026-07-10", "last", everybody),
        ("2026-07-13", "again", everybody),
        ("2026-07-14", "expired", everybody),
    ]
    assert world.alerts(month, told=False) == []
    assert world.events(month) == [
        *["DeadlineNeared"] * 2,
        *["LastDaysReached"] * 2,
        "DeadlineExpired",
    ]


def test_each_rung_has_one_reminder_until_the_period_is_closed(world: World) -> None:
    month = world.start("R01", "2026-06-11T09:00", Custody.AT_LIBERTY)

    world.look("2026-07-03T08:00")
    assert world.reminded(month) == {"handler"}
    world.look("2026-07-10T08:00")
    assert world.reminded(month) == {"handler", "head", "chief", "manager"}
    world.look("2026-07-14T08:00")
    assert world.reminded(month) == {"handler", "head", "chief", "manager"}

    deadlines.close(world.act("2026-07-14T09:00"), month)
    assert world.reminded(month) == set()
    assert world.reminded(month, TaskState.DONE) == {"handler", "head", "chief", "manager"}
    assert world.look("2026-08-14T08:00").taken == 0


def test_what_lapses_takes_its_reminders_away_undone(world: World) -> None:
    month = world.start("R01", "2026-06-11T09:00")
    world.look("2026-07-06T08:00")

    deadlines.close(world.act("2026-07-06T09:00"), month, reason=CloseReason.LAPSED)

    assert world.reminded(month, TaskState.CANCELLED) == {"handler"}


def test_an_outage_is_caught_up_with_by_the_worst_alone(world: World) -> None:
    month = world.start("R01", "2026-06-11T09:00", Custody.AT_LIBERTY)

    looked = world.look("2026-07-10T12:00")

    assert (looked.taken, looked.told) == (1, 1)
    assert world.alerts(month) == ["last"]
    assert world.alerts(month, told=False) == ["first", "second"]
    assert world.reminded(month) == {"handler", "head", "chief", "manager"}


def test_a_look_that_finds_nothing_to_say_costs_no_words(world: World) -> None:
    month = world.start("R01", "2026-06-11T09:00", Custody.AT_LIBERTY)

    assert world.look("2026-06-11T09:00").told == 0
    assert world.look("2026-07-02T23:59").taken == 0
    assert month.look_at == moment("2026-07-03")
    assert world.alerts(month) == world.alerts(month, told=False) == []


@pytest.mark.parametrize(
    ("rule", "custody", "tiers"),
    [
        (  # execution receipt, three days; the procuratorate hears when the day has gone by
            "A02",
            Custody.HELD,
            {
                "2026-03-11": ("first", {"officer"}),
                "2026-03-13": (
                    "expired",
                    {"officer", "handler", "head", "chief", "supervisor"},
                ),
            },
        ),
        (
            "A02",
            Custody.AT_LIBERTY,
            {
                "2026-03-11": ("first", {"officer"}),
                "2026-03-13": ("expired", {"officer", "handler", "head", "chief"}),
            },
        ),
        (  # supplementary investigation, one month
            "R16",
            Custody.HELD,
            {
                "2026-04-02": ("first", {"officer"}),
                "2026-04-03": ("second", {"officer"}),
                "2026-04-08": ("last", {"officer", "handler", "head", "chief", "supervisor"}),
                "2026-04-10": (
                    "expired",
                    {"officer", "handler", "head", "chief", "supervisor"},
                ),
            },
        ),
    ],
)
def test_the_police_hear_first_of_their_own_periods(
    world: World, rule: str, custody: Custody, tiers: dict[str, tuple[str, set[str]]]
) -> None:
    duty = world.start(rule, "2026-03-09T09:00", custody)
    told = {}
    for day in (date(2026, 3, 9) + timedelta(days=n) for n in range(35)):
        if world.look(f"{day}T08:00").told:
            told[f"{day}"] = (world.alerts(duty)[-1], world.heard(duty))
        if world.alerts(duty)[-1:] == ["expired"]:
            break

    assert told == tiers


def test_where_nobody_supervises_execution_case_management_stands_in(world: World) -> None:
    world.session.execute(
        text("DELETE FROM posts WHERE person_id = :id"), {"id": world.supervisor.id}
    )
    duty = world.start("A02", "2026-03-09T09:00")

    looked = world.look("2026-03-13T08:00")

    assert world.heard(duty) == {"officer", "handler", "head", "chief", "manager"}
    assert [late.route for late in looked.overdue] == [
        (PostKind.CASE_MANAGER, PostKind.EXECUTION_SUPERVISOR)
    ]


def test_what_a_party_lets_pass_is_told_to_the_handler_alone(world: World) -> None:
    wish = world.start("X06", "2026-03-09T09:00", Custody.AT_LIBERTY)
    assert wish.binds is deadlines.Organ.PARTY

    looked = world.look("2026-04-20T08:00")

    assert world.alerts(wish) == ["expired"]
    assert world.heard(wish) == {"handler"}
    assert looked.overdue == []


@pytest.mark.parametrize(
    ("rule", "started", "reminded", "over"),
    [
        ("A07", "2026-03-02 09:00", "2026-03-07 09:00", "2026-03-10 09:00"),
        ("C08", "2026-05-13 12:00", "2026-05-08 09:00", "2026-05-14 09:00"),
    ],
)
def test_a_right_that_is_not_used_lapses_and_is_nobody_s_fault(
    world: World, rule: str, started: str, reminded: str, over: str
) -> None:
    keepers = Keepers(world.town.procuratorate.id, world.town.police.id)
    deadline = deadlines.start(
        world.act("2026-03-02 09:00"),
        rule,
        world.case,
        suspect_id=world.suspect.id,
        keepers=keepers,
        started_at=moment(started),
        custody=Custody.HELD,
    )
    near = world.look(reminded)
    assert world.alerts(deadline)

    past = world.look(over)

    assert (near.overdue, past.overdue) == ([], [])
    assert deadline.close_reason is CloseReason.LAPSED
    reminders = select(Task).where(Task.about_id == deadline.id, Task.state == TaskState.OPEN)
    assert not world.session.scalars(reminders).all()


def test_before_anybody_handles_it_case_management_hears(world: World) -> None:
    month = world.start("R01", "2026-06-11T09:00", handled=False)

    world.look("2026-07-03T08:00")

    assert (world.heard(month), world.reminded(month)) == ({"manager"}, {"manager"})


def test_for_a_handler_on_leave_the_heads_hear_at_once(world: World) -> None:
    month = world.start("R01", "2026-06-11T09:00")
    world.make.leave(world.town.prosecutor, date(2026, 7, 1), date(2026, 7, 3))

    world.look("2026-07-03T08:00")

    assert world.heard(month) == {"handler", "head"}
    assert world.reminded(month) == {"handler", "head"}


def test_a_handler_who_has_left_the_post_is_no_longer_told(world: World) -> None:
    month = world.start("R01", "2026-06-11T09:00")
    world.session.execute(
        text("UPDATE posts SET until_on = '2026-07-01' WHERE person_id = :id"),
        {"id": world.town.prosecutor.id},
    )

    world.look("2026-07-03T08:00")

    assert world.heard(month) == {"head"}


def test_somebody_always_hears(world: World) -> None:
    world.session.execute(
        text("DELETE FROM posts WHERE kind NOT IN ('prosecutor', 'chief_procurator')")
    )
    month = world.start("R01", "2026-06-11T09:00", handled=False)

    world.look("2026-07-03T08:00")

    assert world.heard(month) == {"chief"}


def test_a_message_is_for_whoever_is_still_in_that_place(world: World) -> None:
    month = world.start("R01", "2026-06-11T09:00")
    world.look("2026-07-03T08:00")
    assert world.heard(month) == {"handler"}

    month.handler_id = world.head.id

    assert world.heard(month) == set()


# --- what moves ---------------------------------------------------------------------------------


def test_a_date_that_moves_away_takes_the_reminders_with_it(world: World) -> None:
    month = world.start("R01", "2026-06-11T09:00")  # in custody: due on Saturday 07-11
    world.look("2026-07-10T08:00")
    assert world.reminded(month) == {"handler", "head", "chief", "manager"}

    deadlines.extend(world.act("2026-07-10T09:00"), month, ground="major_or_complex")
    assert month.due_on is not None
    assert month.due_on > date(2026, 7, 20)
    world.look("2026-07-10T09:01")

    assert world.reminded(month) == set()
    assert world.alerts(month) == ["last"]
    world.look("2026-07-20T08:00")
    assert world.alerts(month) == ["last", "first"], "the new end is spoken of anew"


def test_a_release_moves_the_day_of_the_reminders(world: World) -> None:
    month = world.start("R01", "2026-09-05T09:00")
    world.look("2026-09-28T08:00")

    deadlines.change_custody(
        world.act("2026-09-29T09:00"), world.suspect.id, Custody.AT_LIBERTY, on=date(2026, 9, 29)
    )
    world.look("2026-09-29T09:01")

    task = world.session.scalar(select(Task).where(Task.about_id == month.id, Task.post.is_(None)))
    assert task is None or task.due_on == month.due_on
    world.look("2026-10-01T08:00")
    (task,) = world.session.scalars(
        select(Task).where(
            Task.about_kind == "deadlines",
            Task.about_id == month.id,
            Task.person_id.is_not(None),
            Task.state == TaskState.OPEN,
        )
    )
    assert (month.due_on, task.due_on) == (date(2026, 10, 8), date(2026, 10, 8))


def test_a_new_round_speaks_anew(world: World) -> None:
    month = world.start("R01", "2026-06-11T09:00")
    world.look("2026-07-03T08:00")

    deadlines.restart(
        world.act("2026-07-03T09:00"),
        month,
        reason=RestartReason.JURISDICTION_CHANGED,
        at=moment("2026-07-03T09:00"),
    )
    world.look("2026-07-03T09:01")
    assert world.reminded(month) == set()

    world.look("2026-07-27T08:00")
    assert world.alerts(month) == ["first", "first"]


def test_while_days_are_not_counted_nothing_is_said(world: World) -> None:
    month = world.start("R01", "2026-06-11T09:00")
    world.look("2026-07-03T08:00")
    act = world.act("2026-07-06T09:00")
    deadlines.suspend(
        act,
        month,
        reason=deadlines.ExclusionReason.PSYCHIATRIC_EVALUATION,
        from_on=date(2026, 7, 6),
    )

    world.look("2026-07-06T09:01")
    assert world.reminded(month) == set()
    assert world.look("2026-08-30T09:00").taken == 0

    deadlines.resume(world.act("2026-08-31T09:00"), month, until_on=date(2026, 8, 31))
    world.look("2026-08-31T09:01")
    assert month.due_on is not None
    assert date(2026, 9, 3) < month.due_on < date(2026, 9, 7)
    assert world.reminded(month) == {"handler"}
    assert world.alerts(month) == ["first", "first"], "of the new end"


def test_a_reminder_follows_the_handler(world: World) -> None:
    month = world.start("R01", "2026-06-11T09:00")
    world.look("2026-07-03T08:00")
    other = world.make.person(PostKind.PROSECUTOR, world.town.procuratorate)

    deadlines.hand_over(world.act("2026-07-03T09:00"), [world.suspect.id], other.id)
    world.look("2026-07-03T09:01")

    holders = world.session.scalars(
        select(Task.person_id).where(
            Task.about_kind == "deadlines",
            Task.about_id == month.id,
            Task.state == TaskState.OPEN,
        )
    ).all()
    assert holders == [other.id]
    assert world.reminded(month, TaskState.CANCELLED) == {"handler"}
    assert world.alerts(month) == ["first"], "the hand-over told them itself"


# --- the clock ----------------------------------------------------------------------------------


def test_a_clock_that_jumps_back_tells_nothing_again(world: World) -> None:
    month = world.start("R01", "2026-06-11T09:00")
    days = ("07-03", "07-12", "07-14", "07-03", "07-10", "07-12", "07-13", "07-12", "07-14")
    for day in days:
        world.session.execute(
            text("UPDATE deadlines SET look_at = '2026-01-01' WHERE id = :id"), {"id": month.id}
        )
        world.look(f"2026-{day}T08:00")

    assert world.alerts(month) == ["first", "expired", "expired"]
    repeated = select(DeadlineAlert.repeated_on).where(DeadlineAlert.deadline_id == month.id)
    assert set(world.session.scalars(repeated)) == {None, date(2026, 7, 14)}


def test_custody_that_has_expired_is_told_every_day_to_everybody(world: World) -> None:
    month = world.start("R01", "2026-06-11T09:00")  # in custody until Saturday 07-11
    for day in range(9, 16):
        for hour in ("00:00", "08:00", "20:00"):
            world.look(f"2026-07-{day:02}T{hour}")

    assert world.events(month)[-4:] == ["CustodyExpired"] * 4
    assert world.alerts(month)[-4:] == ["expired"] * 4
    again = [
        entry.details["again"]
        for entry in world.session.scalars(
            select(JournalEntry)
            .where(JournalEntry.kind == "CustodyExpired")
            .order_by(JournalEntry.id)
        )
        if entry.details["deadline_id"] == month.id
    ]
    assert again == [False, True, True, True]
    assert world.heard(month) == {"handler", "head", "chief", "manager"}
    assert notices()["CustodyExpired"].urgency == "alarm"

    deadlines.close(world.act("2026-07-15T21:00"), month)
    world.look("2026-07-16T08:00")
    assert world.alerts(month)[-4:] == ["expired"] * 4


def test_an_office_cannot_silence_expired_custody(world: World) -> None:
    act = world.make.act(world.town.manager)
    settings = warning_settings.find(act)
    quiet = dict.fromkeys(LADDER, (Rung.HANDLER,))

    with pytest.raises(WarningsOutOfBounds) as refused:
        warning_settings.change(act, settings, tiers=DEFAULT, ladder=quiet)

    assert [error["pointer"] for error in refused.value.members["errors"]] == ["/ladder/expired"]


def test_at_once_is_asked_after(world: World) -> None:
    now = world.start("C11", "2026-03-09T09:00")
    assert now.due_on is None

    world.look("2026-03-10T08:59")
    assert world.alerts(now) == []
    world.look("2026-03-10T09:00")
    assert (world.alerts(now), world.heard(now)) == (["lingering"], {"handler"})
    assert world.look("2026-04-10T09:00").taken == 0


def test_a_threshold_is_told_when_it_passes_and_is_nobody_s_fault(world: World) -> None:
    fifteen = world.start("A06", "2026-03-09T09:00", Custody.AT_LIBERTY)

    looked = [world.look(f"2026-03-{day}T08:00") for day in range(10, 31)]

    assert world.alerts(fifteen) == ["threshold_passed"]
    assert all(one.overdue == [] for one in looked)


def test_one_that_cannot_be_looked_at_stands_in_nobody_s_way(world: World) -> None:
    broken = world.start("R01", "2026-06-11T09:00")
    whole = world.start("C01", "2026-06-11T09:00")
    world.session.execute(
        text("UPDATE deadlines SET rule_id = 'Z99', look_at = '2026-01-01' WHERE id = :id"),
        {"id": broken.id},
    )
    world.session.expire_all()

    looked = world.look("2026-08-04T08:00")

    assert (looked.failed, looked.told) == ([broken.id], 1)
    assert world.alerts(whole) == ["first"]
    assert broken.look_at == moment("2026-08-04T08:10"), "and it is tried again"


def test_one_office_s_broken_ladder_silences_no_other(world: World, make: Make) -> None:
    """What cannot be said is found one by one; the rest of the look is said all the same."""
    month = world.start("R01", "2026-06-11T09:00")
    elsewhere = make.town()
    broken = deadlines.start(
        world.act("2026-06-11T09:00"),
        "R01",
        elsewhere.police,
        suspect_id=None,
        keepers=Keepers(elsewhere.procuratorate.id),
        started_at=moment("2026-06-11T09:00"),
        custody=Custody.HELD,
    )
    act = make.act(elsewhere.manager)
    settings = warning_settings.find(act)
    warning_settings.change(act, settings, tiers=DEFAULT, ladder=LADDER)
    settings.rungs = {}

    looked = world.look("2026-07-03T08:00")

    assert (looked.failed, looked.told) == ([broken.id], 1)
    assert (world.alerts(month), world.reminded(month)) == (["first"], {"handler"})
    assert broken.look_at == moment("2026-07-03T08:10")


def test_a_look_takes_no_more_than_it_is_given(world: World) -> None:
    for rule in ("R01", "C01", "T06"):
        world.start(rule, "2026-06-11T09:00")
    act = world.make.act(MACHINE, moment("2026-06-11T10:00"))

    taken = [watch.look(act, 2).taken for _ in range(3)]

    assert taken == [2, 1, 0]


def test_a_batch_of_quiet_periods_is_few_statements(world: World) -> None:
    suspects = [world.make.suspect(request=world.case.request) for _ in range(30)]
    world.session.add_all(suspects)
    world.session.flush()
    for suspect in suspects:
        world.suspect = suspect
        world.start("R01", "2026-06-11T09:00")
    act = world.make.act(MACHINE, moment("2026-06-11T10:00"))
    statements: list[str] = []

    def note(_1: object, _2: object, statement: str, *_: object) -> None:
        statements.append(statement)

    engine = world.session.connection().engine
    sa_event.listen(engine, "before_cursor_execute", note)
    try:
        looked = watch.look(act, watch.BATCH)
    finally:
        sa_event.remove(engine, "before_cursor_execute", note)

    assert (looked.taken, looked.told) == (30, 0)
    assert len(statements) <= 8, statements


def test_only_the_machine_watches(world: World) -> None:
    with pytest.raises(NotAllowed):
        watch.look(world.make.act(world.town.chief), 1)


# --- the settings -------------------------------------------------------------------------------


def test_an_office_sets_its_own_warnings_and_its_periods_are_looked_at_again(
    world: World,
) -> None:
    month = world.start("R01", "2026-06-11T09:00")
    world.look("2026-06-11T10:00")
    assert world.look("2026-06-25T08:00").taken == 0
    act = world.act("2026-06-25T09:00")
    settings = warning_settings.find(act)
    assert (settings.tiers, settings.version) == (DEFAULT, 0)

    ladder = {**LADDER, Tier.FIRST: (Rung.HANDLER, Rung.DEPARTMENT_HEAD)}
    warning_settings.change(
        act, settings, tiers=replace(DEFAULT, months=(20, 10, 1)), ladder=ladder
    )

    looked = world.look("2026-06-25T09:00")
    assert looked.taken > 0
    assert world.alerts(month) == ["first"]
    assert world.heard(month) == {"handler", "head"}
    said = world.session.scalars(
        select(JournalEntry).where(JournalEntry.kind == "WarningsSet")
    ).one()
    assert (said.about_id, said.details) == (world.town.procuratorate.id, {"version": 1})


def test_an_office_is_warned_of_one_rule_in_its_own_way(world: World) -> None:
    review, request = world.start("D06", "2026-06-11T09:00"), world.start("D10", "2026-06-11T09:00")
    act = world.make.act(world.town.manager)
    own = replace(DEFAULT, rules=(("D06", (6, 2)), ("D01", (23,))))

    settings = warning_settings.change(act, warning_settings.find(act), tiers=own, ladder=LADDER)
    world.look("2026-06-12T09:00")

    assert settings.tiers == own
    assert world.alerts(review) == ["first"]
    assert world.alerts(request) == []  # of the same length


def test_another_office_s_periods_keep_their_own_warnings(world: World, make: Make) -> None:
    month = world.start("R01", "2026-06-11T09:00")
    elsewhere = make.town()
    act = make.act(elsewhere.manager)
    warning_settings.change(
        act, warning_settings.find(act), tiers=Tiers(months=(30,)), ladder=LADDER
    )

    world.look("2026-06-25T09:00")

    assert world.alerts(month) == []


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"months": (3, 7)}, "/tiers/months"),
        ({"months": (7, 7)}, "/tiers/months"),
        ({"months": ()}, "/tiers/months"),
        ({"months": (9, 7, 3, 1)}, "/tiers/months"),
        ({"fortnight": (31,)}, "/tiers/fortnight"),
        ({"week": (0,)}, "/tiers/week"),
        ({"days": (-1,)}, "/tiers/days"),
        ({"long_hours": (24,)}, "/tiers/long_hours"),
        ({"short_hours": (12, 1)}, "/tiers/short_hours"),
        ({"at_once": 0}, "/tiers/at_once"),
        ({"at_once": 241}, "/tiers/at_once"),
        ({"rules": (("D06", (1, 3)),)}, "/tiers/rules/0/leads"),
        ({"rules": (("D06", (3,)), ("R01", (31, 7)))}, "/tiers/rules/1/leads"),
        ({"rules": (("D01", (24, 1)),)}, "/tiers/rules/0/leads"),
        ({"rules": (("D08", (12,)),)}, "/tiers/rules/0/leads"),
        ({"rules": (("Z99", (1,)),)}, "/tiers/rules/0/rule_id"),
        ({"rules": (("A06", (1,)),)}, "/tiers/rules/0/rule_id"),
        ({"rules": (("A01", (1,)),)}, "/tiers/rules/0/rule_id"),
        ({"rules": (("D06", (3,)), ("D06", (2,)))}, "/tiers/rules/1/rule_id"),
    ],
)
def test_warnings_have_bounds(world: World, changed: dict[str, object], pointer: str) -> None:
    act = world.make.act(world.town.manager)

    with pytest.raises(WarningsOutOfBounds) as refused:
        warning_settings.change(
            act,
            warning_settings.find(act),
            tiers=replace(DEFAULT, **changed),  # type: ignore[arg-type]  # wrong on purpose
            ladder=LADDER,
        )

    assert [error["pointer"] for error in refused.value.members["errors"]] == [pointer]


@pytest.mark.parametrize("tier", [tier.value for tier in LADDER])
def test_at_every_tier_somebody_hears(world: World, tier: str) -> None:
    act = world.make.act(world.town.manager)

    with pytest.raises(WarningsOutOfBounds) as refused:
        warning_settings.change(
            act, warning_settings.find(act), tiers=DEFAULT, ladder={**LADDER, Tier(tier): ()}
        )

    assert [error["pointer"] for error in refused.value.members["errors"]] == [f"/ladder/{tier}"]


def test_settings_are_found_by_whoever_may_read_them_and_set_by_case_management(
    world: World,
) -> None:
    for name, person in world.persons.items():
        act = world.make.act(person)
        settings = warning_settings.of_offices(world.session, [world.town.procuratorate.id])
        mine = settings[world.town.procuratorate.id]
        if allows(act.actor, Permission.WARNING_READ, mine):
            assert warning_settings.find(act).procuratorate_id == mine.procuratorate_id
        else:
            with pytest.raises(NotFound):
                warning_settings.find(act)
            with pytest.raises(NotFound):
                warning_settings.find(act, world.town.procuratorate.id)
        if name != "manager":
            with pytest.raises(Refusal, match="power"):
                warning_settings.change(act, mine, tiers=DEFAULT, ladder=LADDER)


# --- the words ----------------------------------------------------------------------------------


def test_the_words_name_the_case_the_suspect_and_the_day(world: World) -> None:
    month = world.start("R01", "2026-06-11T09:00")
    for day in (3, 8, 10, 12):
        world.look(f"2026-07-{day:02}T08:00")

    words = [_message(world, entry) for entry in _telling(world, month)]

    assert [one.title for one in words] == [
        "期限将届满",
        "期限将届满",
        "期限即将届满",
        "羁押期限已届满",
    ]
    for one in words:
        assert world.case.number in one.body
        assert world.suspect.name in one.body
        assert "2026年7月11日" in one.body
        assert one.link == f"/deadlines/{month.id}"


def test_the_words_of_hours_name_the_minute(world: World) -> None:
    notice = world.start("D02b", "2026-09-07T09:20")
    world.look("2026-09-08T09:21")

    (entry,) = _telling(world, notice)

    assert "2026年9月8日09:20已过，最迟外限为2026年9月8日10:00" in _message(world, entry).body


def _telling(world: World, deadline: Deadline) -> list[JournalEntry]:
    chosen = select(JournalEntry).where(
        JournalEntry.kind.in_(TELLING),
        JournalEntry.details["deadline_id"].as_integer() == deadline.id,
    )
    return list(world.session.scalars(chosen.order_by(JournalEntry.id)))


def _message(world: World, entry: JournalEntry) -> Message:
    notice = notices()[entry.kind]
    return notice.write(entry.event, world.session.get_one(notice.about, entry.about_id))


def test_a_period_of_no_one_person_is_told_by_its_case(world: World) -> None:
    act = world.act("2026-03-09T09:00")
    whole = deadlines.start(
        act,
        "R02",
        world.case,
        suspect_id=None,
        keepers=Keepers(world.town.procuratorate.id, None, world.town.prosecutor.id),
        started_at=act.now,
        custody=Custody.AT_LIBERTY,
    )
    world.look("2026-03-18T08:00")

    (entry,) = _telling(world, whole)

    assert _message(world, entry).body.startswith(f"{world.case.number}：")


def test_tasks_are_of_the_kind_and_in_the_books(world: World) -> None:
    month = world.start("R01", "2026-06-11T09:00")
    world.look("2026-07-03T08:00")

    (task,) = world.session.scalars(
        select(Task).where(Task.about_kind == "deadlines", Task.about_id == month.id)
    )

    assert (task.kind, task.due_on, task.outer_on) == (
        TaskKind.KEEP_DEADLINE,
        month.due_on,
        month.outer_on,
    )
    assert people.names(world.session, [task.person_id or 0])
    assert world.session.scalar(select(func.count(DeadlineAlert.id))) == 1

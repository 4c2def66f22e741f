"""Attention: who is woken when; the law breaks the night, and nothing else does."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func, select, update
from sqlalchemy.orm import Session

from notifications import attention, digests, dispatcher
from notifications.attention import BREAKING, LOUD, Call, when
from notifications.audiences import person
from notifications.deliveries import FLOW, Delivery, DeliveryChannel, DeliveryState, Hold
from notifications.messages import Clock, Message, Notice, Urgency, notices, topic_of
from services import preferences
from services.deadlines.engine.calendar import state_council_calendar
from services.devices import Device, PushService
from services.kernel.act import SHANGHAI, Undispatched
from services.kernel.refusals import NotAllowed
from services.people import Person
from services.policy import MACHINE, PostKind
from services.preferences import AT_ONCE, AT_WORK, LAY, Habits, KindGroup, is_quiet
from services.sessions import SessionOpened, SignInSession
from tests.make import Make
from tests.notifications.conftest import Phones

CALENDAR = state_council_calendar()
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
INFO, TASK, URGENT, ALARM = Urgency.INFO, Urgency.TASK, Urgency.URGENT, Urgency.ALARM
KIND = "PlanImproved"


def _at(day: int, hour: int, minute: int = 0) -> datetime:
    """In March 2026; the 2nd is a Monday."""
    return datetime(2026, 3, day, hour, minute, tzinfo=SHANGHAI)


def _call(urgency: Urgency, clock: Clock | None = None, kind: str = KIND) -> Call:
    return Call(1, kind, urgency, 1, clock)


def _when(habits: Habits, call: Call, now: datetime) -> tuple[datetime, Hold | None] | None:
    timing = when(habits, call, now, CALENDAR)
    return (timing.at, timing.held) if timing else None


@pytest.mark.parametrize("urgency", [TASK, URGENT])
def test_what_comes_at_night_waits_for_the_morning(urgency: Urgency) -> None:
    morning = (_at(4, 7), Hold.QUIET_HOURS)

    assert _when(AT_WORK, _call(urgency), _at(3, 22)) == morning
    assert _when(AT_WORK, _call(urgency), _at(4, 6, 59)) == morning
    assert _when(AT_WORK, _call(urgency), _at(4, 7)) == (_at(4, 7), None)
    assert _when(AT_WORK, _call(urgency), _at(3, 21, 59)) == (_at(3, 21, 59), None)


def test_an_alarm_waits_for_nothing() -> None:
    everything = replace(LAY, muted=frozenset(KindGroup))

    assert _when(everything, _call(ALARM), _at(7, 3)) == (_at(7, 3), None)


@pytest.mark.parametrize("kind", sorted(BREAKING))
def test_some_kinds_wait_for_no_morning(kind: str) -> None:
    assert notices()[kind].urgency is URGENT
    assert _when(AT_WORK, _call(URGENT, kind=kind), _at(3, 3)) == (_at(3, 3), None)


@pytest.mark.parametrize("urgency", [TASK, URGENT])
def test_custody_with_less_than_a_day_left_breaks_the_night(urgency: Urgency) -> None:
    night = _at(3, 1)
    under = Clock(night + DAY - MINUTE, None, presses=True)
    over = Clock(night + DAY + 8 * HOUR, None, presses=True)
    soon = Clock(night + DAY + HOUR, None, presses=True)

    assert _when(AT_WORK, _call(urgency, under), night) == (night, None)
    assert _when(AT_WORK, _call(urgency, over), night) == (_at(3, 7), Hold.QUIET_HOURS)
    assert _when(AT_WORK, _call(urgency, soon), night) == (night + HOUR, Hold.QUIET_HOURS), (
        "it waits until less than a day is left, and no longer"
    )


def test_a_period_in_days_breaks_the_night_only_if_it_ends_with_it() -> None:
    night = _at(3, 23)
    tonight = Clock(_at(4, 0), None, presses=False)
    tomorrow = Clock(_at(5, 0), None, presses=False)
    over = Clock(_at(2, 0), None, presses=False)

    assert _when(AT_WORK, _call(URGENT, tonight), night) == (night, None)
    assert _when(AT_WORK, _call(URGENT, tomorrow), night) == (_at(4, 7), Hold.QUIET_HOURS)
    assert _when(AT_WORK, _call(URGENT, over), night) == (_at(4, 7), Hold.QUIET_HOURS)


def test_days_off_are_quiet_for_what_is_not_urgent() -> None:
    friday, saturday, monday = _at(6, 21), _at(7, 12), (_at(9, 8), Hold.QUIET_HOURS)

    assert _when(LAY, _call(TASK), friday) == monday
    assert _when(LAY, _call(TASK), saturday) == monday
    assert _when(LAY, _call(URGENT), saturday) == (saturday, None)
    assert _when(LAY, _call(INFO), saturday) == (_at(9, 10), Hold.DIGEST)


def test_a_holiday_is_quiet_and_a_make_up_day_is_not() -> None:
    holiday = datetime(2026, 2, 17, 12, tzinfo=SHANGHAI)
    worked = next(day for day in sorted(CALENDAR.work) if day > date(2026, 1, 1))
    noon = datetime.combine(worked, time(12), SHANGHAI)

    waits = when(LAY, _call(TASK), holiday, CALENDAR)
    assert waits is not None
    assert CALENDAR.is_working(waits.at.date())
    assert waits.at - holiday > 2 * DAY
    assert worked.weekday() >= 5  # a weekend that is worked
    assert _when(LAY, _call(TASK), noon) == (noon, None)


def test_what_is_good_to_know_waits_for_the_digest_and_tasks_only_if_asked() -> None:
    tasks_too = replace(AT_WORK, digest_tasks=True)

    assert _when(AT_WORK, _call(INFO), _at(3, 9, 1)) == (_at(3, 17), Hold.DIGEST)
    assert _when(AT_WORK, _call(INFO), _at(3, 17, 1)) == (_at(4, 9), Hold.DIGEST)
    assert _when(AT_WORK, _call(TASK), _at(3, 9, 1)) == (_at(3, 9, 1), None)
    assert _when(tasks_too, _call(TASK), _at(3, 9, 1)) == (_at(3, 17), Hold.DIGEST)
    assert _when(tasks_too, _call(URGENT), _at(3, 9, 1)) == (_at(3, 9, 1), None)


def test_no_digest_and_no_day_off_holds_a_tier_beyond_the_next_one() -> None:
    habits = replace(LAY, digest_tasks=True)
    saturday = _at(7, 12)
    next_tier = Clock(_at(20, 0), _at(8, 0), presses=False)

    assert _when(habits, _call(TASK), saturday) == (_at(9, 10), Hold.DIGEST)
    assert _when(habits, _call(TASK, next_tier), saturday) == (saturday, None)


def test_a_silenced_group_is_left_to_the_inbox_but_not_what_is_urgent_or_timed() -> None:
    muted = Habits(muted=frozenset({KindGroup.SCHEDULE, KindGroup.CASES}))
    noon = _at(3, 12)

    assert _when(muted, _call(TASK), noon) is None
    assert _when(muted, _call(INFO, kind="CaseClosed"), noon) is None
    assert _when(muted, _call(URGENT), noon) == (noon, None)
    assert _when(muted, _call(TASK, kind="CaseAssigned"), noon) == (noon, None)
    assert _when(muted, _call(TASK, Clock(noon + DAY, None, presses=False)), noon) == (noon, None)


# --- any habits, any call, any moment ---

_times = st.times().map(lambda at: at.replace(second=0, microsecond=0, tzinfo=None))


@st.composite
def _habits(draw: st.DrawFn) -> Habits:
    start = draw(st.none() | _times)
    long = draw(st.integers(1, 12 * 60))
    end = start and (datetime.combine(date.min + DAY, start) + long * MINUTE).time()
    habits = Habits(
        start,
        end,
        working_days_only=draw(st.booleans()),
        digest_tasks=draw(st.booleans()),
        muted=draw(st.frozensets(st.sampled_from([KindGroup.CASES, KindGroup.SCHEDULE]))),
        cap=draw(st.integers(2, 4)),
    )
    chosen = draw(st.sets(_times, max_size=3))
    return replace(habits, digest_at=tuple(at for at in chosen if not is_quiet(habits, at)))


_moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1)).map(  # noqa: DTZ001  # below
    lambda at: at.replace(tzinfo=UTC)
)
_gaps = st.timedeltas(timedelta(hours=-3), timedelta(days=12))
_clocks = st.none() | st.tuples(_gaps, st.none() | _gaps, st.booleans())


@settings(max_examples=300, deadline=None)
@given(_habits(), st.sampled_from(Urgency), _moments, _clocks)
def test_nobody_is_woken_at_night_unless_the_law_says_so_and_nothing_waits_too_long(
    habits: Habits,
    urgency: Urgency,
    now: datetime,
    runs: tuple[timedelta, timedelta | None, bool] | None,
) -> None:
    clock = None
    if runs is not None:
        ends, louder, presses = runs
        clock = Clock(now + ends, now + louder if louder else None, presses)
    timing = when(habits, _call(urgency, clock), now, CALENDAR)

    if timing is None:
        assert urgency not in LOUD
        assert clock is None
        return
    assert timing.at >= now
    assert (timing.held is None) == (timing.at == now)
    here = timing.at.astimezone(SHANGHAI)
    if is_quiet(habits, here.time()):
        pressed = clock is not None and clock.presses and clock.ends_at - timing.at <= DAY
        lost = clock is not None and now < clock.ends_at <= attention.after_quiet(habits, now)
        assert urgency is ALARM or pressed or lost
    if clock is not None and clock.ends_at > now:
        assert timing.at <= clock.ends_at
        if clock.presses:
            assert timing.at <= max(now, clock.ends_at - DAY)
    if clock is not None and clock.next_at is not None and clock.next_at > now:
        assert timing.at <= max(clock.next_at, attention.after_quiet(habits, now))
    if clock is None and urgency not in LOUD and habits.working_days_only:
        assert CALENDAR.is_working(here.date())


# --- from the dispatcher to the sender ---


def _write(_event: SessionOpened, _session: SignInSession) -> Message:
    return Message("测试", "测试", "/me")


@dataclass
class Life:
    """Somebody with a phone, to whom things happen; the sender is whoever takes what is due."""

    make: Make
    phones: Phones
    person: Person
    sent: list[tuple[datetime, int]] = field(default_factory=list)

    @property
    def session(self) -> Session:
        return self.make.session

    def happens(self, at: datetime, *urgencies: Urgency, topic: str | None = None) -> None:
        """So many events in one batch."""
        opened = self.phones.signed_in(self.person)
        for urgency in urgencies:
            self.make.act(self.person, at).record(SessionOpened(opened.id))
            self.session.flush()
            told = {
                "SessionOpened": Notice(
                    SignInSession,
                    person("person_id"),
                    _write,
                    urgency,
                    None,
                    topic=(lambda _event: topic) if topic else None,
                )
            }
            if len(set(urgencies)) > 1:
                dispatcher.dispatch(self.make.act(MACHINE, at), told)
        dispatcher.dispatch(self.make.act(MACHINE, at), told)

    def tell(self, at: datetime, urgency: Urgency, topic: str) -> None:
        """Whatever the outbox holds, as that."""
        notice = Notice(
            SignInSession, person("person_id"), _write, urgency, None, topic=lambda _event: topic
        )
        dispatcher.dispatch(self.make.act(MACHINE, at), {"SessionOpened": notice})

    def minute(self, at: datetime, *away: DeliveryChannel) -> int:
        """The worker's minute: what waited is released, then what is due is sent."""
        digests.release(self.make.act(MACHINE, at), 100)
        due = select(Delivery).where(
            Delivery.channel.not_in((DeliveryChannel.INBOX, *away)),
            Delivery.state == DeliveryState.PENDING,
            Delivery.held.is_(None),
            Delivery.next_at <= at,
        )
        self.session.expire_all()
        woken = set[int]()
        for delivery in self.session.scalars(due).all():
            delivery.state, delivery.sent_at = FLOW.after(delivery.state, "send"), at
            woken.add(delivery.entry_id)
        self.session.flush()
        self.sent += [(at, entry_id) for entry_id in sorted(woken)]
        return len(woken)

    def goes_on(self, now: datetime, until: datetime) -> None:
        """Each minute in which something is due, and no other."""
        pending = select(func.min(Delivery.next_at)).where(
            Delivery.person_id == self.person.id, Delivery.state == DeliveryState.PENDING
        )
        while (due := self.session.scalar(pending)) is not None and due <= until:
            self.minute(max(due, now))

    def pushes(self) -> Counter[DeliveryState]:
        self.session.expire_all()
        rows = select(Delivery.state).where(Delivery.channel != DeliveryChannel.INBOX)
        return Counter(self.session.scalars(rows.where(Delivery.person_id == self.person.id)))

    def unread(self) -> int:
        mine = select(func.count()).where(
            Delivery.person_id == self.person.id,
            Delivery.channel == DeliveryChannel.INBOX,
            Delivery.state == DeliveryState.DELIVERED,
        )
        return self.session.scalar(mine) or 0


def _life(make: Make, phones: Phones, habits: Habits) -> Life:
    person = make.person(username=str(uuid4()))
    for _ in range(2):
        phones.device(phones.signed_in(person), str(uuid4()))
    act = make.act(person)
    preferences.change(act, preferences.find(act), habits=habits)
    dispatcher.dispatch(make.act(MACHINE), {})
    return Life(make, phones, person)


def test_over_the_cap_one_push_stands_for_all_and_goes_out_with_the_next_free_place(
    make: Make, phones: Phones
) -> None:
    life = _life(make, phones, Habits(cap=3))
    noon = _at(3, 12)

    life.happens(noon, *[TASK] * 10)
    assert life.minute(noon) == 3
    assert life.minute(noon + 59 * MINUTE) == 0
    assert life.minute(noon + HOUR) == 1

    assert life.pushes() == {DeliveryState.SENT: 4, DeliveryState.SUPERSEDED: 6}
    assert life.unread() == 10


def test_no_flood_of_tasks_delays_an_alarm(make: Make, phones: Phones) -> None:
    life = _life(make, phones, Habits(cap=2))
    noon = _at(3, 12)
    life.happens(noon, *[TASK] * 30)
    life.minute(noon)

    life.happens(noon + MINUTE, ALARM)
    life.happens(noon + MINUTE, URGENT)

    assert life.minute(noon + MINUTE) == 2
    life.happens(noon + 2 * MINUTE, URGENT)
    assert life.minute(noon + 2 * MINUTE) == 0, "twice the cap is the end"
    assert life.minute(noon + HOUR) == 1


def test_what_nobody_could_send_counts_too(make: Make, phones: Phones) -> None:
    life = _life(make, phones, Habits(cap=2))

    life.happens(_at(3, 12), TASK, TASK)
    life.happens(_at(3, 15), TASK)

    assert life.minute(_at(3, 15, 1)) == 2, "the senders slept for three hours"
    assert life.minute(_at(3, 16)) == 0
    assert life.minute(_at(3, 16, 1)) == 1


def test_a_channel_that_is_away_takes_no_place_of_those_that_work(
    make: Make, phones: Phones
) -> None:
    life = _life(make, phones, Habits(cap=2))
    device = life.session.scalars(
        select(Device).where(Device.person_id == life.person.id).limit(1)
    ).one()
    device.service = PushService.WEB_PUSH
    life.session.flush()
    away = DeliveryChannel.FCM

    life.happens(_at(3, 12), TASK, TASK)
    assert life.minute(_at(3, 12), away) == 2

    life.happens(_at(3, 15), TASK)
    life.happens(_at(3, 15), ALARM, ALARM)
    assert life.minute(_at(3, 15), away) == 3, "what FCM has not taken since noon holds nobody back"


def test_what_has_run_out_of_time_takes_no_place(make: Make, phones: Phones) -> None:
    life = _life(make, phones, Habits(cap=2))
    life.happens(_at(3, 12), TASK, TASK)

    life.happens(_at(7, 12), TASK)

    holds = select(Delivery.held).where(Delivery.channel != DeliveryChannel.INBOX)
    newest = life.session.scalars(holds.order_by(Delivery.entry_id.desc()).limit(1)).one()
    assert newest is None


def test_what_is_told_late_wakes_nobody_for_what_is_past(make: Make, phones: Phones) -> None:
    life = _life(make, phones, AT_ONCE)
    opened = phones.signed_in(life.person)
    life.make.act(life.person, _at(3, 11)).record(SessionOpened(opened.id))
    life.session.flush()
    late = life.session.scalars(select(Undispatched).order_by(Undispatched.entry_id.desc())).first()
    assert late is not None
    entry_id = late.entry_id
    life.session.delete(late)
    life.happens(_at(3, 12), TASK, topic="plan:1")
    life.minute(_at(3, 12))
    life.session.add(Undispatched(entry_id=entry_id))
    life.session.flush()

    life.tell(_at(3, 13), TASK, "plan:1")

    assert life.unread() == 1
    assert life.minute(_at(3, 13)) == 0


def test_at_the_chosen_time_one_push_stands_for_the_loudest_of_all(
    make: Make, phones: Phones
) -> None:
    life = _life(make, phones, replace(AT_WORK, digest_tasks=True))
    life.happens(_at(3, 10), INFO, TASK, INFO)

    assert life.minute(_at(3, 16, 59)) == 0
    assert life.minute(_at(3, 17)) == 1

    states = dict(
        life.session.execute(
            select(Delivery.urgency, Delivery.state).where(
                Delivery.channel != DeliveryChannel.INBOX, Delivery.state == DeliveryState.SENT
            )
        ).all()
    )
    assert states == {TASK: DeliveryState.SENT}
    assert life.pushes() == {DeliveryState.SENT: 1, DeliveryState.SUPERSEDED: 2}
    assert life.unread() == 3


def test_two_that_release_at_once_release_once(make: Make, phones: Phones) -> None:
    life = _life(make, phones, AT_WORK)
    life.happens(_at(3, 10), INFO)

    first = digests.release(make.act(MACHINE, _at(3, 17)), 100)
    second = digests.release(make.act(MACHINE, _at(3, 17)), 100)

    assert (first.looked_at, first.woken, second.looked_at) == (1, 1, 0)


def test_only_the_house_itself_releases(make: Make) -> None:
    with pytest.raises(NotAllowed):
        digests.release(make.act(make.person(PostKind.PROSECUTOR)), 100)


def test_what_is_set_while_something_waits_is_heeded(make: Make, phones: Phones) -> None:
    life = _life(make, phones, Habits(digest_at=(time(17),)))
    life.happens(_at(3, 10), INFO)
    act = make.act(life.person)
    later = Habits(time(16), time(18))
    preferences.change(act, preferences.find(act), habits=later)

    assert life.minute(_at(3, 17)) == 0
    assert life.minute(_at(3, 18)) == 1


def test_what_waited_too_long_expires(make: Make, phones: Phones) -> None:
    life = _life(make, phones, AT_WORK)
    life.happens(_at(3, 10), INFO)

    assert life.minute(_at(4, 18)) == 0
    assert life.pushes() == {DeliveryState.EXPIRED: 1}


def test_what_is_read_wakes_nobody_any_more(make: Make, phones: Phones) -> None:
    life = _life(make, phones, AT_WORK)
    life.happens(_at(3, 10), INFO)
    life.session.execute(
        update(Delivery)
        .where(Delivery.channel != DeliveryChannel.INBOX)
        .values(state=FLOW.after(DeliveryState.PENDING, "supersede"))
    )

    assert life.minute(_at(3, 17)) == 0


def test_a_whole_batch_is_timed_in_three_statements(make: Make, session: Session) -> None:
    people = [make.person(PostKind.SUPERVISOR) for _ in range(20)]
    calls = [Call(one.id, KIND, TASK, number) for number, one in enumerate(people * 3)]
    attention.timings(session, calls, make.now)
    session.info.pop("calendars", None)
    asked: list[str] = []
    count = asked.append
    connection = session.connection()
    listener = lambda *told: count(told[2])  # noqa: E731
    event.listen(connection, "before_cursor_execute", listener)
    try:
        found = attention.timings(session, calls, make.now)
    finally:
        event.remove(connection, "before_cursor_execute", listener)

    assert len(found) == 60
    assert len(asked) <= 3


def test_a_later_message_of_a_topic_replaces_the_line_and_the_push_of_the_first(
    make: Make, phones: Phones
) -> None:
    life, other = _life(make, phones, AT_WORK), _life(make, phones, AT_WORK)
    night = _at(3, 23)
    for one in (life, other):
        one.happens(night, TASK, topic="plan:1")
    life.happens(night, TASK, topic="plan:2")

    life.happens(night + MINUTE, TASK, topic="plan:1")

    assert life.pushes() == {DeliveryState.PENDING: 2, DeliveryState.SUPERSEDED: 1}
    assert (life.unread(), other.unread()) == (2, 1)
    assert other.pushes() == {DeliveryState.PENDING: 1}
    versions = life.session.scalars(
        select(Delivery.version).where(
            Delivery.person_id == life.person.id, Delivery.channel == DeliveryChannel.INBOX
        )
    ).all()
    assert None not in versions
    assert len(versions) == len(set(versions)), "each line has a version of its own"


def test_two_of_a_topic_in_one_batch_are_one_unread_line_and_one_push(
    make: Make, phones: Phones
) -> None:
    life = _life(make, phones, AT_ONCE)

    life.happens(_at(3, 12), TASK, TASK, TASK, topic="plan:1")

    assert life.unread() == 1
    assert life.minute(_at(3, 12)) == 1


def test_what_is_told_late_does_not_replace_what_came_after_it(make: Make, phones: Phones) -> None:
    life = _life(make, phones, AT_ONCE)
    life.happens(_at(3, 12), TASK, topic="plan:1")
    life.happens(_at(3, 12), TASK, topic="plan:1")
    lines = select(Delivery).where(Delivery.channel == DeliveryChannel.INBOX)
    first, second = life.session.scalars(lines.order_by(Delivery.entry_id)).all()

    dispatcher._supersede(life.session, {(life.person.id, "plan:1"): first.entry_id})  # noqa: SLF001

    assert (first.state, second.state) == (DeliveryState.SUPERSEDED, DeliveryState.DELIVERED)


def test_topics_are_of_one_record_and_tiers_of_one_period() -> None:
    told = notices()

    def topic(kind: str) -> str:
        notice = told[kind]
        assert notice.sample is not None
        assert notice.topic is not None
        return notice.topic(notice.sample()[0])

    assert topic("DeadlineNeared") == topic("CustodyExpired") == "deadline:5"
    assert topic("InterrogationChanged") == "interrogation:12:time"
    assert topic("SupervisorInvited") == topic("InvitationReleased")
    assert topic("PlanImproved") == topic("PlanAccepted")
    for kind in ("ArrestDecided", "RefreshTokenReused", "PhoneEnrolled", "CaseAssigned"):
        assert told[kind].topic is None
    assert topic_of("plan")(SessionOpened(3)) == "plan:3"


def test_every_tier_says_which_period_runs() -> None:
    for kind, notice in notices().items():
        if notice.about.__name__ == "ToldAlert":
            assert notice.clock is not None, kind


@dataclass(frozen=True)
class _Step:
    after: timedelta
    urgencies: Sequence[Urgency]


_steps = st.lists(
    st.builds(
        _Step,
        st.timedeltas(timedelta(), timedelta(hours=2)).map(lambda one: one - one % MINUTE),
        st.lists(st.sampled_from([TASK, TASK, INFO, URGENT, ALARM]), min_size=1, max_size=6),
    ),
    min_size=1,
    max_size=8,
)


def _lived(make: Make, phones: Phones, habits: Habits, steps: Sequence[_Step]) -> None:
    """Any sequence of events, until nothing waits any more."""
    life = _life(make, phones, replace(habits, working_days_only=False))
    now = _at(3, 12)
    for step in steps:
        life.goes_on(now, now + step.after)
        now += step.after
        life.happens(now, *step.urgencies)
    life.goes_on(now, now + 4 * DAY)
    moments = [at for at, _ in life.sent]
    hours = [sum(at - HOUR < one <= at for one in moments) for at in moments]
    assert max(hours, default=0) <= 2 * habits.cap
    quiet = [at for at, _ in life.sent if is_quiet(habits, at.astimezone(SHANGHAI).time())]
    loud = set(
        life.session.scalars(select(Delivery.entry_id).where(Delivery.urgency == ALARM).distinct())
    )
    assert quiet == [at for at, entry in life.sent if at in quiet and entry in loud]
    low = [
        at
        for at, entry in life.sent
        if life.session.scalar(select(Delivery.urgency).where(Delivery.entry_id == entry).limit(1))
        not in LOUD
    ]
    assert all(sum(at - HOUR < one <= at for one in low) <= habits.cap for at in low)
    left = set(life.pushes())
    assert left <= {DeliveryState.SENT, DeliveryState.SUPERSEDED, DeliveryState.EXPIRED}


@settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(_habits(), _steps)
def test_caps_hold_and_everything_held_ends(
    make: Make, phones: Phones, habits: Habits, steps: Sequence[_Step]
) -> None:
    _lived(make, phones, habits, steps)


@pytest.mark.prove
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(_habits(), _steps)
def test_caps_hold_and_everything_held_ends_in_many_lives(
    make: Make, phones: Phones, habits: Habits, steps: Sequence[_Step]
) -> None:
    _lived(make, phones, habits, steps)

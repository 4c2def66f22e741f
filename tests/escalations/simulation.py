"""A country in small: people who work, sleep, go on leave and switch their phones off.

A discrete-event simulation over the weeks around both New Years. It decides nothing of its own
about who hears next, when, or how often somebody may be woken: that is asked of the house's own
functions (`notifications/ladders.py`, `notifications/attention.py`). What is made up here is
people: how likely they are to notice, how fast they answer, when they look by themselves.
"""

import heapq
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import count
from random import Random
from typing import Any

from notifications import attention
from notifications.attention import Call, Seen
from notifications.ladders import (
    LADDERS,
    Climb,
    Ladder,
    LadderHours,
    LadderName,
    LadderRung,
    Step,
    first_look,
    raise_daily,
    raise_next,
)
from notifications.messages import Clock, Urgency
from services.deadlines.engine.calendar import WorkCalendar, bundled_notices
from services.kernel.act import SHANGHAI
from services.preferences import FEWEST, USUAL, Habits

BEGINS, DAYS = date(2025, 12, 22), 70
"""With the three days of the Gregorian New Year and the nine of the Spring Festival of 2026."""
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
CALENDAR = WorkCalendar.of_notices(bundled_notices())
CAPS = (FEWEST, 6, USUAL, USUAL, 30)
"""Rings in an hour that people have chosen; what is urgent has twice as many."""
FLOODS, FLOOD = 8, 0.1
"""On so many days one office is flooded, with this part of all messages."""
PROMPT, SLOW = 8 * MINUTE, 45 * MINUTE
"""How long somebody takes on the average who answers: at work, and in the evening or at night."""
SHARES: Mapping[LadderName, float] = {
    LadderName.ALARM: 0.01,
    LadderName.HOURS: 0.07,
    LadderName.CUSTODY: 0.20,
    LadderName.URGENT: 0.25,
    LadderName.CLOCK: 0.45,
    LadderName.ACCOUNT: 0.02,
}
"""Of each hundred messages so many."""
CLASS: Mapping[LadderName, Urgency] = {
    LadderName.ALARM: Urgency.ALARM,
    LadderName.HOURS: Urgency.URGENT,
    LadderName.CUSTODY: Urgency.URGENT,
    LadderName.URGENT: Urgency.URGENT,
    LadderName.CLOCK: Urgency.TASK,
    LadderName.ACCOUNT: Urgency.URGENT,
}


class Role(StrEnum):
    """What somebody does in an office."""

    PROSECUTOR = "prosecutor"
    HEAD = "head"
    MANAGER = "manager"
    CHIEF = "chief"
    SECURITY = "security"
    POLICE = "police"


@dataclass(slots=True)
class Somebody:
    """One person: where, what, and how they live."""

    id: int
    role: Role
    habits: Habits
    notices: float
    """How likely a push is noticed by day."""
    leave: set[date] = field(default_factory=set)
    phone_off: set[date] = field(default_factory=set)
    told: set[int] = field(default_factory=set)
    """What lies in the inbox and is not answered."""


@dataclass(slots=True)
class Office:
    """A procuratorate and the police organ beside it."""

    people: dict[Role, list[Somebody]]
    team: dict[int, list[int]]
    """To whom beside the handler the handler's cases are open."""

    def of(self, role: Role) -> list[int]:
        return [one.id for one in self.people[role]]


@dataclass(slots=True)
class Item:
    """One message on its ladder, and what came of it."""

    number: int
    ladder: Ladder
    office: Office
    begun: datetime
    handler: int | None
    hopeless: bool
    """Whoever hears of it does nothing: the ladder has to be climbed to its end."""
    steps: tuple[Step, ...] = ()
    step: int = 0
    heard: set[int] = field(default_factory=set)
    police: bool = False
    answered: datetime | None = None
    topped: datetime | None = None
    """When the last of its people had been told, and somebody of them is there."""
    last: frozenset[int] = frozenset()
    """Those of the last rung who were told and are there."""
    exhausted: datetime | None = None
    alone: int = 0
    """How often a rung was told and everybody who had heard was on leave."""

    @property
    def reached(self) -> datetime | None:
        """When somebody on duty had answered, or the last of the ladder had been told."""
        found = [at for at in (self.answered, self.topped) if at is not None]
        return min(found, default=None)


@dataclass(frozen=True, slots=True)
class Down:
    """LadderHours in which something did not work."""

    start: datetime
    end: datetime


@dataclass(slots=True)
class Played:
    """What came of a simulation."""

    items: list[Item]
    rung_at: dict[int, list[datetime]]
    """When each person was woken."""
    caps: dict[int, int]
    worker_down: list[Down]
    channel_down: list[Down]
    raised: int
    put_off: int
    """How often a ring waited because the hour was full."""


Absent = Callable[["Simulation", Collection[int], date], frozenset[int]]


def on_leave(simulation: "Simulation", people: Collection[int], day: date) -> frozenset[int]:
    """Those of these people who are on recorded leave."""
    return frozenset(one for one in people if day in simulation.people[one].leave)


@dataclass(slots=True)
class Standing:
    """Who stands where for one message; what `notifications/escalations.py` reads of the tables."""

    simulation: "Simulation"
    item: Item
    day: date

    @property
    def away(self) -> frozenset[int]:
        known = set(self.item.heard).union(*(self.at(rung) for rung in LadderRung))
        return self.simulation.absent(self.simulation, known, self.day)

    def at(self, rung: LadderRung) -> Collection[int]:
        office, item = self.item.office, self.item
        chief = office.people[Role.CHIEF][0]
        match rung:
            case LadderRung.SUBSTITUTE if item.police:
                return office.of(Role.MANAGER)
            case LadderRung.SUBSTITUTE:
                team = office.team.get(item.handler or 0, [])
                acting = self._acting() if chief.id in item.heard else []
                return [*team, *acting]
            case LadderRung.HEAD:
                return [*office.of(Role.HEAD), *office.of(Role.MANAGER)]
            case LadderRung.CHIEF:
                return [chief.id, *self._acting()]
            case LadderRung.SECURITY:
                return office.of(Role.SECURITY)
            case _:
                return []

    def _acting(self) -> list[int]:
        """Who stands in for a chief on leave, by the standing order of the office."""
        office = self.item.office
        if self.day not in office.people[Role.CHIEF][0].leave:
            return []
        return [one.id for one in office.people[Role.HEAD] if self.day not in one.leave][:1]


class Simulation:
    """The people, the messages, and what happens next."""

    def __init__(
        self,
        messages: int,
        seed: int,
        *,
        ladders: Mapping[LadderName, Ladder] = LADDERS,
        absent: Absent = on_leave,
    ) -> None:
        self.chance = Random(seed)  # noqa: S311  # a simulation, never a secret
        self.ladders, self.absent = ladders, absent
        self.people: dict[int, Somebody] = {}
        self.offices = [self._office() for _ in range(max(1, messages // 1500))]
        self.worker_down = self._downs(6, 3 * HOUR)
        self.channel_down = self._downs(12, 4 * HOUR)
        self.items: list[Item] = []
        self.by_number: dict[int, Item] = {}
        self.rung_at = defaultdict[int, list[datetime]](list)
        self.seen = Seen()
        self.waits: dict[int, datetime] = {}
        self.raised = self.put_off = 0
        self._queue: list[tuple[datetime, int, Callable[..., None], tuple[Any, ...]]] = []
        self._numbers = count()
        self._begin(messages)

    def run(self) -> Played:
        """Let everything happen in its order."""
        while self._queue:
            now, _, happen, given = heapq.heappop(self._queue)
            happen(now, *given)
        caps = {
            one.id: attention.most_in_an_hour(one.habits, loud=True) for one in self.people.values()
        }
        return Played(
            self.items,
            self.rung_at,
            caps,
            self.worker_down,
            self.channel_down,
            self.raised,
            self.put_off,
        )

    # --- the world --------------------------------------------------------------------------

    def _office(self) -> Office:
        sizes = {
            Role.PROSECUTOR: 12,
            Role.HEAD: 2,
            Role.MANAGER: 2,
            Role.CHIEF: 1,
            Role.SECURITY: 2,
            Role.POLICE: 4,
        }
        people = {role: [self._somebody(role) for _ in range(size)] for role, size in sizes.items()}
        for role in (Role.HEAD, Role.MANAGER, Role.SECURITY):
            first, second = people[role]
            second.leave -= first.leave  # somebody of each is always there
        prosecutors = [one.id for one in people[Role.PROSECUTOR]]
        team = {
            one: self.chance.sample([other for other in prosecutors if other != one], 2)
            for one in prosecutors[: len(prosecutors) // 2]
        }
        return Office(people, team)

    def _somebody(self, role: Role) -> Somebody:
        chance = self.chance
        quiet = (time(22), time(7)) if chance.random() < 0.8 else (time(20), time(8))
        one = Somebody(
            len(self.people) + 1,
            role,
            Habits(*quiet, cap=chance.choice(CAPS)),
            chance.choice((0.35, 0.6, 0.75, 0.9)),
        )
        for _ in range(chance.choice((0, 1, 1, 2))):
            first = BEGINS + chance.randrange(DAYS) * DAY
            one.leave |= {first + n * DAY for n in range(chance.randint(1, 12))}
        one.phone_off = {BEGINS + n * DAY for n in range(DAYS + 30) if chance.random() < 0.03}
        self.people[one.id] = one
        return one

    def _downs(self, many: int, longest: timedelta) -> list[Down]:
        starts = sorted(_moment(BEGINS) + self.chance.random() * DAYS * DAY for _ in range(many))
        return [Down(at, at + longest * self.chance.uniform(0.1, 1)) for at in starts]

    def _begin(self, messages: int) -> None:
        names, weights = list(SHARES), list(SHARES.values())
        floods = [
            (_moment(BEGINS) + self.chance.random() * DAYS * DAY, self.chance.choice(self.offices))
            for _ in range(FLOODS)
        ]
        for number, name in enumerate(self.chance.choices(names, weights, k=messages)):
            at = _moment(BEGINS) + self.chance.random() * DAYS * DAY
            office = self.chance.choice(self.offices)
            if self.chance.random() < FLOOD:
                at, office = self.chance.choice(floods)
            if name in {LadderName.CUSTODY, LadderName.CLOCK, LadderName.ALARM}:
                at = _moment(at.date())  # a tier in days is reached at midnight
            self._at(_minute(at), self._told, number, name, office)
        for one in self.people.values():
            for n in range(DAYS + 30):
                day = BEGINS + n * DAY
                if CALENDAR.is_working(day) and day not in one.leave:
                    at = _moment(day) + self.chance.uniform(8.5, 11) * HOUR
                    self._at(at, self._look, one.id, 0.8)

    # --- what happens -------------------------------------------------------------------------

    def _told(self, now: datetime, number: int, name: LadderName, office: Office) -> None:
        """A message is told to whoever hears of it first, and put on its ladder."""
        now, chance = self._worked(now), self.chance
        handler = chance.choice(office.people[Role.PROSECUTOR])
        item = Item(number, self.ladders[name], office, now, handler.id, chance.random() < 0.02)
        if name is not LadderName.ACCOUNT and chance.random() < 0.15:
            item.police, item.handler = True, None
            item.heard = {*office.of(Role.POLICE)}
        elif name is LadderName.ALARM or (name is not LadderName.ACCOUNT and chance.random() < 0.3):
            item.heard = {handler.id, *office.of(Role.HEAD), *office.of(Role.CHIEF)}
        else:
            item.heard = {handler.id}
        staff = Standing(self, item, now.date())
        item.steps = item.ladder.in_place if item.handler in staff.away else item.ladder.steps
        self.items.append(item)
        self.by_number[number] = item
        self._hear(now, item, item.heard, overrides=False)
        at = first_look(self._climb(item), staff, now, CALENDAR)
        self._at(self._worked(_minute(at)), self._swept, item)

    def _swept(self, now: datetime, item: Item) -> None:
        """The sweep has come to this message."""
        if item.answered is not None:
            return
        staff = Standing(self, item, now.date())
        if item.exhausted is not None:
            if now - item.exhausted > 3 * DAY:
                return
            raised = raise_daily(self._climb(item), staff, now)
        else:
            raised = raise_next(self._climb(item), staff, now, CALENDAR)
        item.step = raised.step
        if raised.exhausted:
            item.exhausted = now
        if raised.people and raised.to is not None:
            self.raised += 1
            item.heard |= raised.people
            self._hear(now, item, raised.people, overrides=item.ladder.overrides(raised.to))
        there = item.heard - on_leave(self, item.heard, now.date())
        item.alone += bool(raised.people) and not there
        promised = PROMISES[item.ladder.name].told
        last = frozenset(there) & set(Standing(self, item, now.date()).at(promised))
        if item.topped is None and last and item.step == len(item.steps):
            item.topped, item.last = now, last
        if raised.at is not None:
            self._at(self._worked(_minute(raised.at)), self._swept, item)

    def _hear(self, now: datetime, item: Item, people: Collection[int], *, overrides: bool) -> None:
        """It lies in these inboxes at once, and their phones ring as attention allows."""
        presses = overrides or item.ladder.hours is LadderHours.ROUND_THE_CLOCK
        clock = Clock(now, None, presses=True) if presses else None
        for person_id in people:
            one = self.people[person_id]
            one.told.add(item.number)
            call = Call(person_id, "EscalationRaised", CLASS[item.ladder.name], clock=clock)
            timing = attention.when(one.habits, call, now, CALENDAR)
            if timing is not None:
                self._at(timing.at, self._ring, person_id)

    def _ring(self, now: datetime, person_id: int) -> None:
        """A phone rings, unless the channel is down or the hour is full; then one ring for all."""
        one = self.people[person_id]
        if person_id in self.waits and self.waits[person_id] > now:
            return
        down = next((down for down in self.channel_down if down.start <= now < down.end), None)
        most = attention.most_in_an_hour(one.habits, loud=True)
        woken = self.seen.woken[person_id]
        woken[:] = [at for at in woken if at > now - HOUR]
        at = down.end if down else self.seen.free_at(person_id, most, now)
        if at > now:
            self.put_off += down is None
            self.waits[person_id] = at
            self._at(at, self._ring, person_id)
            return
        self.waits.pop(person_id, None)
        woken.append(now)
        self.rung_at[person_id].append(now)
        if now.date() in one.phone_off:
            return
        by_day = time(7) <= now.time() < time(23)
        likely = one.notices if by_day else one.notices * 0.4
        likely *= 0.05 if now.date() in one.leave else 1
        if self.chance.random() < likely:
            slow = not by_day or not CALENDAR.is_working(now.date())
            delay = self.chance.expovariate(1 / (SLOW if slow else PROMPT).total_seconds())
            self._at(now + timedelta(seconds=delay), self._look, person_id, 1.0)

    def _look(self, now: datetime, person_id: int, likely: float) -> None:
        """Somebody looks into the inbox and answers what lies there; nobody does on leave."""
        one = self.people[person_id]
        if self.chance.random() >= likely or now.date() in one.leave:
            return
        for number in sorted(one.told):
            item = self.by_number[number]
            if item.answered is None and not item.hopeless and self.chance.random() < 0.95:
                item.answered = now
        one.told = {n for n in one.told if self.by_number[n].answered is None}

    # --- small things ---------------------------------------------------------------------------

    def _climb(self, item: Item) -> Climb:
        return Climb(item.ladder, item.steps, item.step, frozenset(item.heard))

    def _worked(self, at: datetime) -> datetime:
        """When the worker comes to it: at once, or when it is up again."""
        down = next((down for down in self.worker_down if down.start <= at < down.end), None)
        return _minute(down.end) if down else at

    def _at(self, at: datetime, happen: Callable[..., None], *given: Any) -> None:
        heapq.heappush(self._queue, (at, next(self._numbers), happen, given))


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)


def _minute(at: datetime) -> datetime:
    """The sweep that is the first at or after that moment: there is one each minute."""
    whole = at.replace(second=0, microsecond=0)
    return whole if whole == at else whole + MINUTE


# --- what was promised, and whether it was kept ---------------------------------------------------


@dataclass(frozen=True, slots=True)
class Promise:
    """Within so long, in these hours, somebody on duty has answered or these have been told."""

    within: timedelta
    hours: LadderHours
    told: LadderRung


PROMISES: Mapping[LadderName, Promise] = {
    LadderName.ALARM: Promise(50 * MINUTE, LadderHours.ROUND_THE_CLOCK, LadderRung.CHIEF),
    LadderName.HOURS: Promise(55 * MINUTE, LadderHours.ROUND_THE_CLOCK, LadderRung.CHIEF),
    LadderName.CUSTODY: Promise(3 * HOUR + 30 * MINUTE, LadderHours.DAYTIME, LadderRung.CHIEF),
    LadderName.URGENT: Promise(7 * HOUR, LadderHours.WORKING, LadderRung.CHIEF),
    LadderName.CLOCK: Promise(36 * HOUR, LadderHours.WORKING, LadderRung.HEAD),
    LadderName.ACCOUNT: Promise(4 * HOUR, LadderHours.DAYTIME, LadderRung.SECURITY),
}
"""Written down here anew, so that a change of the table is a change of what is promised."""
SLACK = 6 * MINUTE
"""The sweep comes once a minute, for each of up to six steps."""


SPANS = {
    LadderHours.DAYTIME: (time(7), time(22)),
    LadderHours.WORKING: (time(8, 30), time(17, 30)),
}


def late(played: Played) -> list[Item]:
    """What nobody on duty had answered, and not all of the ladder had been told of, in time.

    What the worker was down comes on top. Nothing here is asked of the functions that are judged.
    """
    return [one for one in played.items if one.reached is None or waited(one) > _most(one, played)]


def _most(item: Item, played: Played) -> timedelta:
    assert item.reached is not None
    lost = sum(
        (
            min(one.end, item.reached) - max(one.start, item.begun)
            for one in played.worker_down
            if one.start < item.reached and one.end > item.begun
        ),
        timedelta(),
    )
    return PROMISES[item.ladder.name].within + SLACK + lost


def told_nobody_there(played: Played) -> list[Item]:
    """What a rung told only to people who were all on leave."""
    return [one for one in played.items if one.alone]


def never_rang(played: Played) -> list[Item]:
    """What climbed its ladder, and no phone of the last who are there ever rang for it or another.

    A ring over the cap comes with the next hour, one while the channel is down when it is up.
    """
    return [
        one
        for one in played.items
        if one.topped is not None
        and not any(
            one.begun <= at <= one.topped + HOUR + _lost(one, played.channel_down)
            for person_id in one.last
            for at in played.rung_at[person_id]
        )
    ]


def _lost(item: Item, down: Collection[Down]) -> timedelta:
    assert item.topped is not None
    soon = item.topped + HOUR
    met = [one for one in down if one.start < soon and one.end > item.begun]
    return sum((one.end - one.start for one in met), timedelta())


def over_the_cap(played: Played) -> list[int]:
    """Whoever was woken more often in some hour than their cap allows."""
    return [
        person_id
        for person_id, rung in played.rung_at.items()
        if any(
            later - earlier < HOUR
            for earlier, later in zip(rung, rung[played.caps[person_id] :], strict=False)
        )
    ]


def waited(item: Item) -> timedelta:
    """How long it took in the ladder's own hours until a human had it."""
    assert item.reached is not None
    promise = PROMISES[item.ladder.name]
    if promise.hours is LadderHours.ROUND_THE_CLOCK:
        return item.reached - item.begun
    opens, closes = SPANS[promise.hours]
    total, day = timedelta(), item.begun.date()
    while day <= item.reached.date():
        if promise.hours is LadderHours.DAYTIME or CALENDAR.is_working(day):
            begins = max(item.begun, datetime.combine(day, opens, SHANGHAI))
            ends = min(item.reached, datetime.combine(day, closes, SHANGHAI))
            total += max(ends - begins, timedelta())
        day += DAY
    return total


def report(played: Played) -> str:
    """How long it took until a human had it, by ladder, and how often phones rang."""
    lines = ["ladder      messages  answered  climbed   p50      p95      max      promised"]
    for name, promise in PROMISES.items():
        mine = [one for one in played.items if one.ladder.name is name]
        took = sorted(waited(one) for one in mine if one.reached)
        answered = sum(one.answered is not None for one in mine)
        climbed = sum(one.topped is not None for one in mine)
        shown = [took[int(len(took) * share)] for share in (0.5, 0.95)] + [took[-1]]
        times = " ".join(f"{one.total_seconds() / 3600:7.2f}h" for one in shown)
        lines.append(
            f"{name.value:10} {len(mine):9} {answered:9} {climbed:8} {times}"
            f" {promise.within.total_seconds() / 3600:7.2f}h {promise.hours.value}"
        )
    most = max(_most_in_an_hour(rung) for rung in played.rung_at.values())
    rings = sum(len(rung) for rung in played.rung_at.values())
    lines.append(
        f"people {len(played.caps)}, rungs {played.raised}, rings {rings}, put off by a cap"
        f" {played.put_off}, most rings of one person in an hour {most}, caps"
        f" {min(played.caps.values())} to {max(played.caps.values())}"
    )
    return "\n".join(lines)


def _most_in_an_hour(rung: list[datetime]) -> int:
    first, most = 0, 0
    for number, at in enumerate(rung):
        while rung[first] <= at - HOUR:
            first += 1
        most = max(most, number - first + 1)
    return most

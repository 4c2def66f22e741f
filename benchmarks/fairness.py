"""Fairness of the waiting list: beside first come first served, and beside who knows the future.

A made-up month in one centre. Requests arrive at random (Poisson), each with a limit of 3, 7 or 15
days; some are urgent and have to be held within two days. Rooms, escort and two of the staff are
scarce. Three ways are compared on the same requests:

- *first come*: at its arrival each takes the earliest start that is free, and keeps it;
- *ours*: the same, but what finds no start before its limit waits in the order of the limits; an
  urgent one may move one that has more time left and has another start in time, and none is moved
  twice; some starts fall free because a request is withdrawn, and are offered to who waits;
- *hindsight*: CP-SAT with all requests known at the beginning: the optimum that nobody can reach.

A request withdrawn is withdrawn under the first two alike. Run it with `python -m
benchmarks.fairness`.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from benchmarks.deadlines import table
from services.plans.solver import Board, Job, Need, Placed, Pool, Problem, Shape, greedy, solve

SEEDS = (1, 2, 3)
A_DAY = 8
"""Half hours in which the centre is open."""
URGENT_DAYS = 2
LIMITS = (3, 7, 15)


@dataclass(frozen=True, slots=True)
class Request:
    """One interrogation asked for: when, until when, and when it is withdrawn if it is."""

    number: int
    arrives: int
    limit: int
    urgent: bool
    withdrawn: int | None = None


@dataclass(frozen=True, slots=True)
class Month:
    """The requests in the order of their arrival, and everything that they compete for."""

    requests: tuple[Request, ...]
    problem: Problem

    def starts(self, request: Request, now: int) -> list[int]:
        """Where it could begin from now on and be over before its limit."""
        job = self.problem.jobs[request.number]
        return [
            one
            for one in self.problem.starts(job)
            if max(now, request.arrives) <= one and one + job.length <= request.limit
        ]


@dataclass
class Outcome:
    """What became of a month under one way."""

    starts: dict[int, int] = field(default_factory=dict[int, int])
    moved: dict[int, int] = field(default_factory=dict[int, int])
    """How often each had to give way."""

    def late(self, month: Month) -> int:
        """How many had no start before their limit, of those that were not withdrawn."""
        return sum(one.number not in self.starts for one in month.requests if one.withdrawn is None)

    def waited(self, month: Month) -> float:
        """Days from asking to being heard, on average."""
        days = [
            (self.starts[one.number] - one.arrives) / A_DAY
            for one in month.requests
            if one.number in self.starts
        ]
        return sum(days) / max(1, len(days))


def month(  # noqa: PLR0913  # each by its name
    seed: int,
    *,
    days: int = 22,
    a_day: float = 11.0,
    rooms: int = 3,
    escorts: int = 2,
    staff: int = 10,
    urgent: float = 0.15,
    withdrawn: float = 0.08,
) -> Month:
    """The same month whenever it is asked for; nothing here is secret."""
    random = Random(seed)  # noqa: S311
    slots = days * A_DAY
    requests: list[Request] = []
    jobs: list[Job] = []
    at = random.expovariate(a_day / A_DAY)
    while at < slots - 3 * A_DAY:
        arrives, is_urgent = int(at) + 1, random.random() < urgent
        within = URGENT_DAYS if is_urgent else random.choice(LIMITS)
        limit = min(slots, arrives + within * A_DAY)
        gone = None
        if random.random() < withdrawn:
            gone = arrives + random.randrange(1, 2 * A_DAY)
        requests.append(Request(len(requests), arrives, limit, is_urgent, gone))
        length = random.choice((2, 2, 3, 4))
        shape = Shape((1 << length) - 1)
        starts = ((1 << max(0, limit - length + 1)) - 1) & ~((1 << arrives) - 1)
        pair = random.sample(range(staff), 2)
        jobs.append(
            Job(
                starts,
                length,
                (Need(((0, shape),)), Need(((1, Shape(1)),))),
                tuple((one, shape) for one in pair),
                must=True,
            )
        )
        at += random.expovariate(a_day / A_DAY)
    whole = (1 << slots) - 1
    # Nobody is heard across the end of a day.
    within_day = tuple(_within_a_day(job, days) for job in jobs)
    pools = (Pool(rooms, whole), Pool(escorts, whole))
    return Month(tuple(requests), Problem(slots, within_day, pools, (whole,) * staff))


def first_come(known: Month) -> Outcome:
    """Each takes the earliest start that is free when it arrives; nothing is looked at again."""
    return _lived(known, ours=False)


def ours(known: Month) -> Outcome:
    """The waiting list by limit, what falls free offered in its order, and giving way once."""
    return _lived(known, ours=True)


def hindsight(known: Month, *, seconds: float = 20.0) -> Outcome:
    """All requests that are not withdrawn, known at once: the fewest late that can be."""
    standing = [one for one in known.requests if one.withdrawn is None]
    problem = Problem(
        known.problem.slots,
        tuple(known.problem.jobs[one.number] for one in standing),
        known.problem.pools,
        known.problem.others,
    )
    best = solve(problem, greedy(problem), seconds=seconds)
    return Outcome(
        {
            one.number: placed.start
            for one, placed in zip(standing, best.placed, strict=True)
            if placed is not None
        }
    )


def _lived(known: Month, *, ours: bool) -> Outcome:
    """Live through the month, half hour by half hour."""
    outcome = Outcome()
    waiting: list[Request] = []
    arriving = {at: [one for one in known.requests if one.arrives == at] for at in _moments(known)}
    for now in _moments(known):
        fell_free = False
        for one in known.requests:
            if one.withdrawn == now and outcome.starts.get(one.number, now) >= now:
                fell_free |= outcome.starts.pop(one.number, None) is not None
                waiting = [each for each in waiting if each is not one]
        # Whoever waits is offered what fell free before anybody new may take it.
        if ours and fell_free:
            waiting = [one for one in _in_order(waiting) if not _take(known, outcome, one, now)]
        for one in arriving[now]:
            if _take(known, outcome, one, now):
                continue
            if not (ours and one.urgent and _give_way(known, outcome, one, now)):
                waiting.append(one)
    return outcome


def _moments(known: Month) -> range:
    return range(known.problem.slots)


def _in_order(waiting: Sequence[Request]) -> list[Request]:
    return sorted(waiting, key=lambda one: (one.limit, one.arrives, one.number))


def _board(known: Month, outcome: Outcome, now: int) -> Board:
    """What is taken from now on by those who have a start."""
    board = Board(known.problem)
    for number, start in sorted(outcome.starts.items(), key=lambda one: one[1]):
        if start + known.problem.jobs[number].length <= now:
            continue
        placed = board.first(known.problem.jobs[number], [start])
        assert placed is not None, "what was placed fits"  # noqa: S101
    return board


def _take(known: Month, outcome: Outcome, one: Request, now: int) -> bool:
    """The earliest start that is free, if there is one before its limit."""
    placed = _first(known, outcome, one, now)
    if placed is not None:
        outcome.starts[one.number] = placed.start
    return placed is not None


def _first(known: Month, outcome: Outcome, one: Request, now: int) -> Placed | None:
    job = known.problem.jobs[one.number]
    return _board(known, outcome, now).first(job, known.starts(one, now))


def _give_way(known: Month, outcome: Outcome, urgent: Request, now: int) -> bool:
    """Move one that has more time left and was never moved; whoever has most time left first."""
    may = [
        one
        for one in known.requests
        if outcome.starts.get(one.number, now) > now
        and one.limit > urgent.limit
        and one.number not in outcome.moved
        and outcome.starts[one.number] < urgent.limit
    ]
    for victim in sorted(may, key=lambda one: (-one.limit, one.number)):
        tried = Outcome(dict(outcome.starts))
        del tried.starts[victim.number]
        if _take(known, tried, urgent, now) and _take(known, tried, victim, now):
            outcome.starts = tried.starts
            outcome.moved[victim.number] = outcome.moved.get(victim.number, 0) + 1
            return True
    return False


def _within_a_day(job: Job, days: int) -> Job:
    fits = sum(
        1 << (day * A_DAY + at) for day in range(days) for at in range(A_DAY - job.length + 1)
    )
    return Job(job.starts & fits, job.length, job.needs, job.takes, must=True)


def main() -> None:
    """Measure, and print what was measured."""
    arguments = argparse.ArgumentParser(prog="benchmarks.fairness", description=main.__doc__)
    arguments.add_argument("seeds", type=int, nargs="*", default=SEEDS)
    arguments.add_argument("--seconds", type=float, default=20.0)
    given = arguments.parse_args()
    head = ("seed", "way", "asked", "late", "late %", "days waited", "gap", "moved %", "most moved")
    rows = []
    for seed in given.seeds:
        known = month(seed)
        asked = sum(one.withdrawn is None for one in known.requests)
        best = hindsight(known, seconds=given.seconds)
        for name, one in (
            ("first come", first_come(known)),
            ("ours", ours(known)),
            ("hindsight", best),
        ):
            late = one.late(known)
            rows.append(
                (
                    seed,
                    name,
                    asked,
                    late,
                    f"{100 * late / asked:.1f}",
                    f"{one.waited(known):.2f}",
                    late - best.late(known),
                    f"{100 * len(one.moved) / asked:.1f}",
                    max(one.moved.values(), default=0),
                )
            )
    print(table(head, rows), flush=True)


if __name__ == "__main__":
    main()

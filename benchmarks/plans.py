"""Planning a week: the greedy answer beside what CP-SAT makes of it in twenty seconds.

A made-up centre: rooms of which six in ten have a video terminal, one escort team for every two
rooms, two of the staff for each interrogation, a lunch break, and limits within the week for half
of the suspects. Run it with `python -m benchmarks.plans`.
"""

import argparse
import os
from random import Random

from benchmarks.deadlines import table
from services.plans.solver import SECONDS, Job, Need, Pool, Problem, Shape, greedy, solve

SIZES = (100, 200, 300)
QUARTERS = 96
OPENS, LUNCH, AFTER_LUNCH, CLOSES = 34, 46, 54, 70
"""8:30 to 11:30 and 13:30 to 17:30, in quarters of an hour."""


def hours(days: int) -> int:
    """The quarters in which the centre is open, as a mask."""
    open_ = (*range(OPENS, LUNCH), *range(AFTER_LUNCH, CLOSES))
    return sum(1 << (day * QUARTERS + at) for day in range(days) for at in open_)


def week(seed: int, jobs: int, *, rooms: int = 10, days: int = 5, staff: int = 40) -> Problem:
    """So many interrogations of different suspects, with limits, in one centre."""
    # The same week whenever it is asked for; nothing here is secret.
    random = Random(seed)  # noqa: S311
    free = hours(days)
    video = rooms * 6 // 10
    pools = (Pool(rooms - video, free), Pool(video, free), Pool(max(2, rooms // 2), free))
    made = []
    for number in range(jobs):
        minutes = random.choice((2, 4, 4, 4, 6, 8))
        room = Shape((1 << (minutes + 1)) - 1)
        led = Shape(1 | 1 << (minutes + 1), before=1)
        held = Shape((1 << (minutes + 2)) - 1, before=1)
        choices = ((1, room),) if random.choice((True, False)) else ((0, room), (1, room))
        pair = random.sample(range(staff), 2)
        last = random.choice((2, 3, 4, days + 1, days + 1, days + 1))
        begins = free if last > days else free & ((1 << (last * QUARTERS - minutes + 1)) - 1)
        made.append(
            Job(
                begins,
                minutes,
                (Need(choices), Need(((2, led),))),
                (
                    (number, held),
                    *((jobs + one, Shape((1 << minutes) - 1)) for one in pair),
                ),
                must=last <= days,
                weight=random.choice((1, 1, 1, 2, 3)),
            )
        )
    whole = (1 << days * QUARTERS) - 1
    return Problem(days * QUARTERS, tuple(made), pools, (whole,) * jobs + (free,) * staff)


def main() -> None:
    """Measure, and print what was measured on what."""
    arguments = argparse.ArgumentParser(prog="benchmarks.plans", description=main.__doc__)
    arguments.add_argument("sizes", type=int, nargs="*", default=SIZES)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--seconds", type=float, default=SECONDS)
    given = arguments.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; 10 rooms, 5 days, 40 staff")
    head = ("jobs", "answer", "placed", "late", "seconds", "gap", "proof")
    rows = []
    for jobs in given.sizes:
        problem = week(given.seed, jobs)
        first = greedy(problem)
        better = solve(problem, first, seconds=given.seconds)
        for name, one in (("greedy", first), ("CP-SAT", better)):
            late = sum(j.must and p is None for j, p in zip(problem.jobs, one.placed, strict=True))
            gap = f"{100 * (better.bound / max(1, one.value) - 1):.3f} %"
            rows.append((jobs, name, one.count, late, f"{one.seconds:.2f}", gap, one.proof.value))
    print(table(head, rows), flush=True)


if __name__ == "__main__":
    main()

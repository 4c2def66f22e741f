"""The solver against brute force, and against weeks in which everybody is known to have a time."""

import ast
from itertools import product
from pathlib import Path
from random import Random

import pytest

from benchmarks.plans import week
from services.plans import solver
from services.plans.solver import (
    Job,
    Need,
    Placed,
    Pool,
    Problem,
    Progress,
    Proof,
    Shape,
    Solution,
    Worth,
    coloured,
    greedy,
    solve,
)


def small(seed: int, jobs: int = 5) -> Problem:
    """Ten slots, two pools, three people: few enough to try everything."""
    random = Random(seed)  # noqa: S311  # the same each time; nothing is secret
    slots = 10
    pools = tuple(Pool(random.choice((1, 2)), (1 << slots) - 1) for _ in range(2))
    made = []
    for _ in range(jobs):
        length = random.choice((2, 3, 4))
        shape = Shape((1 << (length + 1)) - 1)
        choices = random.choice((((0, shape),), ((1, shape),), ((0, shape), (1, shape))))
        last = random.choice((5, 7, slots))
        made.append(
            Job(
                sum(1 << at for at in range(max(0, last - length + 1))),
                length,
                (Need(choices),),
                ((random.randrange(3), Shape((1 << length) - 1)),),
                must=last < slots,
                weight=random.choice((1, 2, 3)),
            )
        )
    return Problem(slots, tuple(made), pools, ((1 << slots) - 1,) * 3)


def hidden(seed: int, jobs: int = 12) -> Problem:
    """A week in which everybody has a time before the limit, if the right one is found.

    A feasible plan is laid out first; then each job gets a limit shortly after its time in it.
    """
    random = Random(seed)  # noqa: S311  # the same each time; nothing is secret
    slots, rooms, people = 40, 3, 5
    whole = (1 << slots) - 1
    made: list[Job] = []
    ends = [0] * rooms
    busy = [0] * people
    while len(made) < jobs:
        room = min(range(rooms), key=lambda one: ends[one])
        length = random.choice((2, 3, 4, 5))
        start = ends[room]
        mine = ((1 << length) - 1) << start
        free = [one for one in range(people) if not busy[one] & mine]
        ends[room] = start + length
        if not free or ends[room] > slots:
            continue
        person = random.choice(free)
        busy[person] |= mine
        limit = min(slots, start + length + random.choice((0, 0, 1, 3)))
        shape = Shape((1 << length) - 1)
        starts = sum(1 << at for at in range(limit - length + 1))
        made.append(Job(starts, length, (Need(((0, shape),)),), ((person, shape),), must=True))
    random.shuffle(made)
    return Problem(slots, tuple(made), (Pool(rooms, whole),), (whole,) * people)


def valid(problem: Problem, found: Solution) -> None:
    """Nothing is taken twice, and every job begins where it may; counted anew, slot by slot."""
    taken: dict[object, int] = {}
    for job, one in zip(problem.jobs, found.placed, strict=True):
        if one is None:
            continue
        assert one.start in problem.starts(job)
        things: list[tuple[object, int]] = [
            (("other", other), shape.at(one.start)) for other, shape in job.takes
        ]
        for need, (pool, unit) in zip(job.needs, one.units, strict=True):
            shape = next(shape for where, shape in need.choices if where == pool)
            assert unit < problem.pools[pool].units
            things.append((("pool", pool, unit), shape.at(one.start)))
        for thing, mask in things:
            assert not taken.get(thing, 0) & mask
            taken[thing] = taken.get(thing, 0) | mask


def brute(problem: Problem) -> int:
    """The best that there is: every start of every job, or none."""
    worth = Worth(problem)
    best = 0
    for starts in product(*([None, *problem.starts(job)] for job in problem.jobs)):
        value = sum(worth.of(n, at) for n, at in enumerate(starts) if at is not None)
        if value > best:
            placed = _exact(problem, starts)
            best = value if placed else best
    return best


def _exact(problem: Problem, starts: tuple[int | None, ...]) -> bool:
    """Is there room for these starts, in any choice of pools?"""
    board = [0] * len(problem.others)
    for job, at in zip(problem.jobs, starts, strict=True):
        for other, shape in job.takes if at is not None else ():
            if at is None or board[other] & shape.at(at):
                return False
            board[other] |= shape.at(at)
    sitting = [(job, at) for job, at in zip(problem.jobs, starts, strict=True) if at is not None]
    for pools in product(*(job.needs[0].choices for job, _ in sitting)):
        for slot in range(problem.slots + 2):
            use = [0] * len(problem.pools)
            for (pool, shape), (_, at) in zip(pools, sitting, strict=True):
                use[pool] += shape.at(at) >> slot & 1
            if any(n > problem.pools[p].units for p, n in enumerate(use)):
                break
        else:
            return True
    return not sitting


@pytest.mark.parametrize("seed", range(4))
def test_it_places_as_many_as_brute_force(seed: int) -> None:
    problem = small(seed, jobs=4)
    first = greedy(problem)
    found = solve(problem, first, seconds=5)
    valid(problem, first)
    valid(problem, found)
    one = Worth(problem)
    assert found.bound >= brute(problem) >= found.value
    assert brute(problem) - found.value <= len(problem.jobs) < one.of(0, 0)


@pytest.mark.parametrize("seed", [0, 1, 3])
def test_nobody_is_late_where_a_feasible_plan_exists(seed: int) -> None:
    problem = hidden(seed)
    found = solve(problem, greedy(problem), seconds=10)
    valid(problem, found)
    assert found.count == len(problem.jobs)


@pytest.mark.parametrize("seed", range(20))
def test_units_of_a_pool_are_always_found(seed: int) -> None:
    """Whatever fits into each slot by number also fits unit by unit."""
    random = Random(seed)  # noqa: S311  # the same each time; nothing is secret
    slots, units = 60, 4
    use = [0] * slots
    jobs, starts = [], []
    for _ in range(120):
        length = random.randrange(1, 9)
        at = random.randrange(slots - length)
        if any(use[slot] >= units for slot in range(at, at + length)):
            continue
        for slot in range(at, at + length):
            use[slot] += 1
        shape = Shape((1 << length) - 1)
        jobs.append(Job((1 << slots) - 1, length, (Need(((0, shape),)),)))
        starts.append(at)
    problem = Problem(slots, tuple(jobs), (Pool(units, (1 << slots) - 1),))
    placed = coloured(problem, starts)
    assert [one and one.start for one in placed] == starts


def test_co_suspects_are_not_placed_one_after_another_in_one_room() -> None:
    shape = Shape(0b11)
    job = Job(0b1111_1111, 2, (Need(((0, shape),), apart=2),), group=1)
    alone = Problem(12, (job, job), (Pool(1, (1 << 12) - 1),))
    assert [one and one.start for one in greedy(alone).placed] == [0, 4]
    near = Problem(12, (job,), (Pool(1, (1 << 12) - 1),), near={(1, 0, 0): 0b11})
    assert [one and one.start for one in greedy(near).placed] == [4]


def test_a_place_holds_the_thing_itself_while_set_up_may_lie_outside() -> None:
    job = Job((1 << 8) - 1, 2, (Need(((0, Shape(0b1111, before=1)),)),))
    problem = Problem(8, (job,), (Pool(1, (1 << 8) - 1, open=0b0011_0000),))
    assert problem.starts(job) == [4]


def test_it_finishes_at_once_where_nothing_could_be_better() -> None:
    shape = Shape(0b1)
    jobs = tuple(Job(1 << at, 1, (Need(((0, shape),)),)) for at in range(3))
    problem = Problem(3, jobs, (Pool(1, 0b111),))
    first = greedy(problem)
    assert first.proof is Proof.OPTIMAL
    assert solve(problem, first).placed == first.placed


def test_it_stops_when_nobody_wants_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solver, "LOOKS_EVERY", 0.05)
    problem = week(3, 40, rooms=2, days=2, staff=8)
    told: list[Progress] = []

    def watch(come: Progress) -> bool:
        told.append(come)
        return False

    found = solve(problem, greedy(problem), seconds=20, watch=watch)
    assert len(told) == 1
    assert found.seconds < 15
    valid(problem, found)


def test_it_is_never_worse_than_what_it_was_given() -> None:
    problem = hidden(1)
    nothing = Solution((None,) * len(problem.jobs), 0, 0, Proof.GREEDY)
    assert solve(problem, nothing, seconds=0.1).value >= 0
    first = greedy(problem)
    assert solve(problem, first, seconds=0.1).value >= Worth(problem).total(first.placed)


def test_it_knows_nothing_but_the_standard_library_and_or_tools() -> None:
    source = Path(solver.__file__ or "").read_text(encoding="utf-8")
    named = {
        node.module if isinstance(node, ast.ImportFrom) else node.names[0].name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom | ast.Import)
    }
    assert named == {
        "collections",
        "collections.abc",
        "dataclasses",
        "enum",
        "threading",
        "time",
        "typing",
        "ortools.sat.python",
    }


@pytest.mark.prove
@pytest.mark.parametrize("seed", range(3))
def test_a_week_of_two_hundred(seed: int) -> None:
    problem = week(seed, 200)
    first = greedy(problem)
    found = solve(problem, first)
    valid(problem, found)
    assert found.seconds < 30
    assert found.value >= first.value
    late = [job.must and one is None for job, one in zip(problem.jobs, found.placed, strict=True)]
    assert not any(late)


@pytest.mark.prove
@pytest.mark.parametrize("seed", range(60))
def test_nobody_is_late_in_many_weeks(seed: int) -> None:
    problem = hidden(seed, jobs=18)
    found = solve(problem, greedy(problem), seconds=20)
    valid(problem, found)
    assert found.count == len(problem.jobs)


@pytest.mark.prove
@pytest.mark.parametrize("seed", range(100))
def test_it_is_as_good_as_brute_force_many_times(seed: int) -> None:
    problem = small(seed)
    found = solve(problem, greedy(problem), seconds=5)
    assert brute(problem) - found.value <= len(problem.jobs)


def test_a_job_that_is_left_out_is_none() -> None:
    problem = Problem(2, (Job(1, 1, (Need(((0, Shape(1)),)),)),) * 2, (Pool(1, 0b11),))
    found = greedy(problem)
    assert sorted(found.placed, key=str) == [None, Placed(0, ((0, 0),))]

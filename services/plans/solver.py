"""The plan as a problem of numbers: who sits when, so that nobody is late and few are left out.

Time is cut into slots of equal length. Whatever can be taken is a bit mask over these slots: rooms
that are alike form a *pool* with so many units and one mask of the slots in which every unit is
free; a suspect, a prosecutor or a representative is a mask of its own. The model is the
time-indexed formulation (Sousa and Wolsey, "A time indexed formulation of non-preemptive single
machine scheduling problems", Mathematical Programming 54, 1992) with one boolean for each job and
start, solved by OR-Tools CP-SAT. A pool needs no booleans for its units: in each slot no more jobs
than units, and because all units of a pool are free at the same times, the jobs of an interval
graph can be coloured with that many (Golumbic, "Algorithmic Graph Theory", 1980, section 8.3).

It knows nothing but numbers: no session, no record, no clock. OR-Tools is imported where it is
needed and nowhere else.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from threading import Event, Thread
from time import monotonic
from typing import Any

SECONDS = 20.0
WORKERS = 2
SEED = 7
SLOTS_AN_HOUR = 4
MANY = 8_000
"""From so many booleans on, only every second slot is a start: the answer comes in time."""
LOOKS_EVERY = 1.0
"""Seconds between two looks at whether anybody still wants the answer."""
ROUNDS = 8
"""How often the greedy answer takes those it left out first, and tries again."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The slots that a job takes of one thing: bit `i` is the slot `start - before + i`."""

    mask: int
    before: int = 0

    def at(self, start: int) -> int:
        """The slots taken when it begins at `start`, which is not before slot `before`."""
        return self.mask << (start - self.before)


@dataclass(frozen=True, slots=True)
class Pool:
    """Things that are alike: so many, each free in exactly the slots of the mask.

    Where they are open has to hold the job itself; what comes before and after it may lie outside.
    """

    units: int
    free: int
    open: int = -1


@dataclass(frozen=True, slots=True)
class Need:
    """One unit of one of these pools, which is taken in that shape.

    With `apart`, jobs of one group keep so many slots between them in one unit.
    """

    choices: tuple[tuple[int, Shape], ...]
    apart: int = 0


@dataclass(frozen=True, slots=True)
class Job:
    """One thing to be placed: `starts` is the mask of the slots at which it may begin.

    `must` says that its period ends within the time that is planned: left out, it would be late.
    `weight` (1 to 3) grows as the time that is left shrinks.
    """

    starts: int
    length: int = 1
    """Slots of the thing itself, without what comes before and after."""
    needs: tuple[Need, ...] = ()
    takes: tuple[tuple[int, Shape], ...] = ()
    """Those who can be in one place only, by their number in `Problem.others`."""
    must: bool = False
    weight: int = 1
    group: int | None = None
    """Co-suspects: see `Need.apart`."""


Near = Mapping[tuple[int, int, int], int]
"""The slots in which a group already is in a unit of a pool: `{(group, pool, unit): mask}`."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Everything to be placed, and everything that can be taken."""

    slots: int
    jobs: tuple[Job, ...]
    pools: tuple[Pool, ...] = ()
    others: tuple[int, ...] = ()
    """The free slots of each who can be in one place only."""
    near: Near = field(default_factory=dict[tuple[int, int, int], int])
    _fitting: dict[tuple[int, Shape, int], int] = field(
        default_factory=dict[tuple[int, Shape, int], int], repr=False, compare=False
    )

    def starts(self, job: Job) -> list[int]:
        """Every slot at which the job could begin if nothing else were planned, the first first."""
        left = job.starts
        for other, shape in job.takes:
            left &= fitting(self.others[other], shape)
        for need in job.needs:
            one_of = 0
            for choice in need.choices:
                one_of |= self._fits(choice, job.length)
            left &= one_of
        return list(bits(left))

    def opens(self, choice: tuple[int, Shape], job: Job, start: int) -> bool:
        """Is that pool free and open for the job, if nothing else is planned?"""
        return bool(self._fits(choice, job.length) >> start & 1)

    def _fits(self, choice: tuple[int, Shape], length: int) -> int:
        """The starts at which a job of that length finds the pool free and open."""
        pool, shape = choice
        key = (pool, shape, length)
        if key not in self._fitting:
            one = self.pools[pool]
            core = Shape((1 << length) - 1)
            every = (1 << self.slots) - 1
            self._fitting[key] = fitting(one.free & every, shape) & fitting(one.open & every, core)
        return self._fitting[key]


@dataclass(frozen=True, slots=True)
class Placed:
    """When a job begins, and for each of its needs the pool and the unit (from 0)."""

    start: int
    units: tuple[tuple[int, int], ...] = ()


class Proof(StrEnum):
    """What is known about how good a solution is."""

    GREEDY = "greedy"
    """The first answer; nothing is proven."""
    FEASIBLE = "feasible"
    """The search was stopped: the bound says how much better it could be at most."""
    OPTIMAL = "optimal"


@dataclass(frozen=True, slots=True)
class Solution:
    """Where each job is placed (none: it is left out), its value and the bound of any other's."""

    placed: tuple[Placed | None, ...]
    value: int
    bound: int
    proof: Proof
    seconds: float = 0.0

    @property
    def count(self) -> int:
        """How many jobs are placed."""
        return sum(one is not None for one in self.placed)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the search has come."""

    placed: int
    value: int
    bound: int
    seconds: float


Watch = Callable[[Progress], bool]
"""Told every second how far it has come; an answer of False stops the search."""


@dataclass(frozen=True, slots=True)
class Worth:
    """What a placement is worth: three tiers, of which a higher one always counts more.

    Whoever would otherwise be late; then how many are placed, each by its weight (1 to 3); then how
    early they begin, by the hour, and how many stay where they stood.
    """

    problem: Problem
    standing: Sequence[int | None] = ()
    _hours: int = field(init=False)
    _one: int = field(init=False)
    _late: int = field(init=False)

    def __post_init__(self) -> None:
        jobs = len(self.problem.jobs)
        hours = self.problem.slots // SLOTS_AN_HOUR + 1
        one = jobs * (2 * hours + 1) + 1
        object.__setattr__(self, "_hours", hours)
        object.__setattr__(self, "_one", one)
        object.__setattr__(self, "_late", one * (3 * jobs + 1))

    def of(self, number: int, start: int) -> int:
        """The worth of placing that job at that start."""
        job = self.problem.jobs[number]
        stays = number < len(self.standing) and self.standing[number] == start
        early = 2 * (self._hours - start // SLOTS_AN_HOUR) + stays
        return early + self._one * job.weight + (self._late if job.must else 0)

    def total(self, placed: Sequence[Placed | None]) -> int:
        """The worth of a whole plan."""
        return sum(self.of(n, one.start) for n, one in enumerate(placed) if one is not None)

    def ceiling(self) -> int:
        """A bound that needs no search: every job alone in the world."""
        worth = 0
        for number, job in enumerate(self.problem.jobs):
            worth += max((self.of(number, at) for at in self.problem.starts(job)), default=0)
        return worth


def starts_of(placed: Sequence[Placed | None]) -> list[int | None]:
    """When each begins."""
    return [None if one is None else one.start for one in placed]


def bits(mask: int) -> Iterator[int]:
    """The numbers of the bits that are set, the lowest first."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def fitting(free: int, shape: Shape) -> int:
    """The starts at which every slot of the shape is free."""
    left = -1
    for bit in bits(shape.mask):
        ahead = bit - shape.before
        left &= free >> ahead if ahead >= 0 else free << -ahead
    return left & ~((1 << shape.before) - 1)


def greedy(problem: Problem) -> Solution:
    """Place one after another at the first start that is free: the earliest deadline first.

    Also the one with fewest starts first; and those left out are taken first in a further round.
    The best of these is the answer: some milliseconds a round for 200 jobs.
    """
    began = monotonic()
    worth = Worth(problem)
    starts = [problem.starts(job) for job in problem.jobs]
    last = [one[-1] if one else 0 for one in starts]
    numbers = range(len(problem.jobs))
    orders = [
        sorted(numbers, key=lambda n: (not problem.jobs[n].must, last[n], len(starts[n]))),
        sorted(numbers, key=lambda n: (not problem.jobs[n].must, len(starts[n]), last[n])),
    ]
    best = max((_squeaky(problem, starts, order) for order in orders), key=worth.total)
    value = worth.total(best)
    bound = worth.ceiling()
    proof = Proof.OPTIMAL if value == bound else Proof.GREEDY
    return Solution(tuple(best), value, bound, proof, monotonic() - began)


def _squeaky(
    problem: Problem, starts: Sequence[Sequence[int]], order: Sequence[int]
) -> list[Placed | None]:
    """Place in that order; who was left out goes to the front, and all are placed anew.

    "Squeaky wheel" optimisation (Joslin and Clements, Journal of AI Research 10, 1999).
    """
    worth = Worth(problem)
    best: list[Placed | None] = []
    for _ in range(ROUNDS):
        board = Board(problem)
        placed: list[Placed | None] = [None] * len(problem.jobs)
        for number in order:
            placed[number] = board.first(problem.jobs[number], starts[number])
        best = max(best, placed, key=worth.total) if best else placed
        left_out = [n for n in order if placed[n] is None and starts[n]]
        if not left_out:
            break
        squeaking = set(left_out)
        order = [*left_out, *(n for n in order if n not in squeaking)]
    return best


class Board:
    """What is taken while a plan is put together, unit by unit."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.units: dict[tuple[int, int], int] = defaultdict(int)
        self.others = list(problem.others)
        self.near: dict[tuple[int, int, int], int] = defaultdict(int, problem.near)

    def first(self, job: Job, starts: Sequence[int]) -> Placed | None:
        """Take the first of these starts that is free, or none."""
        for start in starts:
            if (placed := self.take(job, start)) is not None:
                return placed
        return None

    def take(self, job: Job, start: int) -> Placed | None:
        """Take everything the job needs from that start on, or nothing."""
        for other, shape in job.takes:
            if start < shape.before or shape.at(start) & ~self.others[other]:
                return None
        chosen: dict[tuple[int, int], int] = {}
        units = []
        for need in job.needs:
            found = self._unit(job, need, start, chosen)
            if found is None:
                return None
            unit, taken = found
            chosen[unit] = chosen.get(unit, 0) | taken
            units.append(unit)
        for unit, taken in chosen.items():
            self.units[unit] |= taken
        self._keep_apart(job, start, units)
        for other, shape in job.takes:
            self.others[other] &= ~shape.at(start)
        return Placed(start, tuple(units))

    def _keep_apart(self, job: Job, start: int, units: Sequence[tuple[int, int]]) -> None:
        if job.group is None:
            return
        for need, (pool, unit) in zip(job.needs, units, strict=True):
            if need.apart:
                self.near[job.group, pool, unit] |= core(job, start)

    def _unit(
        self, job: Job, need: Need, start: int, chosen: dict[tuple[int, int], int]
    ) -> tuple[tuple[int, int], int] | None:
        kept = core(job, start, need.apart) if need.apart and job.group is not None else 0
        for pool, shape in need.choices:
            if not self.problem.opens((pool, shape), job, start):
                continue
            taken = shape.at(start)
            for unit in range(self.problem.pools[pool].units):
                if taken & (self.units[pool, unit] | chosen.get((pool, unit), 0)):
                    continue
                if kept and job.group is not None and kept & self.near[job.group, pool, unit]:
                    continue
                return (pool, unit), taken
        return None


def core(job: Job, start: int, apart: int = 0) -> int:
    """The slots of the thing itself, and so many on both sides of it."""
    first = max(0, start - apart)
    return ((1 << (start + job.length + apart - first)) - 1) << first


def coloured(
    problem: Problem,
    starts: Sequence[int | None],
    pools: Sequence[Sequence[int]] = (),
) -> list[Placed | None]:
    """Give every placed job its units, in the order in which they begin.

    With `pools` each need is first looked for in the pool that the model chose. That never fails
    for things that are taken in one piece. An escort is taken in two, and two pieces of one unit
    are no interval: a job for which that fails is placed anew at the next start that is free.
    """
    board = Board(problem)
    placed: list[Placed | None] = [None] * len(problem.jobs)
    standing = [(at, number) for number, at in enumerate(starts) if at is not None]
    again = []
    for at, number in sorted(standing):
        job = problem.jobs[number]
        wished = _wished(job, pools[number]) if number < len(pools) and pools[number] else job
        placed[number] = board.take(wished, at) or board.take(job, at)
        if placed[number] is None:
            again.append(number)
    for number in again:
        job = problem.jobs[number]
        placed[number] = board.first(job, problem.starts(job))
    return placed


def _wished(job: Job, pools: Sequence[int]) -> Job:
    needs = tuple(
        replace(need, choices=tuple(choice for choice in need.choices if choice[0] == pool))
        for need, pool in zip(job.needs, pools, strict=True)
    )
    return replace(job, needs=needs)


def solve(
    problem: Problem,
    hint: Solution,
    *,
    seconds: float = SECONDS,
    workers: int = WORKERS,
    watch: Watch = lambda _: True,
) -> Solution:
    """The best plan that is found in so many seconds, and never a worse one than the hint.

    Bounds: about 300 jobs, 700 slots, 20 pools; the model is built in some seconds, which count.
    The first solution comes after presolve (2 to 7 s for 200 jobs). It stops when the bound proves
    that no more can be placed and that all together could begin earlier by no more than a quarter
    of an hour each. The seed is fixed; with two workers and a limit in seconds two runs may differ.
    """
    began = monotonic()
    worth = Worth(problem, starts_of(hint.placed))
    value, bound = worth.total(hint.placed), worth.ceiling()
    if value == bound:
        value = Worth(problem).total(hint.placed)
        return Solution(hint.placed, value, value, Proof.OPTIMAL, monotonic() - began)
    model = _Model(problem, worth, hint)
    left = max(seconds - (monotonic() - began), 0.1)
    found, bound = model.search(left, workers, watch, began)
    placed = found if found is not None and worth.total(found) > value else list(hint.placed)
    near = bound - worth.total(placed) <= model.tolerance
    value = Worth(problem).total(placed)  # that some stay is worth something to the search alone
    bound = max(value, min(bound, worth.ceiling()))
    proof = Proof.OPTIMAL if near else Proof.FEASIBLE
    return Solution(tuple(placed), value, bound, proof, monotonic() - began)


class _Model:
    """The booleans of CP-SAT: job begins at start; and job takes pool, where several would do."""

    def __init__(self, problem: Problem, worth: Worth, hint: Solution) -> None:
        from ortools.sat.python import cp_model  # noqa: PLC0415  # heavy, and only here

        self.cp: Any = cp_model
        self.problem, self.worth = problem, worth
        self.model = cp_model.CpModel()
        self.tolerance = len(problem.jobs) // 2
        self.begins: list[dict[int, Any]] = []
        self.takes: dict[tuple[int, int, int, int], Any] = {}
        self._slot: dict[tuple[str, int, int], list[Any]] = defaultdict(list)
        starts = [problem.starts(job) for job in problem.jobs]
        step = 2 if sum(map(len, starts)) > MANY else 1
        for number, (job, all_starts) in enumerate(zip(problem.jobs, starts, strict=True)):
            told = hint.placed[number]
            kept = [at for at in all_starts if at % step == 0 or (told and at == told.start)]
            self._place(number, job, kept, told)
        self._limit()
        self.model.maximize(
            self.cp.LinearExpr.weighted_sum(
                [x for one in self.begins for x in one.values()],
                [worth.of(n, at) for n, one in enumerate(self.begins) for at in one],
            )
        )

    def _place(self, number: int, job: Job, starts: Sequence[int], told: Placed | None) -> None:
        begins = {}
        for at in starts:
            x = begins[at] = self.model.new_bool_var("")
            self.model.add_hint(x, told is not None and told.start == at)
            for other, shape in job.takes:
                self._take("other", other, shape.at(at), x)
            for which, need in enumerate(job.needs):
                self._need((number, which, at), need, x, told)
        self.model.add_at_most_one(begins.values())
        self.begins.append(begins)

    def _need(self, of: tuple[int, int, int], need: Need, x: Any, told: Placed | None) -> None:
        """One pool is the job's own boolean; of several exactly one is taken if it begins then."""
        number, which, at = of
        choices = [
            choice
            for choice in need.choices
            if self.problem.opens(choice, self.problem.jobs[number], at)
        ]
        if len(choices) == 1:
            pool, shape = choices[0]
            self.takes[number, which, at, pool] = x
            self._take("pool", pool, shape.at(at), x)
            return
        taken = []
        for pool, shape in choices:
            y = self.takes[number, which, at, pool] = self.model.new_bool_var("")
            here = told is not None and told.start == at
            self.model.add_hint(y, here and told is not None and told.units[which][0] == pool)
            self._take("pool", pool, shape.at(at), y)
            taken.append(y)
        self.model.add(self.cp.LinearExpr.sum(taken) == x)

    def _take(self, kind: str, number: int, slots: int, x: Any) -> None:
        for slot in bits(slots):
            self._slot[kind, number, slot].append(x)

    def _limit(self) -> None:
        """In each slot no more than there are; a slot taken by the very same says nothing new."""
        before: dict[tuple[str, int], list[int]] = {}
        for (kind, number, _), taken in sorted(self._slot.items(), key=lambda one: one[0]):
            same = [one.index for one in taken]
            if before.get((kind, number)) == same:
                continue
            before[kind, number] = same
            if kind == "other":
                self.model.add_at_most_one(taken)
            elif len(taken) > self.problem.pools[number].units:
                self.model.add(self.cp.LinearExpr.sum(taken) <= self.problem.pools[number].units)

    def search(
        self, seconds: float, workers: int, watch: Watch, began: float
    ) -> tuple[list[Placed | None] | None, int]:
        """The best plan found, with its units, and the bound; none where nothing was found."""
        solver = self.cp.CpSolver()
        solver.parameters.max_time_in_seconds = seconds
        solver.parameters.num_workers = workers
        solver.parameters.random_seed = SEED
        solver.parameters.absolute_gap_limit = float(self.tolerance)
        # Seconds of probing would leave too little of so few for the search itself.
        solver.parameters.cp_model_probing_level = 0
        solver.parameters.max_presolve_iterations = 1
        ceiling = self.worth.ceiling()
        seen: dict[str, int] = {"placed": 0, "value": 0, "bound": ceiling}
        everyone = self.cp.LinearExpr.sum([x for one in self.begins for x in one.values()])

        class _Seen(self.cp.CpSolverSolutionCallback):  # type: ignore[misc,name-defined]
            def on_solution_callback(self) -> None:
                seen["placed"] = round(self.value(everyone))
                seen["value"] = round(self.objective_value)
                seen["bound"] = min(ceiling, round(self.best_objective_bound))

        def told() -> bool:
            return watch(Progress(**seen, seconds=monotonic() - began))

        with _Watched(told, solver.stop_search):
            status = solver.solve(self.model, _Seen())
        if status not in {self.cp.OPTIMAL, self.cp.FEASIBLE}:
            return None, ceiling
        chosen = [
            next((at for at, x in one.items() if solver.boolean_value(x)), None)
            for one in self.begins
        ]
        pools = [self._pools(solver, number, at) for number, at in enumerate(chosen)]
        return coloured(self.problem, chosen, pools), round(solver.best_objective_bound)

    def _pools(self, solver: Any, number: int, at: int | None) -> list[int]:
        if at is None:
            return []
        return [
            next(
                pool
                for pool, _ in need.choices
                if (y := self.takes.get((number, which, at, pool))) is not None
                and solver.boolean_value(y)
            )
            for which, need in enumerate(self.problem.jobs[number].needs)
        ]


class _Watched:
    """Looks every second from beside the search, and stops it when nobody wants it any more."""

    def __init__(self, told: Callable[[], bool], stop: Callable[[], None]) -> None:
        self._told, self._stop, self._over = told, stop, Event()
        self._thread = Thread(target=self._look, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(LOOKS_EVERY):
            if not self._told():
                self._stop()
                return

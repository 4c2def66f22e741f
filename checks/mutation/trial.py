"""Each mutant is tried by the tests that reach its function, in a process of its own.

The tests are collected once. Then every mutant gets a fork of that process, in which the code of
the functions is exchanged for that with the mistake; the tests that look closest come first, and
the first that fails has killed it. What a function has cached is forgotten. A function that runs
only while its module is imported is tried by running the module again, if its tests pass on the
module run again without a mistake.
"""

import ast
import gc
import os
import resource
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from checks.mutation import ENGINE, path_of
from checks.mutation.mutants import Mutant

KILLED, SURVIVED, NOT_REACHED, TIMED_OUT = "killed", "survived", "not reached", "timed out"

Make = Callable[[Mutant], None]
Reached = tuple[str, str]
"""The module and the qualified name of a function."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a mutant, and which test killed it."""

    of: str
    by: str = ""


@dataclass(slots=True)
class Trial:
    """A pytest plugin that runs the tests once as they are and then against every mutant."""

    mutants: Sequence[Mutant]
    trees: Mapping[str, ast.Module]
    at_once: int
    seconds: float
    """How long the tests of one mutant may take together, measured on the code as it is."""
    told: Callable[[Mutant, Verdict], None]
    closest: Sequence[str]
    """The files of tests, those first that are asked first."""
    reaching: dict[Reached, list[pytest.Item]] = field(
        default_factory=lambda: defaultdict[Reached, list[pytest.Item]](list)
    )
    killers: dict[str, Counter[str]] = field(
        default_factory=lambda: defaultdict[str, Counter[str]](Counter)
    )
    """Which tests have killed mutants of a function: they are asked first about the next."""
    took: dict[str, float] = field(default_factory=dict[str, float])
    failed: list[str] = field(default_factory=list[str])
    again: dict[str, bool] = field(default_factory=dict[str, bool])

    def pytest_configure(self) -> None:
        """Few examples, the same in every run: what a fork does must depend on its mutant only."""
        from hypothesis import Phase, settings  # noqa: PLC0415  # pytest rewrites it first

        settings.register_profile(
            "mutants",
            max_examples=20,
            derandomize=True,
            database=None,
            deadline=None,
            phases=(Phase.explicit, Phase.generate),
        )
        settings.load_profile("mutants")

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run nothing but what is needed to try the mutants."""
        files = {str(path_of(module)): module for module in self.trees}
        for item, following in _pairs(session.items):
            reached: set[Reached] = set()
            _forget(self.trees)  # what was cached at import would hide who asks for it
            begun = time.process_time()
            sys.setprofile(_noting(files, reached))
            try:
                passed = _passes(item, following)
            finally:
                sys.setprofile(None)
            self.took[item.nodeid] = time.process_time() - begun
            if not passed:
                self.failed.append(item.nodeid)
            for function in reached:
                self.reaching[function].append(item)
        if not self.failed:
            self._try_all()
        return True

    def _try_all(self) -> None:
        functions = functions_of(self.trees)
        gc.freeze()
        if lost := sorted({one.module for one in self.mutants if not functions[one.module]}):
            raise LookupError(*lost)  # no mistake could be made there: none would be noticed
        running: dict[int, tuple[Mutant, int]] = {}
        for mutant in self.mutants:
            module, tree = mutant.module, self.trees[mutant.module]
            tests = self._tests_of(mutant)
            make: Make = partial(exchange, tree, functions[module])
            if not tests and self._runs_again(module):
                tests, make = self._of_module(module), partial(run_again, tree)
            if not tests:
                self.told(mutant, Verdict(NOT_REACHED))
                continue
            while len(running) >= self.at_once:
                self._one_ends(running)
            pid, read = self._fork(partial(make, mutant), tests)
            running[pid] = mutant, read
        while running:
            self._one_ends(running)

    def _runs_again(self, module: str) -> bool:
        """Do the tests of a module pass when it is run again as it is?"""
        if module not in self.again:
            as_it_is = partial(run_again, self.trees[module], None, module)
            pid, _ = self._fork(as_it_is, self._of_module(module))
            self.again[module] = os.waitpid(pid, 0)[1] == 0
        return self.again[module]

    def _one_ends(self, running: dict[int, tuple[Mutant, int]]) -> None:
        pid, status = os.wait()
        mutant, read = running.pop(pid)
        with os.fdopen(read, encoding="utf-8") as killer:
            by = killer.read()
        if os.WIFSIGNALED(status):
            self.told(mutant, Verdict(TIMED_OUT))
        elif os.WEXITSTATUS(status):
            self.killers[mutant.function][by] += 1
            self.told(mutant, Verdict(KILLED, by))
        else:
            self.told(mutant, Verdict(SURVIVED, by))

    def _tests_of(self, mutant: Mutant) -> list[pytest.Item]:
        """The tests that reach its function."""
        reaching = self.reaching.get((mutant.module, mutant.function), [])
        found = {item.nodeid: item for item in reaching}
        return self._in_turn(found.values(), self.killers[mutant.function])

    def _of_module(self, module: str) -> list[pytest.Item]:
        """The tests that reach anything in a module."""
        found = {
            item.nodeid: item
            for (of, _), items in self.reaching.items()
            if of == module
            for item in items
        }
        return self._in_turn(found.values(), Counter())

    def _in_turn(self, items: Iterable[pytest.Item], killed: Counter[str]) -> list[pytest.Item]:
        """Those that killed its like, then those that look closest, while there is time."""

        def turn(item: pytest.Item) -> tuple[int, int, float]:
            of_file = self.closest.index(item.path.name)
            return -killed[item.nodeid], of_file, self.took[item.nodeid]

        tests, together = list[pytest.Item](), 0.0
        for item in sorted(items, key=turn):
            together += self.took[item.nodeid]
            if tests and together > self.seconds:
                break
            tests.append(item)
        return tests

    def _fork(self, make: Callable[[], None], tests: Sequence[pytest.Item]) -> tuple[int, int]:
        """A process that makes the mistake and runs the tests, and where it names what failed."""
        read, write = os.pipe()
        pid = os.fork()
        if pid:
            os.close(write)
            return pid, read
        status, limit = 0, 10 + int(3 * self.seconds)
        try:
            gc.disable()
            os.close(read)
            quiet = os.open(os.devnull, os.O_WRONLY)
            os.dup2(quiet, 1)
            os.dup2(quiet, 2)
            resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
            make()
            for item, following in _pairs(tests):
                if not _passes(item, following):
                    os.write(write, item.nodeid.encode())
                    status = 1
                    break
        except NotImportedError:
            os.write(write, b"its import")
            status = 1
        except BaseException as error:  # noqa: BLE001  # what could not be tried has survived
            os.write(write, repr(error).encode())
        finally:
            os._exit(status)


class NotImportedError(Exception):
    """With the mistake the module cannot even be imported."""


def functions_of(modules: Iterable[str]) -> dict[str, list[FunctionType]]:
    """The functions of each module, wherever they are held: in a class, a table, a closure."""
    files = {str(path_of(module)): module for module in modules}
    functions: dict[str, list[FunctionType]] = {module: [] for module in modules}
    gc.unfreeze()  # what the tests have frozen is not listed: every mistake would seem to survive
    for one in gc.get_objects():
        if isinstance(one, FunctionType) and one.__code__.co_filename in files:
            functions[files[one.__code__.co_filename]].append(one)
    return functions


def exchange(tree: ast.Module, functions: Iterable[FunctionType], mutant: Mutant) -> None:
    """Give the functions of the module, which exist already, the code with the mistake."""
    path = str(path_of(mutant.module))
    with _made(mutant):
        wrong = dict(_codes(compile(tree, path, "exec")))
        for one in functions:
            place = _place(one.__code__)
            code = wrong.get(place, one.__code__)
            for unused in set(one.__code__.co_freevars) - set(code.co_freevars):
                _mention(tree, place, unused)
                wrong = dict(_codes(compile(tree, path, "exec")))
    for one in functions:
        code = wrong.get(_place(one.__code__), one.__code__)
        if code != one.__code__:
            one.__code__ = code
    _forget([mutant.module])


def _forget(modules: Iterable[str]) -> None:
    for module in modules:
        for value in vars(_module(module)).values():
            forget = getattr(value, "cache_clear", None)
            if forget is not None:
                forget()


def run_again(tree: ast.Module, mutant: Mutant | None, module: str = "") -> None:
    """Run a module again in its place, with the mistake or as it is.

    Raises:
        NotImportedError: it cannot be run.
    """
    name = mutant.module if mutant else module
    with _made(mutant):
        code = compile(tree, str(path_of(name)), "exec")
    try:
        exec(code, vars(_module(name)))  # noqa: S102  # what the import did
    except Exception as error:
        raise NotImportedError from error


def _mention(tree: ast.Module, place: tuple[str, int], name: str) -> None:
    """Keep a variable that the mistake no longer needs: the function has its cell already."""
    qualified, line = place
    kept = ast.Name(name, ast.Load())
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=called, body=body) if qualified.endswith(called):
                if line == min([node.lineno, *(one.lineno for one in node.decorator_list)]):
                    body.append(ast.Expr(kept))
            case ast.Lambda(body=value, lineno=begun) if begun == line:
                node.body = ast.IfExp(ast.Constant(value=True), value, kept)
            case _:
                continue
        ast.fix_missing_locations(node)


@contextmanager
def _made(mutant: Mutant | None) -> Iterator[None]:
    if mutant is None:
        yield
        return
    mutant.site.make()
    try:
        yield
    finally:
        mutant.site.unmake()


def _module(name: str) -> ModuleType:
    return sys.modules[f"{ENGINE}.{name}"]


def _codes(code: CodeType) -> Iterator[tuple[tuple[str, int], CodeType]]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield _place(constant), constant
            yield from _codes(constant)


def _place(code: CodeType) -> tuple[str, int]:
    return code.co_qualname, code.co_firstlineno


def _noting(
    files: Mapping[str, str], reached: set[Reached]
) -> Callable[[FrameType, str, Any], None]:
    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            module = files.get(frame.f_code.co_filename)
            if module is not None:
                reached.add((module, frame.f_code.co_qualname))

    return note


def _passes(item: pytest.Item, following: pytest.Item | None) -> bool:
    return not any(report.failed for report in runtestprotocol(item, log=False, nextitem=following))


def _pairs(items: Sequence[pytest.Item]) -> Iterator[tuple[pytest.Item, pytest.Item | None]]:
    return zip(items, [*items[1:], None], strict=True)


def tests_in(folder: Path, names: Sequence[str]) -> list[str]:
    """The files of tests that are there."""
    return [str(folder / name) for name in names if (folder / name).exists()]

"""What there is in the code to write about: every code list, flow, event, operation and rule."""

import importlib
import inspect
import pkgutil
from collections import Counter
from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import cache
from types import ModuleType
from typing import Any

import notifications
import services
from services.kernel.act import Record
from services.kernel.flow import Flow
from services.policy import POLICY, Permission

Operation = Callable[..., Any]


@cache
def modules() -> tuple[ModuleType, ...]:
    """Every module below the wire."""
    return tuple(
        importlib.import_module(found.name)
        for room in (services, notifications)
        for found in pkgutil.walk_packages(room.__path__, f"{room.__name__}.")
        if not found.name.endswith("__main__")
    )


def slices() -> list[str]:
    """The nouns of the house: every module or package of `services` but the ground floor."""
    rooms = {found.name for found in pkgutil.iter_modules(services.__path__)}
    return sorted(rooms - {"kernel", "policy"})


def code_lists() -> dict[str, type[StrEnum]]:
    """Every closed list of codes, by its name; permissions are no list of codes."""
    found = {
        kind
        for module in modules()
        for kind in vars(module).values()
        if inspect.isclass(kind)
        and issubclass(kind, StrEnum)
        and kind.__module__ == module.__name__
        and kind is not Permission
    }
    times = Counter(kind.__name__ for kind in found)
    named = {
        kind.__name__ if times[kind.__name__] == 1 else name_in_its_slice(kind): kind
        for kind in found
    }
    assert len(named) == len(found)  # noqa: S101  # one name, one list
    return dict(sorted(named.items()))


def name_in_its_slice(codes: type[StrEnum]) -> str:
    """What a list is called where another slice has one of the same name: `deadlines.Flag`."""
    return f"{codes.__module__.split('.')[1]}.{codes.__name__}"


def flows() -> dict[str, Flow[Any]]:
    """Every flow, by the noun whose states it moves."""
    found: dict[str, Flow[Any]] = {}
    for module in modules():
        for flow in vars(module).values():
            if isinstance(flow, Flow) and flow not in found.values():
                found[_noun(module)] = flow
    return dict(sorted(found.items()))


def states(flow: Flow[Any]) -> type[StrEnum]:
    """The list of states that a flow moves between."""
    (_, target), *_ = flow.steps.values()
    return type(target)


def first_state(flow: Flow[Any]) -> str | None:
    """The state in which a record begins, if its table says so."""
    for mapper in Record.registry.mappers:
        for column in mapper.local_table.columns:
            default = getattr(column.default, "arg", None)
            if isinstance(default, states(flow)):
                return default.value
    return None


def operations() -> Mapping[Permission, list[tuple[str, Operation]]]:
    """Which operations ask for each permission, as `slice.verb`."""
    asked: dict[Permission, list[tuple[str, Operation]]] = {one: [] for one in POLICY}
    for module in modules():
        for name, operation in inspect.getmembers(module, inspect.isfunction):
            if hasattr(operation, "permission") and operation.__module__ == module.__name__:
                asked[operation.permission].append((f"{_noun(module)}.{name}", operation))
    return asked


def first_line(thing: object) -> str:
    """What the first line of a docstring says."""
    return (inspect.getdoc(thing) or "").partition("\n")[0]


def _noun(module: ModuleType) -> str:
    return module.__name__.split(".")[1]

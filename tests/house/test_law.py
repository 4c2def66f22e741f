"""The law is whole: nothing written unasked, nothing asked that is not law, no dead law."""

import ast
import importlib
import inspect
import pkgutil
import re
import textwrap
import typing
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session, sessionmaker

import notifications
import services
from services.kernel.act import EVENTS, Act, Actor, Event, UnguardedWriteError, acting
from services.kernel.refusals import Refusal
from services.offices import Level, Office, OfficeKind
from services.policy import POLICY, READING, Permission
from tests.conftest import NOON

Operation = Callable[..., Any]


def _modules() -> Iterator[ModuleType]:
    for room in (services, notifications):
        for found in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            if not found.name.endswith("__main__"):
                yield importlib.import_module(found.name)


MODULES = list(_modules())
OPERATIONS: dict[str, Operation] = {
    f"{module.__name__}.{name}": found
    for module in MODULES
    for name, found in inspect.getmembers(module)
    if hasattr(found, "permission") and found.__module__ == module.__name__
}


def _family(root: type[Any]) -> set[type[Any]]:
    return {root}.union(*(_family(kind) for kind in root.__subclasses__()))


REFUSALS = {kind.__name__: kind for kind in _family(Refusal)}


def test_every_permission_has_a_law_and_is_asked_somewhere() -> None:
    asked = {operation.permission for operation in OPERATIONS.values()}  # type: ignore[attr-defined]

    assert set(POLICY) == set(Permission)
    assert asked | READING == set(Permission)
    assert not asked & READING


def test_an_unguarded_write_cannot_commit(engine: Engine) -> None:
    nobody = Actor(0, frozenset())

    with pytest.raises(UnguardedWriteError), acting(sessionmaker(engine), nobody, NOON) as act:
        act.session.add(
            Office(kind=OfficeKind.COURT, name="暗门", short_name="暗", level=Level.DISTRICT)
        )


@pytest.mark.parametrize("statement", ["UPDATE journal SET by_id = 1", "DELETE FROM journal"])
def test_the_journal_is_never_rewritten(session: Session, statement: str) -> None:
    with pytest.raises(DatabaseError, match=r"permission denied|append-only"):
        session.execute(text(statement))


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_operations_say_all_that_they_refuse_and_record(name: str) -> None:
    operation = OPERATIONS[name]
    doc = inspect.getdoc(operation) or ""
    refused, recorded = _section(doc, "Refuses"), _section(doc, "Records")
    raised, told = _reached(inspect.unwrap(operation))

    assert "Refuses:" in doc
    assert "Records:" in doc
    assert refused <= set(REFUSALS), refused - set(REFUSALS)
    assert recorded <= set(EVENTS), recorded - set(EVENTS)
    assert raised <= refused, raised - refused
    assert told <= recorded, told - recorded


def test_every_refusal_speaks_chinese_and_english_under_its_own_name() -> None:
    slugs = [kind.slug for kind in _family(Refusal)]

    assert len(slugs) == len(set(slugs))
    for kind in REFUSALS.values():
        assert kind.title.endswith("."), kind
        assert kind.zh.endswith("。"), kind
        assert "zh" in vars(kind), f"{kind.__name__} borrows its parent's words"


@pytest.mark.parametrize("name", sorted(EVENTS))
def test_an_event_holds_only_ids_and_codes(name: str) -> None:
    kinds = typing.get_type_hints(EVENTS[name])

    for field, kind in kinds.items():
        allowed = {int, bool} if field.endswith(("_id", "_ids")) else {int, bool, str}
        parts = set(typing.get_args(kind)) - {type(None)} or {kind}
        assert parts <= allowed, f"{name}.{field}: {kind}"
        assert not re.search("name|text|note|words|facts|address", field), f"{name}.{field}"


def _section(doc: str, title: str) -> set[str]:
    found = re.search(rf"^{title}:\n((?:[ \t]+.*\n?|\n)+)", doc, re.MULTILINE)
    return (
        set(re.findall(r"\b[A-Z][a-z]+(?:[A-Z][a-z]+)+\b|\bStale\b", found[1])) if found else set()
    )


def _reached(operation: Operation) -> tuple[set[str], set[str]]:
    """What a function and the private helpers of its module raise and record, by name."""
    module = inspect.getmodule(operation)
    raised, told, todo, seen = set[str](), set[str](), [operation], set[str]()
    while todo:
        tree = ast.parse(textwrap.dedent(inspect.getsource(todo.pop())))
        for node in ast.walk(tree):
            if isinstance(node, (ast.Name, ast.Attribute)):
                name = node.id if isinstance(node, ast.Name) else node.attr
                if name in seen:
                    continue
                seen.add(name)
                found = getattr(module, name, None)
                if name.startswith("_") and inspect.isfunction(found):
                    todo.append(found)
            if isinstance(node, ast.Raise) and node.exc is not None:
                raised |= _named(node.exc) & set(REFUSALS)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                if node.func.attr == "record" and node.args:
                    told |= _named(node.args[0]) & set(EVENTS)
                if node.func.attr == "unless" and len(node.args) > 1:
                    raised |= _named(node.args[1]) & set(REFUSALS)
    return raised, told


def _named(node: ast.AST) -> set[str]:
    return {found.id for found in ast.walk(node) if isinstance(found, ast.Name)}


def test_events_are_named_in_the_past() -> None:
    assert all(re.search("(ed|Given|Held|Set|Taken|Withdrawn)$", name) for name in EVENTS), EVENTS
    assert all(issubclass(kind, Event) for kind in EVENTS.values())
    assert Act.record.__doc__

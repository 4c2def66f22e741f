"""Every route of the house, read from the code that answers: whom it finds, what it demands."""

import ast
import inspect
import re
import textwrap
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import FunctionType, ModuleType
from typing import Any, cast

from flask import Flask
from marshmallow import Schema, fields

from api import idempotency
from api.contract import operations_of
from api.examples import example
from api.resource import OPEN_DOORS, PREFIX, bodies
from services.policy import Permission

Finder = Callable[..., Any]
_PARAMETER = re.compile(r"<(?:([a-z]+)[^:<>]*:)?([a-z_]+)>")


@dataclass(frozen=True)
class Route:
    """One operation of the wire."""

    method: str
    rule: str
    view: Any
    told: dict[str, Any]
    """As the contract tells it."""

    @property
    def operation(self) -> str:
        """As `PUT /cases/<int:case_id>/assignment`."""
        return f"{self.method} {self.rule.removeprefix(PREFIX)}"

    @property
    def path(self) -> str:
        """As the contract writes it: `/cases/{case_id}/assignment`."""
        return re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", self.rule.removeprefix(PREFIX))

    @property
    def function(self) -> Callable[..., Any]:
        """The view's method."""
        function: Callable[..., Any] = getattr(self.view, self.method.lower())
        return function

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names in the address, in their order."""
        return names(self.rule)

    @property
    def demanded(self) -> tuple[Callable[..., Any], ...]:
        """The guarded operations that the view leads to."""
        return tuple(
            verb for verb in operations_of(self.function, self.view) if hasattr(verb, "permission")
        )

    @property
    def permissions(self) -> frozenset[Permission]:
        """What they ask for."""
        return frozenset(verb.permission for verb in self.demanded)  # type: ignore[attr-defined]

    @property
    def is_open(self) -> bool:
        """Does it ask for no token?"""
        return self.operation in OPEN_DOORS

    @property
    def needs_key(self) -> bool:
        """Does it ask for a key?"""
        return idempotency.needs_key(self.operation)

    @property
    def media_types(self) -> set[str]:
        """What it reads."""
        return bodies(self.view, self.method)

    def finder(self, parameter: str) -> Finder | None:
        """The function of a slice that finds what `parameter` names, if it may be seen."""
        return _found(inspect.unwrap(self.function), self.view, parameter)

    def address(self, named: dict[str, Any]) -> str:
        """The address in which every name stands for its value."""
        return address(self.rule, named)

    def schemas(self) -> Iterator[tuple[str, Schema]]:
        """What is read of a request, by where it stands in it."""
        told = getattr(self.function, "_apidoc", {})
        for argument in told.get("arguments", {}).get("parameters", []):
            schema = argument.get("schema") if isinstance(argument, dict) else None
            if isinstance(schema, type) and issubclass(schema, Schema):
                schema = schema()
            if isinstance(schema, Schema):
                yield argument["in"], schema

    def body(self) -> Any:
        """The example of the contract; None where nothing is sent."""
        content = self.told.get("requestBody", {}).get("content", {})
        return content.get("application/json", {}).get("example")

    def query(self, schemas: dict[str, Any]) -> dict[str, Any]:
        """What the address asks for behind its question mark, at least."""
        return {
            one["name"]: one.get("example", example(one["schema"], schemas, one["name"]))
            for one in self.told.get("parameters", [])
            if isinstance(one, dict) and one.get("in") == "query" and one.get("required")
        }


def names(rule: str) -> tuple[str, ...]:
    """The names in an address, in their order."""
    return tuple(name for _, name in _PARAMETER.findall(rule))


def address(rule: str, named: Mapping[str, Any]) -> str:
    """The address in which every name stands for its value."""
    return _PARAMETER.sub(lambda found: str(named[found[2]]), rule)


def every(app: Flask) -> list[Route]:
    """Every operation, in the order of the addresses."""
    contract = app.extensions["contract"]()
    found = []
    for rule in app.url_map.iter_rules():
        view = getattr(app.view_functions[rule.endpoint], "view_class", None)
        if not rule.rule.startswith(PREFIX) or view is None:
            continue
        path = re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule.removeprefix(PREFIX))
        found += [
            Route(method, rule.rule, view, contract["paths"].get(path, {}).get(method.lower(), {}))
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        ]
    return sorted(found, key=lambda route: (route.rule, route.method))


def ids_of(schema: Schema, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of every id of a record that a request may name, lists as 0."""
    for name, field in schema.fields.items():
        yield from _ids(field, (*path, field.data_key or name))


def word_of(path: tuple[Any, ...]) -> str:
    """The name under which an id stands."""
    return next(part for part in reversed(path) if isinstance(part, str))


def exchanged(body: Any, path: tuple[Any, ...], value: Any) -> Any:
    """The body with that value there; what is missing on the way is put in."""
    if not path:
        return value
    step, *rest = path
    if step == 0:
        inside = body[0] if isinstance(body, list) and body else None
        return [exchanged(inside, tuple(rest), value)]
    inside = body if isinstance(body, dict) else {}
    return inside | {step: exchanged(inside.get(step), tuple(rest), value)}


def _ids(field: Any, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    if isinstance(field, fields.Nested):
        inside = (*path, 0) if field.many else path
        yield from ids_of(field.schema, inside)
    elif isinstance(field, fields.List):
        yield from _ids(field.inner, (*path, 0))
    elif isinstance(field, fields.Integer) and re.search(r"(^|_)ids?$", word_of(path)):
        yield path


@cache
def _found(function: Callable[..., Any], view: Any, parameter: str) -> Finder | None:
    return _finder(function, view, parameter, set())


def _finder(function: Any, view: Any, parameter: str, seen: set[Any]) -> Finder | None:
    if (function, parameter) in seen:
        return None
    seen.add((function, parameter))
    for target, told in _calls(function, view):
        if parameter not in told.values():
            continue
        origin = getattr(target, "__module__", "") or ""
        if origin.startswith(("services.", "notifications.")):
            if target.__name__.startswith("find"):
                return cast("Finder", target)
            continue
        if not origin.startswith("api."):
            continue
        for word, value in told.items():
            if value == parameter:
                found = _finder(inspect.unwrap(target), view, word, seen)
                if found is not None:
                    return found
    return None


def _calls(function: Any, view: Any) -> Iterator[tuple[Any, dict[str, str | None]]]:
    """Every function it calls, and which of its own names it hands over under which."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError):
        return
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda one: (one.lineno, one.col_offset)):
        target = _target(call, function, view)
        if target is None:
            continue
        words = list(inspect.signature(inspect.unwrap(target)).parameters)
        if isinstance(call.func, ast.Attribute) and _name(call.func.value) == "self":
            words = words[1:]
        given = dict(zip(words, map(_name, call.args), strict=False))
        yield target, given | {one.arg: _name(one.value) for one in call.keywords if one.arg}


def _name(node: ast.AST) -> str | None:
    return node.id if isinstance(node, ast.Name) else None


def _target(call: ast.Call, function: Any, view: Any) -> Any:
    called, scope = call.func, getattr(function, "__globals__", {})
    target: Any = None
    if isinstance(called, ast.Name):
        target = scope.get(called.id)
    elif isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name):
        owner = view if called.value.id == "self" else scope.get(called.value.id)
        if isinstance(owner, ModuleType) or owner is view:
            target = getattr(owner, called.attr, None)
    return target if isinstance(target, FunctionType) or hasattr(target, "permission") else None


def record_of(finder: Finder) -> Any:
    """The kind of record that it finds."""
    return typing.get_type_hints(inspect.unwrap(finder))["return"]

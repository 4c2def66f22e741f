"""The values of sentencing as plain JSON and back: one shape for API, record and console."""

import types
from collections.abc import Iterable
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from services.sentencing.problems import Plain

T = TypeVar("T")


class UnreadableError(ValueError):
    """What was given is not such a value; `pointer` says where in it, as RFC 6901 writes it."""

    def __init__(self, pointer: str, why: str) -> None:
        super().__init__(f"{pointer or '/'}: {why}")
        self.pointer = pointer
        self.why = why


def as_plain(value: object) -> Plain:
    """A value of this package as a JSON object; what has its default is written too.

    Raises:
        TypeError: it is no value of this package.
    """
    if not is_dataclass(value) or isinstance(value, type):
        raise TypeError(value)
    return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}


def of_plain(kind: type[T], plain: object) -> T:
    """The value of this kind that a JSON object says; sets are taken in any order.

    Raises:
        UnreadableError: a field is missing, unknown, or of another type, or a code is unknown.
    """
    read: T = _read(kind, plain, "")
    return read


def _plain(value: object) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return as_plain(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, frozenset):
        return sorted(_plain(one) for one in value)
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value


def _read(kind: Any, plain: object, at: str) -> Any:
    origin, args = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        (inner,) = (one for one in args if one is not type(None))
        return None if plain is None else _read(inner, plain, at)
    if origin in (tuple, frozenset):
        return origin(_read_each(args[0], plain, at))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _read_code(kind, plain, at)
    if is_dataclass(kind):
        return _read_object(kind, plain, at)
    if type(plain) is not kind:
        raise UnreadableError(at, f"not {kind.__name__}")
    return plain


def _read_each(kind: Any, plain: object, at: str) -> Iterable[Any]:
    if not isinstance(plain, list | tuple):
        raise UnreadableError(at, "not a list")
    return [_read(kind, one, _under(at, place)) for place, one in enumerate(plain)]


def _read_code(kind: type[Enum], plain: object, at: str) -> Enum:
    try:
        return kind(plain)
    except ValueError:
        raise UnreadableError(at, f"not a {kind.__name__}") from None


def _read_object(kind: Any, plain: object, at: str) -> Any:
    if not isinstance(plain, dict):
        raise UnreadableError(at, "not an object")
    hints, known = get_type_hints(kind), {field.name: field for field in fields(kind)}
    for name in plain:
        if name not in known:
            raise UnreadableError(_under(at, name), "unknown")
    for name, field in known.items():
        if name not in plain and field.default is MISSING and field.default_factory is MISSING:
            raise UnreadableError(_under(at, name), "missing")
    values = {name: _read(hints[name], one, _under(at, name)) for name, one in plain.items()}
    try:
        return kind(**values)
    except ValueError:
        raise UnreadableError(at, f"not a {kind.__name__}") from None


def _under(at: str, name: object) -> str:
    """The pointer one step further in."""
    return f"{at}/{str(name).replace('~', '~0').replace('/', '~1')}"

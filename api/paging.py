"""Lists in pages, and answers with only the fields a phone asks for.

A cursor holds the sort keys of the last row seen (keyset paging): a row that appears or goes
between two pages neither repeats nor hides another, and page 1,000 costs what page 1 does.
It is opaque to the client, and it says for which list it was made; it opens nothing that the
list's own law does not show.
"""

import base64
import binascii
import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, Generic, TypeVar

from flask import request
from marshmallow import Schema, fields, validate
from sqlalchemy import ColumnElement, Select, UnaryExpression, and_, false, or_
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql import operators

from services.kernel.refusals import Unprocessable

T = TypeVar("T")
Key = InstrumentedAttribute[Any] | ColumnElement[Any]

DEFAULT_LIMIT = 20
MOST = 100


class BadCursor(Unprocessable):
    """That cursor was not made by this list; start again without one."""

    zh = "分页游标无效，请从第一页重新读取。"


class UnknownField(Unprocessable):
    """`fields` names something that this answer does not have."""

    zh = "fields 中含有本接口没有的字段。"


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items of a list, and where the next ones begin."""

    items: Sequence[T]
    next_cursor: str | None


class PageQuery(Schema):
    """What every list takes from the address; a list with filters of its own extends it."""

    limit = fields.Integer(
        load_default=DEFAULT_LIMIT,
        validate=validate.Range(1, MOST),
        metadata={"description": "How many items at most.", "example": 20},
    )
    cursor = fields.String(
        load_default=None,
        validate=validate.Length(1, 1000),
        metadata={"description": "Where to go on: `next_cursor` of the page before."},
    )


_PAGES: dict[type[Schema], type[Schema]] = {}


def page_of(item: type[Schema]) -> type[Schema]:
    """The schema of one page of `item`."""
    if item not in _PAGES:
        _PAGES[item] = type(
            item.__name__.removesuffix("Schema") + "PageSchema",
            (Schema,),
            {
                "__doc__": "One page of a list.",
                "items": fields.List(fields.Nested(item), required=True),
                "next_cursor": fields.String(
                    required=True,
                    allow_none=True,
                    metadata={"description": "Hand it back as `cursor`; null on the last page."},
                ),
            },
        )
    return _PAGES[item]


def page(
    session: Session,
    query: Select[T],
    *by: Key,
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
    **_filters: object,
) -> Page[T]:
    """Read one page of `query`, ordered by the keys `by`; the last key must be unique.

    Keys are columns or expressions that are never NULL (`coalesce` those that may be);
    `.desc()` turns one round. Further keywords, a list's own filters, are left to the caller.

    Refuses:
        BadCursor: the cursor was made by another list, or by nobody.
    """
    keys = [_bare(key) for key in by]
    wanted = query.add_columns(*keys).order_by(None).order_by(*by).limit(limit + 1)
    if cursor is not None:
        wanted = wanted.where(_after(by, _read(cursor, keys)))
    rows = session.execute(wanted).unique().all()
    shown = rows[:limit]
    following = _write(shown[-1][1:]) if len(rows) > limit else None
    return Page([row[0] for row in shown], following)


def sparse(answer: Any, schema: Schema, wanted: str) -> Any:
    """The answer with only the top-level fields named in `wanted` (of each item, in a list).

    Refuses:
        UnknownField: the answer has no field of that name.
    """
    names = [name.strip() for name in wanted.split(",")]
    inside = _item_schema(schema)
    known = _names(inside or schema)
    if unknown := sorted(set(names) - known):
        raise UnknownField(
            errors=[
                {"parameter": "fields", "code": "unknown", "detail": name, "severity": "error"}
                for name in unknown
            ]
        )
    if inside is None:
        return _only(answer, names)
    if isinstance(answer, list):
        return [_only(item, names) for item in answer]
    return {**answer, "items": [_only(item, names) for item in answer["items"]]}


def _names(schema: Schema) -> set[str]:
    return {field.data_key or name for name, field in schema.dump_fields.items()}


def _item_schema(schema: Schema) -> Schema | None:
    if schema.many:
        return schema
    items = schema.fields.get("items")
    if isinstance(items, fields.List) and isinstance(items.inner, fields.Nested):
        nested = items.inner.schema
        return nested if isinstance(nested, Schema) else None
    return None


def _only(item: dict[str, Any], names: Collection[str]) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name in names}


def _bare(key: Key) -> Any:
    return key.element if isinstance(key, UnaryExpression) and key.modifier else key


def _descends(key: Key) -> bool:
    return isinstance(key, UnaryExpression) and key.modifier is operators.desc_op


def _after(by: Sequence[Key], values: Sequence[Any]) -> ColumnElement[bool]:
    """Rows behind `values`: equal in the first keys, and behind in the next one."""
    behind: list[ColumnElement[bool]] = [false()]
    for position, key in enumerate(by):
        column, value = _bare(key), values[position]
        same = [_bare(k) == v for k, v in zip(by[:position], values[:position], strict=True)]
        behind.append(and_(*same, column < value if _descends(key) else column > value))
    return or_(*behind)


def _write(values: Sequence[Any]) -> str:
    written = [request.endpoint, *(_plain(value) for value in values)]
    return base64.urlsafe_b64encode(json.dumps(written).encode()).decode().rstrip("=")


def _plain(value: Any) -> str | int | bool:
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, (int, str)):
        return value
    message = f"A list cannot be ordered by a {type(value).__name__}."
    raise TypeError(message)


def _read(cursor: str, keys: Sequence[Any]) -> list[Any]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        made_for, *values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if made_for != request.endpoint or len(values) != len(keys):
            raise BadCursor
        return [
            _typed(value, key.type.python_type) for value, key in zip(values, keys, strict=True)
        ]
    except (ValueError, TypeError, binascii.Error, RecursionError) as error:
        raise BadCursor from error


_BIGGEST = 2**63 - 1


def _typed(value: Any, kind: Callable[..., Any]) -> Any:
    if kind in {datetime, date} and isinstance(value, str):
        return kind.fromisoformat(value)
    if kind is int and type(value) is int and abs(value) <= _BIGGEST:
        return value
    if kind is bool and isinstance(value, bool):
        return value
    if isinstance(kind, type) and issubclass(kind, str) and isinstance(value, str):
        if "\x00" in value:
            raise BadCursor
        return kind(value)
    raise BadCursor

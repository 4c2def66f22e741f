"""An example of anything the contract describes, made from its schema.

A field's own example comes first (`metadata={"example": …}`), then a plausible value by its
name, then the least that the schema allows. All of it is invented.
"""

from typing import Any

PLAUSIBLE: dict[str, Any] = {
    "id": 7,
    "version": 3,
    "name": "赵某",
    "username": "zhao.lin",
    "password": "correct horse battery staple",
    "document_number": "云公青提捕字〔2026〕31号",
    "number": "云青检捕受〔2026〕12号",
    "case_number": "云青检捕受〔2026〕12号",
    "facts": "2026年3月1日，赵某在某商场窃得手机一部。",
    "note": "请补充核对价格认定书。",
    "outline": "一、调取商场监控；二、核实手机价格。",
    "returned_note": None,
    "returned_at": None,
    "close_reason": None,
    "closed_at": None,
    "flag": "plea_leniency",
    "measure": "detention",
    "reasons": "有证据证明有犯罪事实，可能判处徒刑以上刑罚。",
    "reason": "原承办人休假。",
    "detail": "缺少价格认定书。",
    "short_name": "云青检",
    "office_name": "云江市青澜区人民检察院",
    "title": "审查逮捕",
    "link": "/cases/7",
    "article": "CPL 87",
    "pointer": "/suspects/0/born_on",
    "next_cursor": None,
    "cursor": None,
    "file_name": "提请批准逮捕书.pdf",
    "media_type": "application/pdf",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
}
_BY_FORMAT: dict[str, Any] = {
    "date": "2026-03-02",
    "date-time": "2026-03-02T04:00:00Z",
    "uuid": "3f1d5c0e-4f7c-4c3a-9a52-2f8e6b0f7c11",
    "email": "zhao.lin@example.invalid",
    "uri": "https://example.invalid/",
    "binary": "",
}
_DEEP = 3
"""A list nested deeper than this is shown empty: a case holds more than a page can show."""


def example(schema: dict[str, Any], schemas: dict[str, Any], name: str = "", depth: int = 0) -> Any:
    """A value the schema allows."""
    if "$ref" in schema:
        target = schema["$ref"].rpartition("/")[2]
        return example(schemas.get(target, {}), schemas, name, depth + 1)
    choices = [choice for key in ("allOf", "anyOf", "oneOf") for choice in schema.get(key, [])]
    if choices:
        return example(choices[0], schemas, name, depth)
    if "null" in schema.get("type", ()) and PLAUSIBLE.get(name, "") is None:
        return None
    given = [schema["example"]] if "example" in schema else schema.get("examples")
    return given[0] if given else _least(schema, schemas, name, depth)


def _least(schema: dict[str, Any], schemas: dict[str, Any], name: str, depth: int) -> Any:
    kinds = schema.get("type", "object" if "properties" in schema else "string")
    kind = kinds if isinstance(kinds, str) else next((k for k in kinds if k != "null"), "null")
    if kind == "object":
        return _object(schema, schemas, depth)
    if kind != "array":
        return _plain(kind, schema, name)
    if depth > _DEEP:
        return []
    item = example(schema.get("items", {}), schemas, name.removesuffix("s"), depth + 1)
    return [item] * max(1, schema.get("minItems", 1))


def _object(schema: dict[str, Any], schemas: dict[str, Any], depth: int) -> dict[str, Any]:
    required = schema.get("required", [])
    return {
        name: example(inside, schemas, name, depth + 1)
        for name, inside in schema.get("properties", {}).items()
        if depth <= _DEEP or name in required
    }


def _plain(kind: str, schema: dict[str, Any], name: str) -> Any:
    if schema.get("enum"):
        if name in PLAUSIBLE and PLAUSIBLE[name] in schema["enum"]:
            return PLAUSIBLE[name]
        return next((value for value in schema["enum"] if value is not None), None)
    plausible = PLAUSIBLE.get(name)
    if kind == "string":
        return _text(schema, plausible)
    if kind == "boolean":
        return bool(schema.get("default", False))
    if kind in {"integer", "number"}:
        least = schema.get("minimum", 0)
        default = schema.get("default")
        value = plausible if isinstance(plausible, int) else default if default is not None else 7
        most = schema.get("maximum", max(value, least))
        return min(max(value, least), most)
    return None


def _text(schema: dict[str, Any], plausible: Any) -> str:
    if schema.get("format") in _BY_FORMAT:
        return str(_BY_FORMAT[schema["format"]])
    value: str = plausible if isinstance(plausible, str) else "示例"
    short = schema.get("minLength", 0)
    value = value + "例" * (short - len(value))
    most: int = schema.get("maxLength", len(value))
    return value[:most]

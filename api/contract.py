"""The contract: one OpenAPI 3.1 document, made from the code that answers.

flask-smorest writes down the schemas. This module adds what the code itself knows: an
operation's permission and problems, read from the operations of `services` that the view
calls (`@demands`, and the section `Refuses:` of the docstring); the headers that the door
itself asks for; and an example of everything.
"""

import ast
import inspect
import json
import re
import textwrap
from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from functools import cache
from types import FunctionType, ModuleType
from typing import Any

import flask_smorest
from flask import Flask

from api import idempotency, legal_acts, problems
from api.app_gate import PASSES
from api.examples import example
from api.paging import BadCursor, UnknownField
from api.problems import ProblemSchema, every_refusal, status_of
from api.resource import OPEN_DOORS, PREFIX, answer_schema, bodies
from services.kernel import refusals
from services.kernel.refusals import Refusal
from services.step_ups import StepUpNeeded, StepUpRefused

TITLE = "检通 Jiantong"
VERSION = "1.0.0"
DESCRIPTION = """\
A mobile-first backend for the work of a procuratorate: requests for approval of arrest, their
acceptance, assignment, review and decision.

* **Signing in**: `POST /sessions` gives an access token (15 minutes) and a refresh token.
* **Sending again**: a request that changes something carries an `Idempotency-Key` of the
  phone's own making. Sent again under the same key within 24 hours it is not done again; the
  first answer comes back with `Idempotency-Replayed: true`. 400 without a key, 409 while the
  first is at work, 422 when the key was used for another request.
* **Changing what others may change**: such a record answers with an `ETag`, and a change
  carries it as `If-Match`: 428 without, 412 when somebody was faster.
* **Legal acts** are confirmed anew: without a `Step-Up` header such a request, if it would
  succeed, is undone and answered 428 `step-up-needed`. Confirm what the problem names with
  `POST /step-ups`, and send the very same bytes again with the token.
* **Problems** are RFC 9457 documents (`application/problem+json`). Branch on `type`, never on
  the words, which are Chinese, or English on `Accept-Language: en`.
* **Lists** come in pages: hand `next_cursor` back as `cursor`. `fields=` names the fields wanted.
* **Time left** is counted by the legal clock: answers with periods carry it as `now`.
* **Permissions**: `x-permission` names the powers an operation asks for (docs/permissions.md);
  an empty list means that whoever is signed in may ask, and sees only what the law shows them.
* **The app's version**: the app says it in each request (`App-Version: web/1.4.0`). One that may
  no longer be used is answered 426 `app-outdated`; `GET /app-versions` says what may be.
* **Limits**: 120 requests at once and 600 a minute for a person; 60 at once and 60 a minute for
  a network address at the doors that need no token (each process of the service counts for
  itself); 1 MiB for a JSON body. Beyond: 429 with `Retry-After`, 413.
"""

_METHODS = ("get", "post", "put", "patch", "delete")
_VERBS = {"get": "read", "post": "create", "put": "set", "patch": "change", "delete": "delete"}
_NAME = re.compile(r"\b[A-Z][A-Za-z]+\b")
_SECTION = re.compile(r"^Refuses:\n((?:[ \t]+.*\n?|\n)+)", re.MULTILINE)


class Api(flask_smorest.Api):  # type: ignore[misc]  # flask-smorest ships no types
    """flask-smorest, leaving errors and the documentation page to this house."""

    ERROR_SCHEMA = ProblemSchema
    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        """Leave them to `api.problems`."""

    def _register_responses(self) -> None:
        self.DEFAULT_RESPONSE_CONTENT_TYPE = problems.MEDIA_TYPE
        super()._register_responses()
        del self.DEFAULT_RESPONSE_CONTENT_TYPE


def document(app: Flask, api: Api) -> dict[str, Any]:
    """The whole contract of `app`, as plain values in a stable order."""
    spec: dict[str, Any] = deepcopy(api.spec.to_dict())
    components = spec.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    if "Problem" not in schemas:
        api.spec.components.schema("Problem", schema=ProblemSchema)
        return document(app, api)
    components["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    }
    paths = {}
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule)
        if path not in spec.get("paths", {}):
            continue
        described = spec["paths"][path]
        view = getattr(app.view_functions[rule.endpoint], "view_class", None)
        for method in _METHODS:
            if method in described and view is not None and method.upper() in (rule.methods or ()):
                _complete(described[method], method, rule.rule, view, schemas)
        _path_parameters(described)
        paths[path.removeprefix(PREFIX)] = described
    _name_operations(paths)
    _leave_room(paths, schemas)
    _portable(paths)
    _portable(schemas)
    return {
        "openapi": spec["openapi"],
        "info": {
            "title": TITLE,
            "version": VERSION,
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": PREFIX}],
        "security": [{"bearer": []}],
        "tags": spec.get("tags", []),
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": dict(sorted(schemas.items())),
            **_referred(paths),
            "securitySchemes": components["securitySchemes"],
        },
    }


def _complete(
    told: dict[str, Any], method: str, rule: str, view: Any, schemas: dict[str, Any]
) -> None:
    operation = f"{method.upper()} {rule.removeprefix(PREFIX)}"
    function = getattr(view, method)
    verbs = list(operations_of(function, view))
    keyed = idempotency.needs_key(operation)
    told["summary"] = told.get("summary", "").rstrip(".")
    if operation in OPEN_DOORS:
        told["security"] = []
    told["x-permission"] = sorted(
        {str(verb.permission) for verb in verbs if hasattr(verb, "permission")}
    )
    _join_form(told, schemas)
    described = [_never_null(p) for p in told.get("parameters", []) if isinstance(p, dict)]
    asked: list[tuple[bool, dict[str, Any], set[type[Refusal]]]] = [
        (keyed, _KEY, {idempotency.KeyMissing, idempotency.StillAtWork, idempotency.KeyReused}),
        (_calls_expect(function, view), _IF_MATCH, {refusals.Unversioned, refusals.Stale}),
        (operation in legal_acts.LEGAL_ACTS, _STEP_UP, {StepUpNeeded, StepUpRefused}),
        (method == "get" and answer_schema(view, "get") is not None, _FIELDS, {UnknownField}),
    ]
    kinds = _everywhere(operation, described, rule, bodies(view, method))
    for applies, parameter, its_problems in asked:
        if applies:
            described.append(parameter)
            kinds |= its_problems
    for verb in verbs:
        kinds |= set(refusals_of(verb))
    if any(verb.__name__.startswith("find") for verb in verbs):
        kinds |= {refusals.NotFound}
    if described:
        told["parameters"] = described
    _problems(told, kinds)
    _answers(told, view, method, schemas, keyed=keyed)


def _join_form(told: dict[str, Any], schemas: dict[str, Any]) -> None:
    """A file and the fields beside it are parts of one form, which OpenAPI calls the body."""
    beside = [p for p in told.get("parameters", []) if p.get("in") in {"form", "formData"}]
    if not beside:
        return
    told["parameters"] = [p for p in told["parameters"] if p not in beside]
    (body,) = told["requestBody"]["content"].values()
    parts = {
        p["name"]: _never_null(p)["schema"]
        | ({"description": p["description"]} if "description" in p else {})
        for p in beside
    }
    known = schemas[body["schema"]["$ref"].rpartition("/")[2]]
    needed = [*known.get("required", []), *(p["name"] for p in beside if p.get("required"))]
    form = {"type": "object", "properties": parts | known["properties"]}
    told["requestBody"]["content"] = {
        "multipart/form-data": {"schema": form | ({"required": needed} if needed else {})}
    }


def _never_null(parameter: dict[str, Any]) -> dict[str, Any]:
    """A parameter of an address is left out, never null."""
    schema = parameter.get("schema", {})
    if isinstance(schema.get("type"), list):
        (schema["type"],) = (kind for kind in schema["type"] if kind != "null")
    if "enum" in schema:
        schema["enum"] = [value for value in schema["enum"] if value is not None]
    if schema.get("default", 0) is None:
        del schema["default"]
    return parameter


def _everywhere(
    operation: str,
    parameters: list[dict[str, Any]],
    rule: str,
    read: set[str],
) -> set[type[Refusal]]:
    """The problems that come from the shape of an operation alone."""
    kinds: set[type[Refusal]] = {refusals.SignedOut, refusals.TooMany, problems.Broken}
    if operation not in PASSES:
        kinds |= {problems.AppOutdated}
    if "<" in rule:
        kinds |= {refusals.NotFound}
    if read:
        kinds |= {problems.Malformed, problems.TooLarge, problems.WrongMediaType}
        kinds |= {problems.NothingThere}
    if read or any(parameter["in"] == "query" for parameter in parameters):
        kinds |= {problems.InvalidContent}
    if any(parameter["name"] == "cursor" for parameter in parameters):
        kinds |= {BadCursor}
    return kinds


def operations_of(function: Callable[..., Any], view: Any) -> Iterator[Callable[..., Any]]:
    """The operations, of `services` and `notifications`, that a view's method leads to."""
    return iter(_reached(inspect.unwrap(function), view))


@cache
def _reached(function: FunctionType, view: Any) -> tuple[Callable[..., Any], ...]:
    found: dict[str, Callable[..., Any]] = {}
    seen: set[Any] = set()
    waiting = [function]
    while waiting:
        current = waiting.pop()
        if current in seen:
            continue
        seen.add(current)
        for named in _named(current, view):
            origin = getattr(named, "__module__", "") or ""
            if origin.startswith(("services.", "notifications.")):
                found[f"{origin}.{named.__qualname__}"] = named
            elif origin.startswith("api.") and origin not in _DOOR:
                waiting.append(inspect.unwrap(named))
    return tuple(found[name] for name in sorted(found))


_DOOR = {"api.resource", "api.paging", "api.identity", "api.problems", "api.idempotency"}


def _named(function: Callable[..., Any], view: Any) -> Iterator[Any]:
    """Every function that `function` calls by a plain name, a module's name or `self`."""
    scope = getattr(function, "__globals__", {})
    for called, attribute in _calls(function):
        target: Any = None
        if attribute is None:
            target = scope.get(called)
        else:
            owner = view if called == "self" else scope.get(called)
            if isinstance(owner, ModuleType) or owner is view:
                target = getattr(owner, attribute, None)
        if isinstance(target, FunctionType) or hasattr(target, "permission"):
            yield target


@cache
def _calls(function: Callable[..., Any]) -> tuple[tuple[str, str | None], ...]:
    """What `function` calls: a plain name, or a name and what is called of it."""
    found: list[tuple[str, str | None]] = []
    for node in ast.walk(_tree(function)):
        called = node.func if isinstance(node, ast.Call) else None
        if isinstance(called, ast.Name):
            found.append((called.id, None))
        elif isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name):
            found.append((called.value.id, called.attr))
    return tuple(found)


def _tree(function: Callable[..., Any]) -> ast.AST:
    try:
        return ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError):
        return ast.Module([], [])


def refusals_of(verb: Callable[..., Any]) -> Iterator[type[Refusal]]:
    """The refusals a docstring's section `Refuses:` names."""
    return iter(_refused_by(verb))


@cache
def _refused_by(verb: Callable[..., Any]) -> tuple[type[Refusal], ...]:
    section = _SECTION.search(inspect.getdoc(verb) or "")
    known = {kind.__name__: kind for kind in every_refusal()} if section else {}
    return (
        tuple(known[name] for name in _NAME.findall(section[1]) if name in known) if section else ()
    )


def _calls_expect(function: Callable[..., Any], view: Any) -> bool:
    waiting, seen = [inspect.unwrap(function)], set[Any]()
    while waiting:
        current = waiting.pop()
        seen.add(current)
        for node in ast.walk(_tree(current)):
            if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "self":
                if node.attr == "expect":
                    return True
                helper = inspect.unwrap(getattr(view, node.attr, print))
                if isinstance(helper, FunctionType) and helper not in seen:
                    waiting.append(helper)
    return False


def _problems(told: dict[str, Any], kinds: Iterable[type[Refusal]]) -> None:
    responses = told["responses"] = {
        code: response
        for code, response in told.get("responses", {}).items()
        if str(code)[0] in "123"
    }
    by_status: dict[int, list[type[Refusal]]] = {}
    for kind in sorted(kinds, key=lambda kind: (status_of(kind), kind.slug)):
        by_status.setdefault(status_of(kind), []).append(kind)
    for status, same in by_status.items():
        alone = same[0] if len(same) == 1 else None
        responses[str(status)] = (
            {"$ref": f"#/components/responses/{alone.slug}"} if alone else _told(status, same)
        )


def _told(status: int, same: list[type[Refusal]]) -> dict[str, Any]:
    headers = {
        name: {"description": text, "schema": {"type": "string"}}
        for name, text in _PROBLEM_HEADERS.get(status, {}).items()
    }
    return {
        "description": " ".join(f"`{kind.slug}`: {kind.title}" for kind in same),
        **({"headers": headers} if headers else {}),
        "content": {
            problems.MEDIA_TYPE: {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "examples": {
                    kind.slug: {"$ref": f"#/components/examples/{kind.slug}"} for kind in same
                },
            }
        },
    }


def _referred(paths: dict[str, Any]) -> dict[str, Any]:
    """The problems the operations refer to: one response and one example each."""
    written = json.dumps(paths)
    known = {kind.slug: kind for kind in every_refusal()}
    alone = sorted(set(re.findall(r"#/components/responses/([a-z-]+)", written)))
    among = set(re.findall(r"#/components/examples/([a-z-]+)", written))
    return {
        "responses": {slug: _told(status_of(known[slug]), [known[slug]]) for slug in alone},
        "examples": {
            slug: {"summary": known[slug].title, "value": _sample(known[slug])}
            for slug in sorted(among.union(alone))
        },
    }


def _sample(kind: type[Refusal]) -> dict[str, Any]:
    sample: dict[str, Any] = {
        "type": f"/problems/{kind.slug}",
        "title": kind.zh,
        "status": status_of(kind),
        "instance": "urn:uuid:6e9c1d62-2b53-4a4e-9b0d-1b8f0f6f2a51",
    }
    if kind is problems.InvalidContent:
        sample["errors"] = [
            {"pointer": "/name", "code": "required", "detail": "必填。", "severity": "error"}
        ]
    return sample


def _answers(
    told: dict[str, Any], view: Any, method: str, schemas: dict[str, Any], *, keyed: bool
) -> None:
    schema = answer_schema(view, method)
    versioned = schema is not None and "version" in schema.fields and not schema.many
    for code, response in told["responses"].items():
        if str(code)[0] != "2":
            continue
        headers = response.setdefault("headers", {})
        if versioned:
            headers["ETag"] = {
                "description": "The record's version, to hand back as If-Match.",
                "schema": {"type": "string"},
                "example": '"3"',
            }
        if keyed:
            headers[idempotency.REPLAYED] = {
                "description": "`true` when this is the answer to the first sending.",
                "schema": {"type": "string", "enum": ["true"]},
            }
        if not headers:
            del response["headers"]
        for kind, content in response.get("content", {}).items():
            _exemplify(kind, content, schemas)
    for kind, content in told.get("requestBody", {}).get("content", {}).items():
        _exemplify(kind, content, schemas)


def _exemplify(media_type: str, content: dict[str, Any], schemas: dict[str, Any]) -> None:
    if media_type == "application/json" and not content.keys() & {"example", "examples"}:
        content["example"] = example(content.get("schema", {}), schemas)


def _leave_room(paths: dict[str, Any], schemas: dict[str, Any]) -> None:
    """A request has no field but these; an answer may one day have more."""
    bodies = json.dumps(
        [
            told.get("requestBody")
            for path in paths.values()
            for told in path.values()
            if isinstance(told, dict)
        ]
    )
    coming, waiting = set[str](), _referring(bodies)
    while waiting:
        name = waiting.pop()
        coming.add(name)
        waiting |= _referring(json.dumps(schemas[name])) - coming
    for name in schemas.keys() - coming:
        schemas[name].pop("additionalProperties", None)


def _referring(written: str) -> set[str]:
    return set(re.findall(r"#/components/schemas/([A-Za-z0-9]+)", written))


def _portable(inside: Any) -> None:
    """Say Python's patterns, which match from the start, in the words of JSON Schema."""
    if isinstance(inside, dict):
        pattern = inside.get("pattern")
        if isinstance(pattern, str) and not pattern.startswith("^"):
            inside["pattern"] = f"^(?:{pattern})".replace(r"\Z)", ")$")
        for value in inside.values():
            _portable(value)
    elif isinstance(inside, list):
        for value in inside:
            _portable(value)


def _path_parameters(described: dict[str, Any]) -> None:
    for parameter in described.get("parameters", []):
        if parameter.get("in") == "path" and parameter["schema"].get("type") == "integer":
            parameter["schema"].setdefault("minimum", 0)
            parameter.setdefault("example", 7)


def _name_operations(paths: dict[str, Any]) -> None:
    """Give each operation a name made from its address: `set_arrest_review_decision`."""
    for path, described in sorted(paths.items()):
        for method in _METHODS:
            if method in described:
                told = described[method]
                told.setdefault("operationId", operation_id(method, path, told))
                described[method] = {
                    key: told[key] for key in sorted(told, key=lambda key: _ORDER.get(key, 99))
                }


def operation_id(method: str, path: str, told: dict[str, Any]) -> str:
    """The verb, and the nouns of the address: all singular but a listed last one."""
    content = told["responses"].get("200", {}).get("content", {}).get("application/json", {})
    listed = method == "get" and str(content.get("schema", {}).get("$ref", "")).endswith("Page")
    steps = path.strip("/").split("/")
    nouns = [step.replace("-", "_") for step in steps if not step.startswith("{")]
    ends_in_noun = not steps[-1].startswith("{")
    whole = ends_in_noun and method in {"get", "put"}
    single = [_singular(noun) for noun in nouns[:-1]]
    last = nouns[-1] if whole else _singular(nouns[-1])
    return "_".join(("list" if listed else _VERBS[method], *single, last))


def _singular(noun: str) -> str:
    return noun.removesuffix("s")


_ORDER = {
    name: position
    for position, name in enumerate(
        (
            "operationId",
            "summary",
            "description",
            "tags",
            "x-permission",
            "security",
            "parameters",
            "requestBody",
            "responses",
        )
    )
}
_KEY = {
    "in": "header",
    "name": idempotency.HEADER,
    "required": True,
    "description": "A name of the phone's own making for this request; the same when sent again.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
    "example": "3f1d5c0e-4f7c-4c3a-9a52-2f8e6b0f7c11",
}
_IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "required": True,
    "description": "The ETag of the version that was read.",
    "schema": {"type": "string", "pattern": '^"[0-9]+"$'},
    "example": '"3"',
}
_STEP_UP = {
    "in": "header",
    "name": legal_acts.HEADER,
    "required": False,
    "description": "The token of a step-up taken for these very bytes (`POST /step-ups`).",
    "schema": {"type": "string", "maxLength": 200},
    "example": "q5uTzv1vLJ0m4cX3f1bq7w9sZyR2kN8hT6dGpLxEoAc",
}
_FIELDS = {
    "in": "query",
    "name": "fields",
    "required": False,
    "description": "Only these top-level fields, separated by commas (in a list: of each item).",
    "schema": {"type": "string"},
    "example": "id",
}
_PROBLEM_HEADERS = {
    401: {"WWW-Authenticate": "How to sign in (RFC 6750)."},
    415: {"Accept": "The media types this address reads."},
    429: {"Retry-After": "Seconds to wait."},
    503: {"Retry-After": "Seconds to wait."},
}

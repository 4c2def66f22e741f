"""The part of `docs/permissions.md` that goes door by door: who may do what, and in which state."""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from functools import cache
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import create_engine

from api.app import create_app
from api.legal_acts import LEGAL_ACTS
from api.opened import OPENED
from jiantong.docs import found, routes, terms
from jiantong.docs.routes import Route
from services.kernel.flow import Flow
from services.kernel.settings import Settings
from services.policy import POLICY, READING, Permission

HEAD = """\
## 逐项办理 · Door by door

按事项分列。“何人”一栏中，分号隔开的是不同条款，符合其一即可；顿号隔开的规则须同时符合。
“何时”为该步骤开放的状态；空白的，不以状态为条件，或者条件见[流程](flows.md)。
“再次确认”为办理前须以口令或者通行密钥再次确认本人。“查阅留痕”为读取即记入所涉案件的查阅记录。

By noun. Under who, a semicolon parts clauses, of which one is enough; the rules of a clause hold
together. When: the states in which the step is open; blank where none is asked for or the
[flows](flows.md) say more. The last columns: confirmed anew; the reading is noted with the case.
"""
EVERYBODY = "已登录的人；只列出依法可以查看的事项"
OPEN = "任何人（尚未登录）"


def section() -> str:
    """Every operation of the wire, grouped by its noun."""
    by_noun: dict[str, list[Route]] = {}
    for route in _every():
        by_noun.setdefault(_noun(route), []).append(route)
    parts = [HEAD]
    for noun, listed in sorted(by_noun.items()):
        words = terms.SLICES.get(noun)
        parts += [
            f"### {words[0] if words else noun} · {noun}\n",
            "| 办理 operation | 权限 permission | 何人 who | 何时 when | 再次确认 | 查阅留痕 |",
            "|---|---|---|---|:-:|:-:|",
            *(_row(route) for route in listed),
            "",
        ]
    return "\n".join(parts)


@cache
def _every() -> list[Route]:
    with TemporaryDirectory() as folder:
        settings = Settings.from_environment({"DATA_DIR": folder})
        return routes.every(create_app(settings, create_engine("postgresql+psycopg://")))


def _row(route: Route) -> str:
    asked = sorted(route.permissions) or _read(route)
    powers = "<br>".join(f"{_words(one)} `{one}`" for one in asked)
    who = "<br>".join(dict.fromkeys(_who(one) for one in asked)) or EVERYBODY
    confirmed = "是" if route.operation in LEGAL_ACTS else ""
    path = route.path.replace("|", "\\|")
    shown = f"`{route.method} {path}`<br>{route.told['summary']}"
    cells = (
        shown,
        powers,
        OPEN if route.is_open else who,
        _when(route),
        confirmed,
        "是" if _is_noted(route) else "",
    )
    return f"| {' | '.join(cells)} |"


def _is_noted(route: Route) -> bool:
    """Does whoever reads it leave a note in the ledger of a case (`api.opened.note`)?"""
    collection = route.path.split("/")[1]
    return route.method == "GET" and "<int:" in route.rule and collection in OPENED


def _read(route: Route) -> list[Permission]:
    """The power to read what it finds, where it only reads."""
    finders = [route.finder(name) for name in route.parameters]
    names = [_module(finder) for finder in finders if finder is not None]
    return [one for one in READING if names and one == f"{_single(names[0])}:read"]


def _who(permission: Permission) -> str:
    return "；".join(
        "、".join(terms.RULES[rule.__name__][0] for rule in clause) for clause in POLICY[permission]
    )


def _when(route: Route) -> str:
    told: dict[str, None] = {}
    for verb in route.demanded:
        for flow, step in _steps(verb):
            if step in flow.every_step:
                words = terms.words_of(found.states(flow))
                told |= {words[state.value]: None for state in sorted(flow.sources(step))}
    return "、".join(told)


def _steps(verb: Callable[..., Any]) -> Iterator[tuple[Flow[Any], str]]:
    """The steps of flows that an operation, and the private functions of its module, take."""
    module = inspect.getmodule(verb)
    waiting, seen = [inspect.unwrap(verb)], set[Any]()
    while waiting:
        current = waiting.pop()
        if current in seen:
            continue
        seen.add(current)
        for call in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(current)))):
            if not isinstance(call, ast.Call):
                continue
            if isinstance(call.func, ast.Name) and call.func.id.startswith("_"):
                inner = getattr(module, call.func.id, None)
                waiting += [inner] if inspect.isfunction(inner) else []
            if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name):
                flow = getattr(module, call.func.value.id, None)
                if isinstance(flow, Flow):
                    yield from (
                        (flow, word.value)
                        for word in call.args
                        if isinstance(word, ast.Constant) and isinstance(word.value, str)
                    )


def _noun(route: Route) -> str:
    """The slice that answers: of what is demanded, or of what is found, or of the address."""
    slices = set(found.slices())
    tag = str(route.told.get("tags", [""])[0])
    asked = [_module(verb) for verb in route.demanded]
    finders = [route.finder(name) for name in route.parameters]
    said = [_module(finder) for finder in finders if finder is not None]
    first = route.path.split("/")[1].replace("-", "_")
    choices = (first, tag, *asked, *said)
    return next((one for one in choices if one in slices), tag or first)


def _module(thing: Any) -> str:
    return str(inspect.unwrap(thing).__module__).split(".")[1]


def _single(noun: str) -> str:
    return f"{noun.removesuffix('ies')}y" if noun.endswith("ies") else noun.removesuffix("s")


def _words(permission: Permission) -> str:
    noun, _, verb = permission.partition(":")
    return f"{terms.NOUNS[noun]}·{terms.VERBS[verb]}"

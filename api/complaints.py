"""What marshmallow says about a request, as codes and sentences a person can act upon.

marshmallow speaks English sentences; a phone needs a code and its reader a sentence in his
own language. A message that no pattern knows is a slice's own sentence: it is passed on.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple

MOST = 100


class Wording(NamedTuple):
    """One kind of complaint: what marshmallow says, the code, and the words."""

    pattern: re.Pattern[str]
    code: str
    zh: str
    en: str


def _wording(pattern: str, code: str, zh: str, en: str) -> Wording:
    return Wording(re.compile(rf"^{pattern}$", re.DOTALL), code, zh, en)


WORDINGS = (
    _wording(r"Missing data for required field\.", "required", "必填。", "Required."),
    _wording(r"Field may not be null\.", "null", "不能为空值。", "May not be null."),
    _wording(r"Unknown field\.", "unknown", "没有这个字段。", "There is no such field."),
    _wording(
        r"Shorter than minimum length (?P<min>\d+)\.",
        "too_short",
        "长度不足，至少 {min}。",
        "Too short: at least {min}.",
    ),
    _wording(
        r"Longer than maximum length (?P<max>\d+)\.",
        "too_long",
        "过长，至多 {max}。",
        "Too long: at most {max}.",
    ),
    _wording(
        r"Length must be between (?P<min>\d+) and (?P<max>\d+)\.",
        "length",
        "长度应在 {min} 至 {max} 之间。",
        "The length must be between {min} and {max}.",
    ),
    _wording(
        r"Length must be (?P<equal>\d+)\.",
        "length",
        "长度应为 {equal}。",
        "The length must be {equal}.",
    ),
    _wording(
        r"Must be (?:greater than or equal to) (?P<min>\S+) and "
        r"(?:less than or equal to) (?P<max>\S+)\.",
        "range",
        "应在 {min} 至 {max} 之间。",
        "Must be between {min} and {max}.",
    ),
    _wording(
        r"Must be greater than or equal to (?P<min>\S+)\.",
        "too_small",
        "不能小于 {min}。",
        "At least {min}.",
    ),
    _wording(
        r"Must be less than or equal to (?P<max>\S+)\.",
        "too_big",
        "不能大于 {max}。",
        "At most {max}.",
    ),
    _wording(r"Must be .*(?:greater|less) than .*", "range", "超出范围。", "Out of range."),
    _wording(
        r"(?:Must be one of: (?P<choices>.*)\.|Not a valid choice\.)",
        "choice",
        "不在可选值之列。",
        "Not one of the values to choose from.",
    ),
    _wording(
        r"One or more of the choices you made was not in: .*",
        "choice",
        "含有可选值以外的内容。",
        "Not all are among the values to choose from.",
    ),
    _wording(
        r"One or more of the choices you made was in: .*",
        "choice",
        "含有不允许的值。",
        "Some values are not allowed.",
    ),
    _wording(
        r"String does not match expected pattern\.", "pattern", "格式不符。", "Not in that form."
    ),
    _wording(r"Not a valid string\.", "type", "应为文字。", "Must be text."),
    _wording(r"Not a valid utf-8 string\.", "type", "应为 UTF-8 文字。", "Must be UTF-8 text."),
    _wording(r"Not a valid integer\.", "type", "应为整数。", "Must be a whole number."),
    _wording(r"Not a valid number\.", "type", "应为数字。", "Must be a number."),
    _wording(r"Number too large\.", "too_big", "数字过大。", "The number is too large."),
    _wording(
        r"Special numeric values \(nan or infinity\) are not permitted\.",
        "type",
        "应为普通数字。",
        "Must be an ordinary number.",
    ),
    _wording(r"Not a valid boolean\.", "type", "应为 true 或 false。", "Must be true or false."),
    _wording(r"Not a valid date\.", "date", "不是有效日期。", "Not a valid date."),
    _wording(
        r"(?:Not a valid (?:naive |aware )?(?:datetime|time|date)\.|"
        r".* cannot be formatted as a (?:date|time|datetime|timedelta)\.)",
        "time",
        "不是带时区的有效时间。",
        "Not a valid time with its zone.",
    ),
    _wording(r"Not a valid period of time\.", "time", "不是有效时长。", "Not a valid duration."),
    _wording(r"Not a valid list\.", "type", "应为列表。", "Must be a list."),
    _wording(r"Not a valid tuple\.", "type", "应为定长列表。", "Must be a list of that length."),
    _wording(
        r"(?:Not a valid mapping type|Invalid input type|Invalid type)\.",
        "type",
        "类型不对。",
        "Not of that type.",
    ),
    _wording(r"Not a valid UUID\.", "type", "不是有效的 UUID。", "Not a valid UUID."),
    _wording(r"Not a valid URL\.", "url", "不是有效网址。", "Not a valid address."),
    _wording(r"Not a valid email address\.", "email", "不是有效邮箱。", "Not a valid e-mail."),
    _wording(
        r"Not a valid IP(?:v[46])? (?:address|interface)\.", "ip", "不是有效 IP。", "Not an IP."
    ),
    _wording(r"Must be equal to (?P<other>.*)\.", "equal", "应等于 {other}。", "Must be {other}."),
    _wording(r"Not a valid file\.", "file", "应为文件。", "Must be a file."),
    _wording(r"(?:Invalid value|Invalid input)\.", "invalid", "不符合要求。", "Not acceptable."),
)


def worded(message: str, *, english: bool) -> tuple[str, str]:
    """The code and the sentence for one of marshmallow's messages."""
    for wording in WORDINGS:
        if match := wording.pattern.match(message):
            return wording.code, (wording.en if english else wording.zh).format(**match.groupdict())
    return "invalid", message


def complaints(messages: Mapping[str, Any], *, english: bool) -> list[dict[str, str]]:
    """Flatten webargs' messages into the `errors` of a problem.

    What is wrong in the body is pointed at by a JSON pointer (RFC 6901), what is wrong
    elsewhere by the parameter's name. Nobody mends more than `MOST` at a time, and nobody makes
    this process write a book about one small body.
    """
    found: list[dict[str, str]] = []
    for location, inside in messages.items():
        for path, message in islice(_leaves(inside, ()), MOST - len(found)):
            code, detail = worded(message, english=english)
            where = (
                {"pointer": pointer(path)}
                if location in {"json", "form", "files", "json_or_form"}
                else {"parameter": ".".join(map(str, path)) or location}
            )
            found.append({**where, "code": code, "detail": detail, "severity": "error"})
    return found


def pointer(path: tuple[object, ...]) -> str:
    """A JSON pointer: each step escaped, an empty path meaning the whole body."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path)


def _leaves(inside: Any, path: tuple[object, ...]) -> Iterator[tuple[tuple[object, ...], str]]:
    if isinstance(inside, Mapping):
        for key, deeper in inside.items():
            yield from _leaves(deeper, path if key == "_schema" else (*path, key))
    elif isinstance(inside, list):
        for deeper in inside:
            yield from _leaves(deeper, path)
    else:
        yield path, str(inside)

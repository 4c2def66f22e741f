"""Nothing newer than PostgreSQL 15: who brings a server of their own may bring an old one.

The embedded server is newer, so a test would not notice. Python is read as a syntax tree: only
texts that are handed to somebody count, not docstrings; of code, only what makes SQL.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import PurePath

from checks import Finding

WHERE = ("services/", "notifications/", "migrations/", "api/", "jiantong/")
KINDS = (".py", ".sql", ".mako")

FUNCTIONS: dict[str, int] = {
    "any_value": 16,
    "array_sample": 16,
    "array_shuffle": 16,
    "date_add": 16,
    "date_subtract": 16,
    "erf": 16,
    "erfc": 16,
    "json_array": 16,
    "json_arrayagg": 16,
    "json_objectagg": 16,
    "pg_input_error_info": 16,
    "pg_input_is_valid": 16,
    "random_normal": 16,
    "json_exists": 17,
    "json_query": 17,
    "json_scalar": 17,
    "json_serialize": 17,
    "json_table": 17,
    "json_value": 17,
    "merge_action": 17,
    "pg_basetype": 17,
    "to_bin": 17,
    "to_oct": 17,
    "unicode_assigned": 17,
    "uuid_extract_timestamp": 17,
    "uuid_extract_version": 17,
    "xmltext": 17,
    "array_reverse": 18,
    "array_sort": 18,
    "casefold": 18,
    "crc32": 18,
    "crc32c": 18,
    "gamma": 18,
    "lgamma": 18,
    "uuidv4": 18,
    "uuidv7": 18,
}
"""The functions that PostgreSQL has only had since a version after 15."""

_ANY = r"[^;]*?"
PHRASES: tuple[tuple[str, int], ...] = (
    (r"\bIS\s+(?:NOT\s+)?JSON\b", 16),
    (r"\bJSON_OBJECT\s*\([^)]*(?::|\bVALUE\b|\bRETURNING\b)", 16),
    (r"\bSYSTEM_USER\b", 16),
    (r"\bGRANT\b" + _ANY + r"\bWITH\s+(?:INHERIT|SET)\b", 16),
    (r"\bSTORAGE\s+DEFAULT\b", 16),
    (r"\bMERGE\s+INTO\b" + _ANY + r"\bRETURNING\b", 17),
    (r"\bNOT\s+MATCHED\s+BY\s+(?:SOURCE|TARGET)\b", 17),
    (r"\bAT\s+LOCAL\b", 17),
    (r"\bSET\s+EXPRESSION\s+AS\b", 17),
    (r"\bON_ERROR\b", 17),
    (r"\bGRANT\s+(?:\w+\s*,\s*)*MAINTAIN\b", 17),
    (r"\btransaction_timeout\b", 17),
    (r"\bRETURNING\b" + _ANY + r"\b(?:OLD|NEW)\s*\.", 18),
    (r"\bRETURNING\s+WITH\s*\(", 18),
    (r"\bWITHOUT\s+OVERLAPS\b", 18),
    (r"\bPERIOD\s+\w+\s*\)", 18),
    (r"\bNOT\s+ENFORCED\b", 18),
    (r"\bGENERATED\s+ALWAYS\s+AS\s*\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)(?!\s*STORED)", 18),
    (r"\bADD\s+CONSTRAINT\s+\w+\s+NOT\s+NULL\b", 18),
)
"""What PostgreSQL has only understood since a version after 15."""

_CALLS = re.compile(rf"(?<![\w.])(?P<name>{'|'.join(FUNCTIONS)})\s*\(", re.IGNORECASE)
_PHRASES = tuple((re.compile(phrase, re.IGNORECASE), since) for phrase, since in PHRASES)
_SPEAKS_SQL = re.compile(
    r"\b(?:SELECT|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|MERGE\s+INTO|CREATE|ALTER"
    r"|GRANT|SET|COPY|CHECK|CONSTRAINT|FOREIGN\s+KEY|RETURNING|GENERATED|EXCLUDE|UNIQUE"
    r"|PRIMARY\s+KEY|WHERE|CASE\s+WHEN)\b",
    re.IGNORECASE,
)


def findings(path: str, text: str) -> Iterator[Finding]:
    """Everything in one file that a PostgreSQL 15 would not understand."""
    if not path.startswith(WHERE) or PurePath(path).suffix not in KINDS:
        return
    if not path.endswith(".py"):
        yield from _in_sql(path, text, 1)
        return
    tree = ast.parse(text, path)
    docstrings = set(_docstrings(tree))
    generated = _names_of_generated_columns(tree)
    inside = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        for part in ast.walk(node)
        if part is not node
    }
    for node in ast.walk(tree):
        if id(node) in inside:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if id(node) not in docstrings:
                yield from _in_sql(path, node.value, node.lineno)
        elif isinstance(node, ast.JoinedStr):
            parts = (p.value if isinstance(p, ast.Constant) else "x" for p in node.values)
            yield from _in_sql(path, "".join(map(str, parts)), node.lineno)
        elif isinstance(node, ast.Call):
            yield from _in_call(path, node, generated)


def _in_sql(path: str, text: str, line: int) -> Iterator[Finding]:
    for match in _CALLS.finditer(text):
        name = match["name"].lower()
        yield _newer(path, line + text.count("\n", 0, match.start()), f"{name}()", FUNCTIONS[name])
    if not _SPEAKS_SQL.search(text):
        return
    for pattern, since in _PHRASES:
        for match in pattern.finditer(text):
            shown = " ".join(match.group().split())
            yield _newer(path, line + text.count("\n", 0, match.start()), shown, since)


def _in_call(path: str, call: ast.Call, generated: set[str]) -> Iterator[Finding]:
    """`func.uuidv7()` and `Computed(..., persisted=False)`."""
    called = call.func
    if isinstance(called, ast.Attribute) and called.attr.lower() in FUNCTIONS:
        owner = called.value
        owner_name = owner.id if isinstance(owner, ast.Name) else getattr(owner, "attr", "")
        if owner_name == "func":
            name = called.attr.lower()
            yield _newer(path, call.lineno, f"func.{name}()", FUNCTIONS[name])
    if ast.unparse(called) in generated and not any(
        word.arg == "persisted" and isinstance(word.value, ast.Constant) and word.value.value
        for word in call.keywords
    ):
        yield _newer(path, call.lineno, "a generated column without persisted=True", 18)


def _newer(path: str, line: int, shown: str, since: int) -> Finding:
    return Finding(path, line, f"PostgreSQL 15 does not know this (it came with {since})", shown)


def _names_of_generated_columns(tree: ast.Module) -> set[str]:
    """What SQLAlchemy's `Computed` is called in this module."""
    names = {"sa.Computed", "sqlalchemy.Computed"}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy"):
            names |= {a.asname or a.name for a in node.names if a.name == "Computed"}
    return names


def _docstrings(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield id(node.value)

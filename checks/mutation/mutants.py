"""Every small mistake that can be made in the functions of a module, one at a time."""

import ast
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Put = Callable[[ast.AST], None]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One mistake: in which function, what stands there, what stands there instead."""

    module: str
    function: str
    line: int
    right: str
    wrong: str
    nth: int
    """The same mistake can be made in several places of one function."""
    site: "Site"

    @property
    def name(self) -> str:
        """The same in every run, as long as the function stays as it is."""
        nth = f" ({self.nth})" if self.nth > 1 else ""
        return f"{self.module}.{self.function}: {self.right} → {self.wrong}{nth}"


@dataclass(frozen=True, slots=True)
class Site:
    """A place in the tree, and what is put there."""

    put: Put
    right: ast.AST
    wrong: ast.AST

    def make(self) -> None:
        """Make the mistake, in the tree that was read."""
        self.put(self.wrong)

    def unmake(self) -> None:
        """Put right what was wrong."""
        self.put(self.right)


def mutants_of(module: str, tree: ast.Module) -> Iterator[Mutant]:
    """Every mutant of a module, in the order of its lines."""
    seen: Counter[tuple[str, str, str]] = Counter()
    for function, site in _in_module(tree, ""):
        ast.fix_missing_locations(ast.copy_location(site.wrong, site.right))
        right, wrong = _shown(site.right), _shown(site.wrong)
        if right == wrong:
            continue
        seen[function, right, wrong] += 1
        placed = site.right.target if isinstance(site.right, ast.comprehension) else site.right
        line = getattr(placed, "lineno", 0)
        yield Mutant(module, function, line, right, wrong, seen[function, right, wrong], site)


def _in_module(node: ast.AST, inside: str) -> Iterator[tuple[str, Site]]:
    """The functions of a module or a class; what stands outside of them is left alone."""
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.ClassDef(name=name):
                yield from _in_module(child, f"{inside}{name}.")
            case ast.FunctionDef() | ast.Lambda():
                yield from _in_function(child, inside)
            case _:
                yield from _in_module(child, inside)


def _in_function(function: ast.FunctionDef | ast.Lambda, inside: str) -> Iterator[tuple[str, Site]]:
    if isinstance(function, ast.Lambda):
        name, body = f"{inside}<lambda>", _in_field(function, "body")
        yield name, Site(body, function.body, ast.Constant(None))
        yield from _in_node(function.body, body, name)
        return
    documented = ast.get_docstring(function) is not None
    for at, statement in enumerate(function.body):
        if at or not documented:
            put = _in_list(function.body, at)
            yield from _in_node(statement, put, f"{inside}{function.name}")


def _in_node(node: ast.AST, put: Put, name: str) -> Iterator[tuple[str, Site]]:
    for inner, where in _walk(node, put):
        if isinstance(inner, ast.FunctionDef | ast.Lambda):
            yield from _in_function(inner, f"{name}.<locals>.")
        else:
            for mutation in _MUTATIONS:
                for wrong in mutation(inner):
                    yield name, Site(where, inner, wrong)


_NO_LOGIC = frozenset({"annotation", "decorator_list", "returns", "format_spec", "type_comment"})
"""Types and decorators are for the type checker; a function's own are not looked at."""


def _walk(node: ast.AST, put: Put) -> Iterator[tuple[ast.AST, Put]]:
    """A node and all below it, each with the way to put something in its place.

    A function within is named only: what is below it belongs to it.
    """
    yield node, put
    if isinstance(node, ast.FunctionDef | ast.Lambda):
        return
    for field, value in ast.iter_fields(node):
        if field in _NO_LOGIC:
            continue
        if isinstance(value, ast.AST):
            yield from _walk(value, _in_field(node, field))
        elif isinstance(value, list):
            for at, one in enumerate(value):
                if isinstance(one, ast.AST):
                    yield from _walk(one, _in_list(value, at))


def _in_field(node: ast.AST, field: str) -> Put:
    return lambda wrong: setattr(node, field, wrong)


def _in_list(nodes: list[Any], at: int) -> Put:
    return lambda wrong: nodes.__setitem__(at, wrong)


def _shown(node: ast.AST) -> str:
    """A node in one line; of a statement with a body only its head."""
    if isinstance(node, ast.Match):
        cases = ", ".join(ast.unparse(case.pattern) for case in node.cases)
        return f"match {ast.unparse(node.subject)}: {cases}"
    text = ast.unparse(node)
    return " ".join((text.splitlines()[0] if isinstance(node, ast.If) else text).split())


# The mistakes


def _constant(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Constant(value=bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(value=int() as value):
            yield ast.Constant(value + 1)
        case ast.Constant(value=str() as value):
            yield ast.Constant(f"XX{value}XX")


def _assigned(node: ast.AST) -> Iterator[ast.AST]:
    """A value is not kept."""
    match node:
        case ast.Assign(targets=targets, value=value) if not isinstance(targets[0], ast.Tuple):
            yield ast.Assign(targets, _nothing(value))
        case ast.AnnAssign(target=target, annotation=annotation, value=ast.expr() as value):
            yield ast.AnnAssign(target, annotation, _nothing(value), node.simple)
        case ast.AugAssign(target=target, op=op, value=value):
            yield ast.Assign([target], value)
            if type(op) in _ARITHMETIC:
                yield ast.AugAssign(target, _ARITHMETIC[type(op)](), value)


def _nothing(value: ast.expr) -> ast.expr:
    is_none = isinstance(value, ast.Constant) and value.value is None
    return ast.Constant("" if is_none else None)


def _called(node: ast.AST) -> Iterator[ast.AST]:
    """An argument is nothing, or is left out."""
    if not isinstance(node, ast.Call):
        return
    many = len(node.args) + len(node.keywords) > 1
    for at, argument in enumerate(node.args):
        if isinstance(argument, ast.Starred):
            continue
        before, after = node.args[:at], node.args[at + 1 :]
        if not (isinstance(argument, ast.Constant) and argument.value is None):
            yield ast.Call(node.func, [*before, ast.Constant(None), *after], node.keywords)
        if many:
            yield ast.Call(node.func, [*before, *after], node.keywords)
    for at, named in enumerate(node.keywords):
        others, rest = node.keywords[:at], node.keywords[at + 1 :]
        if named.arg is not None:
            nothing = ast.keyword(named.arg, ast.Constant(None))
            yield ast.Call(node.func, node.args, [*others, nothing, *rest])
            if many:
                yield ast.Call(node.func, node.args, [*others, *rest])


def _unary(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
            yield operand


_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}


def _operated(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
            yield ast.BinOp(left, _ARITHMETIC[type(op)](), right)
        case ast.BoolOp(op=ast.And(), values=values):
            yield ast.BoolOp(ast.Or(), values)
        case ast.BoolOp(op=ast.Or(), values=values):
            yield ast.BoolOp(ast.And(), values)
        case ast.Compare(left=left, ops=ops, comparators=comparators):
            for at, compared in enumerate(ops):
                other = [*ops[:at], _COMPARISONS[type(compared)](), *ops[at + 1 :]]
                yield ast.Compare(left, other, comparators)


def _decided(node: ast.AST) -> Iterator[ast.AST]:
    """A condition always holds, or never; a case is forgotten."""
    match node:
        case ast.IfExp(body=body, orelse=orelse):
            yield body
            yield orelse
        case ast.If(test=test, body=body, orelse=orelse):
            for never in (ast.Constant(value=False), ast.Constant(value=True)):
                if not isinstance(test, ast.Constant):
                    yield ast.If(never, body, orelse)
        case ast.Match(subject=subject, cases=cases) if len(cases) > 1:
            for at, case in enumerate(cases):
                if not isinstance(case.body[0], ast.Pass):
                    yield ast.Match(subject, [*cases[:at], *cases[at + 1 :]])
        case ast.comprehension(target=target, iter=iterated, ifs=ifs) if ifs:
            yield ast.comprehension(target, iterated, [], node.is_async)


def _skipped(node: ast.AST) -> Iterator[ast.AST]:
    """A statement is not reached, or does not do what it did."""
    match node:
        case ast.Expr(value=ast.Call() | ast.Yield() | ast.YieldFrom()):
            yield ast.Pass()
        case ast.Return(value=ast.expr() as value):
            yield ast.Return(_nothing(value))
        case ast.Raise():
            yield ast.Pass()
        case ast.Continue():
            yield ast.Break()
        case ast.Break():
            yield ast.Continue()


def _renamed(node: ast.AST) -> Iterator[ast.AST]:
    """The other end of a text, or the other end of a row of values."""
    match node:
        case ast.Attribute(value=value, attr="removesuffix"):
            yield ast.Attribute(value, "removeprefix", ast.Load())
        case ast.Name(id="min"):
            yield ast.Name("max", ast.Load())
        case ast.Name(id="max"):
            yield ast.Name("min", ast.Load())
        case ast.Name(id="any"):
            yield ast.Name("all", ast.Load())
        case ast.Name(id="all"):
            yield ast.Name("any", ast.Load())


_MUTATIONS = (_constant, _assigned, _called, _unary, _operated, _decided, _skipped, _renamed)

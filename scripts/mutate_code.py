"""Every small way to break a module: what ``mutate.py`` puts to the tests, one at a time.

A mutant is one changed node inside one top-level statement. Sentences are left alone (whether words read well
is not what these tests are for), and so are annotations, decorators, docstrings, members of enums and fields
that begin empty.
"""

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FLIPS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
SWAPS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
CALLS = {"min": "max", "max": "min", "any": "all", "all": "any"}
SKIPPED_FIELDS = {"annotation", "returns", "decorator_list", "bases", "type_params"}
DROPPED = (ast.Expr, ast.AugAssign, ast.Raise, ast.Continue, ast.Break, ast.If, ast.For, ast.While)
TYPE_NODES = (
    *(ast.Subscript, ast.BinOp, ast.BitOr, ast.Name, ast.Tuple, ast.Attribute, ast.Load),
    *(ast.Constant, ast.List),
)
TESTS = {"test", "ifs", "values"}


@dataclass(frozen=True)
class Mutant:
    """``top``: which statement of the module; ``place`` and ``way``: which node of it, and which change."""

    path: Path
    top: int
    place: int
    way: int
    line: int
    first: int
    last: int
    text: str
    change: str
    in_body: bool

    @property
    def name(self) -> str:
        return f"{self.path}:{self.line}: {self.change}"


@dataclass
class _Place:
    parent: ast.AST
    field: str
    index: int | None
    node: ast.AST
    statement: ast.stmt
    in_body: bool


def mutants_of(path: Path) -> list[Mutant]:
    source = path.read_text(encoding="utf-8")
    lines = source.splitlines()
    found = []
    for top, statement in enumerate(ast.parse(source).body):
        for number, place in enumerate(_places(statement)):
            for way, (change, _) in enumerate(_changes(place)):
                first, last = _span(place.statement)
                line = getattr(place.node, "lineno", first)
                text = lines[line - 1].strip()
                found.append(Mutant(path, top, number, way, line, first, last, text, change, place.in_body))
    return found


def broken_statement(mutant: Mutant) -> tuple[list[ast.stmt], ast.stmt]:
    """The module's statements as they are, and the mutant's one changed."""
    body = ast.parse(mutant.path.read_text(encoding="utf-8")).body
    statement = copy.deepcopy(body[mutant.top])
    place = list(_places(statement))[mutant.place]
    new = list(_changes(place))[mutant.way][1]
    if place.index is None:
        setattr(place.parent, place.field, new)
    elif new is None:
        del getattr(place.parent, place.field)[place.index]
        if isinstance(place.parent, ast.Dict):
            del place.parent.values[place.index]
    else:
        getattr(place.parent, place.field)[place.index] = new
    return body, ast.fix_missing_locations(statement)


def _span(statement: ast.stmt) -> tuple[int, int]:
    """The lines that are run when the statement itself is, without the block below it."""
    block = getattr(statement, "body", None)
    if isinstance(block, list) and block:
        return statement.lineno, max(statement.lineno, block[0].lineno - 1)
    return statement.lineno, statement.end_lineno or statement.lineno


def _places(statement: ast.stmt) -> Iterator[_Place]:
    if isinstance(statement, ast.Import | ast.ImportFrom | ast.If | ast.Expr):
        return
    if isinstance(statement, ast.Assign) and _names_types(statement):
        return
    yield from _within(statement, statement, False)


def _names_types(statement: ast.Assign) -> bool:
    """``Key = Literal[...]``, ``Answer = This | That``, ``__all__``: nothing that runs."""
    target = statement.targets[0]
    if isinstance(target, ast.Name) and target.id == "__all__":
        return True
    return isinstance(statement.value, ast.Subscript | ast.BinOp) and all(
        isinstance(node, TYPE_NODES) for node in ast.walk(statement.value)
    )


def _within(node: ast.AST, statement: ast.stmt, in_body: bool) -> Iterator[_Place]:
    is_enum = isinstance(node, ast.ClassDef) and any("Enum" in ast.unparse(b) for b in node.bases)
    for field, value in ast.iter_fields(node):
        if field in SKIPPED_FIELDS:
            continue
        children = value if isinstance(value, list) else [value]
        for index, child in enumerate(children):
            if not isinstance(child, ast.AST) or _docstring(node, field, index, child):
                continue
            if isinstance(node, ast.JoinedStr) and isinstance(child, ast.Constant):
                continue
            if isinstance(child, ast.keyword) and child.arg == "strict":
                continue
            if isinstance(child, ast.Call) and ast.unparse(child.func) == "TypeVar":
                continue
            if is_enum and isinstance(child, ast.Assign):
                continue
            if field == "value" and isinstance(node, ast.AnnAssign) and not in_body and _empty(child):
                continue
            at = child if isinstance(child, ast.stmt) else statement
            inside = in_body or (isinstance(node, ast.FunctionDef) and field == "body")
            yield _Place(node, field, index if isinstance(value, list) else None, child, at, inside)
            yield from _within(child, at, inside)


def _empty(node: ast.AST) -> bool:
    """What a field holds before anybody says anything: nought, nothing, no."""
    return isinstance(node, ast.Constant) and not node.value


def _docstring(node: ast.AST, field: str, index: int, child: ast.AST) -> bool:
    return (
        field == "body"
        and isinstance(child, ast.Expr)
        and isinstance(child.value, ast.Constant)
        and (child.value.value is ... or isinstance(child.value.value, str))
    )


def _changes(place: _Place) -> Iterator[tuple[str, Any]]:
    node = place.node
    if isinstance(node, ast.stmt):
        yield from _statement_changes(place, node)
    elif isinstance(node, ast.Compare):
        yield from _comparisons(node)
    elif isinstance(node, ast.BoolOp):
        yield from _conditions(node)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield f"{_short(node)} -> {_short(node.operand)}", node.operand
    elif isinstance(node, ast.BinOp) and type(node.op) in SWAPS:
        new = ast.BinOp(left=node.left, op=SWAPS[type(node.op)](), right=node.right)
        yield f"{_short(node)} -> {_short(new)}", new
    elif isinstance(node, ast.Constant):
        if not (isinstance(node.value, str) and _can_go(place)):
            yield from _constants(node)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
        new_call = ast.Call(
            func=ast.Name(CALLS[node.func.id], ast.Load()), args=node.args, keywords=node.keywords
        )
        yield f"{_short(node)} -> {CALLS[node.func.id]}", new_call
    if (
        place.field in TESTS
        and isinstance(node, ast.Call | ast.Name | ast.Attribute | ast.NamedExpr | ast.Subscript)
        and not isinstance(place.parent, ast.Dict)
    ):
        yield f"not {_short(node)}", ast.UnaryOp(op=ast.Not(), operand=node)
    if place.field == "ifs" and isinstance(place.parent, ast.comprehension):
        yield f"without if {_short(node)}", ast.Constant(True)
    if _can_go(place):
        yield f"without {_short(node)}", None


def _can_go(place: _Place) -> bool:
    """One of several members of a table of the module."""
    parent = place.parent
    if place.in_body or place.field not in ("elts", "keys") or isinstance(place.node, ast.Starred):
        return False
    whole = parent.keys if isinstance(parent, ast.Dict) else getattr(parent, "elts", [])
    return len(whole) > 1


def _statement_changes(place: _Place, node: ast.stmt) -> Iterator[tuple[str, Any]]:
    if place.index is None:
        return
    if isinstance(node, ast.Return) and node.value is not None:
        if not (isinstance(node.value, ast.Constant) and node.value.value is None):
            yield "return None", ast.Return(value=None)
        if isinstance(node.value, ast.Compare | ast.BoolOp | ast.UnaryOp):
            for one in (True, False):
                yield f"return {one}", ast.Return(value=ast.Constant(one))
    elif isinstance(node, DROPPED) and place.in_body:
        yield f"without {_short(node)}", ast.Pass()


def _comparisons(node: ast.Compare) -> Iterator[tuple[str, Any]]:
    for index, op in enumerate(node.ops):
        for other in FLIPS[type(op)]:
            ops = [other() if at == index else one for at, one in enumerate(node.ops)]
            new = ast.Compare(left=node.left, ops=ops, comparators=node.comparators)
            yield f"{_short(node)} -> {_short(new)}", new


def _conditions(node: ast.BoolOp) -> Iterator[tuple[str, Any]]:
    """One condition left out at a time: whoever notices each of these notices and/or too."""
    for index, value in enumerate(node.values):
        rest = [one for at, one in enumerate(node.values) if at != index]
        new = rest[0] if len(rest) == 1 else ast.BoolOp(op=node.op, values=rest)
        yield f"{_short(node)} without {_short(value)}", new


def _constants(node: ast.Constant) -> Iterator[tuple[str, Any]]:
    value = node.value
    if isinstance(value, bool):
        yield f"{value} -> {not value}", ast.Constant(not value)
    elif isinstance(value, int):
        # One less is what the flipped comparison beside it says.
        yield f"{value} -> {value + 1}", ast.Constant(value + 1)
    elif isinstance(value, float):
        yield f"{value} -> {value * 1.5 + 0.01}", ast.Constant(value * 1.5 + 0.01)
    elif isinstance(value, str) and value and " " not in value:
        yield f"{value!r} -> {value + '?'!r}", ast.Constant(value + "?")


def _short(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 60 else text[:57] + "..."

"""Puts a mutant into the running process: the objects stay the same ones, so whoever imported them has it."""

import ast
import functools
import sys
from types import FunctionType, ModuleType
from typing import Any

from mutate_code import Mutant, broken_statement


class CannotGraft(Exception):
    """The change makes an object that cannot take the old one's place."""


def graft(mutant: Mutant, module: ModuleType) -> None:
    """The module as the mutant has it, in this process, for good.

    Functions and methods get the new code; values are replaced wherever they were imported, and what the
    module made of them is made again. Caches are emptied.
    """
    body, statement = broken_statement(mutant)
    before = vars(module)
    names = dict(before)
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        statement.decorator_list = []
        _run(statement, names, mutant)
        _take(before[statement.name], names[statement.name])
    elif isinstance(statement, ast.ClassDef):
        _run(statement, names, mutant)
        _take_class(before[statement.name], names[statement.name])
    else:
        changed: set[str] = set()
        later = [one for one in body[mutant.top + 1 :] if isinstance(one, ast.Assign | ast.AnnAssign)]
        for one in [statement, *later]:
            if one is statement or changed & _read(one):
                _run(one, names, mutant)
                changed |= _written(one)
        for name in changed:
            _replace(name, before.get(name), names[name], module)
    _empty_caches(module)


def _run(statement: ast.stmt, names: dict[str, Any], mutant: Mutant) -> None:
    code = compile(ast.Module([statement], []), str(mutant.path), "exec", dont_inherit=True)
    exec(code, names)


def _read(statement: ast.stmt) -> set[str]:
    return {n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}


def _written(statement: ast.stmt) -> set[str]:
    return {n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def _function(thing: Any) -> FunctionType | None:
    if isinstance(thing, property):
        thing = thing.fget
    elif isinstance(thing, functools.cached_property):
        thing = thing.func
    elif isinstance(thing, staticmethod | classmethod):
        thing = thing.__func__
    while hasattr(thing, "__wrapped__"):
        thing = thing.__wrapped__
    return thing if isinstance(thing, FunctionType) else None


def _take(old: Any, new: Any) -> None:
    ours, theirs = _function(old), _function(new)
    if ours is None or theirs is None:
        raise CannotGraft
    try:
        ours.__code__ = theirs.__code__
    except ValueError as error:
        raise CannotGraft from error
    ours.__defaults__, ours.__kwdefaults__ = theirs.__defaults__, theirs.__kwdefaults__


def _take_class(old: type, new: type) -> None:
    for name, value in vars(new).items():
        mine = vars(old).get(name)
        if _function(value) and _function(mine):
            _take(mine, value)
        elif not name.startswith("__") and isinstance(value, int | float | str | tuple | frozenset):
            setattr(old, name, value)


def _replace(name: str, old: Any, new: Any, module: ModuleType) -> None:
    for other in list(sys.modules.values()):
        held = getattr(other, "__dict__", None) or {}
        if name in held and (held[name] is old or other is module):
            held[name] = new
    if not isinstance(old, FunctionType):
        module.__dict__[name] = new


def _empty_caches(module: ModuleType) -> None:
    for value in list(vars(module).values()):
        if hasattr(value, "cache_clear"):
            value.cache_clear()

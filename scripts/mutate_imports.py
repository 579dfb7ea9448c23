"""Which test files could notice a change of a module: those whose imports lead there."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "src"
TESTS = ROOT / "tests"
FOLLOWED = ("rebook.core", "rebook.packs")


def files_that_reach(modules: list[Path], folders: list[Path]) -> list[Path]:
    """Test files under ``folders`` that import one of ``modules``, by themselves or by what they import."""
    wanted = {module.resolve() for module in modules}
    files = [file for folder in folders for file in sorted(folder.rglob("test_*.py"))]
    return [file for file in files if wanted & _reached(file)]


def _reached(file: Path) -> set[Path]:
    seen: set[Path] = set()
    waiting = [file]
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen.add(one)
            waiting.extend(_imported(one))
    return seen


def imports_it(test: Path, module: Path) -> bool:
    """Whether the test file itself imports the module, and so may look at its values without running it."""
    return module.resolve() in _imported(test)


@cache
def _imported(file: Path) -> tuple[Path, ...]:
    names = []
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return tuple(found for name in names if (found := _file_of(name, file)))


def _file_of(name: str, importer: Path) -> Path | None:
    relative = Path(*name.split("."))
    if name.startswith("rebook"):
        bases = [SOURCES] if name.startswith(FOLLOWED) else []
    else:
        bases = [importer.parent, TESTS]
    for base in bases:
        for candidate in (base / relative.with_suffix(".py"), base / relative / "__init__.py"):
            if candidate.is_file():
                return candidate.resolve()
    return None

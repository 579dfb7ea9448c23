"""What the guards read: the files of the repository as git sees them, and their syntax trees."""

import ast
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class PythonFile:
    path: Path

    @property
    def name(self) -> str:
        return str(self.path.relative_to(REPOSITORY))

    @property
    def room(self) -> str:
        parts = self.path.relative_to(REPOSITORY / "src" / "rebook").parts
        return parts[0] if len(parts) > 1 else ""

    @cached_property
    def text(self) -> str:
        return self.path.read_text()

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, filename=self.name)

    def at(self, node: ast.AST) -> str:
        return f"{self.name}:{getattr(node, 'lineno', 1)}"

    def _origin(self, node: ast.ImportFrom) -> str:
        """The module imported from; a relative one is given in full."""
        if not node.level:
            return node.module or ""
        package = self.path.relative_to(REPOSITORY / "src").parts[: -node.level]
        return ".".join([*package, *([node.module] if node.module else [])])

    def imported(self) -> list[tuple[str, ast.AST]]:
        """Full dotted names of everything imported, with the node for its line number."""
        found: list[tuple[str, ast.AST]] = []
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found += [(alias.name, node) for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                found += [(f"{self._origin(node)}.{alias.name}", node) for alias in node.names]
        return found

    def names_used(self) -> list[tuple[str, ast.AST]]:
        """Dotted names as written (`datetime.now`), aliases resolved through this file's imports."""
        known = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                known |= {alias.asname: alias.name for alias in node.names if alias.asname}
            elif isinstance(node, ast.ImportFrom):
                known |= {
                    alias.asname or alias.name: f"{self._origin(node)}.{alias.name}" for alias in node.names
                }
        found = []
        for node in ast.walk(self.tree):
            name = _dotted(node)
            if name:
                first, dot, rest = name.partition(".")
                found.append((known.get(first, first) + dot + rest, node))
        return found


def _dotted(node: ast.AST) -> str | None:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = _dotted(node.value)
        return f"{before}.{node.attr}" if before else None
    return None


@pytest.fixture(scope="session")
def repository() -> Path:
    return REPOSITORY


@pytest.fixture(scope="session")
def tracked(repository: Path) -> list[Path]:
    """Every file in version control that is still there."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=repository, capture_output=True, text=True, check=False
    )
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    return [repository / name for name in listed.stdout.split("\0") if name and (repository / name).is_file()]


@pytest.fixture(scope="session")
def product() -> list[PythonFile]:
    """Every Python file of the product."""
    return [PythonFile(path) for path in sorted((REPOSITORY / "src" / "rebook").rglob("*.py"))]

"""Imports point down only: docs/architecture.md draws the layers, this test walks every import of the package."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
HEAVY = frozenset(
    {"numpy", "datasketch", "scipy", "numba", "pyarrow", "ray", "pandas", "rich", "vl_convert", "sqlite3", "redis"}
)

# Modules that are all about arrays: as heavy as numpy, and imported where they are used.
OF_ARRAYS = frozenset(
    {
        "facts",
        "stages.intake",
        "stages.large_text",
        "scan.batch",
        "scan.loops",
        "scan.phrase_loops",
        "scan.record_loops",
        "scan.set_loops",
        "scan.texts",
    }
)


@cache
def modules() -> dict[str, Path]:
    """The package's modules by their names inside it ("rules.repeated_block"; a package by its own name)."""
    package = ROOT / "corpuslint"
    found = {}
    for path in package.rglob("*.py"):
        parts = list(path.relative_to(package).with_suffix("").parts)
        if parts[-1] == "__init__":
            parts.pop()
        if parts and parts[-1] != "__main__":
            found[".".join(parts)] = path
    return found


@cache
def imports(module: str) -> frozenset[str]:
    """The modules of the package that a module imports anywhere in its code."""
    found = set()
    for node in ast.walk(ast.parse(modules()[module].read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{module} imports by a relative path"
            # `from corpuslint.sources import jsonl` means the module, `import Skip` a name in the package.
            names = [f"{node.module}.{alias.name}" for alias in node.names] + [str(node.module)]
        else:
            continue
        found |= {name.removeprefix("corpuslint.") for name in names if name.startswith("corpuslint.")}
    return frozenset(found & modules().keys()) - {module}


@cache
def reach(module: str) -> frozenset[str]:
    """Every module that a module imports, directly or through others."""
    seen: set[str] = set()
    pending = [module]
    while pending:
        for name in imports(pending.pop()) - seen:
            seen.add(name)
            pending.append(name)
    return frozenset(seen)


@cache
def layers() -> tuple[tuple[str, ...], ...]:
    """The drawn layers, the lowest first."""
    page = (ROOT / "docs/architecture.md").read_text("utf-8")
    drawing = re.search(r"<!-- layers:.*?```\n(.*?)```", page, re.DOTALL)
    assert drawing, "docs/architecture.md draws no layers"
    return tuple(tuple(line.split()) for line in reversed(drawing[1].strip().split("\n")))


def layer_of(module: str) -> int | None:
    """The number of the layer that names a module or a package around it."""
    for number, names in enumerate(layers()):
        if any(module == name or module.startswith(name + ".") for name in names):
            return number
    return None


@pytest.mark.parametrize("module", sorted(modules()))
def test_imports_point_down(module: str) -> None:
    own = layer_of(module)
    if own is not None:
        above = sorted(name for name in reach(module) if (layer_of(name) or 0) > own)
        assert not above, f"{module} reaches up to {', '.join(above)}"


def test_no_modules_import_each_other() -> None:
    """A package and its own modules may: it chooses among them."""
    knots = [
        f"{module} and {other}"
        for module in modules()
        for other in imports(module)
        if module < other and module in imports(other) and not other.startswith(module + ".")
    ]
    assert not knots


def test_rules_never_import_each_other() -> None:
    rules = {name for name in modules() if name.startswith("rules.")}
    assert not {f"{rule} imports {other}" for rule in rules for other in imports(rule) & rules}


@pytest.mark.parametrize("module", sorted(modules()))
def test_heavy_packages_are_imported_where_they_are_used(module: str) -> None:
    tree = ast.parse(modules()[module].read_text("utf-8"))
    heavy = set()
    # Only what runs at import counts: not what stands in a function or under TYPE_CHECKING.
    for node in tree.body:
        if isinstance(node, ast.Import):
            heavy |= {alias.name.split(".")[0] for alias in node.names} & HEAVY
        elif isinstance(node, ast.ImportFrom):
            heavy |= {str(node.module).split(".")[0]} & HEAVY
            names = {str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)}
            heavy |= {name.removeprefix("corpuslint.") for name in names} & OF_ARRAYS
    allowed = {"numpy", *OF_ARRAYS} if module in OF_ARRAYS else set()
    assert heavy <= allowed, f"{module} imports {', '.join(heavy - allowed)} before it is needed"


def test_the_loops_are_loaded_without_scipy() -> None:
    """It takes as long to import as numba does, and numba asks for it only to calculate with matrices."""
    pytest.importorskip("numba")
    code = (
        "import sys; from corpuslint.scan.compiled import compiled; import numpy as np; "
        "compiled().hash_runs(np.zeros(0, np.uint64), np.zeros(1, np.int64), np.zeros(0, np.uint64)); "
        "print([name for name in sys.modules if name.startswith('scipy')])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert found.stdout == "[]\n"


def test_the_drawing_has_every_package() -> None:
    packages = {name.split(".")[0] for name in modules() if "." in name}
    drawn = {name for names in layers() for name in names}
    assert packages <= drawn

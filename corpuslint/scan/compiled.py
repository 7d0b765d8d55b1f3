"""The loops of the scan as machine code, where numba is installed: the same source, the same bits, forty times faster.

Compiling takes some seconds, once on a machine: numba keeps the code beside the source or in the user's cache folder.
Loading it takes half a second, so that small input is not worth it. What the loops do stands in `loops`,
`phrase_loops`, `record_loops` and `set_loops`.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

WORTH_LOADING = 4 << 20  # bytes of input from which on loading compiled code pays
WORTH_COMPILING = 24 << 20  # the same where nothing was compiled before: a build that starts on a new machine


class Loops(NamedTuple):
    """The loops that are called from outside, by their names in the modules whose names end so."""

    find_lines: Callable[..., Any]
    hash_words: Callable[..., Any]
    hash_runs: Callable[..., Any]
    find_repeats: Callable[..., Any]
    hash_shingles: Callable[..., Any]
    sign: Callable[..., Any]
    hash_bands: Callable[..., Any]
    look_at_lines: Callable[..., Any]
    look_at_words: Callable[..., Any]
    part_records: Callable[..., Any]
    sift_records: Callable[..., Any]
    count_shared: Callable[..., Any]
    take_records: Callable[..., Any]
    take_texts: Callable[..., Any]


def is_worth_it(size: int) -> bool:
    """Say whether input of so many bytes is worth the compiled loops; once loaded, they cost nothing more."""
    if compiled.cache_info().currsize:
        return True
    if size < WORTH_LOADING:
        return False
    return size >= WORTH_COMPILING or any(Path(__file__).parent.glob("__pycache__/loops.*.nbi"))


def loaded() -> Loops | None:
    """Return the compiled loops where they are there already, for work that alone is not worth loading them."""
    return compiled() if compiled.cache_info().currsize else None


@cache
def compiled() -> Loops | None:
    """Return the compiled loops, the same ones each time; None where numba is missing or cannot keep its code."""
    try:
        with _without_scipy():
            import numba
            import numba.np.arraymath
            from numba.extending import register_jitable

        modules = _modules()
        for module in modules:
            for name, function in vars(module).items():
                if callable(function) and getattr(function, "__module__", "") == module.__name__ and name.islower():
                    register_jitable(function)
        jit = numba.njit(cache=True, nogil=True)
        return Loops(*(jit(function) for function in interpreted()))
    except (ImportError, RuntimeError):
        return None


@contextmanager
def _without_scipy() -> Iterator[None]:
    """Keep numba from importing scipy for linear algebra that nobody here calls: a fifth of what loading takes."""
    if "scipy" in sys.modules:
        yield
        return
    sys.modules["scipy"] = None  # type: ignore[assignment]  # how Python marks what must not be found
    try:
        yield
    finally:
        del sys.modules["scipy"]


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Let Ctrl-C wait until the loops are loaded: a compiler that is interrupted prints what was raised in it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def interpreted() -> Loops:
    """Return the loops as they stand: the interpreter runs them, for tests."""
    modules = _modules()
    return Loops(*(next(getattr(m, name) for m in modules if hasattr(m, name)) for name in Loops._fields))


def _modules() -> tuple[ModuleType, ...]:
    from corpuslint.scan import loops, phrase_loops, record_loops, set_loops

    return loops, phrase_loops, record_loops, set_loops

"""Puts fixed documents back into their files, each file whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from corpuslint.sources import SourceFile, container_for


def rewritten(file: SourceFile, texts: Mapping[int, str]) -> bytes:
    """Return a file's content with some of its documents changed, by record index."""
    return b"".join(container_for(file.path).rewrite(file, texts))


def replace_file(path: Path, content: bytes) -> None:
    """Replace a file's content atomically, its mode kept; raises OSError and leaves the old file then."""
    target = path.resolve()  # a symbolic link stays a link
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".corpuslint", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).chmod(target.stat().st_mode & 0o7777)
        Path(name).replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise

"""Writes corpuslint's own files (baseline, suppressions): each is either the old one or the new one at any instant.

The corpus itself is written elsewhere, with more care for what it was.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def write_own_file(file: Path, content: bytes) -> bool:
    """Replace or create a file atomically; return whether anything changed; raises OSError."""
    import tempfile  # most runs write none of these files, and it takes a fortieth of a start

    target = file.resolve()  # a symbolic link stays a link
    try:
        if target.read_bytes() == content:
            return False
        mode = target.stat().st_mode & 0o7777
    except FileNotFoundError:
        umask = os.umask(0)
        os.umask(umask)
        mode = 0o666 & ~umask
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).chmod(mode)
        Path(name).replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
    return True

"""Keys of the installation, kept as files that only its own account reads.

Several processes may start at once: a key appears whole under its name or not at all, and the
first one wins.
"""

import os
import secrets
from collections.abc import Callable
from pathlib import Path


def kept(folder: Path, name: str, make: Callable[[], bytes]) -> bytes:
    """The content of that file, made on first use."""
    path = folder / name
    if not path.exists():
        put(folder, name, make())
    return path.read_bytes()


def put(folder: Path, name: str, content: bytes) -> bool:
    """Lay a file there, for this account only; False where another process was faster."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = folder / f".{name}-{secrets.token_hex(8)}"
    draft.touch(mode=0o600)
    draft.write_bytes(content)
    try:
        os.link(draft, folder / name)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    return True

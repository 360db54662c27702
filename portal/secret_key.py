"""The demo's secret key. Production has its own in `SECRET_KEY`."""

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path


def kept_secret_key(path: Path) -> str:
    """The key in the file, which is made at the first call; only its owner can read it."""
    if not path.exists():
        _make(path)
    return path.read_text()


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=path.parent) as draft:  # mode 0600
        draft.write(secrets.token_urlsafe(50))
        draft.flush()
        # Web and worker may start at once: a link appears whole or not at all, and the first wins.
        with suppress(FileExistsError):
            os.link(draft.name, path)

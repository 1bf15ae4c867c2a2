"""Copies of the files that a bundle reads, so that a smoke test does not change repositories."""

import os
import shutil
import stat

from kaizen_schedule_core.repo.agent_files import AGENT_FOLDERS
from kaizen_schedule_core.repo.pointers import DOCUMENTS


def copy_repository(root: str, copy: str) -> None:
    """Copy the files that a bundle can read, unchanged, so that broken files are broken in the copy as well.

    The target of a symlink inside the repository is copied; other symlinks are copied as links. Raises OSError if the
    repository cannot be read.
    """
    os.makedirs(copy)
    for folder in AGENT_FOLDERS:
        if os.path.isdir(os.path.join(root, folder)):
            os.makedirs(os.path.dirname(os.path.join(copy, folder)), exist_ok=True)
    for name in (".kaizen", *AGENT_FOLDERS, *dict(DOCUMENTS).values()):
        path = name
        if name.endswith("/"):  # of a directory only its README is read
            path = f"{name}README.md"
            if os.path.isdir(os.path.join(root, name)):
                os.makedirs(os.path.join(copy, name), exist_ok=True)
        _copy(root, os.path.join(root, path), os.path.join(copy, path))


def _copy(root: str, source: str, target: str, inside: tuple[str, ...] = ()) -> None:
    """Copy one entry; `inside` are the directories being copied, so that links to them stay links."""
    if not os.path.lexists(source) or not os.path.isdir(os.path.dirname(target)):
        return
    if os.path.islink(source):
        real = os.path.realpath(source)
        if real in inside or not os.path.exists(real) or not real.startswith(os.path.realpath(root) + os.sep):
            os.symlink(os.readlink(source), target)
            return
        source = real
    mode = os.stat(source).st_mode
    if stat.S_ISDIR(mode):
        os.mkdir(target)
        for name in sorted(os.listdir(source)):
            real = os.path.realpath(source)
            _copy(root, os.path.join(source, name), os.path.join(target, name), (*inside, real))
    elif stat.S_ISREG(mode):
        shutil.copyfile(source, target)
    elif stat.S_ISFIFO(mode):
        os.mkfifo(target)

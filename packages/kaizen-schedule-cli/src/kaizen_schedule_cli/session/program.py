"""How the commands of a bundle start this program."""

import os
import shlex
import sys

from kaizen_schedule_core.commands import PROGRAM


def program_words(started: str) -> str:
    """Return shell words that start this program here: its name if the PATH finds it, or else as it was `started`."""
    folder, name = os.path.split(started)
    is_script = name == PROGRAM and os.access(started, os.X_OK)
    if not folder or not (is_script or started.endswith(os.path.join("kaizen_schedule_cli", "__main__.py"))):
        return PROGRAM
    import shutil

    found = shutil.which(PROGRAM)
    if found is not None and os.path.isabs(found) and (not is_script or os.path.samefile(found, started)):
        return PROGRAM
    if is_script:
        return shlex.quote(os.path.abspath(started))
    return f"{shlex.quote(sys.executable)} -m kaizen_schedule_cli"

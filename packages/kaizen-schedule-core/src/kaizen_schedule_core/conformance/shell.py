"""A real shell with a stub that prints its arguments, to check the quoting of commands."""

import os
import subprocess

_STUB = '#!/bin/sh\nfor word in "$@"; do printf \'%s\\0\' "$word"; done\n'


class Shell:
    """A shell that runs commands in a directory, with a stub of `kaizen-agentic` first in the PATH."""

    def __init__(self, here: str, stub_folder: str, *, timeout: float = 20.0) -> None:
        """Write the stub; `here` is the directory of the case, `timeout` in seconds applies to each command."""
        self.here = here
        self._timeout = timeout
        self._path = os.pathsep.join([stub_folder, os.environ.get("PATH", os.defpath)])
        os.makedirs(stub_folder)
        stub = os.path.join(stub_folder, "kaizen-agentic")
        with open(stub, "w", encoding="utf-8") as file:
            file.write(_STUB)
        os.chmod(stub, 0o755)  # noqa: S103 - in a folder that only this user can enter

    def arguments_of(self, command: str) -> list[str] | str:
        """Return the arguments with which the command runs kaizen-agentic, or a description of its failure."""
        try:
            done = subprocess.run(  # noqa: S603 - a shell is what is tried here
                ["/bin/sh", "-c", command],
                cwd=self.here,
                env={"PATH": self._path},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
                timeout=self._timeout,
            )
        except subprocess.TimeoutExpired:
            return f"a command that does not end: {command}"
        except (OSError, ValueError, UnicodeError) as error:
            return f"an invalid command ({error}): {command!r}"
        words = done.stdout.decode(errors="backslashreplace").split("\0")
        if words[-1] == "":  # each argument ends with NUL
            words.pop()
            if done.returncode == 0:
                return words
        stderr = done.stderr.decode(errors="backslashreplace").strip()
        return f"{words} with exit {done.returncode} ({stderr}): {command}"

"""Snippets on pages: their fenced blocks, the directives before them, and a shell that runs them like a reader.

A directive is an HTML comment on a separate line, which is not shown on the page:

    <!-- setup: repo -->          run the following blocks in a new folder with this set-up; see `SETUPS`
    <!-- setup: none, REASON -->  do not run the following blocks; commands and options are still checked
    <!-- not run: REASON -->      do not run the next block
    <!-- exit: 1 -->              the next block exits with this code
    <!-- varies: times -->        these parts of the next block's output vary; see `VARYING`
    <!-- problems: KZ203 -->      the next block is a manifest with exactly these errors and warnings

In a `console` block, each command starts with `$ `; other lines continue the command before them.

A block with a title is written to a file with this name. A block of text or JSON directly after a shell block is its
expected output; a line `...` in it matches any lines, and ` ...` at the end of a line matches the rest of the line.
"""

import os
import re
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
SHELL = frozenset({"sh", "bash", "shell", "console"})
OUTPUT = frozenset({"text", "json", "markdown", "yaml"})
FENCE = re.compile(r"^([ ]*)(```+|~~~+)([^\n`]*)\n(.*?)^\1\2[ ]*$", re.MULTILINE | re.DOTALL)
_PROMPT = re.compile(r"^\$ ", re.MULTILINE)
_DIRECTIVE = re.compile(r"^ *<!-- (setup|not run|exit|varies|problems): *(.*?) *-->$", re.MULTILINE)
_TIME = r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) )?\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?: ?[+-]\d\d:\d\d|Z)?)?"
VARYING = {"times": _TIME, "digests": r"\b[0-9a-f]{16,64}\b", "sizes": r"\b\d{4,6}\b"}
_GIT = {f"GIT_{who}_{what}": "demo@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


@dataclass(frozen=True, kw_only=True)
class Block:
    """A fenced block with its position and its directives."""

    page: Path
    line: int
    language: str
    title: str | None
    body: str
    follows: bool  # only blank lines and directives between the previous block and this one
    directives: dict[str, str] = field(default_factory=dict)

    @property
    def place(self) -> str:
        return f"{self.page}:{self.line}"


def blocks(page: Path) -> list[Block]:
    """Return the fenced blocks of a page, in order."""
    return list(parse(page, (ROOT / page).read_text(encoding="utf-8")))


def parse(page: Path, text: str) -> Iterator[Block]:
    """Yield the fenced blocks of a text. Raises ValueError for a directive without a block."""
    end = 0
    for match in FENCE.finditer(text):
        between = text[end : match.start()]
        directives = dict(_DIRECTIVE.findall(between))
        last = between.rstrip("\n").rpartition("\n\n")[2]
        stray = [name for name, _ in _DIRECTIVE.findall(between) if name != "setup" and f"<!-- {name}:" not in last]
        if stray:
            raise ValueError(f"{page}: the directive {stray[0]} has no block")
        info = match[3].strip()
        language = info.split(" ")[0]
        body = textwrap.dedent(match[4])
        if language == "console":
            if not body.startswith("$ "):
                raise ValueError(f"{page}: a console block must start with a command after `$ `")
            body = _PROMPT.sub("", body)
        title = re.search(r'title="([^"]+)"', info)
        yield Block(
            page=page,
            line=text.count("\n", 0, match.start()) + 1,
            language=language,
            title=title[1] if title else None,
            body=body,
            follows=end > 0 and not _DIRECTIVE.sub("", between).strip(),
            directives=directives,
        )
        end = match.end()


def _nothing(_: "Sandbox") -> None:
    """Leave the folder empty."""


def _repo(sandbox: "Sandbox") -> None:
    """Create a git repository named demo."""
    sandbox.shell("git init -q demo && cd demo")


def _opted_in(sandbox: "Sandbox") -> None:
    """Create a git repository named demo and run `schedule init`."""
    sandbox.shell("git init -q demo && cd demo && kaizen-agentic schedule init")


def _workspace(sandbox: "Sandbox") -> None:
    """Create a checkout with those files of this workspace that a runner needs."""
    checkout = sandbox.base / "kaizen-agentic"
    names = ("README.md", "CHANGELOG.md", "TODO.md", "tasks.py", ".gitignore")
    checkout.mkdir()
    for name in names:
        shutil.copyfile(ROOT / name, checkout / name)
    for folder in (".kaizen", "pilot-roster"):
        ignored = shutil.ignore_patterns("__pycache__", "*.lock", "summary.json")
        shutil.copytree(ROOT / folder, checkout / folder, ignore=ignored)
    sandbox.shell("cd kaizen-agentic && git init -q")


def _site(sandbox: "Sandbox") -> None:
    """Create a checkout like `_workspace`, with a roster in its root and a catalog."""
    _workspace(sandbox)
    sandbox.shell(
        "sed 's,local_path: \\([a-z]\\),local_path: pilot-roster/\\1,; s,local_path: \\.\\.,local_path: .,' "
        "pilot-roster/roster.yml > roster.yml; mkdir catalog; kaizen-agentic definitions sync catalog"
    )


SETUPS = {"empty": _nothing, "repo": _repo, "opted-in": _opted_in, "workspace": _workspace, "site": _site}


@dataclass(kw_only=True)
class Sandbox:
    """The terminal of a reader: `base` is shown as /srv; the current folder and exports are kept between scripts."""

    base: Path

    def set_up(self, name: str) -> None:
        """Create the folder with one of `SETUPS`."""
        self.base.mkdir(parents=True)
        (self.base.parent / "state").unlink(missing_ok=True)
        SETUPS[name](self)

    def folder(self) -> Path:
        """Return the current folder of the reader."""
        state = self.base.parent / "state"
        return (
            Path(state.read_text(encoding="utf-8").split("\n")[0].removeprefix("cd ")) if state.exists() else self.base
        )

    def untracked(self) -> set[str]:
        """Return the paths of files in Git repositories that Git does not know, except what opting in creates."""
        found: set[str] = set()
        for repository in self.base.glob("**/.git"):
            listed = ["git", "-C", str(repository.parent), "ls-files", "-z", "--others", "--exclude-standard"]
            paths = subprocess.run(listed, check=True, capture_output=True, text=True).stdout.split("\0")
            found |= {str(repository.parent / path) for path in paths if path and ".kaizen/" not in path}
        return found

    def shell(self, script: str, *, code: int = 0) -> str:
        """Run a script in the current folder and return its output. Raises AssertionError for another exit code."""
        state = self.base.parent / "state"
        keep = 'trap \'c=$?; { echo "cd $PWD"; export -p; } >"$_STATE"; exit $c\' EXIT'
        source = '[ -e "$_STATE" ] && . "$_STATE"\n' if state.exists() else ""
        environment = {
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
            "HOME": str(self.base.parent / "home"),
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
            "NO_COLOR": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "_STATE": str(state),
            **_GIT,
        }
        done = subprocess.run(
            ["bash", "-c", f"{source}{keep}\nset -eo pipefail\n{script}"],
            cwd=self.base,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == code, f"exit {done.returncode}, expected {code}:\n{script}\n{done.stdout}"
        return done.stdout.replace(str(self.base), "/srv")


def same(shown: str, printed: str, *, varies: str = "") -> bool:
    """Return whether the output matches the page, except for `...` and varying parts."""
    shown, printed = (_steady(text, varies) for text in (shown, printed))
    pattern = "".join(r"(?:.*\n)*?" if line == "..." else f"{_line(line)}\n" for line in shown.splitlines())
    return re.fullmatch(pattern, printed) is not None


def _line(shown: str) -> str:
    return re.escape(shown.removesuffix("...")) + ".*" if shown.endswith(" ...") else re.escape(shown)


def _steady(text: str, varies: str) -> str:
    """Return the text with everything replaced that depends on the machine or the day."""
    text = re.sub(r"tz database [\w.]+", "tz database (version)", text)
    for kind in filter(None, varies.split(", ")):
        text = re.sub(VARYING[kind], f"({kind})", text)
        text = re.sub(rf"\({kind}\) *", f"({kind}) ", text)
    lines = (line.rstrip() for line in text.strip("\n").splitlines())
    return "\n".join(lines) + "\n"

"""The examples of the registry of codes, run where they belong; an output is kept if it contains the code."""

from __future__ import annotations

import contextlib
import re
import shlex
import tempfile
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kaizen_activity_defs import check_definitions, weekly_definitions
from kaizen_schedule_cli.render.diagnostics import diagnostics_text
from kaizen_schedule_core import MANIFEST_PATH, Code, Diagnostic, KaizenError, RepositoryAgents, check_manifest
from kaizen_schedule_core.clock.cadence import CADENCES
from kaizen_schedule_core.diagnostics import has_errors
from kaizen_schedule_core.repo.paths import metrics_path

from reference.running import answer, run
from reference.tables import SOME_TIME

_AGENTS = "agents:\n  coach:\n    cadence: weekly"
# A fragment and the manifest around it: first the complete file, then deeper and deeper positions.
_FRAMES = (
    "{}",
    'version: "1"\n{}',
    f'version: "1"\n{{}}\n{_AGENTS}',
    f"{{}}\n{_AGENTS}",
    'version: "1"\nagents:\n  {}',
    'version: "1"\nagents:\n  coach:\n    {}',
    *(f'version: "1"\nagents:\n  coach:\n    cadence: {word}\n    {{}}' for word in CADENCES),
)
_SHOWN = MANIFEST_PATH
_ROSTER = 'version: "1"\nrepos:\n  - slug: demo\n    local_path: .\n'
_PLACE = "/srv/demo"
_DRAFT = "weekly-coach-orientation.md"
_DRAFT_KEY = re.compile(r"(condition|task_template|for_each|id): ")
# Needs a network, or contains a placeholder.
_NOT_RUN = re.compile(r"://|\bID\b")


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """An example as a page shows it: the wrong text, the output for it, and the right text.

    `wrong_lines` and `right_lines` are the lines of the example itself, from 1, if the page shows more around it.
    """

    wrong: str
    output: str
    right: str
    wrong_lines: tuple[int, int] | None = None
    right_lines: tuple[int, int] | None = None


def shown_example(code: Code) -> Shown | None:
    """Return the example with its output; None if it cannot be run or does not report its own code."""
    if re.match(r"(cd [\w.]+ && )?kaizen-agentic ", code.wrong):
        return None if _NOT_RUN.search(code.wrong) else _as_command(code)
    if code.id.startswith("KZ5"):
        return _as_definition(code) if _DRAFT_KEY.match(code.wrong) else None
    if "repos:" in code.wrong:
        return _in_repository(code, "roster.yml", ["roster", "resolve", "--roster", "roster.yml"])
    if code.id.startswith("KZ24"):
        return _in_repository(code, metrics_path("coach"), ["metrics", "show", "coach"])
    return _as_manifest(code)


def _as_manifest(code: Code) -> Shown | None:
    """Run the example in each frame; choose the one where `right` is valid and `wrong` has the fewest diagnostics."""
    found: list[tuple[bool, int, Shown]] = []
    for frame in _FRAMES:
        (wrong, wrong_lines), (right, right_lines) = _framed(frame, code.wrong), _framed(frame, code.right)
        printed, fixed = _check(wrong), _check(right)
        if code.id in {one.code for one in printed}:
            clean = not has_errors(fixed) and code.id not in {one.code for one in fixed}
            shown = Shown(
                wrong=wrong,
                output=diagnostics_text(printed),
                right=right if clean else code.right,
                wrong_lines=wrong_lines,
                right_lines=right_lines if clean else None,
            )
            found.append((not clean, len(printed), shown))
    return min(found, key=lambda one: one[:2])[2] if found else None


def _framed(frame: str, example: str) -> tuple[str, tuple[int, int] | None]:
    before = frame.partition("{}")[0]
    indent = len(before) - len(before.rstrip(" "))
    text = frame.replace("{}", textwrap.indent(example, " " * indent).lstrip(" "))
    first = before.count("\n") + 1
    return text, None if frame == "{}" else (first, first + example.count("\n"))


def _check(text: str) -> tuple[Diagnostic, ...]:
    try:
        checked = check_manifest(f"{text}\n".encode(), file=_SHOWN, agents=RepositoryAgents(None), now=SOME_TIME)
    except KaizenError as error:
        return error.diagnostics
    return checked.diagnostics


def _as_definition(code: Code) -> Shown | None:
    """Replace the line with the example's key in the weekly coach's draft, and check that."""
    [draft] = [one for one in weekly_definitions() if one.file.endswith(_DRAFT)]
    line = re.compile(rf"^( *){code.wrong.partition(':')[0]}: .*$", re.MULTILINE)

    def problems(example: str) -> list[Diagnostic]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, _DRAFT)
            path.write_text(line.sub(rf"\g<1>{example}", draft.text), encoding="utf-8")
            _, found = check_definitions([str(path)])
        return [one for one in found if one.code == code.id]

    found = problems(code.wrong)
    if not found or problems(code.right):
        return None
    shown = re.sub(r"\S*/(?=" + re.escape(_DRAFT) + ")", "", diagnostics_text(found))
    return Shown(wrong=code.wrong, output=shown, right=code.right)


def _in_repository(code: Code, file: str, command: list[str]) -> Shown | None:
    """Write the example to a file of a repository, and run the command that reads it."""
    with _demo(opted_in=True) as folder:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(f"{code.wrong}\n", encoding="utf-8")
        printed = run(command, folder).stderr.replace(str(folder), _PLACE)
    return Shown(wrong=code.wrong, output=printed, right=code.right) if f"[{code.id}]" in printed else None


def _as_command(code: Code) -> Shown | None:
    """Run the example in a repository that has opted in; if its code is not printed, in one that has not."""
    place, _, command = code.wrong.rpartition(" && ")
    words = shlex.split(command, comments=True)[1:]
    for opted_in in (True, False):
        with _demo(opted_in=opted_in) as folder:
            done = run(words, folder / place.removeprefix("cd "))
            printed = (done.stderr or done.stdout).replace(str(folder), _PLACE)
        if f"[{code.id}]" in printed:
            return Shown(wrong=code.wrong, output=printed, right=code.right)
    return None


@contextlib.contextmanager
def _demo(*, opted_in: bool) -> Iterator[Path]:
    """Yield a repository with a subdirectory and a roster that lists it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve() / "demo"
        (folder / ".git").mkdir(parents=True)
        (folder / "docs").mkdir()
        (folder / "roster.yml").write_text(_ROSTER, encoding="utf-8")
        if opted_in:
            answer(["schedule", "init"], folder)
        yield folder

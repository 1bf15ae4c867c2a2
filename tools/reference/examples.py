"""The registry's examples, really run: each is put where it belongs, and kept if it shows its own code there."""

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
# A fragment and the manifest around it: the whole file first, then ever deeper places.
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
# What asks a network, or holds a word that stands for another: its output is that of one machine.
_NOT_RUN = re.compile(r"://|\bID\b")


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """An example as a page shows it: what was wrong, what was told of it, and the mend.

    `lines` are those of the example itself, counted from 1, where more stands around it.
    """

    wrong: str
    told: str
    right: str
    wrong_lines: tuple[int, int] | None = None
    right_lines: tuple[int, int] | None = None


def shown_example(code: Code) -> Shown | None:
    """The example where it shows its code; None where it cannot be run."""
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
    """In the frame where the mend is clean and the least else is told; a mend that fits nowhere stays as it is."""
    found: list[tuple[bool, int, Shown]] = []
    for frame in _FRAMES:
        (wrong, wrong_lines), (right, right_lines) = _framed(frame, code.wrong), _framed(frame, code.right)
        told, mended = _told(wrong), _told(right)
        if code.id in {one.code for one in told}:
            clean = not has_errors(mended) and code.id not in {one.code for one in mended}
            shown = Shown(
                wrong=wrong,
                told=diagnostics_text(told),
                right=right if clean else code.right,
                wrong_lines=wrong_lines,
                right_lines=right_lines if clean else None,
            )
            found.append((not clean, len(told), shown))
    return min(found, key=lambda one: one[:2])[2] if found else None


def _framed(frame: str, example: str) -> tuple[str, tuple[int, int] | None]:
    before = frame.partition("{}")[0]
    indent = len(before) - len(before.rstrip(" "))
    text = frame.replace("{}", textwrap.indent(example, " " * indent).lstrip(" "))
    first = before.count("\n") + 1
    return text, None if frame == "{}" else (first, first + example.count("\n"))


def _told(text: str) -> tuple[Diagnostic, ...]:
    try:
        checked = check_manifest(f"{text}\n".encode(), file=_SHOWN, agents=RepositoryAgents(None), now=SOME_TIME)
    except KaizenError as error:
        return error.diagnostics
    return checked.diagnostics


def _as_definition(code: Code) -> Shown | None:
    """In the weekly coach's draft, the line that has the example's key."""
    [draft] = [one for one in weekly_definitions() if one.file.endswith(_DRAFT)]
    line = re.compile(rf"^( *){code.wrong.partition(':')[0]}: .*$", re.MULTILINE)

    def told(example: str) -> list[Diagnostic]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, _DRAFT)
            path.write_text(line.sub(rf"\g<1>{example}", draft.text), encoding="utf-8")
            _, found = check_definitions([str(path)])
        return [one for one in found if one.code == code.id]

    found = told(code.wrong)
    if not found or told(code.right):
        return None
    shown = re.sub(r"\S*/(?=" + re.escape(_DRAFT) + ")", "", diagnostics_text(found))
    return Shown(wrong=code.wrong, told=shown, right=code.right)


def _in_repository(code: Code, file: str, command: list[str]) -> Shown | None:
    """As a file of a repository that a command reads."""
    with _demo(opted_in=True) as folder:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(f"{code.wrong}\n", encoding="utf-8")
        told = run(command, folder).stderr.replace(str(folder), _PLACE)
    return Shown(wrong=code.wrong, told=told, right=code.right) if f"[{code.id}]" in told else None


def _as_command(code: Code) -> Shown | None:
    """In a repository that has opted in, else in one that has not."""
    place, _, command = code.wrong.rpartition(" && ")
    words = shlex.split(command, comments=True)[1:]
    for opted_in in (True, False):
        with _demo(opted_in=opted_in) as folder:
            done = run(words, folder / place.removeprefix("cd "))
            told = (done.stderr or done.stdout).replace(str(folder), _PLACE)
        if f"[{code.id}]" in told:
            return Shown(wrong=code.wrong, told=told, right=code.right)
    return None


@contextlib.contextmanager
def _demo(*, opted_in: bool) -> Iterator[Path]:
    """A repository with a roster that lists it, and a folder below."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve() / "demo"
        (folder / ".git").mkdir(parents=True)
        (folder / "docs").mkdir()
        (folder / "roster.yml").write_text(_ROSTER, encoding="utf-8")
        if opted_in:
            answer(["schedule", "init"], folder)
        yield folder

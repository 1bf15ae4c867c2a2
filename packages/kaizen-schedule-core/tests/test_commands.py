"""The commands that others run, in a real shell."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kaizen_schedule_core import prepare_bundle
from kaizen_schedule_core.commands import prepare_command, session_close

HOSTILE = [
    *["plain", "with space", "two  spaces", " leading and trailing ", "it's", 'say "hi"'],
    *["a;touch pwned", "a && touch pwned", "a | b > c < d", "$HOME", "$(touch pwned)", "`touch pwned`"],
    *["-rf", "--target", "*", "?[a-z]{b,c}", "~root", "#hash", "!history!", "back\\slash"],
    *["gr\u00fc\u00dfe-\u6f22\u5b57-\U0001f642", "'; exit 7; '"],
]


@pytest.fixture(scope="module")
def stub(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A folder for the PATH with a kaizen-agentic that writes each argument and a NUL."""
    folder = tmp_path_factory.mktemp("stub")
    program = folder / "kaizen-agentic"
    program.write_text("#!/bin/sh\nprintf '%s\\0' \"$@\"\n")
    program.chmod(0o755)
    return str(folder)


def arguments_of(command: str, stub: str, cwd: str) -> list[str]:
    """What the program is called with when a real shell runs the command as it is."""
    environment = {"PATH": f"{stub}:/usr/bin:/bin", "HOME": "/missing", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(["sh", "-c", command], cwd=cwd, env=environment, capture_output=True, timeout=20, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout.decode().split("\0")[:-1]


def expected(agent: str, root: str) -> list[list[str]]:
    return [
        ["schedule", "prepare", agent, "--target", root],
        ["metrics", "record", agent, "--success", "--target", root],
        ["memory", "note", agent, "--text", "one line on what changed", "--target", root],
    ]


@pytest.mark.parametrize("component", HOSTILE, ids=range(len(HOSTILE)))
def test_the_commands_run_unchanged_for_a_hostile_root(tmp_path: Path, stub: str, component: str) -> None:
    root = f"/srv/{component}/repo {component}"
    commands = [prepare_command("keepaTodofile", root), *session_close("keepaTodofile", root)]
    assert [arguments_of(command, stub, str(tmp_path)) for command in commands] == expected("keepaTodofile", root)
    assert os.listdir(tmp_path) == []


@settings(max_examples=60)
@given(
    name=st.text(
        st.characters(exclude_categories=["C", "Zl", "Zp"], exclude_characters="/") | st.sampled_from("'\"\\$`; -"),
        min_size=1,
        max_size=30,
    )
)
def test_any_usable_root_comes_out_of_the_shell_as_it_went_in(stub: str, name: str) -> None:
    root = f"/srv/{name}/x"
    with tempfile.TemporaryDirectory() as folder:
        assert arguments_of(prepare_command("coach", root), stub, folder) == expected("coach", root)[0]


@pytest.mark.parametrize("component", HOSTILE, ids=range(len(HOSTILE)))
def test_the_commands_in_a_bundle_are_the_ones_that_run(tmp_path: Path, stub: str, component: str) -> None:
    root = tmp_path / component
    (root / ".kaizen").mkdir(parents=True)
    (root / ".kaizen" / "schedule.yml").write_text('version: "1"\nagents:\n  coach:\n    cadence: weekly\n')
    bundle = prepare_bundle(str(root), "coach")
    assert bundle.repo == component
    fence = "```sh\n" if "`" not in component else "sh\n"
    block = bundle.markdown.split("## Session close\n")[1].split(fence, 1)[1].rstrip("`\n")
    assert block.split("\n") == list(bundle.session_close)
    commands = [bundle.prepare_command, *bundle.session_close]
    assert [arguments_of(command, stub, str(tmp_path)) for command in commands] == expected("coach", str(root))
    assert os.listdir(tmp_path) == [component]


def test_a_plain_root_is_not_quoted() -> None:
    assert prepare_command("coach", "/srv/demo") == "kaizen-agentic schedule prepare coach --target /srv/demo"
    assert session_close("coach", "/srv/demo") == (
        "kaizen-agentic metrics record coach --success --target /srv/demo",
        "kaizen-agentic memory note coach --text 'one line on what changed' --target /srv/demo",
    )

"""Completion scripts: for the shell that is named, and without a home directory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Cli

SHELLS = {"bash": "complete -o default", "zsh": "#compdef kaizen-agentic", "fish": "complete --command kaizen-agentic"}


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_is_for_the_named_shell(cli: Cli, shell: str) -> None:
    ran = cli("--show-completion", shell)
    assert ran.code == 0
    assert SHELLS[shell] in ran.out


@pytest.mark.parametrize("option", ["--show-completion", "--install-completion"])
def test_an_unknown_shell_is_a_usage_error(cli: Cli, option: str) -> None:
    ran = cli(option, "ksh")
    assert (ran.code, ran.out) == (2, "")
    assert 'unknown shell "ksh"' in ran.err


def test_completion_is_installed_in_the_home_directory(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    ran = cli("--install-completion", "bash")
    assert ran.code == 0
    assert ".bash_completions" in (tmp_path / ".bashrc").read_text(encoding="utf-8")


def test_without_a_home_directory_installation_is_an_error(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", fail)
    ran = cli("--install-completion", "zsh")
    assert (ran.code, ran.out) == (4, "")
    assert "completion cannot be installed" in ran.err

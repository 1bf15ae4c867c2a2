"""Shell blocks on the site and in the READMEs run and print what the page shows; YAML and JSON blocks are valid."""

import json
import sys
from collections.abc import Iterator
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from kaizen_schedule_cli.app import app
from kaizen_schedule_core import RepositoryAgents, check_manifest
from kaizen_schedule_core.fleet.roster import roster_of

from tests.workspace.snippets import OUTPUT, ROOT, SETUPS, SHELL, Block, Sandbox, blocks, parse, same

PAGES = sorted(
    path.relative_to(ROOT)
    for where in ("*.md", "docs/**/*.md", "adr/*.md", "packages/*/README.md", "tools/*/README.md")
    for path in ROOT.glob(where)
    if path.name != "template.md"
)
# Generated pages. Their commands are the examples of --help, which are run below.
GENERATED = frozenset(
    Path("docs") / name
    for name in (
        "reference/cli.md",
        "reference/diagnostics.md",
        *(f"reference/diagnostics/{name}.md" for name in ("reading", "structure", "values", "roster", "definitions")),
        "reference/exit-codes.md",
        "integrations/activity-definitions/index.md",
        "integrations/activity-definitions/weekly-coach-orientation.md",
    )
)
WRITTEN = [page for page in PAGES if page not in GENERATED]


def sections(page: Path) -> list[tuple[str, list[Block]]]:
    """Return the blocks of a page, grouped by set-up; the blocks before the first set-up have none."""
    number, found = 0, []
    for block in blocks(page):
        number += "setup" in block.directives
        found.append((number, block))
    grouped = [[block for _, block in group] for _, group in groupby(found, key=lambda pair: pair[0])]
    return [(group[0].directives.get("setup", ""), group) for group in grouped]


def run_blocks(group: list[Block], sandbox: Sandbox, setup: str) -> Iterator[str]:
    """Run the blocks in order and yield the differences."""
    sandbox.set_up(setup)
    known = sandbox.untracked()
    printed: Block | None = None
    output = ""
    for block in group:
        if printed and block.follows and block.language in OUTPUT and not block.title:
            if not same(block.body, output, varies=block.directives.get("varies", "")):
                yield f"{block.place} shows\n{block.body}\nbut the output is\n{output}"
            printed = None
            continue
        printed = None
        if block.title:
            file = sandbox.folder() / block.title
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.body, encoding="utf-8")
            known.add(str(file))
        elif "not run" in block.directives:
            continue
        elif block.language in SHELL or block.language == "python":
            script = block.body if block.language in SHELL else f"{sys.executable} - <<'PYTHON'\n{block.body}PYTHON"
            try:
                output = sandbox.shell(script, code=int(block.directives.get("exit", "0")))
            except AssertionError as ended:
                yield f"{block.place}: {ended}"
            else:
                printed = block
    for path in sorted(sandbox.untracked() - known):
        yield f"{group[0].place}: {path} is neither ignored by Git nor outside of the repository"


def problems_of(block: Block) -> list[str]:
    """Return the problems of a JSON or YAML block: it cannot be parsed, or its manifest or roster is invalid."""
    try:
        if block.language == "json":
            json.loads(block.body)
            return []
        value = None if "problems" in block.directives else yaml.safe_load(block.body)
    except (ValueError, yaml.YAMLError) as error:
        return [f"{block.place}: {error}"]
    if "problems" in block.directives or (isinstance(value, dict) and "agents" in value):
        data = block.body.encode()
        checked = check_manifest(data, file=block.place, agents=RepositoryAgents(None), now=date(2026, 6, 17))
        wanted = sorted(filter(None, block.directives.get("problems", "").split(", ")))
        counted = {"error", "warning"} if wanted else {"error"}
        found = sorted({problem.code for problem in checked.diagnostics if problem.severity in counted})
        return [] if found == wanted else [f"{block.place}: found {found}, expected {wanted}"]
    if isinstance(value, dict) and any("slug" in entry for entry in value.get("repos", ())):
        entries = roster_of(value["repos"], source=block.place, base="/srv").entries
        return [f"{block.place}: {entry.problem}" for entry in entries if entry.problem]
    return []


@pytest.mark.parametrize("page", WRITTEN, ids=str)
def test_shell_blocks_run_and_print_what_is_shown(page: Path, tmp_path: Path) -> None:
    wrong: list[str] = []
    for number, (setup, group) in enumerate(sections(page)):
        name, _, reason = setup.partition(", ")
        if name in SETUPS:
            wrong += run_blocks(group, Sandbox(base=tmp_path / str(number) / "srv"), name)
            continue
        assert name in {"", "none"}, f"{group[0].place}: unknown set-up {name}"
        if not reason:
            wrong += [f"{block.place}: shell block without a set-up" for block in group if block.language in SHELL]
    assert not wrong, "\n\n".join(wrong)


@pytest.mark.parametrize("page", WRITTEN, ids=str)
def test_yaml_and_json_blocks_are_valid(page: Path) -> None:
    found = [block for block in blocks(page) if block.language in {"yaml", "json"}]
    assert [problem for block in found for problem in problems_of(block)] == []


def test_few_blocks_are_not_run_and_each_has_a_reason() -> None:
    left_out = {}
    total = 0
    for page in WRITTEN:
        for setup, group in sections(page):
            for block in group:
                if block.language not in SHELL:
                    continue
                total += 1
                reason = block.directives.get("not run", setup.partition(", ")[2])
                if reason or "not run" in block.directives:
                    left_out[block.place] = reason
    assert total >= 80, "too few shell blocks were found"
    assert len(left_out) <= total // 6, left_out
    assert all(len(reason.split()) >= 3 for reason in left_out.values()), left_out


def test_example_manifest_is_the_output_of_init(tmp_path: Path) -> None:
    sandbox = Sandbox(base=tmp_path / "srv")
    sandbox.set_up("opted-in")
    for name in ("schedule.yml", "schedule.schema.json"):
        example = (ROOT / "docs/examples/.kaizen" / name).read_text(encoding="utf-8")
        assert example == (sandbox.folder() / ".kaizen" / name).read_text(encoding="utf-8")


def test_every_example_in_help_runs(tmp_path: Path) -> None:
    sandbox = Sandbox(base=tmp_path / "srv")
    sandbox.set_up("site")
    sandbox.shell("mkdir -p services/web && cp -r .kaizen services/web/")
    agent_command = "#!/bin/sh\ncat > /dev/null\n"
    sandbox.shell(f"mkdir ../bin && printf '{agent_command}' > ../bin/claude && chmod +x ../bin/claude")
    sandbox.shell('export PATH="$PWD/../bin:$PATH"')
    for example, code in examples():
        sandbox.shell(example, code=code)


def examples() -> Iterator[tuple[str, int]]:
    """Yield the examples in --help, in order, with their exit code in the set-up `site`."""
    ends = {
        "schedule init": 1,  # the manifest exists
        "memory init": 1,  # the memory exists
        "roster status": 3,  # expected runs were not recorded
    }
    group: Any = typer.main.get_command(app)
    context = group.make_context("kaizen-agentic", [], resilient_parsing=True)
    for name in group.list_commands(context):
        commands = group.get_command(context, name)
        for word in commands.list_commands(context):
            example = commands.get_command(context, word).epilog.rpartition("\n  ")[2]
            yield example, ends.get(f"{name} {word}", 0)


FAILING = """<!-- setup: repo -->
```bash
kaizen-agentic schedule list
```
<!-- exit: 1 -->
```bash
kaizen-agentic schedule list
```
"""
SHOWING = """<!-- setup: empty -->
```bash
cd / && echo it is 2026-01-02 && cd -
```
```text
it is 2026-01-03
...
```
```bash
mkdir a && cd a
```
```text title="b/c.txt"
hello
```
```bash
export WHO=world
```
```console
$ pwd; cat b/c.txt
$ echo \
    $WHO
```
```text
/srv/a
hello
world
```
"""


def differences(text: str, tmp_path: Path, setup: str) -> list[str]:
    return list(run_blocks(list(parse(Path("page.md"), text)), Sandbox(base=tmp_path / "0" / "srv"), setup))


def test_failing_command_is_found(tmp_path: Path) -> None:
    first, second = differences(FAILING, tmp_path, "repo")
    assert first.startswith("page.md:2: exit 4, expected 0:")
    assert second.startswith("page.md:6: exit 4, expected 1:")


def test_wrong_output_is_found(tmp_path: Path) -> None:
    [wrong] = differences(SHOWING, tmp_path, "empty")
    assert wrong.startswith("page.md:5 shows\nit is 2026-01-03\n")
    assert "it is 2026-01-02" in wrong


def test_only_varying_parts_are_ignored() -> None:
    assert same("at 2026-01-03T09:00:00Z, 1\n", "at 2026-01-02T08:00:00Z, 1\n", varies="times")
    assert not same("at 2026-01-03T09:00:00Z, 1\n", "at 2026-01-02T08:00:00Z, 1\n")
    assert not same("at 2026-01-03T09:00:00Z, 1\n", "at 2026-01-02T08:00:00Z, 2\n", varies="times")
    assert not same("a\n...\n", "b\na\n")


def test_invalid_yaml_and_json_are_found() -> None:
    text = """
```yaml
version: "1"
agents: {coach: {cadence: weekley}}
```
```yaml
version: "1"
repos: [{slug: "-x"}]
```
```yaml
a: [
```
```json
{"a": }
```
<!-- problems: KZ203 -->
```yaml
version: "1"
agents: {coach: {cadence: weekly}}
```
<!-- problems: KZ203 -->
```yaml
version: "1"
agents: {coach: {cadence: weekley}}
```
"""
    *wrong, right = [problems_of(block) for block in parse(Path("page.md"), text)]
    assert [len(problems) for problems in wrong] == [1, 1, 1, 1, 1]
    assert right == []


def test_console_block_without_a_prompt_is_found() -> None:
    with pytest.raises(ValueError, match="must start with a command after"):
        list(parse(Path("page.md"), "```console\ntrue\n```\n"))


def test_directive_without_a_block_is_found() -> None:
    with pytest.raises(ValueError, match="the directive exit has no block"):
        list(parse(Path("page.md"), "<!-- exit: 1 -->\n\nProse.\n\n```bash\ntrue\n```\n"))

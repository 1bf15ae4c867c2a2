"""Files, commands, options and codes in the docs exist."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer
from kaizen_schedule_cli.app import app
from kaizen_schedule_core import CODES, manifest_schema
from kaizen_schedule_core.events import prepared_schema

from tests.workspace.snippets import FENCE, SHELL

ROOT = Path(__file__).parents[2]
SCHEMAS = {"schedule.schema.json": manifest_schema, "prepared-event.schema.json": prepared_schema}
PAGES = sorted(
    path.relative_to(ROOT)
    for path in (
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/**/*.md"),
        *ROOT.glob("adr/*.md"),
        *ROOT.glob("packages/*/README.md"),
        *ROOT.glob("tools/*/README.md"),
    )
    if path.is_file() and path.name != "template.md"
)
ALL_MARKDOWN = [*PAGES, *sorted(path.relative_to(ROOT) for path in ROOT.glob("packages/*/src/**/*.md"))]


def text_of(page: Path) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def shell_commands(text: str) -> list[list[str]]:
    """Return the kaizen-agentic commands in the fenced shell blocks, each as a list of words."""
    found = []
    for _, _, language, body in FENCE.findall(text):
        if (language.split() or [""])[0] not in SHELL:
            continue
        for line in body.replace("\\\n", " ").splitlines():
            lexer = shlex.shlex(line.removeprefix("$ "), posix=True, punctuation_chars="&|;<>")
            lexer.whitespace_split = True
            words: list[str] = []
            for word in [*lexer, ";"]:
                if set(word) <= set("&|;<>"):
                    if words and Path(words[0]).name == "kaizen-agentic":
                        found.append(words[1:])
                    words = []
                else:
                    words.append(word)
    return found


def inline_commands(text: str) -> list[list[str]]:
    """Return the kaizen-agentic commands in code spans."""
    prose = FENCE.sub("", text)
    spans = re.findall(r"`kaizen-agentic ([^`]+)`", prose)
    found = []
    for span in spans:
        words = shlex.split(span.replace("'...'", "x").replace("…", "x"))
        found.append(words)
    return found


def problem_of(words: list[str]) -> str | None:
    """Return what is wrong with a command, or None if it exists."""
    group: Any = typer.main.get_command(app)
    context = group.make_context("kaizen-agentic", [], resilient_parsing=True)
    command, rest = group, list(words)
    while hasattr(command, "get_command") and rest and not rest[0].startswith("-"):
        name = rest.pop(0)
        command = command.get_command(context, name)
        if command is None:
            return f"unknown command {name}"
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    known |= {"--help", "-h"}
    if "--" in rest:
        rest = rest[: rest.index("--")]
    options = [word.partition("=")[0] for word in rest if word.startswith("-") and word != "-"]
    return next((f"unknown option {option}" for option in options if option not in known), None)


def test_pages_are_found() -> None:
    assert len(PAGES) >= 20
    assert sum(len(shell_commands(text_of(page))) for page in PAGES) >= 20


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_relative_links_point_to_files(page: Path) -> None:
    prose = FENCE.sub("", text_of(page))
    links = re.findall(r"\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)", prose)
    broken = []
    for link in links:
        target = link.partition("#")[0]
        if re.match(r"[a-z]+:", link) or not target:
            continue
        if not (ROOT / page).parent.joinpath(target).exists():
            broken.append(link)
    assert broken == []


def slug(heading: str) -> str:
    """Return the default anchor of a heading."""
    return re.sub(r"[- ]+", "-", re.sub(r"[^\w\- ]", "", heading.lower()).strip())


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_anchors_point_to_headings(page: Path) -> None:
    prose = FENCE.sub("", text_of(page))
    missing = []
    for link in re.findall(r"\]\(([^)\s]*#[^)\s]+)\)", prose):
        target, _, anchor = link.partition("#")
        if re.match(r"[a-z]+:", link):
            continue
        file = (ROOT / page).parent / target if target else ROOT / page
        headings = re.findall(r"^#+ +(.*)$", FENCE.sub("", file.read_text(encoding="utf-8")), re.MULTILINE)
        slugs = [
            own[1] if (own := re.search(r"\{ #(\S+) \}$", heading)) else slug(heading)  # an explicit anchor
            for heading in headings
        ]
        if anchor not in slugs:
            missing.append(link)
    assert missing == []


@pytest.mark.parametrize("page", ALL_MARKDOWN, ids=str)
def test_commands_in_shell_blocks_exist(page: Path) -> None:
    wrong = {shlex.join(words): problem for words in shell_commands(text_of(page)) if (problem := problem_of(words))}
    assert wrong == {}


@pytest.mark.parametrize("page", ALL_MARKDOWN, ids=str)
def test_commands_in_prose_exist(page: Path) -> None:
    wrong = {shlex.join(words): problem for words in inline_commands(text_of(page)) if (problem := problem_of(words))}
    assert wrong == {}


@pytest.mark.parametrize("page", ALL_MARKDOWN, ids=str)
def test_codes_exist(page: Path) -> None:
    text = re.sub(r"\bKZ\d{3} to KZ\d{3}\b", "", text_of(page))  # a range includes codes that do not exist yet
    assert sorted(set(re.findall(r"\bKZ\d{3}\b", text)) - set(CODES)) == []


def test_checks_can_fail() -> None:
    assert problem_of(["schedule", "validate", "--target", "x"]) is None
    assert problem_of(["schedule", "valdate"]) == "unknown command valdate"
    assert problem_of(["schedule", "validate", "--tarket", "x"]) == "unknown option --tarket"
    text = "```sh\nx=1; .venv/bin/kaizen-agentic a b --c 'd e' && kaizen-agentic f | head\n```\n"
    assert shell_commands(text) == [["a", "b", "--c", "d e"], ["f"]]


def test_examples_in_help_exist() -> None:
    group: Any = typer.main.get_command(app)
    context = group.make_context("kaizen-agentic", [], resilient_parsing=True)
    seen = []
    for name in group.list_commands(context):
        commands = group.get_command(context, name)
        for word in commands.list_commands(context):
            epilog = commands.get_command(context, word).epilog
            assert epilog, f"{name} {word} must have an example"
            example = epilog.removeprefix("Example: ")
            found = shell_commands(f"```sh\n{example}\n```\n")
            assert found, epilog
            assert found[0][:2] == [name, word]
            assert [problem_of(words) for words in found] == [None] * len(found)
            seen.append(word)
    assert len(seen) >= 18


def test_exit_codes_page_lists_every_code() -> None:
    from kaizen_schedule_cli.exits import Exit

    page = text_of(Path("docs/reference/exit-codes.md"))
    for shape in (r"^\| \[(\d+)\]\(#exit-\1\) \|", r"^## Exit (\d+): .* \{ #exit-\1 \}$"):
        found = re.findall(shape, page, re.MULTILINE)
        assert [int(number) for number in found] == [int(code) for code in Exit]


def test_every_adr_is_in_the_index_and_on_the_site() -> None:
    numbers = sorted(path.name for path in ROOT.glob("adr/adr-*.md"))
    assert len(numbers) >= 9
    index, site = text_of(Path("adr/README.md")), (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    assert [name for name in numbers if f"({name})" not in index] == []
    assert [name for name in numbers if f"adr/{name}" not in site] == []


def test_published_schemas_match_the_models() -> None:
    published = {name: (ROOT / "docs" / name).read_text(encoding="utf-8") for name in SCHEMAS}
    assert published == {name: make() for name, make in SCHEMAS.items()}, "run invoke generate"

"""Reading and checking of manifests in real repositories."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from kaizen_schedule_core import (
    CODES,
    MANIFEST_PATH,
    CheckedManifest,
    Diagnostic,
    KaizenError,
    RepositoryAgents,
    check_manifest,
    load_manifest,
)

Refusal = Callable[[Callable[[], object]], Diagnostic]
HEAD = 'version: "1"\n'
COACH = "agents:\n  coach:\n    cadence: weekly\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "repo" / ".kaizen").mkdir(parents=True)
    return tmp_path / "repo"


def install(root: Path, name: str) -> None:
    (root / "agents").mkdir(exist_ok=True)
    text = f"---\nname: {name}\ndescription: Does something.\ncategory: test\n---\nDo it.\n"
    (root / "agents" / f"agent-{name}.md").write_text(text, encoding="utf-8")


def load(root: Path, text: str | None = None) -> CheckedManifest:
    if text is not None:
        (root / MANIFEST_PATH).write_text(text, encoding="utf-8")
    return load_manifest(str(root), agents=RepositoryAgents(str(root)), shown=MANIFEST_PATH, advice=True)


def codes_of(text: str) -> list[tuple[str, str]]:
    """Return the codes and severities for a manifest outside of a repository."""
    found = check_manifest(text.encode(), file="x", agents=RepositoryAgents(None)).diagnostics
    return [(one.code, one.severity) for one in found]


def test_a_valid_manifest_gives_its_values_and_defaults(root: Path) -> None:
    checked = load(
        root, HEAD + "agents:\n  coach: {cadence: weekly}\n  keepaTodofile: {cadence: daily, enabled: false}\n"
    )
    assert checked.diagnostics == ()
    assert checked.manifest is not None
    assert (checked.manifest.timezone, str(checked.manifest.zone)) == ("Europe/Berlin", "Europe/Berlin")
    agents = checked.manifest.agents
    assert list(agents) == ["coach", "keepaTodofile"]
    assert [(agent.cron.text, agent.enabled) for agent in agents.values()] == [
        ("0 9 * * 1", True),
        ("0 9 * * *", False),
    ]


@pytest.mark.parametrize(
    ("cadence", "cron"), [("daily", "0 9 * * *"), ("weekly", "0 9 * * 1"), ("monthly", "0 9 1 * *")]
)
def test_each_cadence_has_a_default_cron(root: Path, cadence: str, cron: str) -> None:
    manifest = load(root, HEAD + f"agents:\n  coach: {{cadence: {cadence}}}\n").manifest
    assert manifest is not None
    assert manifest.agents["coach"].cron.text == cron


def test_the_hint_for_a_missing_manifest_is_schedule_init(root: Path, refusal: Refusal) -> None:
    found = refusal(lambda: load(root))
    assert (found.code, found.file, found.line) == ("KZ101", MANIFEST_PATH, None)
    assert found.hint is not None
    assert "kaizen-agentic schedule init" in found.hint


@pytest.mark.parametrize(
    ("be", "code"),
    [
        (Path.mkdir, "KZ102"),
        (os.mkfifo, "KZ102"),
        (lambda path: path.symlink_to(path.name), "KZ104"),
        (lambda path: path.symlink_to("/etc/hostname"), "KZ104"),
        (lambda path: path.write_bytes(b"#" * (256 * 1024 + 1)), "KZ112"),
        (lambda path: path.write_bytes(b"\xff\xfe"), "KZ110"),
    ],
    ids=["folder", "fifo", "loop", "outside", "too-large", "utf-16"],
)
def test_an_unreadable_manifest_is_an_exception(
    root: Path, be: Callable[[Path], None], code: str, refusal: Refusal
) -> None:
    be(root / MANIFEST_PATH)
    found = refusal(lambda: load(root))
    assert (found.code, found.file) == (code, MANIFEST_PATH)
    assert CODES[code].unavailable == (code < "KZ110")


def test_a_kaizen_directory_that_points_outside_is_an_error(root: Path, refusal: Refusal) -> None:
    (root / ".kaizen").rmdir()
    outside = root.parent / "outside"
    outside.mkdir()
    (outside / "schedule.yml").write_text(HEAD + COACH)
    (root / ".kaizen").symlink_to(outside)
    assert refusal(lambda: load(root)).code == "KZ104"


@pytest.mark.parametrize("version", ['"2"', "2", "'10'", '"1.1"', "1.5", "2.0", '"1.0.1"'])
@pytest.mark.parametrize(
    "rest", [COACH, "agents: 7\nfrequency: often\n", "agents: *x\nagents: {}\n"], ids=["good", "odd", "bad"]
)
def test_a_newer_version_is_the_only_diagnostic(version: str, rest: str) -> None:
    assert codes_of(f"version: {version}\n{rest}") == [("KZ206", "error")]
    assert codes_of(f"{rest}version: {version}\n") == [("KZ206", "error")]


def test_a_newer_version_is_never_called_invalid(root: Path) -> None:
    checked = load(root, 'version: "2"\n' + COACH)
    assert checked.manifest is None
    [found] = checked.diagnostics
    assert "newer" in found.message
    assert "invalid" not in found.message
    assert found.hint is not None
    assert "upgrade" in found.hint


@pytest.mark.parametrize(
    ("version", "code"),
    [
        *[("1", "KZ205"), ("1.0", "KZ205"), ("01", "KZ205"), ("0", "KZ205"), ("-1", "KZ205"), ("true", "KZ204")],
        *[('"0"', "KZ207"), ('"1.0"', "KZ207"), ("v1", "KZ207"), ('""', "KZ207"), ("one", "KZ207"), ('"1 "', "KZ207")],
        *[("", "KZ212"), ("~", "KZ212"), ("[1]", "KZ204"), ("{}", "KZ204")],
    ],
)
def test_any_other_version_is_one_error_with_the_right_version(version: str, code: str) -> None:
    assert codes_of(f"version: {version}\n{COACH}") == [(code, "error")]


@pytest.mark.parametrize("word", ["yes", "no", "on", "off", "Yes", "NO", "y", "n", "True", "FALSE", '"true"', "'no'"])
def test_a_boolean_word_gets_true_or_false(word: str) -> None:
    text = HEAD + f"agents:\n  coach: {{cadence: weekly, enabled: {word}}}\n"
    [found] = check_manifest(text.encode(), file="x", agents=RepositoryAgents(None)).diagnostics
    expected = "true" if word.strip("\"'").lower() in {"yes", "on", "y", "true"} else "false"
    quoted = " without quotes" * (word == '"true"')
    assert (found.code, found.hint) == ("KZ208", f"write {expected}{quoted}")


@pytest.mark.parametrize(
    ("key", "intended"), [("Cadence", "cadence"), ("cadense", "cadence"), ("enable", "enabled"), ("crons", "cron")]
)
def test_a_misspelled_key_gets_a_suggestion(root: Path, key: str, intended: str) -> None:
    found = load(root, HEAD + f"agents:\n  coach:\n    {key}: weekly\n    cadence: weekly\n").diagnostics
    assert [(one.code, one.line, one.column, one.hint) for one in found] == [
        ("KZ202", 4, 5, f'did you mean "{intended}"?')
    ]


def test_x_keys_are_ignored_at_every_level_except_agents(root: Path) -> None:
    assert load(root, HEAD + "x-a: [1, {b: ~}]\n" + COACH + "    x-b: null\n").diagnostics == ()
    [found] = load(root, HEAD + COACH + "  x-agent:\n    cadence: weekly\n").diagnostics
    assert found.code == "KZ320"


def test_an_unknown_agent_is_an_error_in_a_repository(root: Path) -> None:
    install(root, "house-keeper")
    checked = load(root, HEAD + "agents:\n  coahc:\n    cadence: weekly\n")
    assert checked.manifest is None
    [found] = checked.diagnostics
    assert (found.code, found.severity, found.hint) == ("KZ320", "error", 'did you mean "coach"?')
    [note] = found.notes
    assert {"coach", "optimization", "tdd-workflow", "house-keeper"} <= set(note.message.replace(",", "").split())


def test_without_a_repository_an_unknown_agent_is_a_warning() -> None:
    text = HEAD + "agents:\n  house-keeper:\n    cadence: weekly\n"
    checked = check_manifest(text.encode(), file="-", agents=RepositoryAgents(None))
    assert [(found.code, found.severity, found.file) for found in checked.diagnostics] == [("KZ320", "warning", "-")]
    assert checked.manifest is not None


def test_a_repositorys_own_agent_is_known(root: Path) -> None:
    install(root, "houseKeeper")
    assert load(root, HEAD + "agents:\n  houseKeeper: {cadence: daily}\n").diagnostics == ()


def test_an_agent_that_overrides_a_packaged_one_is_a_warning(root: Path) -> None:
    install(root, "coach")
    checked = load(root, HEAD + COACH)
    [found] = checked.diagnostics
    assert (found.code, found.severity, found.line, found.column) == ("KZ321", "warning", 3, 3)
    assert "overrides" in found.message
    assert checked.manifest is not None


def test_an_agents_directory_that_points_outside_is_an_error(root: Path) -> None:
    install(root.parent, "spy")
    (root / "agents").symlink_to(root.parent / "agents")
    with pytest.raises(KaizenError) as caught:
        load(root, HEAD + "agents:\n  spy: {cadence: daily}\n")
    assert [found.code for found in caught.value.diagnostics] == ["KZ104"]


@pytest.mark.parametrize(
    ("text", "both"),
    [
        ("x-nothing: 1\n", {'"version"', '"agents"'}),
        ("foo: 1\n" + COACH, {'"version"', 'unknown key "foo"'}),
        (HEAD + "agents:\n  coahc: {enabled: true}\n", {'"cadence"', 'unknown agent "coahc"'}),
    ],
    ids=["two-missing", "missing-and-unknown-key", "missing-and-unknown-agent"],
)
def test_two_mistakes_at_one_position_are_both_reported(root: Path, text: str, both: set[str]) -> None:
    found = load(root, text).diagnostics
    words = [*(one.message for one in found), *(note.message for one in found for note in one.notes)]
    assert [name for name in sorted(both) if not any(name in word for word in words)] == []


def test_the_time_of_the_check_is_an_argument(root: Path) -> None:
    (root / MANIFEST_PATH).write_text(HEAD + 'agents:\n  coach: {cadence: daily, cron: "0 9 1 * 1"}\n')

    def notes(now: datetime | None) -> str:
        found = load_manifest(str(root), agents=RepositoryAgents(str(root)), now=now).diagnostics
        return " ".join(note.message for one in found for note in one.notes)

    assert "2026-07-01" in notes(datetime(2026, 6, 17, tzinfo=UTC))
    assert "2031-07-01" in notes(datetime(2031, 6, 17, tzinfo=UTC))
    assert notes(None) == ""


def test_the_next_dates_are_in_the_zone_of_the_manifest() -> None:
    """The time is before nine in Berlin and after nine in Tokyo."""

    def first_date(zone: str) -> str:
        text = f'{HEAD}timezone: {zone}\nagents:\n  coach: {{cadence: daily, cron: "0 9 1 * 1"}}\n'
        now = datetime(2026, 6, 1, 3, tzinfo=UTC)
        [found] = check_manifest(text.encode(), file="x", agents=RepositoryAgents(None), now=now).diagnostics
        return found.notes[0].message.partition(": ")[2].partition(",")[0]

    assert first_date("Europe/Berlin") == "Mon 2026-06-01"
    assert first_date("Asia/Tokyo") == "Mon 2026-06-08"

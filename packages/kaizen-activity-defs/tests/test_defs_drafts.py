"""The drafts, and the digest of a definition (contract section 9)."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from kaizen_activity_defs import load_definition, packaged_definition, packaged_definitions
from kaizen_schedule_core import KaizenError

COACH = "kaizen-weekly-coach-orientation"
OPTIMIZATION = "kaizen-weekly-optimization-review"
TICK = "kaizen-scheduled-runs-tick"
DRAFTS = {
    COACH: ("weekly-coach-orientation.md", "0 9 * * 1", "coach"),
    OPTIMIZATION: ("weekly-optimization-review.md", "0 10 * * 1", "optimization"),
}


@pytest.mark.parametrize("name", DRAFTS)
def test_weekly_draft_follows_the_contract(name: str) -> None:
    file, cron, agent = DRAFTS[name]
    draft = packaged_definition(name)
    header = draft.header
    assert Path(draft.file).name == file
    assert (header.id, header.type, header.version) == (name, "activity-definition", "1")
    assert (header.owner, header.governance, header.status) == ("kaizen-agentic", "custodian", "proposed")
    assert header.enabled is False
    assert header.trigger.model_dump() == {
        "type": "cron",
        "cron_expression": cron,
        "timezone": "Europe/Berlin",
        "misfire_policy": "skip",
    }
    [source] = header.context_sources
    assert source.model_dump() == {
        "type": "resolver",
        "query": "discover_kaizen_scheduled_repos",
        "params": {"domain": "custodian", "cadence": "weekly"},
        "bind_to": "context.scheduled_runs",
        "required": True,
    }
    [rule] = draft.rules
    assert (rule.for_each, rule.bind_to) == ("context.scheduled_runs", "context.run")
    assert rule.condition.text == f'context.run.agent == "{agent}"'
    assert rule.action.target_repo == "context.run.repo"
    assert "{context.run.prepare_command}" in rule.action.description
    assert agent in rule.action.labels


def test_tick_follows_the_manifests() -> None:
    draft = packaged_definition(TICK)
    assert Path(draft.file).name == "scheduled-runs-tick.md"
    assert draft.header.trigger.model_dump() == {
        "type": "cron",
        "cron_expression": "*/15 * * * *",
        "timezone": "UTC",
        "misfire_policy": "catchup_all",
    }
    [source] = draft.header.context_sources
    assert (source.params, source.required) == ({"window": "15m"}, True)
    assert draft.follows_manifest_crons
    assert "{context.run.prepare_command}" in draft.rules[0].action.description


@pytest.mark.parametrize("name", [*DRAFTS, TICK])
def test_draft_headings(name: str) -> None:
    text = packaged_definition(name).text
    headings = [line.removeprefix("## ") for line in text.splitlines() if line.startswith("## ")]
    assert headings == [
        *("Purpose", "Trigger", "Context", "Rule", "What the session does", "How to debug", "How to enable")
    ]


def test_all_drafts_are_disabled_and_sorted() -> None:
    drafts = packaged_definitions()
    assert [draft.id for draft in drafts] == sorted([*DRAFTS, TICK])
    assert [draft.header.enabled for draft in drafts] == [False] * len(drafts)
    assert [draft.text == Path(draft.file).read_text(encoding="utf-8") for draft in drafts] == [True] * len(drafts)


def test_unknown_draft_suggests_a_similar_one() -> None:
    with pytest.raises(KaizenError) as raised:
        packaged_definition("kaizen-weekly-coach-orientatoin")
    assert COACH in str(raised.value.diagnostics[0].hint)


def test_digest_of_a_disabled_draft_is_that_of_its_bytes() -> None:
    for draft in packaged_definitions():
        assert draft.digest == hashlib.sha256(Path(draft.file).read_bytes()).hexdigest()


@pytest.mark.parametrize("on", ["true", "true ", "true # since Monday"])
def test_enabling_does_not_change_the_digest(tmp_path: Path, on: str) -> None:
    draft = packaged_definition(COACH)
    assert draft.text.count("enabled: false\n") == 1
    path = tmp_path / "draft.md"
    path.write_text(draft.text.replace("enabled: false\n", f"enabled: {on}\n"), encoding="utf-8")
    switched = load_definition(str(path))
    path.write_text(
        draft.text.replace("enabled: false\n", f"enabled: {on.replace('true', 'false')}\n"), encoding="utf-8"
    )
    assert switched.header.enabled is True
    assert switched.digest == load_definition(str(path)).digest


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_digest_includes_the_bom_but_not_the_line_ends(tmp_path: Path, newline: str, bom: str) -> None:
    draft = packaged_definition(COACH)
    path = tmp_path / "draft.md"
    data = (bom + draft.text.replace("\n", newline)).encode()
    path.write_bytes(data)
    loaded = load_definition(str(path))
    assert loaded.digest == hashlib.sha256((bom + draft.text).encode()).hexdigest()
    path.write_bytes(data.replace(b"enabled: false", b"enabled: true", 1))
    assert load_definition(str(path)).digest == loaded.digest


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('version: "1"', 'version: "2"'),
        ("misfire_policy: skip", "misfire_policy: catchup_latest"),
        ("due_in_days: 3", "due_in_days: 4"),
        ("## Purpose", "## Purposes"),
        ("delivered with `enabled: false`", "delivered with `enabled: true`"),
    ],
)
def test_any_other_change_changes_the_digest(tmp_path: Path, old: str, new: str) -> None:
    draft = packaged_definition(COACH)
    assert draft.text.count(old) == 1
    path = tmp_path / "draft.md"
    path.write_text(draft.text.replace(old, new), encoding="utf-8")
    assert load_definition(str(path)).digest != draft.digest


def test_enabled_outside_the_header_changes_the_digest(tmp_path: Path) -> None:
    """Only the header's own value is read as false: one in the rule or the prose stays what it is."""
    draft = packaged_definition(COACH)
    digests = set()
    for word in ("true", "false"):
        path = tmp_path / f"{word}.md"
        path.write_text(draft.text + f"\nenabled: {word}\n", encoding="utf-8")
        digests.add(load_definition(str(path)).digest)
    assert len(digests) == 2


@pytest.mark.parametrize("quoted", ["'enabled': true", '"enabled": true', "enabled : true"])
def test_enabled_is_found_with_any_spelling_of_the_key(tmp_path: Path, quoted: str) -> None:
    draft = packaged_definition(COACH)
    digests = set()
    for text in (quoted, quoted.replace("true", "false")):
        path = tmp_path / "draft.md"
        path.write_text(draft.text.replace("enabled: false", text, 1), encoding="utf-8")
        digests.add(load_definition(str(path)).digest)
    assert len(digests) == 1

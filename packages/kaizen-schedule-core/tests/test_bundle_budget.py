from __future__ import annotations

import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kaizen_schedule_core import Bundle, ExecutionRecord, KaizenError, prepare_bundle, record_run
from kaizen_schedule_core.bundle import DEFAULT_MAX_BYTES

MANIFEST = 'version: "1"\nagents:\n  coach:\n    cadence: weekly\n'
HEAD = "---\nagent: coach\nproject: demo\nlast_updated: 2026-01-05\nsession_count: 2\n---\n"
INSTRUCTIONS = "# Ours\n\nDo it well, in 100 %.\n"
# The order of cuts, by a word in each cut text.
CUTS = [
    *("LOG1", "LOG2", "LOG3", "LOG4"),
    *("FIND1", "FIND2", "FIND3"),
    *("TODO-HEADING", "README-HEADING", "SCOPE-HEADING"),
    *("SECTION-THREADS", "SECTION-WATCH", "SECTION-CONTEXT"),
    "execution_count",
]


def long(word: str) -> str:
    return f"{word} {'x' * 300}"


def repository(root: Path, memory: str, headings: dict[str, str], *, runs: int = 1) -> str:
    folder = root / ".kaizen" / "agents" / "coach"
    folder.mkdir(parents=True)
    (root / ".kaizen" / "schedule.yml").write_text(MANIFEST)
    (folder / "memory.md").write_text(HEAD + memory)
    (root / "agents").mkdir()
    text = f"---\nname: coach\ndescription: Helps.\ncategory: x\n---\n\n{INSTRUCTIONS}"
    (root / "agents" / "agent-coach.md").write_text(text)
    for name, heading in headings.items():
        (root / name).write_text(f"# {heading}\n")
    for _ in range(runs):
        record_run(str(root), ExecutionRecord(timestamp="2026-06-17T09:00:00Z", agent="coach", success=True))
    return str(root)


def full_repository(root: Path) -> str:
    memory = (
        f"\n## Project Context\n\n{long('SECTION-CONTEXT')}\n\n"
        f"## Accumulated Findings\n\n- {long('FIND1')}\n  more of the first\n- {long('FIND2')}\n- {long('FIND3')}\n\n"
        f"## Session Log\n\n- {long('LOG1')}\n- {long('LOG2')}\n\n- {long('LOG3')}\n- {long('LOG4')}\n\n"
        f"## Watch Points\n\n{long('SECTION-WATCH')}\n\n## Empty\n\n## Open Threads\n\n{long('SECTION-THREADS')}\n"
    )
    headings = {"TODO.md": "TODO-HEADING", "README.md": "README-HEADING", "SCOPE.md": "SCOPE-HEADING"}
    return repository(root, memory, {name: f"{word} {'y' * 150}" for name, word in headings.items()})


def size(bundle: Bundle) -> int:
    return len(bundle.markdown.encode())


def gone(bundle: Bundle) -> list[str]:
    return [word for word in CUTS if word not in bundle.markdown]


def smallest_named(root: str, budget: int) -> int:
    with pytest.raises(KaizenError) as caught:
        prepare_bundle(root, "coach", max_bytes=budget)
    (problem,) = caught.value.diagnostics
    assert problem.code == "KZ324"
    found = re.search(r"needs at least (\d+) bytes, and the budget is (-?\d+)", problem.message)
    assert found
    assert int(found[2]) == budget
    assert problem.hint == f"pass --max-bytes {found[1]}"
    return int(found[1])


def test_nothing_is_cut_within_the_budget(tmp_path: Path) -> None:
    root = full_repository(tmp_path)
    bundle = prepare_bundle(root, "coach")
    assert size(bundle) < DEFAULT_MAX_BYTES == 65_536
    assert gone(bundle) == []
    assert [part.cut for part in bundle.parts] == [0] * len(bundle.parts)
    assert "cut for the budget" not in bundle.markdown
    assert prepare_bundle(root, "coach", max_bytes=size(bundle)) == bundle, "the exact size is enough"
    assert gone(prepare_bundle(root, "coach", max_bytes=size(bundle) - 1)) == ["LOG1"]


def test_cuts_are_made_one_by_one_in_the_order_of_the_contract(tmp_path: Path) -> None:
    root = full_repository(tmp_path)
    budget = size(prepare_bundle(root, "coach"))
    seen = []
    while True:
        try:
            bundle = prepare_bundle(root, "coach", max_bytes=budget)
        except KaizenError:
            break
        assert size(bundle) <= budget
        seen.append(gone(bundle))
        assert INSTRUCTIONS.strip() in bundle.markdown
        budget = size(bundle) - 1
    assert seen == [CUTS[:count] for count in range(len(CUTS) + 1)]
    assert smallest_named(root, budget) == budget + 1


def test_each_cut_is_marked_in_its_place(tmp_path: Path) -> None:
    root = full_repository(tmp_path)
    smallest = smallest_named(root, 0)
    markdown = prepare_bundle(root, "coach", max_bytes=smallest).markdown
    assert "## Session Log\n\n[cut for the budget: the oldest 4 of 4 entries]\n" in markdown
    assert "## Accumulated Findings\n\n[cut for the budget: the oldest 3 of 3 entries]\n" in markdown
    for title in ("Project Context", "Watch Points", "Open Threads"):
        assert f"## {title}\n\n[cut for the budget: this section]" in markdown
    assert "## Empty\n\n## Open Threads" in markdown, "an empty section is not marked as cut"
    assert "## Project documents\n\n[cut for the budget: SCOPE.md, README.md, TODO.md]" in markdown
    assert "## Performance summary\n\n[cut for the budget: the performance summary]" in markdown


def test_the_seal_counts_cuts_and_keeps_all_parts(tmp_path: Path) -> None:
    root = full_repository(tmp_path)
    bundle = prepare_bundle(root, "coach", max_bytes=smallest_named(root, 0))
    assert {part.id: (part.bytes > 0, part.cut) for part in bundle.parts} == {
        "run": (True, 0),
        "agent": (True, 0),
        "memory": (True, 4 + 3 + 3),
        "performance": (False, 1),
        "scope": (False, 1),
        "readme": (False, 1),
        "todo": (False, 1),
    }
    assert bundle.pointers == ()
    assert bundle.digest != prepare_bundle(root, "coach").digest


def test_a_cut_bundle_keeps_the_newest_entries_and_counts_the_others(tmp_path: Path) -> None:
    entries = "".join(f"- entry {number:04d}\n" for number in range(3000))
    root = repository(tmp_path, f"\n## Session Log\n\n{entries}", {})
    bundle = prepare_bundle(root, "coach", max_bytes=10_000)
    assert 9_900 < size(bundle) <= 10_000
    kept = re.findall(r"^- entry (\d{4})$", bundle.markdown, re.MULTILINE)
    assert kept == [f"{number:04d}" for number in range(3000 - len(kept), 3000)]
    assert f"the oldest {3000 - len(kept)} of 3000 entries" in bundle.markdown
    assert bundle.parts[2].cut == 3000 - len(kept)


def test_instructions_are_never_cut(tmp_path: Path) -> None:
    root = repository(tmp_path, "", {}, runs=0)
    agent = tmp_path / "agents" / "agent-coach.md"
    agent.write_text(agent.read_text() + "z" * 100_000)
    smallest = smallest_named(root, DEFAULT_MAX_BYTES)
    assert "z" * 100_000 in prepare_bundle(root, "coach", max_bytes=smallest).markdown


ENTRIES = st.lists(st.integers(1, 120), max_size=6)


@settings(max_examples=120)
@given(
    log=ENTRIES,
    findings=ENTRIES,
    others=st.lists(st.integers(0, 120), max_size=3),
    headings=st.lists(st.integers(1, 120), max_size=4),
    runs=st.integers(0, 1),
    share=st.floats(0, 1.05),
)
def test_a_bundle_fits_the_budget_or_the_error_contains_the_smallest_one(
    log: list[int], findings: list[int], others: list[int], headings: list[int], runs: int, share: float
) -> None:
    memory = "".join(f"\n## Other {number}\n\n{'o' * count}\n" for number, count in enumerate(others))
    memory += "\n## Accumulated Findings\n\n" + "".join(f"- {'f' * count}\n" for count in findings)
    memory += "\n## Session Log\n\n" + "".join(f"- {'l' * count}\n" for count in log)
    names = ["SCOPE.md", "README.md", "TODO.md", "CHANGELOG.md"]
    with tempfile.TemporaryDirectory() as folder:
        root = repository(Path(folder), memory, {n: "h" * c for n, c in zip(names, headings, strict=False)}, runs=runs)
        whole = size(prepare_bundle(root, "coach"))
        smallest = smallest_named(root, 0)
        assert smallest <= whole
        assert size(prepare_bundle(root, "coach", max_bytes=smallest)) <= smallest
        assert smallest_named(root, smallest - 1) == smallest
        budget = round(whole * share)
        if budget < smallest:
            assert smallest_named(root, budget) == smallest
        else:
            bundle = prepare_bundle(root, "coach", max_bytes=budget)
            assert size(bundle) <= budget
            assert INSTRUCTIONS.strip() in bundle.markdown

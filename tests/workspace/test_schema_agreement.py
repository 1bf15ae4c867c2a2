"""The JSON Schema and the validator agree on the corpus, for all rules that a schema can express.

check-jsonschema evaluates the schema; it shares no code with this workspace.
"""

import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from kaizen_schedule_core import CODES, KaizenError, RepositoryAgents, check_manifest
from kaizen_schedule_core.manifest.scaffold import schema_text

CORPUS = Path(__file__).parents[2] / "packages/kaizen-schedule-core/tests/corpus"
NOW = datetime(2026, 6, 17, 9, tzinfo=UTC)
# A schema checks the structure (KZ2xx), not whether a file can be read (KZ1xx) or its meaning (KZ3xx).
SCHEMA_CODES = re.compile("KZ2[0-9]{2}")
BEYOND = {
    "kz208-capital-true": "True is a boolean for YAML 1.2's core schema, and text for a manifest",
    "kz210-line-feed-at-the-end": "$ matches before a last line feed in Python, though not in ECMAScript",
}


def errors_of(path: Path) -> set[str]:
    try:
        found = check_manifest(
            path.read_bytes(), file=path.name, agents=RepositoryAgents(str(CORPUS / "repository")), now=NOW
        ).diagnostics
    except KaizenError as error:
        found = error.diagnostics
    return {diagnostic.code for diagnostic in found if diagnostic.severity == "error"}


ERRORS = {path: errors_of(path) for path in sorted([*CORPUS.glob("bad/*.yml"), *CORPUS.glob("good/*.yml")])}
# Files that are not valid YAML are not checked with the schema: other parsers accept them, or crash.
# This file has repeated keys, because of its wrong indentation.
UNREADABLE = {"kz202-next-agent-inside-this-one"}
READABLE = {
    path: codes
    for path, codes in ERRORS.items()
    if path.stem not in UNREADABLE and not any(code.startswith("KZ1") for code in codes)
}


@pytest.fixture(scope="module")
def rejected(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Return the files that check-jsonschema rejects."""
    schema = tmp_path_factory.mktemp("schema") / "schedule.schema.json"
    schema.write_text(schema_text(), encoding="utf-8")
    program = Path(sys.executable).with_name("check-jsonschema")
    words = [str(program), "--schemafile", str(schema), "--output-format", "json", *map(str, READABLE)]
    answer = json.loads(subprocess.run(words, capture_output=True, text=True, check=False).stdout)
    assert answer.get("parse_errors", []) == []
    return {error["filename"] for error in answer["errors"]}


def test_corpus_has_files_with_and_without_schema_errors() -> None:
    with_errors = [path for path, codes in READABLE.items() if any(map(SCHEMA_CODES.fullmatch, codes))]
    assert len(with_errors) >= 45
    assert len(READABLE) - len(with_errors) >= 80
    assert {code for code in CODES if re.fullmatch("KZ20[1-9]|KZ21[02]", code)} <= set().union(*READABLE.values())
    assert {path.stem for path in READABLE} >= set(BEYOND)


@pytest.mark.parametrize("path", READABLE, ids=lambda path: path.stem)
def test_schema_and_validator_agree(path: Path, rejected: set[str]) -> None:
    ours = any(map(SCHEMA_CODES.fullmatch, READABLE[path])) and path.stem not in BEYOND
    assert (str(path) in rejected) == ours

"""From a definition's file to its values: frontmatter, fenced rule blocks, and their positions."""

from __future__ import annotations

import codecs
import hashlib
import os
from functools import lru_cache

from kaizen_schedule_core import (
    DEFINITION_LIMIT,
    CronProblem,
    Diagnostic,
    Document,
    KaizenError,
    codes,
    decode,
    diagnose,
    did_you_mean,
    has_errors,
    known_zones,
    parse_cron,
    parse_frontmatter,
    parse_yaml,
    quoted,
    read_file,
    read_model,
    zone_hint,
)
from markdown_it import MarkdownIt

from kaizen_activity_defs.checking import check_rule, check_sources
from kaizen_activity_defs.model import Definition, Header, Rule

RULE_LIMIT = 50
_DRAFTS_FOLDER = os.path.join(os.path.dirname(__file__), "drafts")


def load_definition(path: str) -> Definition:
    """Read one definition. Raises KaizenError with everything that is wrong with it (KZ1xx, KZ2xx, KZ3xx, KZ5xx)."""
    data = read_file(path, limit=DEFINITION_LIMIT)
    text = decode(data, file=path, prose=True)
    parsed = parse_frontmatter(text, file=path)
    header, found = read_model(parsed.document, Header)
    if header is not None:
        found += _check_trigger(parsed.document, header)
        found += check_sources(parsed.document, header)
    rules: list[Rule] = []
    for document in _rule_blocks(text, path):
        rule, wrong = read_model(document, Rule)
        found += wrong
        if rule is not None:
            if rule.id in {earlier.id for earlier in rules}:
                message = f"two rules have the id {quoted(rule.id)}"
                hint = "give each an id of its own"
                found.append(document.diagnose(codes.definitions.DEFINITION_SHAPE, message, ("id",), hint=hint))
            if header is not None:
                found += check_rule(document, rule, header.context_sources)
            rules.append(rule)
    if header is not None and not rules and not has_errors(found):
        message = "the definition has no rule: a fenced block with the word rule behind the fence"
        found.append(parsed.document.diagnose(codes.definitions.DEFINITION_SHAPE, message, (), hint="add a rule block"))
    if header is None or has_errors(found):
        raise KaizenError(found)
    mark = "\ufeff" if data.startswith(codecs.BOM_UTF8) else ""
    digest = digest_of(mark + text, path)
    return Definition(file=path, header=header, rules=tuple(rules), text=text, digest=digest, document=parsed.document)


def digest_of(text: str, file: str) -> str:
    """The sha256 of a text in UTF-8 with the value of `enabled` read as false, wherever and however it is written.

    Switching on is no edit. A leading byte order mark counts. The frontmatter must give `enabled`.
    """
    plain = text.removeprefix("\ufeff")
    start, end = parse_frontmatter(plain, file=file).document.place(("enabled",))
    mark = text[: len(text) - len(plain)]
    return hashlib.sha256(f"{mark}{plain[:start]}false{plain[end:]}".encode()).hexdigest()


def _rule_blocks(text: str, file: str) -> list[Document]:
    """The fenced blocks marked `rule`, each read at its place: blank lines stand for the text before it.

    Raises KaizenError (KZ502) for more blocks than a person would write.
    """
    markdown = MarkdownIt("commonmark")
    markdown.core.ruler.disable(["inline"])  # only blocks are looked at, and hostile links cost time
    rules = [token for token in markdown.parse(text) if token.type == "fence" and token.info.strip() == "rule"]
    if len(rules) > RULE_LIMIT:
        message = f"{len(rules)} rule blocks in one definition"
        hint = f"{RULE_LIMIT} are enough"
        raise KaizenError(diagnose(codes.definitions.DEFINITION_SHAPE, message, file=file, hint=hint))
    return [parse_yaml("\n" * (token.map[0] + 1) + token.content, file=file) for token in rules if token.map]


def _check_trigger(document: Document, header: Header) -> list[Diagnostic]:
    found: list[Diagnostic] = []
    trigger = header.trigger
    cron = parse_cron(trigger.cron_expression)
    if isinstance(cron, CronProblem):
        found.append(document.diagnose(cron.code, cron.message, ("trigger", "cron_expression"), hint=cron.hint))
    if trigger.timezone not in known_zones():
        message = f"unknown time zone {quoted(trigger.timezone)}"
        hint = zone_hint(trigger.timezone)
        found.append(document.diagnose(codes.meaning.UNKNOWN_ZONE, message, ("trigger", "timezone"), hint=hint))
    return found


@lru_cache(maxsize=1)
def packaged_definitions() -> tuple[Definition, ...]:
    """The drafts that this package ships, sorted by id."""
    names = sorted(name for name in os.listdir(_DRAFTS_FOLDER) if name.endswith(".md"))
    loaded = (load_definition(os.path.join(_DRAFTS_FOLDER, name)) for name in names)
    return tuple(sorted(loaded, key=lambda definition: definition.id))


def weekly_definitions() -> tuple[Definition, ...]:
    """The packaged drafts that fire by their own cron: those that the pilot tries."""
    return tuple(definition for definition in packaged_definitions() if not definition.honours_manifests)


def packaged_definition(definition_id: str) -> Definition:
    """The draft of that id. Raises KaizenError (KZ501) for an unknown one."""
    known = {definition.id: definition for definition in packaged_definitions()}
    if definition_id in known:
        return known[definition_id]
    raise KaizenError(
        diagnose(
            codes.definitions.UNKNOWN_DEFINITION,
            f"unknown definition {quoted(definition_id)}",
            file=f"{__package__}/drafts",
            hint=did_you_mean(definition_id, known) or f"one of: {', '.join(known)}",
        )
    )

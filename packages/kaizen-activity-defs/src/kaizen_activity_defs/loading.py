"""Reading of definitions: frontmatter, fenced rule blocks, and their positions."""

import codecs
import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from operator import attrgetter

from kaizen_schedule_core import codes
from kaizen_schedule_core.clock.cron import Cron, parse_cron
from kaizen_schedule_core.clock.field import CronProblem
from kaizen_schedule_core.clock.zones import load_zone
from kaizen_schedule_core.diagnostics import Diagnostic, Span, diagnose, did_you_mean, has_errors, quoted
from kaizen_schedule_core.errors import KaizenError
from kaizen_schedule_core.files.reading import read_file, read_inside
from kaizen_schedule_core.manifest.cron_and_zone import CRON_KEYS, cron_diagnostic, unknown_zone
from kaizen_schedule_core.source.document import Document
from kaizen_schedule_core.source.frontmatter import parse_frontmatter
from kaizen_schedule_core.source.models.validation import read_model
from kaizen_schedule_core.source.text import decode
from kaizen_schedule_core.source.yaml.parser import parse_yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from kaizen_activity_defs.checking import check_rule, check_sources
from kaizen_activity_defs.conditions import Condition, parse_condition
from kaizen_activity_defs.model import DEFINITION_LIMIT, CheckedRule, ContextSource, Definition, Header, Rule, Trigger

RULE_LIMIT = 50
_RULE_WORDS = ("rule", "rules")
_LINE_END = re.compile(r"\r\n|\r|\n")  # the line ends of markdown-it and Document
_DRAFTS_FOLDER = os.path.join(os.path.dirname(__file__), "drafts")


def load_definition(path: str) -> Definition:
    """Read a definition; a symlink that points outside its directory is not followed.

    Raises KaizenError with all its problems (KZ1xx, KZ2xx, KZ3xx, KZ5xx).
    """
    folder, name = os.path.split(path)
    return _definition(read_inside(folder or ".", name, limit=DEFINITION_LIMIT, shown=path), path)


def _definition(data: bytes, path: str) -> Definition:
    text = decode(data, file=path, prose=True)
    parsed = parse_frontmatter(text, file=path, quoted=CRON_KEYS)
    document = parsed.document
    header, found = read_model(document, Header)
    sources: Sequence[ContextSource] | None = None
    cron: Cron | CronProblem | None = None
    if header is not None:
        sources = header.context_sources
        cron = parse_cron(header.trigger.cron_expression)
        found += _check_trigger(document, header.trigger, cron)
        found += check_sources(document, sources)
    blocks, misfits = _rule_blocks(text, parsed.body_start, path)
    rules, wrong = _read_rules(blocks, sources)
    found += misfits + wrong
    if header is not None and not rules and not has_errors(found):
        message = "missing rule: a definition needs a fenced block marked rule"
        hint = "add a block that starts with ```rule"
        found.append(document.diagnose(codes.definitions.DEFINITION_SHAPE, message, (), hint=hint))
    if header is None or not isinstance(cron, Cron) or has_errors(found):
        raise KaizenError(found)
    return Definition(
        file=path,
        header=header,
        cron=cron,
        zone=load_zone(header.trigger.timezone),
        rules=tuple(rules),
        text=text,
        digest=digest_of(text, path, bom=data.startswith(codecs.BOM_UTF8)),
        document=document,
    )


def _read_rules(
    blocks: Sequence[Document], sources: Sequence[ContextSource] | None
) -> tuple[list[CheckedRule], list[Diagnostic]]:
    """Return the valid rules, and the problems; without context sources, only their structure is checked."""
    rules: list[CheckedRule] = []
    found: list[Diagnostic] = []
    ids: set[str] = set()
    for document in blocks:
        rule, wrong = read_model(document, Rule)
        found += wrong
        if rule is None:
            continue
        if rule.id in ids:
            message = f"duplicate rule id {quoted(rule.id)}"
            hint = "use a different id for each rule"
            found.append(document.diagnose(codes.definitions.DEFINITION_SHAPE, message, ("id",), hint=hint))
        ids.add(rule.id)
        condition = parse_condition(rule.condition)
        if sources is not None:
            found += check_rule(document, rule, condition, sources)
        if isinstance(condition, Condition):
            checked = CheckedRule(
                id=rule.id, for_each=rule.for_each, bind_to=rule.bind_to, condition=condition, action=rule.action
            )
            rules.append(checked)
    return rules, found


def digest_of(text: str, file: str, *, bom: bool = False) -> str:
    """Return the sha256 of a text in UTF-8 with the value of `enabled` replaced by false, and CRLF by LF.

    So enabling is not an edit, and neither is a checkout with other line ends. A byte order mark counts. The
    frontmatter must contain `enabled`.
    """
    start, end = parse_frontmatter(text, file=file).document.place(("enabled",))
    digest = hashlib.sha256(codecs.BOM_UTF8 * bom)
    digest.update(f"{text[:start]}false{text[end:]}".replace("\r\n", "\n").encode())
    return digest.hexdigest()


def _rule_blocks(text: str, start: int, file: str) -> tuple[list[Document], list[Diagnostic]]:
    """Return the fenced blocks marked `rule`, and the problems of blocks that are similar.

    Each text is padded with blank lines and spaces, so that its positions are those of the file.
    """
    markdown = MarkdownIt("commonmark")
    markdown.core.ruler.disable(["inline"])  # only blocks are needed, and hostile links take time
    fences = [token for token in markdown.parse(text[start:]) if token.type == "fence" and token.map]
    blocks = [token for token in fences if _first_word(token.info) in _RULE_WORDS]
    if len(blocks) > RULE_LIMIT:
        message = f"the definition has {len(blocks)} rule blocks"
        hint = f"the limit is {RULE_LIMIT}"
        raise KaizenError(diagnose(codes.definitions.DEFINITION_SHAPE, message, file=file, hint=hint))
    lines = _LINE_END.split(text)
    above = len(_LINE_END.findall(text, 0, start))
    documents: list[Document] = []
    found: list[Diagnostic] = []
    for token in blocks:
        opening = above + (token.map or [0])[0]
        wrong = _misfit(token, lines[opening + token.content.count("\n") + 1 :][:1])
        if wrong is not None:
            found.append(_at_fence(lines[opening], opening + 1, file, wrong))
            continue
        indent = " " * lines[opening].index(token.markup)
        padded = re.sub(r"^(?=.)", indent, token.content, flags=re.MULTILINE)
        documents.append(parse_yaml("\n" * (opening + 1) + padded, file=file))
    return documents, found


def _first_word(info: str) -> str:
    return "".join(info.casefold().split()[:1])


def _misfit(token: Token, closing: list[str]) -> tuple[str, str] | None:
    if token.info.strip() != "rule":
        return (f"invalid block marker {quoted(token.info.strip())}", "write only rule after the fence")
    if not closing or token.markup not in closing[0]:
        return "the rule block is not closed", f"add a line {token.markup} after it"
    if not token.content.strip():
        return "the rule block is empty", "add the keys of a rule: id, for_each, bind_to, condition, action"
    return None


def _at_fence(line: str, number: int, file: str, wrong: tuple[str, str]) -> Diagnostic:
    start = len(line) - len(line.lstrip()) + 1
    span = Span(line=number, column=start, end_line=number, end_column=len(line.rstrip()) + 1)
    return diagnose(codes.definitions.DEFINITION_SHAPE, wrong[0], file=file, span=span, hint=wrong[1], excerpt=line)


def _check_trigger(document: Document, trigger: Trigger, cron: Cron | CronProblem) -> Iterator[Diagnostic]:
    if isinstance(cron, CronProblem):
        yield cron_diagnostic(document, ("trigger", "cron_expression"), cron)
    wrong = unknown_zone(document, ("trigger", "timezone"), trigger.timezone)
    if wrong is not None:
        yield wrong


@lru_cache(maxsize=1)
def packaged_definitions() -> tuple[Definition, ...]:
    """Return the packaged drafts, sorted by id."""
    loaded = []
    for name in sorted(os.listdir(_DRAFTS_FOLDER)):
        path = os.path.join(_DRAFTS_FOLDER, name)
        # Not read_inside, because installers can use symlinks.
        loaded.append(_definition(read_file(path, limit=DEFINITION_LIMIT), path))
    return tuple(sorted(loaded, key=attrgetter("id")))


def weekly_definitions() -> tuple[Definition, ...]:
    """Return the packaged drafts with their own cron, which the pilot tests."""
    return tuple(definition for definition in packaged_definitions() if not definition.follows_manifest_crons)


def packaged_definition(definition_id: str) -> Definition:
    """Return a packaged draft by id. Raises KaizenError if it is unknown (KZ501)."""
    return find_definition(packaged_definitions(), definition_id, f"{__package__}/drafts")


def find_definition(definitions: Sequence[Definition], definition_id: str, place: str) -> Definition:
    """Return a definition by id. Raises KaizenError if it is unknown (KZ501)."""
    known = {definition.id: definition for definition in definitions}
    if definition_id in known:
        return known[definition_id]
    message = f"unknown definition {quoted(definition_id)}"
    hint = did_you_mean(definition_id, known) or f"known: {', '.join(known)}"
    raise KaizenError(diagnose(codes.definitions.UNKNOWN_DEFINITION, message, file=place, hint=hint))

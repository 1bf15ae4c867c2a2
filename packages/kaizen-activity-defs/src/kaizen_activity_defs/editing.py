"""Editing of a definition's text: only the site's values and `enabled` are changed."""

from collections.abc import Sequence

from kaizen_schedule_core.source.frontmatter import parse_frontmatter
from kaizen_schedule_core.source.yaml.quoting import yaml_string

from kaizen_activity_defs.index import Site
from kaizen_activity_defs.model import Definition


def with_site(draft: Definition, site: Site) -> str:
    """Return the text of a draft with the values of a site.

    A definition that follows the manifests keeps its zone, because in others the engine drops fires (section 9).
    """
    edits: list[tuple[int, int, str]] = []
    for number, source in enumerate(draft.header.context_sources):
        here: tuple[str | int, ...] = ("context_sources", number)
        if site.source_type is not None:
            edits.append((*draft.document.place((*here, "type")), yaml_string(site.source_type)))
        if site.domain is not None and "domain" in source.params:
            edits.append((*draft.document.place((*here, "params", "domain")), yaml_string(site.domain)))
    cron = site.crons.get(draft.id)
    if cron is not None:
        edits.append((*draft.document.place(("trigger", "cron_expression")), yaml_string(cron)))
    if site.timezone is not None and not draft.follows_manifest_crons:
        edits.append((*draft.document.place(("trigger", "timezone")), yaml_string(site.timezone)))
    return _edited(draft.text, edits)


def switched(text: str, file: str, *, on: bool) -> str:
    """Return a definition's text with another value of `enabled`."""
    place = parse_frontmatter(text, file=file).document.place(("enabled",))
    return _edited(text, [(*place, str(on).lower())])


def _edited(text: str, edits: Sequence[tuple[int, int, str]]) -> str:
    for start, end, new in sorted(edits, reverse=True):
        text = f"{text[:start]}{new}{text[end:]}"
    return text

"""The hook of the site: which codes become links, and which stay."""

from types import SimpleNamespace

import pytest
from reference.site_hook import on_page_markdown

ENTRY = "../reference/diagnostics.md#kz203"


def built(markdown: str, path: str = "guides/a.md") -> str:
    page = SimpleNamespace(file=SimpleNamespace(src_uri=path), meta={})
    return on_page_markdown(markdown, page=page)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("It says KZ203.", f"It says [KZ203]({ENTRY})."),
        ("| KZ203 | `KZ203` |", f"| [KZ203]({ENTRY}) | `KZ203` |"),
        ("(KZ203, KZ2031)", f"([KZ203]({ENTRY}), KZ2031)"),
        ("```text\nerror[KZ203]: x\n```\nKZ203", f"```text\nerror[KZ203]: x\n```\n[KZ203]({ENTRY})"),
        ("````\n```\nKZ203\n````", "````\n```\nKZ203\n````"),
        ("```text\nKZ203, never closed", "```text\nKZ203, never closed"),
        ("## KZ203\n<!-- KZ203 -->\n[KZ203](x.md)", "## KZ203\n<!-- KZ203 -->\n[KZ203](x.md)"),
    ],
)
def test_a_code_in_running_text_becomes_a_link(before: str, after: str) -> None:
    assert built(before) == after


def test_the_page_of_the_codes_links_to_itself_not_anywhere() -> None:
    assert built("KZ203", "reference/diagnostics.md") == "KZ203"

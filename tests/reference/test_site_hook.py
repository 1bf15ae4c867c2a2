"""The hook of the site: links of codes, search weights, tables, output blocks."""

import re
from types import SimpleNamespace

import pytest
from reference.site_hook import on_page_content, on_page_markdown

ENTRY = "../reference/diagnostics/structure.md#kz203"


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


def test_the_pages_of_the_codes_have_no_links_to_themselves() -> None:
    assert built("KZ203", "reference/diagnostics.md") == "KZ203"
    assert built("KZ203", "reference/diagnostics/structure.md") == "KZ203"


def table(head: list[str], row: list[str], wide: str = "", *, labels: bool = False) -> str:
    names = [re.sub("<.*?>", "", name) for name in head]
    cells = [
        f'<td data-label="{name}">{one}</td>' if labels else f"<td>{one}</td>"
        for name, one in zip(names, row, strict=True)
    ]
    heads = [f"<th>{name}</th>" for name in head]
    parts = ["<thead>", "<tr>", *heads, "</tr>", "</thead>", "<tbody>", "<tr>", *cells, "</tr>", "</tbody>"]
    return f"<table{wide}>\n" + "\n".join(parts) + "\n</table>"


@pytest.mark.parametrize(
    ("head", "row", "wide"),
    [
        (["A", "<code>b</code>"], ["1", "2"], ""),
        (["Path", "Meaning"], ["<code>.kaizen/metrics/coach/executions.jsonl</code>", "runs"], " data-wide"),
        (["Code", "Problem", "Severity"], ["KZ101", "a long description of the problem", "error, exit 4"], ""),
        (["Parameter", "Type", "Meaning"], ["required", "a long description", "a long description"], " data-wide"),
    ],
)
def test_a_cell_has_the_label_of_its_column_and_a_wide_table_a_mark(head: list[str], row: list[str], wide: str) -> None:
    assert on_page_content(table(head, row)) == table(head, row, wide, labels=True)


def block(language: str, title: str = "", more: str = "") -> str:
    return f'<div class="language-{language} highlight{more}">{title}<pre><code>x</code></pre></div>\n'


def test_output_after_a_command_has_no_copy_button() -> None:
    comment = "<!-- varies: times -->\n"
    shown = on_page_content(block("console") + comment + block("json") + block("yaml"))
    assert shown == block("console") + comment + block("json", more=" kz-output no-copy") + block("yaml")
    title = '<span class="filename">a.json</span>'
    assert on_page_content(block("console") + block("json", title)) == block("console") + block("json", title)
    assert on_page_content(block("console") + block("console")) == block("console") + block("console")
    assert on_page_content(block("text")) == block("text", more=" no-copy")

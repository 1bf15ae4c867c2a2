"""Each check, on a page with the fault that it must find, and on the same page without the fault."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.site import checks
from tests.site.built import broken_links
from tests.site.checks import Watch
from tests.site.conftest import Serve

PAGE = """<!doctype html><html lang="en"><head><title>A page</title>
<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"></head>
<body><main><h1 id="top">A page</h1>{}</main></body></html>"""
DRAWING = """<div class="mermaid"></div><script>
document.querySelector(".mermaid").attachShadow({{mode: "closed"}}).innerHTML =
  '<svg viewBox="0 0 100 100" width="{0}" height="{0}">{1}</svg>';</script>"""
Check = Callable[[Watch], list[str]]


def heard(watch: Watch) -> list[str]:
    watch.page.wait_for_timeout(300)
    return watch.heard


def one_diagram(watch: Watch) -> list[str]:
    return checks.diagrams(watch.page, 1, patience_ms=2_000)


PLANTED: dict[str, tuple[Check, str, str, str]] = {
    "script that fails": (heard, "<script>null.x</script>", "<script>1</script>", "uncaught"),
    "console error": (heard, "<script>console.error('no')</script>", "", "console error"),
    "missing file": (heard, '<img alt="" src="none.png">', "", "status 404"),
    "another host": (heard, '<img alt="" src="http://other.invalid/x.png">', "", "requests another host"),
    "wide page": (
        lambda watch: checks.sideways(watch.page),
        '<div style="width: 2000px">wide</div>',
        '<div style="overflow-x: auto"><div style="width: 2000px">wide</div></div>',
        "px wide",
    ),
    "cut table": (
        lambda watch: checks.cut(watch.page, "td"),
        '<div style="overflow-x: auto"><table><tr><td style="min-width: 500px">wide</td></tr></table></div>',
        "<table><tr><td>narrow</td></tr></table>",
        "cut at the edge",
    ),
    "cut command": (
        lambda watch: checks.cut(watch.page, "pre code"),
        f'<pre><code style="display: block; overflow: auto">{"long " * 50}</code></pre>',
        "<pre><code>short</code></pre>",
        "cut at the edge",
    ),
    "pale words": (
        lambda watch: checks.accessibility(watch.page, "color-contrast"),
        '<p style="color: #ccc">pale</p>',
        "<p>dark</p>",
        "color-contrast",
    ),
    "picture without words": (
        lambda watch: checks.accessibility(watch.page),
        '<img src="data:,">',
        '<img alt="none" src="data:,">',
        "image-alt",
    ),
    "flat diagram": (one_diagram, DRAWING.format(0, ""), DRAWING.format(100, ""), "measures"),
    "tiny diagram": (one_diagram, DRAWING.format(40, ""), DRAWING.format(100, ""), "too small"),
    "diagram with an error": (
        one_diagram,
        DRAWING.format(100, '<g class="error-icon"></g>'),
        DRAWING.format(100, "<g></g>"),
        "shows an error",
    ),
    "diagram not drawn": (one_diagram, '<pre class="mermaid">x</pre>', DRAWING.format(100, ""), "not all of 1"),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_is_found(chromium: Browser, serve: Serve, tmp_path: Path, fault: str) -> None:
    check, bad, good, words = PLANTED[fault]
    url = serve(tmp_path)
    answers = []
    for body in (bad, good):
        (tmp_path / "index.html").write_text(PAGE.format(body))
        context = chromium.new_context(viewport={"width": 375, "height": 740})
        watch = Watch(context.new_page())
        watch.open(url, url)
        answers.append(list(check(watch)))
        context.close()
    assert any(words in answer for answer in answers[0]), answers[0]
    assert answers[1] == []


def test_an_unseen_focus_is_found(chromium: Browser, serve: Serve, tmp_path: Path) -> None:
    style = "<style>.unseen:focus { outline: none }</style>"
    links = '<a class="unseen" href="#top">one</a> <a class="seen" style="outline: 2px solid" href="#top">two</a>'
    (tmp_path / "index.html").write_text(PAGE.format(style + links))
    context = chromium.new_context()
    page = context.new_page()
    page.goto(serve(tmp_path))
    found = []
    for _ in range(2):
        page.keyboard.press("Tab")
        found.append(checks.focused(page))
    context.close()
    assert found == [("unseen", False), ("seen", True)]


@pytest.mark.parametrize(
    ("link", "message"),
    [
        ("gone.html", "has no file in the site"),
        ("../outside.html", "has no file in the site"),
        ("#gone", "has no anchor in index.html"),
        ("other.html#gone", "has no anchor in other.html"),
    ],
)
def test_a_broken_link_is_found(tmp_path: Path, link: str, message: str) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (tmp_path / "outside.html").touch()
    (site / "other.html").write_text(PAGE.format('<a href="index.html#top">home</a>'))
    (site / "index.html").write_text(PAGE.format('<a href="#top">top</a> <a href="other.html#top">other</a>'))
    assert list(broken_links(site)) == []
    (site / "index.html").write_text(PAGE.format(f'<a href="{link}">broken</a>'))
    assert list(broken_links(site)) == [f"index.html: {link} {message}"]

"""Every page of the site: requests, diagrams, accessibility, and the width of a desktop and of a phone."""

import re

import pytest
from playwright.sync_api import ViewportSize

from tests.site import checks
from tests.site.built import SITE, broken_links, pages, parsed
from tests.site.checks import Watch
from tests.site.conftest import WINDOW

PHONE = ViewportSize(width=390, height=844)
ON_PHONE = ".md-content :is(table, th, td, .kz-picture, .kz-picture *), .md-content .language-console code"
ON_DESK = f"{ON_PHONE}, .md-content :is(.language-bash, .language-json) code"
SCHEMES = {"light": "default", "dark": "slate"}
PICTURES = SITE.parent / ".nox/.cache/pictures"
PAGES = pages()


def test_all_pages_are_tested() -> None:
    assert len(PAGES) >= 25


def test_no_link_is_broken() -> None:
    assert list(broken_links()) == []


def test_the_python_api_shows_its_names_and_no_private_one() -> None:
    source = (SITE.parent / "docs/reference/python-api.md").read_text(encoding="utf-8")
    entries = set(re.findall(r"^::: (\S+)$", source, re.MULTILINE))
    shown = {name for name in parsed(SITE / "reference/python-api.html").names if name.startswith("kaizen_")}
    assert len(entries) >= 60
    assert entries <= shown
    assert [name for name in shown if "._" in name] == []


def test_some_page_has_a_diagram() -> None:
    assert any(parsed(SITE / name).diagrams for name in PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_page(watch: Watch, site: str, name: str) -> None:
    page, wanted = watch.page, parsed(SITE / name).diagrams
    page.set_viewport_size(WINDOW)
    watch.open(f"{site}/{name}", site)
    faults = checks.diagrams(page, wanted) + checks.accessibility(page) + checks.cut(page, ON_DESK)
    page.set_viewport_size(PHONE)
    faults += [f"on a phone: {fault}" for fault in checks.sideways(page) + checks.cut(page, ON_PHONE)]
    page.evaluate("document.body.dataset.mdColorScheme = 'slate'")
    faults += [f"in the dark: {fault}" for fault in checks.accessibility(page, "color-contrast")]
    assert faults + watch.heard == []


@pytest.mark.parametrize("window", [WINDOW, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_screenshots_are_kept(watch: Watch, window: ViewportSize, scheme: str) -> None:
    """Take pictures of the first page, the longest, and those with a diagram or a picture (see the release page)."""
    named = ["index.html", max(PAGES, key=lambda name: (SITE / name).stat().st_size)]
    drawn = [name for name in PAGES if parsed(SITE / name).diagrams or "kz-picture" in (SITE / name).read_text("utf-8")]
    page = watch.page
    page.set_viewport_size(window)
    for name in dict.fromkeys(named + drawn):
        watch.open(f"{SITE.as_uri()}/{name}", SITE.as_uri())
        assert checks.diagrams(page, parsed(SITE / name).diagrams) == []
        page.evaluate("scheme => { document.body.dataset.mdColorScheme = scheme }", SCHEMES[scheme])
        kept = PICTURES / f"{name.removesuffix('.html').replace('/', '-')}-{scheme}-{window['width']}.png"
        page.screenshot(path=kept)
        assert kept.stat().st_size > 0


@pytest.mark.parametrize("name", [name for name in PAGES if name != "404.html"])
def test_page_from_a_folder(watch: Watch, name: str) -> None:
    """Open each page without a server. The 404 page is omitted: its links begin at the root of a server."""
    home = SITE.as_uri()
    watch.page.set_viewport_size(WINDOW)
    watch.open(f"{home}/{name}", home)
    assert checks.diagrams(watch.page, parsed(SITE / name).diagrams) + watch.heard == []

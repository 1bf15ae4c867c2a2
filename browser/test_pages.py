"""Every page of the site, once: what it asks for, its diagrams, its accessibility, and a phone's width."""

import pytest

from browser import checks
from browser.built import SITE, broken_links, pages, parsed
from browser.checks import Watch
from browser.conftest import WINDOW

PHONE = {"width": 375, "height": 740}
PAGES = pages()


def test_the_whole_site_is_looked_at() -> None:
    assert len(PAGES) >= 25


def test_links_and_anchors_lead_somewhere() -> None:
    assert list(broken_links()) == []


def test_some_page_has_a_diagram() -> None:
    assert any(parsed(SITE / name).diagrams for name in PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_page(watch: Watch, site: str, name: str) -> None:
    page, wanted = watch.page, parsed(SITE / name).diagrams
    page.set_viewport_size(WINDOW)
    watch.open(f"{site}/{name}", site)
    faults = checks.diagrams(page, wanted) + checks.accessibility(page)
    page.set_viewport_size(PHONE)
    faults += [f"on a phone: {fault}" for fault in checks.sideways(page)]
    page.evaluate("document.body.dataset.mdColorScheme = 'slate'")
    faults += [f"in the dark: {fault}" for fault in checks.accessibility(page, "color-contrast")]
    assert faults + watch.heard == []


@pytest.mark.parametrize("name", [name for name in PAGES if name != "404.html"])
def test_page_from_a_folder(watch: Watch, name: str) -> None:
    """Without a server; the page of a server's 404 has links from the root and is left out."""
    home = SITE.as_uri()
    watch.page.set_viewport_size(WINDOW)
    watch.open(f"{home}/{name}", home)
    assert checks.diagrams(watch.page, parsed(SITE / name).diagrams) + watch.heard == []

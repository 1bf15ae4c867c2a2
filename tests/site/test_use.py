"""The site in use: by keyboard, by search, in the dark, and all of it from a folder too."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.site import checks
from tests.site.built import SITE

STOPS = 40
PATIENCE = 100  # tenths of a second
ORDER = ("md-skip", "md-logo", "md-option", "md-search__input", "md-tabs__link", "md-nav__link")
# What one looks up, and what answers; an address in the first or second result holds one of these.
WANTED = {
    "KZ203": ("diagnostic",),
    "prepare_command": ("discover-kaizen-scheduled-repos", "kaizen-schedule-prepared-event"),
    "host_paths": ("state-hub-roster-fields",),
    "--stagger": ("options", "cli"),
    "schedule validate": ("cli",),
    "exit 3": ("exit-codes",),
    "no-manifest": ("outcomes",),
    'error[KZ301]: unknown time zone "GMT+1"': ("#kz301",),
}


@pytest.fixture(params=["server", "folder"])
def home(request: pytest.FixtureRequest) -> str:
    """Where the site is opened: over HTTP, and as files."""
    return str(request.getfixturevalue("site")) if request.param == "server" else SITE.as_uri()


def stops(page: Page) -> Iterator[tuple[str, bool]]:
    """What Tab reaches, in order: its class, and whether the focus can be seen."""
    for _ in range(STOPS):
        page.keyboard.press("Tab")
        reached = checks.focused(page)
        if reached[0] == "BODY":  # past the last
            return
        yield reached


def test_the_keyboard_reaches_everything_and_shows_where_it_is(fresh: Page, site: str) -> None:
    fresh.goto(f"{site}/index.html")
    reached = list(stops(fresh))
    names = [name for name, _ in reached]
    order = [next(index for index, name in enumerate(names) if word in name) for word in ORDER]
    assert order == sorted(order), names
    assert order[0] == 0
    assert [name for name, visible in reached if not visible] == []


def test_enter_skips_to_the_content(fresh: Page, site: str) -> None:
    fresh.goto(f"{site}/index.html")
    heading = fresh.locator(".md-content h1").get_attribute("id")
    fresh.keyboard.press("Tab")
    fresh.keyboard.press("Enter")
    expect(fresh).to_have_url(f"{site}/index.html#{heading}")


def test_enter_follows_a_link_of_the_navigation(fresh: Page, site: str) -> None:
    fresh.goto(f"{site}/index.html")
    link = fresh.locator(".md-tabs__link").nth(1)
    target = link.evaluate("link => link.href")
    assert target != fresh.url
    assert any(fresh.evaluate("document.activeElement.href") == target for _ in stops(fresh))
    fresh.keyboard.press("Enter")
    expect(fresh).to_have_url(target)


@pytest.mark.parametrize("words", WANTED)
def test_search_finds(fresh: Page, home: str, words: str) -> None:
    fresh.goto(f"{home}/index.html")
    fresh.keyboard.press("/")
    fresh.keyboard.type(words, delay=20)
    best: list[str] = []
    for _ in range(PATIENCE):  # the list is made anew with each letter
        best = fresh.locator(".md-search-result__item").evaluate_all(
            "items => items.slice(0, 2).flatMap(item => [...item.querySelectorAll('a')].map(link => link.href))"
        )
        if any(page in address for address in best for page in WANTED[words]):
            return
        fresh.wait_for_timeout(100)
    pytest.fail(f"{words} finds {best}")


def test_a_result_is_opened_by_keyboard(fresh: Page, home: str) -> None:
    fresh.goto(f"{home}/index.html")
    fresh.keyboard.press("/")
    fresh.keyboard.type("host_paths", delay=20)
    expect(fresh.locator(".md-search-result__item").first).to_be_visible()
    fresh.keyboard.press("ArrowDown")
    fresh.keyboard.press("Enter")
    fresh.wait_for_url(lambda url: "index.html" not in url and url.startswith(home))
    expect(fresh.locator(".md-content")).to_contain_text("host_paths")


def test_the_dark_scheme_is_chosen_by_keyboard_and_kept(fresh: Page, home: str) -> None:
    fresh.goto(f"{home}/index.html")
    body = fresh.locator("body")
    expect(body).to_have_attribute("data-md-color-scheme", "default")
    light = fresh.evaluate("getComputedStyle(document.body).backgroundColor")
    fresh.locator("label[for=__palette_1]").click()
    expect(body).to_have_attribute("data-md-color-scheme", "slate")
    assert fresh.evaluate("getComputedStyle(document.body).backgroundColor") != light
    fresh.locator(".md-tabs__link").nth(1).click()
    expect(body).to_have_attribute("data-md-color-scheme", "slate")


def test_who_prefers_dark_begins_in_the_dark(fresh: Page, home: str) -> None:
    fresh.emulate_media(color_scheme="dark")
    fresh.goto(f"{home}/index.html")
    expect(fresh.locator("body")).to_have_attribute("data-md-color-scheme", "slate")

"""The site in use: keyboard, search, copying and the dark scheme, over HTTP and from a directory."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.site import checks
from tests.site.built import SITE

STOPS = 40
PATIENCE = 100  # tenths of a second
ORDER = ("md-skip", "md-logo", "md-option", "md-search__input", "md-tabs__link", "md-nav__link")
# A query, and parts of the addresses of pages that answer it; one of them must be in the first two results.
WANTED = {
    "KZ203": ("#kz203",),
    'error[KZ301]: unknown time zone "GMT+1"': ("#kz301",),
    "prepare_command": ("discover-kaizen-scheduled-repos", "kaizen-schedule-prepared-event"),
    "host_paths": ("state-hub-roster-fields",),
    "--stagger": ("reference/cli", "write-a-manifest"),
    "--window": ("reference/cli",),
    "schedule validate": ("reference/cli",),
    "exit 3": ("exit-codes",),
    "no-manifest": ("outcomes",),
    "codex": ("agent-commands", "faq"),
    "claude -p": ("agent-commands", "faq"),
    "permissions": ("agent-commands",),
    ".claude/agents": ("bring-your-own-agents",),
    "crontab": ("run-without-activity-core",),
    "systemd": ("first-agent-systemd", "run-without-activity-core", "engines"),
    "cost": ("cost-and-safety",),
    "what does it cost": ("cost-and-safety",),
    "what is sent to the model": ("cost-and-safety",),
    "stop": ("cost-and-safety", "faq"),
    "how do I stop an agent": ("cost-and-safety", "faq"),
    "why did nothing run": ("my-agent-did-not-run",),
    "how do I move a run by an hour?": ("faq", "write-a-manifest"),
    "how do I add a repository?": ("faq", "operate-a-fleet"),
    "who fires this": ("#who-fires",),
}


@pytest.fixture(params=["server", "folder"])
def home(request: pytest.FixtureRequest) -> str:
    """Return the address of the site: over HTTP, and as files."""
    return str(request.getfixturevalue("site")) if request.param == "server" else SITE.as_uri()


def stops(page: Page) -> Iterator[tuple[str, bool]]:
    """Yield what Tab reaches, in order: its class, and whether its focus is visible."""
    for _ in range(STOPS):
        page.keyboard.press("Tab")
        reached = checks.focused(page)
        if reached[0] == "BODY":  # past the last
            return
        yield reached


def test_the_keyboard_reaches_everything_with_a_visible_focus(fresh: Page, site: str) -> None:
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
    for _ in range(PATIENCE):  # the list changes with each letter
        best = fresh.locator(".md-search-result__item").evaluate_all(
            "items => items.slice(0, 2).flatMap(item => [...item.querySelectorAll('a')].map(link => link.href))"
        )
        if any(page in address for address in best for page in WANTED[words]):
            return
        fresh.wait_for_timeout(100)
    pytest.fail(f"{words} finds {best}")


def test_the_python_api_is_not_searched_and_decisions_are() -> None:
    index = json.loads((SITE / "search/search_index.json").read_text(encoding="utf-8"))
    pages = {entry["location"].partition("#")[0]: entry.get("boost", 1) for entry in index["docs"]}
    assert "reference/python-api.html" not in pages
    assert {boost for page, boost in pages.items() if page.startswith("adr/")} == {0.3}


def test_a_command_is_copied_without_its_prompt(fresh: Page, home: str) -> None:
    fresh.goto(f"{home}/reference/catalog.html")
    fresh.evaluate("navigator.clipboard ? 0 : Object.defineProperty(navigator, 'clipboard', { value: {} })")
    fresh.evaluate("document.addEventListener('copy', () => { window.copied = getSelection().toString() })")
    fresh.evaluate("document.execCommand = () => { window.copied = document.activeElement.value; return true }")
    fresh.locator(".language-console button").first.click()
    assert fresh.evaluate("window.copied") == "mkdir catalog\nkaizen-agentic definitions sync catalog"
    assert fresh.locator(".language-text button").count() == 0


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


def test_the_dark_scheme_is_the_default_for_those_who_prefer_it(fresh: Page, home: str) -> None:
    fresh.emulate_media(color_scheme="dark")
    fresh.goto(f"{home}/index.html")
    expect(fresh.locator("body")).to_have_attribute("data-md-color-scheme", "slate")

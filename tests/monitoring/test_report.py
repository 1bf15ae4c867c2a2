"""The report of a fleet in a browser: requests, errors, accessibility, width, and the filter."""

import re
import shutil
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped] # it has no types
from playwright.sync_api import Page, ViewportSize, sync_playwright

from tests.monitoring.conftest import Run, make_fleet

PICTURES = Path(".nox/.cache/pictures")
FLEETS = {"three": (3, False), "sixty": (60, False), "many": (10_000, False), "broken": (60, True)}
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
WINDOWS = {"wide": ViewportSize(width=1280, height=900), "narrow": ViewportSize(width=390, height=844)}
BYTES = 6_000_000
KEYSTROKE_MS = 100
TYPED = """
async (words) => {
  const filter = document.getElementById("filter");
  const best = {};
  for (let round = 0; round < 3; round += 1) {  // other work on the machine must not count
    for (const word of words) {
      filter.value = word;
      const start = performance.now();
      filter.dispatchEvent(new Event("input"));
      document.body.getBoundingClientRect();
      best[word] = Math.min(performance.now() - start, best[word] ?? Infinity);
    }
  }
  return Math.max(...Object.values(best));
}
"""
AXE = "async () => (await axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`)"


@pytest.fixture(scope="module", params=FLEETS)
def report(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    size, broken = FLEETS[request.param]
    folder: Path = tmp_path_factory.mktemp(request.param)
    make_fleet(folder, size, broken=broken)
    return folder / f"{request.param}.html"


def test_the_report(report: Path, run: Run) -> None:
    program = shutil.which("chromium")
    assert program is not None, "chromium is not installed: apt-get install chromium"
    run(report.parent, "roster", "report", "--roster", "roster.yml", "--output", report.name)
    assert report.stat().st_size < BYTES
    heard: list[str] = []
    requests: list[str] = []
    faults: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        for name, window in WINDOWS.items():
            for scheme in ("light", "dark"):
                context = browser.new_context(viewport=window, color_scheme=scheme)
                page = context.new_page()
                page.on("console", lambda message: heard.append(message.text))
                page.on("pageerror", lambda error: heard.append(str(error)))
                page.on("request", lambda request: requests.append(request.url))
                page.goto(report.as_uri())
                faults += [f"{name}, {scheme}: {fault}" for fault in _faults(page)]
                PICTURES.mkdir(parents=True, exist_ok=True)
                page.screenshot(path=PICTURES / f"report-{report.stem}-{name}-{scheme}.png")
                context.close()
        browser.close()
    assert heard == []
    assert requests == [report.as_uri()] * 4
    assert faults == []


def _faults(page: Page) -> list[str]:
    faults = []
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        faults.append("it scrolls sideways")
    milliseconds = page.evaluate(TYPED, ["r", "re", "repo-0", "overdue coach", "zzz", ""])
    if milliseconds > KEYSTROKE_MS:
        faults.append(f"the filter takes {milliseconds} ms")
    page.fill("#filter", "repo-00001")
    shown = page.locator("#rows tr").count()
    if not 1 <= shown <= 2 or not re.match(r"[12] of ", page.inner_text("#count")):
        faults.append(f"the filter shows {shown} rows")
    page.fill("#filter", "")
    page.evaluate(AXE_SCRIPT)
    return faults + list(page.evaluate(AXE))

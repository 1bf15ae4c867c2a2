"""Checks of a page in the browser; each returns a list of faults."""

from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped] # it has no types
from playwright.sync_api import ConsoleMessage, Page, Request, Response
from playwright.sync_api import TimeoutError as TooLate

DIAGRAM_MS = 20_000
OPEN_SHADOWS = """
const attach = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (settings) { return attach.call(this, { ...settings, mode: "open" }); };
"""
DRAWN = """
(wanted) => {
  const hosts = [...document.querySelectorAll("div.mermaid")];
  return hosts.length === wanted && hosts.every((host) => host.shadowRoot?.querySelector("svg"));
}
"""
DIAGRAM_FAULTS = """
() => [...document.querySelectorAll("div.mermaid")].flatMap((host, index) => {
  const svg = host.shadowRoot.querySelector("svg");
  const { width, height } = svg.getBoundingClientRect();
  const faults = [];
  if (width < 20 || height < 20) faults.push(`diagram ${index} measures ${width} by ${height}`);
  const drawn = width / svg.viewBox.baseVal.width;
  if (drawn < 0.75) faults.push(`diagram ${index} is too small to read at ${Math.round(100 * drawn)} % of its size`);
  if (svg.querySelector(".error-icon, .error-text")) faults.push(`diagram ${index} shows an error`);
  return faults;
})
"""
WIDE = """
() => {
  const width = document.documentElement.clientWidth;
  const scrolls = (element) => element && (/auto|scroll|hidden|clip/.test(getComputedStyle(element).overflowX)
    && element !== document.documentElement && element !== document.body || scrolls(element.parentElement));
  if (document.documentElement.scrollWidth <= width) return [];
  const wide = [...document.body.querySelectorAll("*")].filter((element) =>
    element.getBoundingClientRect().right > width + 1 && !scrolls(element.parentElement));
  const names = wide.slice(0, 3).map((element) => element.outerHTML.slice(0, 80));
  return [`${document.documentElement.scrollWidth} px wide on a screen of ${width}: ${names.join(" | ")}`];
}
"""
CUT = """
(selector) => [...document.querySelectorAll(selector)].flatMap((element) => {
  const { left, right, width } = element.getBoundingClientRect();
  const screen = document.documentElement.clientWidth;
  const block = getComputedStyle(element).display !== "inline";
  const cut = width > 0 && (right > screen + 1 || left < -1 || block && element.scrollWidth > element.clientWidth + 1);
  return cut ? [`cut at the edge: ${element.outerHTML.slice(0, 120)}`] : [];
})
"""
AXE = """
async (rules) => {
  const options = { resultTypes: ["violations"], preload: false };
  if (rules) options.runOnly = { type: "rule", values: rules };
  const { violations } = await axe.run(document, options);
  return violations.filter(({ impact }) => impact === "serious" || impact === "critical").flatMap(
    ({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 120)} ${node.any[0]?.message ?? ""}`));
}
"""
FOCUS = """
() => {
  const element = document.activeElement;
  // The theme draws a radio button by its label.
  const shown = element.matches("input[type=radio]") ? element.nextElementSibling : element;
  const style = getComputedStyle(shown);
  const box = shown.getBoundingClientRect();
  return {
    name: element.className || element.tagName,
    visible: box.width > 0 && box.height > 0 && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
  };
}
"""


class Watch:
    """The errors and failed requests of a page since the last `open`."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.home = ""
        self.heard: list[str] = []
        self.requested: set[Request] = set()
        page.add_init_script(OPEN_SHADOWS)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.heard.append(f"uncaught {error}"))
        page.on("request", self._request)
        page.on("requestfailed", self._failed)
        page.on("response", self._response)

    def open(self, url: str, home: str) -> None:
        """Open `url`; a request that does not begin with `home` is a fault."""
        self.page.goto("about:blank")  # no request of the page before begins after this
        self.home = home
        self.heard.clear()
        self.requested.clear()
        self.page.goto(url)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.heard.append(f"console {message.type}: {message.text}")

    def _request(self, request: Request) -> None:
        self.requested.add(request)
        if not request.url.startswith((self.home, "data:", "blob:", "about:")):
            self.heard.append(f"requests another host: {request.url}")

    def _failed(self, request: Request) -> None:
        # The browser reports an icon that the page before was still loading as failed after it opens the next page.
        if request in self.requested:
            self.heard.append(f"failed {request.url}: {request.failure}")

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            self.heard.append(f"status {response.status}: {response.url}")


def diagrams(page: Page, wanted: int, patience_ms: int = DIAGRAM_MS) -> list[str]:
    """Check that all diagrams of the source are drawn, large enough and without an error."""
    try:
        page.wait_for_function(DRAWN, arg=wanted, timeout=patience_ms)
    except TooLate:
        return [f"not all of {wanted} diagrams were drawn"]
    faults: list[str] = page.evaluate(DIAGRAM_FAULTS)
    return faults


def sideways(page: Page) -> list[str]:
    """Check that the page does not scroll sideways."""
    faults: list[str] = page.evaluate(WIDE)
    return faults


def cut(page: Page, selector: str) -> list[str]:
    """Check that these elements are completely on the screen, without scrolling sideways."""
    faults: list[str] = page.evaluate(CUT, selector)
    return faults


def accessibility(page: Page, *rules: str) -> list[str]:
    """Return the serious and critical findings of axe, by all rules or only these."""
    page.evaluate(AXE_SCRIPT)
    faults: list[str] = page.evaluate(AXE, list(rules) or None)
    return faults


def focused(page: Page) -> tuple[str, bool]:
    """Return the class of the focused element, and whether its focus is visible."""
    found = page.evaluate(FOCUS)
    return found["name"], found["visible"]

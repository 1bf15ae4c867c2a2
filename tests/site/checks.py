"""What is asked of a page in the browser; each answer is the list of its faults, empty when all is well."""

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
  // A radio of the theme is drawn by its label.
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
    """All that a page asks for or complains about, from one `open` to the next."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.home = ""
        self.heard: list[str] = []
        page.add_init_script(OPEN_SHADOWS)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.heard.append(f"uncaught {error}"))
        page.on("request", self._request)
        page.on("requestfailed", lambda request: self.heard.append(f"failed {request.url}: {request.failure}"))
        page.on("response", self._response)

    def open(self, url: str, home: str) -> None:
        """Open `url`; what does not begin with `home` is then another host."""
        self.home = home
        self.heard.clear()
        self.page.goto(url)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.heard.append(f"console {message.type}: {message.text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.home, "data:", "blob:", "about:")):
            self.heard.append(f"asks another host: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            self.heard.append(f"status {response.status}: {response.url}")


def diagrams(page: Page, wanted: int, patience_ms: int = DIAGRAM_MS) -> list[str]:
    """Each of the diagrams that the source has is drawn, with a size and without an error."""
    try:
        page.wait_for_function(DRAWN, arg=wanted, timeout=patience_ms)
    except TooLate:
        return [f"not all of {wanted} diagrams were drawn"]
    faults: list[str] = page.evaluate(DIAGRAM_FAULTS)
    return faults


def sideways(page: Page) -> list[str]:
    """What makes the page scroll sideways."""
    faults: list[str] = page.evaluate(WIDE)
    return faults


def accessibility(page: Page, *rules: str) -> list[str]:
    """Serious and critical findings of axe, by all its rules or only these."""
    page.evaluate(AXE_SCRIPT)
    faults: list[str] = page.evaluate(AXE, list(rules) or None)
    return faults


def focused(page: Page) -> tuple[str, bool]:
    """The class of what has the keyboard, and whether one sees that it does."""
    found = page.evaluate(FOCUS)
    return found["name"], found["visible"]

"""The files of the built site: pages and the targets of their links."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

SITE = Path(__file__).parents[2] / "site"
LINKS = {"a": "href", "link": "href", "img": "src", "script": "src", "iframe": "src", "source": "src"}


def pages(site: Path = SITE) -> list[str]:
    """Return the path of each page in the site."""
    return sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))


@dataclass
class Parsed(HTMLParser):
    """The links and anchors of a page, and the number of its diagrams."""

    links: list[str] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    diagrams: int = 0

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect the links and anchors of a tag."""
        given = {key: value or "" for key, value in attrs}
        self.names.update(value for key in ("id", "name") if (value := given.get(key)))
        if (link := given.get(LINKS.get(tag, ""))) is not None:
            self.links.append(link)
        self.diagrams += tag == "pre" and given.get("class") == "mermaid"


def parsed(page: Path) -> Parsed:
    """Parse a page."""
    parser = Parsed()
    parser.feed(page.read_text(encoding="utf-8"))
    parser.close()
    return parser


def broken_links(site: Path = SITE) -> Iterator[str]:
    """Yield the internal links with a missing file or anchor."""
    read = {name: parsed(site / name) for name in pages(site)}
    for name, page in read.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            base = site if parts.path.startswith("/") else (site / name).parent
            target = base / unquote(parts.path).lstrip("/") if parts.path else site / name
            if target.is_dir():
                target /= "index.html"
            inside = target.resolve().is_relative_to(site.resolve())
            key = target.resolve().relative_to(site.resolve()).as_posix() if inside else ""
            if not inside or not target.is_file():
                yield f"{name}: {link} has no file in the site"
            elif key in read and parts.fragment and unquote(parts.fragment) not in read[key].names:
                yield f"{name}: {link} has no anchor in {key}"

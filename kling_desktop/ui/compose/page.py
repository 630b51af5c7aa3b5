"""Which pictures stand in a piece of a web page."""

from html.parser import HTMLParser


def pictures_of(html: str) -> list[str]:
    """Where they come from, as it is written there, in their order."""
    parser = _Pictures()
    parser.feed(html)
    return parser.found


class _Pictures(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep where a picture comes from."""
        source = dict(attrs).get("src")
        if tag == "img" and source:
            self.found.append(source)

"""What the browser tests share: pressing what leads to another page, and asking axe."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def press(button: Locator) -> None:
    """Press what sends the browser to another page, and wait until that page is there whole.

    A click returns as soon as the way is begun: what is asked right after it may meet
    the page before, or one whose document is not there yet.
    """
    with button.page.expect_navigation():
        button.click()


def problems(page: Page) -> list[tuple[str, str, str]]:
    """What axe finds on the page: [(address, rule, the first element)]."""
    page.wait_for_load_state()
    # The pages allow no script from elsewhere, axe included, so it goes in by the browser's own door.
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}}).response["violations"]
    return [(page.url, one["id"], one["nodes"][0]["html"][:300]) for one in found]

"""axe finds nothing on any patient page, in light and dark, in both languages."""

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser

BORN = {"month": "5", "day": "17", "year": "1980", "postal_code": "60601"}


@pytest.fixture(params=["light", "dark"])
def screen(request, chromium):
    # axe itself needs scripts; the pages have none.
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, color_scheme=request.param, bypass_csp=True
    )
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()


def problems(page):
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": tags}}).response["violations"]
    return [(page.url.rpartition("/")[2], one["id"], one["nodes"][0]["html"]) for one in found]


def test_axe_finds_nothing(screen, link, language):
    found = []
    screen.goto(f"{link}?lang={language}")
    for page in ("", "times", "check", "call", "not-now", "question", "moved", "wrong-person", "stop"):
        screen.goto(f"{link}/{page}" if page else link)
        found += problems(screen)
    screen.goto(link)
    screen.locator("button.time").first.click()
    for field, value in BORN.items():
        screen.fill(f"#{field}", value if field != "year" else "1981")
    screen.locator("form button.button").click()
    found += problems(screen)
    for field, value in BORN.items():
        screen.fill(f"#{field}", value)
    screen.locator("form button.button").click()
    found += problems(screen)
    screen.locator("form button.button").click()
    found += problems(screen)
    for page in ("times", "cancel", "cancelled", "stop/done"):
        screen.goto(f"{link}/{page}")
        found += problems(screen)
    screen.goto(link.rpartition("/")[0] + "/" + "x" * 22)
    found += problems(screen)
    assert found == []

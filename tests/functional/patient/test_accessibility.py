"""axe finds nothing on any patient page, in light and dark, in both languages."""

import pytest

from support.browser import press, problems

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


def test_axe_finds_nothing(screen, link, language):
    found = []
    screen.goto(f"{link}?lang={language}")
    for page in ("", "times", "check", "call", "not-now", "question", "moved", "wrong-person", "stop"):
        screen.goto(f"{link}/{page}" if page else link)
        found += problems(screen)
    screen.goto(link)
    press(screen.locator("button.time").first)
    for field, value in BORN.items():
        screen.fill(f"#{field}", value if field != "year" else "1981")
    press(screen.locator("form button.button"))
    found += problems(screen)
    for field, value in BORN.items():
        screen.fill(f"#{field}", value)
    press(screen.locator("form button.button"))
    found += problems(screen)
    press(screen.locator("form button.button"))
    found += problems(screen)
    for page in ("times", "cancel", "cancelled", "stop/done"):
        screen.goto(f"{link}/{page}")
        found += problems(screen)
    screen.goto(link.rpartition("/")[0] + "/" + "x" * 22)
    found += problems(screen)
    assert found == []

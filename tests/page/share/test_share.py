"""Sharing: a picture of ink and reading, and a link with the strokes."""

from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.page.conftest import Visit
from tests.page.pen import Drawn


def test_link_carries_the_drawing_and_sends_nothing(visit: Visit, seven: Drawn) -> None:
    sender = visit(permissions=["clipboard-read", "clipboard-write"])
    sender.pen.write(seven)
    assert sender.finish() == "7"
    sender.page.click("#share")
    sender.page.click("#copylink")
    expect(sender.page.locator("#said")).to_contain_text("copied")
    link = sender.page.evaluate("navigator.clipboard.readText()")
    assert "#ink=" in link and len(link) < 2000

    receiver = visit(url=link)
    receiver.until(lambda: receiver.number == "7")
    receiver.page.wait_for_timeout(1500)
    expect(receiver.page.locator("#said")).to_contain_text("the sender of the link")
    expect(receiver.page.locator("#entries li")).to_have_count(0)
    assert receiver.outbox == 0


@pytest.mark.parametrize("fragment", ["#ink=", "#ink=%%%", "#ink=AAAA", "#ink=q1YqVrIyAgA"])
def test_link_that_holds_no_drawing_says_so(visit: Visit, fragment: str) -> None:
    page = visit().page
    page.goto(page.url + fragment)
    expect(page.locator("#said")).to_contain_text("no drawing")


def test_reading_is_saved_as_a_picture(visit: Visit, seven: Drawn, tmp_path: Path) -> None:
    visitor = visit()
    visitor.pen.write(seven)
    visitor.finish()
    visitor.page.click("#share")
    with visitor.page.expect_download() as download:
        visitor.page.click("#save")
    download.value.save_as(tmp_path / "digits.png")
    colours = Image.open(tmp_path / "digits.png").convert("RGB").getcolors(1 << 20)
    assert colours
    assert {(253, 250, 243), (31, 44, 77), (165, 63, 40)} <= {colour for _, colour in colours}


def test_number_is_copied(visit: Visit, seven: Drawn) -> None:
    visitor = visit(permissions=["clipboard-read", "clipboard-write"])
    for x in (0.1, 0.6):
        visitor.pen.write(seven, x, 0.2, 0.3, 0.5)
    visitor.finish()
    visitor.page.click("#copy")
    expect(visitor.page.locator("#said")).to_contain_text("Copied 77")
    assert visitor.page.evaluate("navigator.clipboard.readText()") == "77"

"""A visitor's actions and observations, by the page's controls."""

import random
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from playwright.sync_api import BrowserContext, Page, expect

from tests.page.pen import Drawn, Pen


class Visitor:
    """A visitor with one browser window on the page."""

    def __init__(self, context: BrowserContext, url: str, *, finger: bool = False) -> None:
        self.context = context
        self.page: Page = context.new_page()
        self.errors: list[str] = []  # exceptions of the page's code
        self.complaints: list[str] = []  # errors on the browser's console
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on(
            "console",
            lambda said: self.complaints.append(said.text) if said.type == "error" else None,
        )
        self.page.goto(url)
        expect(self.page.locator("#title")).not_to_be_empty()
        self.pen = Pen(self.page, finger=finger)

    @property
    def number(self) -> str:
        """Return the shown digits, with `?` for unidentified ones."""
        return "".join(self.page.locator("#number b").all_text_contents())

    @property
    def session(self) -> str:
        """Return this browser's session."""
        return str(self.page.evaluate("localStorage.session"))

    @property
    def outbox(self) -> int:
        """Return the number of waiting outbox entries."""
        waiting = "Object.keys(localStorage).filter((key) => key.startsWith('outbox/')).length"
        return int(self.page.evaluate(waiting))

    def key(self, name: str) -> None:
        """Press a key with the focus on the pad."""
        self.page.locator("#paper").press(name)

    def clear(self) -> None:
        """Clear the pad and wait until no reading is pending."""
        self.key("c")
        expect(self.page.locator("#number button")).to_have_count(0)

    def finish(self) -> str:
        """Press Enter and return the shown digits after recording."""
        self.key("Enter")
        self.rest()
        self.until(lambda: self.outbox == 0)
        return self.number

    def open_correction(self) -> None:
        """Open the correction by its key, which acts once the certainty is shown."""
        expect(self.page.locator("#wrong")).to_be_enabled()
        self.key("w")
        expect(self.page.locator("#labels")).to_be_visible()

    def delete_all(self) -> None:
        """Press "Delete all" and confirm it."""
        self.page.once("dialog", lambda dialog: dialog.accept())
        self.page.click("#forget")

    def stop_the_clock(self) -> None:
        """Reload with a clock that only `page.clock.run_for(milliseconds)` advances.

        What the page loads at its start is there then: its retries would wait for the clock.
        """
        self.page.clock.install()
        self.page.reload(wait_until="networkidle")
        self.page.clock.pause_at(datetime.now() + timedelta(days=1))

    def rest(self) -> None:
        """Wait until the drawing was read, or failed, and was sent for recording."""
        expect(self.page.locator("#number")).to_have_attribute("aria-busy", "false")

    def until(self, holds: Callable[[], object], seconds: float = 60) -> None:
        """Poll until a condition holds (the page's policy forbids polling in the page)."""
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, f"still not so after {seconds} s"
            self.page.wait_for_timeout(25)  # each question costs the machine some milliseconds

    def reads(
        self,
        digit: Drawn,
        chance: random.Random | None = None,
        box: tuple[float, float, float, float] = (0.3, 0.2, 0.4, 0.6),
    ) -> str:
        """Draw a digit in a box, or at random, and return the shown digits."""
        if chance:
            self.pen.write_anywhere(digit, chance)
        else:
            self.pen.write(digit, *box)
        shown = self.finish()
        self.clear()
        return shown

"""What a person at the page can do and see, by the page's own controls."""

import random
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from playwright.sync_api import BrowserContext, Page, expect

from tests.page.pen import Drawn, Pen


class Visitor:
    """One person with one browser window on the page."""

    def __init__(self, context: BrowserContext, url: str, *, finger: bool = False) -> None:
        self.context = context
        self.page: Page = context.new_page()
        self.errors: list[str] = []  # what the page's own code threw
        self.complaints: list[str] = []  # what the browser's console says of the page
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
        """The digits shown, `?` for one that could not be identified."""
        return "".join(self.page.locator("#number b").all_text_contents())

    @property
    def session(self) -> str:
        """The session's name in this browser."""
        return str(self.page.evaluate("localStorage.session"))

    @property
    def outbox(self) -> int:
        """How many requests wait for the function."""
        waiting = "Object.keys(localStorage).filter((key) => key.startsWith('outbox/')).length"
        return int(self.page.evaluate(waiting))

    def key(self, name: str) -> None:
        """Press a key with the pad in focus."""
        self.page.locator("#paper").press(name)

    def clear(self) -> None:
        """Wipe the pad and wait until nothing is read any more."""
        self.key("c")
        expect(self.page.locator("#number button")).to_have_count(0)

    def finish(self) -> str:
        """Enter: read and record what is drawn; what is then shown, once it is recorded."""
        self.key("Enter")
        self.rest()
        self.until(lambda: self.outbox == 0)
        return self.number

    def stop_the_clock(self) -> None:
        """Reload with a clock that only `page.clock.run_for(milliseconds)` moves."""
        self.page.clock.install()
        self.page.reload()
        self.page.clock.pause_at(datetime.now() + timedelta(days=1))

    def rest(self) -> None:
        """Wait until what is drawn was read, or could not be, and is on its way to the results."""
        expect(self.page.locator("#number")).to_have_attribute("aria-busy", "false")

    def until(self, holds: Callable[[], object], seconds: float = 60) -> None:
        """Return as soon as something holds (the page's policy forbids polling inside of it)."""
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, f"still not so after {seconds} s"
            self.page.wait_for_timeout(5)

    def reads(
        self,
        digit: Drawn,
        chance: random.Random | None = None,
        box: tuple[float, float, float, float] = (0.3, 0.2, 0.4, 0.6),
    ) -> str:
        """What the page shows for a digit drawn in a box of the pad, or anywhere by chance."""
        if chance:
            self.pen.write_anywhere(digit, chance)
        else:
            self.pen.write(digit, *box)
        shown = self.finish()
        self.clear()
        return shown

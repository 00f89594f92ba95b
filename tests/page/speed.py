"""Measure the page's speed: `python -m tests.page.speed`.

Prints, over several digits: the time from the last pointer event to the answer on the screen,
beyond the debounce; the time of frames while a six-digit number is drawn, by mouse and by finger,
on a processor slowed down four times; the time from the navigation to the first possible stroke;
and the time to look inside, after the click and, while it is open, after a reading.
"""

import tempfile
from pathlib import Path
from statistics import median, quantiles

from playwright.sync_api import Browser

from emulation.system import system
from tests.chromium import found, started
from tests.page.screenshots import FOUR, ONE, SEVEN, THREE
from tests.page.visitor import Visitor

DEBOUNCE = 120
ROUNDS = 10

SLOWER = 4
NUMBER = (FOUR, SEVEN, THREE, ONE, SEVEN, FOUR)
LATE = 32  # milliseconds
BETWEEN_POINTS, BETWEEN_DIGITS = 8, 200  # milliseconds of a hand

SHOWN = """() => {
    const number = document.querySelector("#number");
    // The page writes only what changes, so the number is emptied to see when it is written.
    document.querySelector("#paper").addEventListener("pointerup", () => {
        for (const digit of number.querySelectorAll("b")) digit.textContent = "";
    });
    window.shown = (id, tell) => new MutationObserver(([{ target }]) => {
        requestAnimationFrame(() => { if (target.textContent) tell(performance.now()); });
    }).observe(document.getElementById(id), { childList: true, subtree: true });
}"""
"""Defines `shown(id, tell)`, which tells when text is shown in an element."""

WATCH = """() => {
    let last = 0;
    const pad = document.querySelector("#paper");
    pad.addEventListener("pointerup", () => { last = performance.now(); });
    shown("number", (now) => { window.since = now - last; });
}"""

PAINT = "performance.getEntriesByType('paint').map(({ startTime }) => startTime)[0]"

FRAMES = """() => {
    const times = [];
    let down, up;
    const pad = document.querySelector("#paper");
    pad.addEventListener("pointerdown", () => { down ??= performance.now(); });
    pad.addEventListener("pointerup", () => { up = performance.now(); });
    const each = (now) => { times.push(now); next = requestAnimationFrame(each); };
    let next = requestAnimationFrame(each);
    window.takeFrames = () => {
        cancelAnimationFrame(next);
        const frames = times.slice(1).map((end, i) => [times[i], end]);
        const drawn = frames.filter(([start, end]) => end > down && start < up);
        return drawn.map(([start, end]) => end - start);
    };
}"""
"""Records frames; `takeFrames()` returns their milliseconds from the first contact to the last."""

LOOK = """() => {
    let asked = 0;
    const button = document.querySelector("#inside");
    button.addEventListener("click", () => { asked = performance.now(); }, true);
    shown("number", (now) => { asked = now; });
    shown("layers", (now) => { window.looked = Math.max(now - asked, 0.1); });
}"""


def look(visitor: Visitor) -> float:
    """Return the milliseconds until look inside shows what was asked for last."""
    visitor.until(lambda: visitor.page.evaluate("window.looked"))
    visitor.page.wait_for_timeout(200)
    taken: float = visitor.page.evaluate("looked")
    visitor.page.evaluate("window.looked = 0")
    return taken


def look_inside(browser: Browser, url: str) -> None:
    """Print how soon look inside shows: opened by new visitors, then with each digit."""
    first, later = [], []
    for _ in range(ROUNDS):
        visitor = Visitor(browser.new_context(), url)
        visitor.page.evaluate(SHOWN)
        visitor.page.evaluate(LOOK)
        visitor.pen.write(SEVEN)
        visitor.finish()
        visitor.page.click("#inside")
        first.append(look(visitor))
        for digit in (THREE, FOUR):
            visitor.clear()
            visitor.page.wait_for_timeout(300)
            visitor.page.evaluate("window.looked = 0")
            visitor.pen.write(digit)
            visitor.finish()
            later.append(look(visitor))
        visitor.context.close()
    for what, taken in (("asked for → look inside", first), ("digit → look inside", later)):
        print(
            f"{what} ({len(taken)} times): median {median(taken):.0f} ms, "
            f"longest {max(taken):.0f} ms"
        )


def frames_of_a_number(visitor: Visitor) -> list[float]:
    """Draw six digits side by side; return the milliseconds of each frame while they are drawn."""
    visitor.page.wait_for_timeout(500)
    visitor.page.evaluate(FRAMES)
    for place, digit in enumerate(NUMBER):
        visitor.page.wait_for_timeout(BETWEEN_DIGITS)
        visitor.pen.write(digit, 0.02 + 0.16 * place, 0.25, 0.14, 0.5)
    frames: list[float] = visitor.page.evaluate("takeFrames()")
    read = visitor.finish()
    assert read == "".join(f"{digit.label}" for digit in NUMBER), read
    visitor.clear()
    return frames


def drawing(browser: Browser, url: str, *, finger: bool) -> None:
    """Print the frames of a new visitor's first number, and of the second one on the same page.

    A mouse reaches the pad before it draws; a finger does so with its first contact.
    """
    first, second = [], []
    for _ in range(ROUNDS):
        visitor = Visitor(browser.new_context(has_touch=finger), url, finger=finger)
        visitor.pen.pause = BETWEEN_POINTS
        cdp = visitor.context.new_cdp_session(visitor.page)
        cdp.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        visitor.page.wait_for_timeout(1000)
        if not finger:
            left, top, width, height = visitor.pen.pad()
            visitor.page.mouse.move(left + width / 2, top + height / 2)
        first += frames_of_a_number(visitor)
        second += frames_of_a_number(visitor)
        visitor.context.close()
    for what, frames in (("first", first), ("second", second)):
        print(
            f"frames at {SLOWER} × slow-down, {ROUNDS} new visitors' {what} six-digit number "
            f"by {'finger' if finger else 'mouse'} ({len(frames)}): median {median(frames):.1f} "
            f"ms, 99 % under {quantiles(frames, n=100)[98]:.1f} ms, longest {max(frames):.1f} ms, "
            f"{sum(frame > LATE for frame in frames)} over {LATE} ms"
        )


def painting(browser: Browser, url: str) -> None:
    """Print how soon the page shows after the navigation."""
    paints = []
    for _ in range(ROUNDS):
        visitor = Visitor(browser.new_context(), url)
        visitor.page.wait_for_timeout(300)
        paints.append(visitor.page.evaluate(PAINT))
        visitor.context.close()  # or its service worker would slow down the next visitor
    print(
        f"first paint, the pad ready with it ({ROUNDS} new visitors): median "
        f"{median(paints):.0f} ms after the navigation, longest {max(paints):.0f} ms"
    )


def reading(browser: Browser, url: str) -> None:
    """Print how soon a digit shows after the last pointer event."""
    visitor = Visitor(browser.new_context(), url)
    visitor.reads(SEVEN)
    visitor.page.evaluate(SHOWN)
    visitor.page.evaluate(WATCH)
    beyond = []
    for digit in (THREE, FOUR, SEVEN) * ROUNDS:
        visitor.pen.write(digit)
        visitor.page.wait_for_timeout(DEBOUNCE + 400)
        beyond.append(visitor.page.evaluate("since") - DEBOUNCE)
        visitor.clear()
    visitor.context.close()
    print(
        f"last pointer event → digit shown, beyond {DEBOUNCE} ms ({len(beyond)} digits): "
        f"median {median(beyond):.0f} ms, longest {max(beyond):.0f} ms"
    )


def main() -> None:
    """Measure all of it, each with browser contexts of its own."""
    with (
        tempfile.TemporaryDirectory() as directory,
        system(Path(directory)) as running,
        started(found()) as browser,
    ):
        for measure in (painting, look_inside, reading):
            measure(browser, running.page_url)
        for finger in (False, True):
            drawing(browser, running.page_url, finger=finger)


if __name__ == "__main__":
    main()

"""Measure the page's speed: `python -m tests.page.speed`.

Prints, over several digits: the time from the last pointer event to the answer on the screen,
beyond the debounce; the time of frames during drawing on a processor slowed down four times; the
time from the navigation to the first possible stroke; and the time to look inside, after the click
and, while it is open, after a reading.
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
SLOWER = 4
ROUNDS = 10

WATCH = """() => {
    let last = 0;
    const pad = document.querySelector("#paper");
    pad.addEventListener("pointerup", () => { last = performance.now(); });
    new MutationObserver(() => {
        requestAnimationFrame(() => { window.since = performance.now() - last; });
    }).observe(document.querySelector("#number"), { childList: true, subtree: true });
}"""

PAINT = "performance.getEntriesByType('paint').map(({ startTime }) => startTime)[0]"

FRAMES = """() => {
    window.frames_ = [];
    let last = performance.now();
    const each = (now) => { frames_.push(now - last); last = now; requestAnimationFrame(each); };
    requestAnimationFrame(each);
}"""


LOOK = """() => {
    let asked = 0;
    const shown = (element, tell) => new MutationObserver(() => {
        requestAnimationFrame(() => tell(performance.now()));
    }).observe(document.querySelector(element), { childList: true, subtree: true });
    const button = document.querySelector("#inside");
    button.addEventListener("click", () => { asked = performance.now(); }, true);
    shown("#number", (now) => { asked = now; });
    shown("#layers", (now) => { window.looked = Math.max(now - asked, 0.1); });
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


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as directory,
        system(Path(directory)) as running,
        started(found()) as browser,
    ):
        paints = []
        for _ in range(ROUNDS):
            visitor = Visitor(browser.new_context(), running.page_url)
            visitor.page.wait_for_timeout(300)
            paints.append(visitor.page.evaluate(PAINT))
            visitor.context.close()  # or its service worker would slow down the next visitor
        print(
            f"first paint, the pad ready with it ({ROUNDS} new visitors): median "
            f"{median(paints):.0f} ms after the navigation, longest {max(paints):.0f} ms"
        )

        look_inside(browser, running.page_url)

        visitor = Visitor(browser.new_context(), running.page_url)
        visitor.reads(SEVEN)
        visitor.page.evaluate(WATCH)
        beyond = []
        for digit in (THREE, FOUR, SEVEN) * ROUNDS:
            visitor.pen.write(digit)
            visitor.page.wait_for_timeout(DEBOUNCE + 400)
            beyond.append(visitor.page.evaluate("since") - DEBOUNCE)
            visitor.clear()
        beyond.sort()
        print(
            f"last pointer event → digit shown, beyond {DEBOUNCE} ms ({len(beyond)} digits): "
            f"median {median(beyond):.0f} ms, longest {beyond[-1]:.0f} ms"
        )

        cdp = visitor.context.new_cdp_session(visitor.page)
        cdp.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        visitor.page.evaluate(FRAMES)
        visitor.pen.pause = 8
        for digit in (THREE, FOUR, SEVEN) * 2:
            visitor.pen.write(digit)
            visitor.clear()
        for place, digit in enumerate((FOUR, SEVEN, THREE, ONE)):
            visitor.pen.write(digit, 0.03 + 0.24 * place, 0.2, 0.21, 0.6)
        frames = sorted(visitor.page.evaluate("frames_"))
        late = sum(frame > 32 for frame in frames)
        print(
            f"frames while drawing at {SLOWER} × slow-down ({len(frames)}): median "
            f"{median(frames):.1f} ms, 99 % under {quantiles(frames, n=100)[98]:.1f} ms, "
            f"longest {frames[-1]:.1f} ms, {late} over 32 ms"
        )


if __name__ == "__main__":
    main()

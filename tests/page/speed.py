"""Measure the page's speed: `python -m tests.page.speed`.

Prints, over several digits: the time from the last pointer event to the answer on the screen,
beyond the debounce; the time of frames during drawing on a processor slowed down four times; and
the time from the navigation to the first possible stroke.
"""

import tempfile
from pathlib import Path
from statistics import median, quantiles

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

"""Measures the page on this machine: `python -m tests.page.speed`. Not a test: it times.

Prints, each over several digits: how long after the last pointer event the answer is on the screen,
beyond the debounce; how long frames take while one draws with the processor four times slower; and
how soon after the navigation the pad takes its first stroke.
"""

import tempfile
from pathlib import Path
from statistics import median, quantiles

from emulation.system import system
from tests.chromium import found, started
from tests.page.picture import FOUR, SEVEN, THREE
from tests.page.visitor import Visitor

DEBOUNCE = 120
SLOWER = 4
ROUNDS = 10

WATCH = """() => {
    window.shown = [];
    let last = 0;
    const pad = document.querySelector("#paper");
    pad.addEventListener("pointerup", () => { last = performance.now(); });
    new MutationObserver(() => {
        if (last && document.querySelector("#number b")) {
            const since = performance.now() - last;
            last = 0;
            requestAnimationFrame(() => shown.push(since));
        }
    }).observe(document.querySelector("#number"), { childList: true });
}"""

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
        visitor = Visitor(browser.new_context(), running.page_url)
        ready = visitor.page.evaluate(
            "performance.getEntriesByType('paint').map(({ startTime }) => startTime)[0]"
        )
        print(f"first paint, the pad ready with it: {ready:.0f} ms after the navigation")

        visitor.reads(SEVEN)
        visitor.page.evaluate(WATCH)
        for digit in (THREE, FOUR, SEVEN) * ROUNDS:
            visitor.pen.write(digit)
            visitor.page.wait_for_timeout(DEBOUNCE + 300)
            visitor.clear()
        beyond = sorted(value - DEBOUNCE for value in visitor.page.evaluate("shown"))
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
        frames = sorted(visitor.page.evaluate("frames_"))
        late = sum(frame > 32 for frame in frames)
        print(
            f"frames while drawing at {SLOWER} × slow-down ({len(frames)}): median "
            f"{median(frames):.1f} ms, 99 % under {quantiles(frames, n=100)[98]:.1f} ms, "
            f"longest {frames[-1]:.1f} ms, {late} over 32 ms"
        )


if __name__ == "__main__":
    main()

"""The page's Content-Security-Policy holds, and the whole page is small and from one host."""

import gzip
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from emulation.pages import FRONTEND
from emulation.system import System
from tests.page.conftest import Visit
from tests.page.pen import Drawn

LARGEST = 40_000  # bytes


def is_refused(page: Page, attempt: str, directive: str) -> bool:
    """Whether the directive refuses a script's attempt; the script itself runs past the policy."""
    done: bool = page.evaluate(
        """async ([attempt, directive]) => {
            const refused = new Promise((resolve, reject) => {
                document.addEventListener("securitypolicyviolation", ({ effectiveDirective }) => {
                    if (effectiveDirective === directive) resolve(true);
                });
                setTimeout(() => resolve(false), 30_000);
            });
            const add = (tag, properties) =>
                document.body.append(Object.assign(document.createElement(tag), properties));
            const attempts = {
                "script of another origin": () => add("script", { src: "https://other.test/x.js" }),
                "inline script": () => add("script", { textContent: "window.ran = true" }),
                "inline handler": () => {
                    document.body.insertAdjacentHTML("beforeend", "<b onclick='ran = true'>");
                    document.body.lastChild.click();
                },
                "request to another origin": () => fetch("https://other.test/").catch(() => {}),
                "picture of another origin": () => add("img", { src: "https://other.test/x.png" }),
                "frame": () => add("iframe", { src: "https://other.test/" }),
                "base": () => add("base", { href: "https://other.test/" }),
                "style of another origin": () =>
                    add("link", { rel: "stylesheet", href: "https://other.test/x.css" }),
            };
            await attempts[attempt]();
            return refused;
        }""",
        [attempt, directive],
    )
    return done


@pytest.mark.parametrize(
    ("attempt", "directive"),
    [
        ("script of another origin", "script-src-elem"),
        ("inline script", "script-src-elem"),
        ("inline handler", "script-src-attr"),
        ("request to another origin", "connect-src"),
        ("picture of another origin", "img-src"),
        ("frame", "frame-src"),
        ("base", "base-uri"),
        ("style of another origin", "style-src-elem"),
    ],
)
def test_what_is_not_the_pages_own_is_refused(visit: Visit, attempt: str, directive: str) -> None:
    page = visit().page
    assert is_refused(page, attempt, directive)
    assert not page.evaluate("window.ran")


def test_a_picture_that_carries_script_runs_none(visit: Visit, tmp_path: Path) -> None:
    carrier = tmp_path / "digit.svg"
    carrier.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40" onload="window.ran = true">'
        "<script>window.ran = true; top.ran = true</script><path d='M9 9h20v20'/></svg>"
    )
    page = visit().page
    page.set_input_files("#file", carrier)
    expect(page.locator("#said")).to_contain_text("cannot be opened")
    assert not page.evaluate("window.ran")


def test_nothing_comes_from_another_host(
    visit: Visit, running_system: System, seven: Drawn
) -> None:
    visitor = visit()
    asked: list[str] = []
    visitor.page.on("request", lambda request: asked.append(request.url))
    visitor.page.reload()
    visitor.reads(seven)
    hosts = {re.sub(r"(?<=\d)/.*", "", url) for url in asked}
    assert hosts == {running_system.page_url, running_system.function_url}


def test_the_whole_page_is_at_most_forty_kilobytes_compressed() -> None:
    files = (path for path in FRONTEND.rglob("*") if path.is_file())
    sizes = {path.name: len(gzip.compress(path.read_bytes())) for path in files}
    assert sum(sizes.values()) <= LARGEST, sizes


def test_the_shell_kept_for_offline_use_is_the_whole_page(visit: Visit) -> None:
    visitor = visit()
    visitor.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    kept = visitor.page.evaluate(
        "async () => (await (await caches.open('shell')).keys()).map(({ url }) => url)"
    )
    names = {url.rsplit("/", 1)[1] or "index.html" for url in kept}
    assert names >= {path.name for path in FRONTEND.iterdir()} - {"sw.js"}


def test_the_page_opens_without_a_network(visit: Visit) -> None:
    visitor = visit()
    visitor.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    visitor.context.set_offline(True)
    visitor.page.reload()
    expect(visitor.page.locator("#hint")).to_have_text("Draw here")

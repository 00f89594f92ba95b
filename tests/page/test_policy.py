"""The page's Content-Security-Policy, size and hosts."""

import re
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Page, expect

from emulation.pages import DEFAULT_FUNCTION, DEFAULT_PAGE, FRONTEND, page_files
from emulation.system import System
from infra import page as page_build
from infra.page import published
from tests.needs import need
from tests.page.conftest import Visit
from tests.page.pen import Drawn

FIRST_VIEW, LARGEST = 45_000, 65_536  # bytes
LONGER_ADDRESS = 60  # bytes by which a deployed function's address may be longer than the local one


def is_refused(page: Page, attempt: str, directive: str) -> bool:
    """Return whether the directive blocks a script's attempt."""
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
def test_policy_blocks_foreign_resources(visit: Visit, attempt: str, directive: str) -> None:
    page = visit().page
    assert is_refused(page, attempt, directive)
    assert not page.evaluate("window.ran")


def test_script_in_a_picture_does_not_run(visit: Visit, tmp_path: Path) -> None:
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


@pytest.fixture
def sizes(running_system: System) -> dict[str, int]:
    """Return the deployed size of each of the page's files in bytes."""
    need(page_build.minify, "install tdewolff-minify: it shortens the page")
    names = all_files() - {"link.png"}
    return {name: len(loaded(running_system, name).content) for name in names}


def test_first_view_is_at_most_forty_five_kilobytes(
    visit: Visit, running_system: System, sizes: dict[str, int]
) -> None:
    page = visit(service_workers="block").page
    page.wait_for_load_state("networkidle")
    asked = page.evaluate("performance.getEntriesByType('resource').map(({ name }) => name)")
    own = f"{running_system.page_url}/"
    names = {url.removeprefix(own) for url in asked if url.startswith(own)} | {"index.html"}
    assert {"index.html", "style.css", "app.js", "config.js"} <= names
    first = {name: sizes[name] for name in names}
    print(f"first view: {sum(first.values()):,} bytes in {len(first)} files")
    assert sum(first.values()) + LONGER_ADDRESS <= FIRST_VIEW, first


def test_whole_page_is_at_most_sixty_four_kilobytes(sizes: dict[str, int]) -> None:
    print(f"all: {sum(sizes.values()):,} bytes")
    assert sum(sizes.values()) + LONGER_ADDRESS <= LARGEST, sizes


def all_files() -> set[str]:
    """Return the paths of all files in the page's folder."""
    paths = (path for path in FRONTEND.rglob("*") if path.is_file())
    return {path.relative_to(FRONTEND).as_posix() for path in paths}


def test_every_module_has_a_name_of_its_own() -> None:
    names = [name.rsplit("/")[-1] for name in all_files()]
    assert {name for name in names if names.count(name) > 1} == set()


def loaded(running: System, name: str) -> requests.Response:
    """Fetch a file of the page."""
    return requests.get(f"{running.page_url}/{name}", timeout=60)


@pytest.mark.parametrize("name", page_files())
def test_local_server_serves_what_is_deployed(running_system: System, name: str) -> None:
    deployed = published(FRONTEND / name)
    for address, own in (
        (DEFAULT_FUNCTION, running_system.function_url),
        (DEFAULT_PAGE, running_system.page_url),
    ):
        deployed = deployed.replace(address.encode(), own.encode())
    answer = loaded(running_system, name)
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.content == deployed


def test_unchanged_file_is_not_sent_again(running_system: System) -> None:
    tag = loaded(running_system, "app.js").headers["ETag"]
    url = f"{running_system.page_url}/app.js"
    again = requests.get(url, headers={"If-None-Match": tag}, timeout=60)
    assert (again.status_code, again.content) == (304, b"")


def test_no_other_page_can_frame_it(visit: Visit, running_system: System) -> None:
    page = visit().page
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text))
    page.goto("about:blank")
    page.set_content(f'<iframe src="{running_system.page_url}"></iframe>')
    assert any("frame-ancestors 'none'" in said for said in refused), refused
    assert page.frames[1].locator("#paper").count() == 0


def test_offline_cache_has_the_whole_page(visit: Visit, running_system: System) -> None:
    visitor = visit()
    visitor.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    kept = visitor.page.evaluate(
        "async () => (await (await caches.open('shell')).keys()).map(({ url }) => url)"
    )
    names = {url.removeprefix(f"{running_system.page_url}/") or "index.html" for url in kept}
    assert names >= all_files() - {"sw.js", "link.png"}


def test_page_opens_without_a_network(visit: Visit) -> None:
    visitor = visit()
    visitor.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    visitor.context.set_offline(True)
    visitor.page.reload()
    expect(visitor.page.locator("#hint")).to_have_text("Draw here")

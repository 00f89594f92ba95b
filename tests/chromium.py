"""Search for Chromium on this machine, and starting it under Playwright."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"


def found() -> str | None:
    """Return Chromium's path: the variable CHROMIUM, one on the PATH, or macOS's."""
    on_path = next((path for name in NAMES if (path := shutil.which(name))), None)
    return os.environ.get("CHROMIUM") or on_path or (MAC if Path(MAC).exists() else None)


@contextmanager
def started(path: str | None) -> Iterator[Browser]:
    """Start Chromium under Playwright, without a sandbox for root.

    A test may give a page a public origin and let it call a function on this machine.
    """
    arguments = ["--disable-features=LocalNetworkAccessChecks"]
    arguments += ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()

"""Search for Chromium on this machine, and starting it under Playwright."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

SWITCHED_OFF = (
    "LocalNetworkAccessChecks",  # a test's public origin may call a function on this machine
    # The window's own buttons, which no test sees, would take a second renderer for each page.
    "InitialWebUI",
    "PreloadTopChromeWebUI",
    "WebUIOmniboxPopup",
    "WebUIReloadButton",
    "WebUIToolbar",
    # Of Playwright's, whose list this one replaces.
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
)
"""Chromium's features that the tests switch off."""

NAMES = ("chromium", "chromium-browser", "google-chrome")
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"


def found() -> str | None:
    """Return Chromium's path: the variable CHROMIUM, one on the PATH, or macOS's."""
    on_path = next((path for name in NAMES if (path := shutil.which(name))), None)
    return os.environ.get("CHROMIUM") or on_path or (MAC if Path(MAC).exists() else None)


@contextmanager
def started(path: str | None) -> Iterator[Browser]:
    """Start Chromium under Playwright, without a sandbox for root."""
    arguments = [f"--disable-features={','.join(SWITCHED_OFF)}"]
    arguments += ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()

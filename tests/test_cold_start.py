"""A module that is put off is imported once something of it is used, and not before."""

import subprocess
import sys


def said(code: str) -> list[str]:
    """What a fresh interpreter prints."""
    asked = [sys.executable, "-W", "ignore", "-c", "import sys\n" + code]
    return subprocess.run(asked, check=True, capture_output=True, text=True).stdout.split()


def test_a_module_that_is_put_off_runs_at_its_first_use() -> None:
    assert said(
        "from digitreader.cold_start import defer_import\n"
        "defer_import('xml.dom.minidom')\n"
        "from xml.dom import minidom\n"
        "print('xml.dom.minicompat' in sys.modules)\n"
        "print(minidom.Document.__name__, 'xml.dom.minicompat' in sys.modules)\n"
    ) == ["False", "Document", "True"]


def test_one_that_is_there_or_nowhere_is_left_alone() -> None:
    assert said(
        "import json.decoder\n"
        "from digitreader.cold_start import defer_import\n"
        "defer_import('json.decoder'), defer_import('json.nowhere')\n"
        "print(sys.modules['json.decoder'] is json.decoder, 'json.nowhere' in sys.modules)\n"
    ) == ["True", "False"]

"""A deferred module is imported when one of its attributes is used."""

import subprocess
import sys


def said(code: str) -> list[str]:
    """Return the output of a fresh interpreter."""
    asked = [sys.executable, "-W", "ignore", "-c", "import sys\n" + code]
    return subprocess.run(asked, check=True, capture_output=True, text=True).stdout.split()


def test_deferred_module_runs_at_its_first_use() -> None:
    assert said(
        "from digitreader.cold_start import defer_import\n"
        "defer_import('xml.dom.minidom')\n"
        "from xml.dom import minidom\n"
        "print('xml.dom.minicompat' in sys.modules)\n"
        "print(minidom.Document.__name__, 'xml.dom.minicompat' in sys.modules)\n"
    ) == ["False", "Document", "True"]


def test_defer_import_ignores_imported_and_missing_modules() -> None:
    assert said(
        "import json.decoder\n"
        "from digitreader.cold_start import defer_import\n"
        "defer_import('json.decoder'), defer_import('json.nowhere')\n"
        "print(sys.modules['json.decoder'] is json.decoder, 'json.nowhere' in sys.modules)\n"
    ) == ["True", "False"]


def test_bucket_imports_cryptography_only_for_key_files() -> None:
    code = (
        "import os\n"
        "os.environ.pop('GOOGLE_APPLICATION_CREDENTIALS', None)\n"
        "os.environ.update({key})\n"
        "os.environ['STORAGE_EMULATOR_HOST'] = 'http://127.0.0.1:1'\n"
        "from digitreader.bucket.google import GoogleBucket\n"
        "from digitreader.errors import BucketUnreachable\n"
        "try: GoogleBucket('digits', 0.1).generation('a')\n"
        "except BucketUnreachable: print('cryptography' in sys.modules)\n"
    )
    assert said(code.format(key={})) == ["False"]
    assert said(code.format(key={"GOOGLE_APPLICATION_CREDENTIALS": "/nowhere"})) == ["True"]

"""The page's pure modules, tested under Node."""

import shutil
import subprocess
from pathlib import Path

from tests.needs import need


def test_pure_modules_pass_under_node() -> None:
    node = shutil.which("node")
    need(node, "install Node.js 20 or newer (apt install nodejs)")
    found = Path(__file__).parent.rglob("*.test.mjs")
    tests = sorted(str(path) for path in found if "node_modules" not in path.parts)
    assert tests
    done = subprocess.run([node or "", "--test", *tests], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:]

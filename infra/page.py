"""Build the page for deployment.

    python infra/page.py [--page FOLDER] [--into FOLDER]

writes the folder `page-<digest>` and prints its path. The digest covers the source files' names and
contents. infra/terraform/page.tf computes the same digest, so that no older build is deployed.

Every module remains a separate file. minify (https://github.com/tdewolff/minify) shortens scripts,
styles and the document. It shortens names only inside of functions, so the body of a module is put
into a function where that is shorter. Without minify, only comments and indentation are removed:
the page works the same and is more than a third larger.
"""

import argparse
import re
import shutil
import sys
from pathlib import Path

if not __package__:  # run as a script
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from infra.archive import REPOSITORY, digest, files  # noqa: E402

try:
    import minify as minify
except ImportError:  # there is no wheel for this machine
    minify = None

SHORTENED = {".css": "text/css", ".html": "text/html", ".js": "text/javascript"}
"""Media types for minify, by suffix."""

_IMPORTS = re.compile(r"(?m)^import .*\n")
_EXPORT = re.compile(r"(?m)^export (?=(?:async )?(?:function|let) ([\w$]+))")
_CONST = re.compile(r"(?m)(^\t*(?:export )?|for \()const\b")
_AWAITS = re.compile(r"(?m)^(?:let|export let) .*\bawait ")

_LEFT_OUT = re.compile(r"(?m)^\t*(?:(?://|/\*| \*).*)?")
"""A line's indentation, or a whole line that is a comment."""


def published(path: Path) -> bytes:
    """Return a file of the page as served to browsers."""
    media_type = SHORTENED.get(path.suffix)
    if media_type is None:
        return path.read_bytes()
    if minify is None:
        return _LEFT_OUT.sub("", path.read_text()).encode()
    return _shortened(media_type, path.read_text()).encode()


def _shortened(media_type: str, text: str) -> str:
    if media_type == "text/javascript":
        text = _CONST.sub(r"\1let", text)  # which only people need to be told apart
        either = (text, _in_function(text))
        return min((str(minify.string(media_type, each)) for each in either), key=len)
    return str(minify.string(media_type, text))


def _in_function(module: str) -> str:
    """Return a module whose body is that of a function, called once, which returns its exports."""
    exported = ",".join(_EXPORT.findall(module))
    body = _EXPORT.sub("", _IMPORTS.sub("", module))
    imports = "".join(_IMPORTS.findall(module))
    exports = f"export let{{{exported}}}=" if exported else ""
    await_, async_ = ("await", "async") if _AWAITS.search(module) else ("", "")
    return f"{imports}{exports}{await_}({async_}()=>{{{body}\nreturn{{{exported}}}}})()"


def build(page: Path, into: Path) -> Path:
    """Write the published files of the folder `page` below `into`, and return their folder."""
    folder = into / f"page-{digest(page)}"
    shutil.rmtree(folder, ignore_errors=True)
    for name in files(page):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(published(page / name))
    return folder


def main(arguments: list[str]) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description="Builds frontend/ for deployment.")
    parser.add_argument("--page", type=Path, default=REPOSITORY / "frontend")
    parser.add_argument("--into", type=Path, default=REPOSITORY / "infra" / "build")
    chosen = parser.parse_args(arguments)
    print(build(chosen.page, chosen.into))


if __name__ == "__main__":
    main(sys.argv[1:])

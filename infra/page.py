"""Build the page for deployment.

    python infra/page.py [--page FOLDER] [--into FOLDER]

writes the folder `page-<digest>` and prints its path. The digest covers the source files' names and
contents. infra/terraform/page.tf computes the same digest, so that no older build is deployed.

Every module remains a separate file. minify (https://github.com/tdewolff/minify) shortens scripts,
styles and the document. It shortens names only inside of functions, so the body of a module is put
into a function where that is shorter, with its imports as arguments. Exports that only import
statements name get a short name of their own, which depends on nothing else: a module of one build
works with those of another. A constant that is a number is replaced by it. Without minify, only
comments and indentation are removed: the page works the same and is more than a third larger.
"""

import argparse
import hashlib
import re
import shutil
import string
import sys
from collections import Counter
from pathlib import Path

if not __package__:  # run as a script
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from infra.archive import REPOSITORY, digest, files  # noqa: E402

try:
    import minify as minify
except ImportError:  # there is no wheel for this machine
    minify = None

SHORTENED = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/json",
}
"""Media types for minify, by suffix."""

_IMPORT = re.compile(r'(?m)^import \{ (.*) \} from "(.*)"\n')
_EXPORT = re.compile(r"(?m)^export (?=(?:async )?(?:function|const|let) ([\w$]+))")
_CONST = re.compile(r"(?m)(^\t*(?:export )?|for \()const\b")
_AWAITS = re.compile(r"(?m)^(?:let|export let) .*\bawait ")
_LOADED = re.compile(r'import\("(.*?)"\)')
_TRANSLATION = re.compile(r"\w\w\.js")
_GLOBALS = (
    "Array",
    "Infinity",
    "Math",
    "Object",
    "Promise",
    "document",
    "location",
    "navigator",
    "performance",
)
_LONG = 4  # letters from which a short name is worth it
_SETTINGS = "config.js"  # each deployment writes its own

_MOVED = re.compile(r"(?m)^\t*(?:const|let) (?:\{.*?\}|\[.*?\]) = .*\{ [\w.].*")
"""A destructuring of a value with an object, which minify moves before other declarations."""

_NUMBERS = re.compile(r"(?m)^const (?:([A-Z_]+) = ([\d._]+)|\[([A-Z_, ]+)\] = \[([-\d._, ]+)\])\n")
"""Constants of a module that are numbers, one or several."""

_COMMENT = re.compile(r"(?m)^\t*(?://|/\*| \*).*\n")
_FUNCTION = re.compile(
    r"(?m)^(\t*)(export )?(async )?function ([\w$]+)\((.*)\) \{((?:\n(?!\1\}$).*)*)\n\1\}$"
)
_VARIABLE = re.compile(r"--(\w+)")
_DECLARED = re.compile(r"--(\w+):")

_LEFT_OUT = re.compile(r"(?m)^\t*(?:(?://|/\*| \*).*)?")
"""A line's indentation, or a whole line that is a comment."""


def published(path: Path) -> bytes:
    """Return a file of the page as served to browsers."""
    media_type = SHORTENED.get(path.suffix)
    if media_type is None:
        return path.read_bytes()
    if minify is None:
        return _LEFT_OUT.sub("", path.read_text()).encode()
    if path.suffix != ".js":
        return str(minify.string(media_type, _short_variables(path.read_text()))).encode()
    if moved := _MOVED.search(path.read_text()):
        raise ValueError(f"{path}: minify would evaluate this too early: {moved[0].strip()}")
    names = short_names(next(folder for folder in path.parents if (folder / _SETTINGS).exists()))
    text = _CONST.sub(r"\1let", _with_numbers(_COMMENT.sub("", path.read_text())))
    text = _FUNCTION.sub(_arrow_function, text)
    either = (_renamed(text, names), _in_function(text, names))
    return min((str(minify.string(media_type, each)) for each in either), key=len).encode()


def _with_numbers(module: str) -> str:
    """Return a module with numbers in place of the constants that are longer."""
    for constants in [*_NUMBERS.finditer(module)]:
        module = module.replace(constants[0], "")
        names, numbers = (constants[1] or constants[3]), (constants[2] or constants[4])
        for name, number in zip(names.split(", "), numbers.split(", "), strict=True):
            if _needs_variable(module, name, len(number)):
                module = f"const {name} = {number}\n{module}"
            else:
                module = re.sub(_name(name), f"({number})", module)
    return module


def _arrow_function(found: re.Match[str]) -> str:
    """Return a function as the value of a variable, unless its name is used before."""
    indent, export, async_, name, arguments, body = found.groups(default="")
    if re.search(_name(name), found.string[: found.start()]):
        return found[0]
    body = _FUNCTION.sub(_arrow_function, body)
    return f"{indent}{export}let {name} = {async_}({arguments}) => {{{body}\n{indent}}};"


def _short_variables(text: str) -> str:
    """Return a stylesheet with letters for the custom properties that it declares itself."""
    declared = dict.fromkeys(_DECLARED.findall(text))
    short = dict(zip(declared, string.ascii_letters, strict=False))
    return _VARIABLE.sub(lambda each: f"--{short.get(each[1], each[1])}", text)


def short_names(page: Path) -> dict[str, str]:
    """Return the short names of exports.

    Modules loaded by `import()` keep theirs, which are properties there.
    """
    texts = {path.resolve(): path.read_text() for path in page.rglob("*.js")}
    kept = {path for path in texts if _TRANSLATION.fullmatch(path.name) or path.name == _SETTINGS}
    for path, text in texts.items():
        kept |= {(path.parent / loaded).resolve() for loaded in _LOADED.findall(text)}
    fixed = {name for path in kept for name in _EXPORT.findall(texts[path])}
    exports = {name for text in texts.values() for name in _EXPORT.findall(text)} - fixed
    short = {name: _letters(name) for name in exports if len(name) > _LONG}
    count = Counter(short.values())
    return {name: letters for name, letters in short.items() if count[letters] == 1}


def _letters(name: str) -> str:
    first, second = hashlib.sha256(name.encode()).digest()[:2]
    letters = string.ascii_letters
    return letters[first % 26 + 26] + letters[second % 52]  # no keyword begins with a capital


def _imports(module: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the paths that a module imports, with each export's and its local name."""
    found = []
    for names, path in _IMPORT.findall(module):
        pairs = [(each.split(" as ") * 2)[:2] for each in names.split(", ")]
        found.append((path, [(name, local) for name, local in pairs]))
    return found


def _renamed(module: str, names: dict[str, str]) -> str:
    """Return a module that imports and exports short names."""
    text = _IMPORT.sub("", module)
    for path, pairs in _imports(module):
        told = ",".join(f"{names.get(name, name)} as {local}" for name, local in pairs)
        text = f'import{{{told}}}from"{path}"\n{text}'
    short = [name for name in _EXPORT.findall(text) if name in names]
    text = _EXPORT.sub(lambda each: "" if each[1] in names else each[0], text)
    told = ",".join(f"{name} as {names[name]}" for name in short)
    return f"{text}\nexport{{{told}}}" if short else text


def _name(name: str) -> str:
    """Return a pattern for a name, other than as a property."""
    return rf"(?<![\w$.]){re.escape(name)}(?![\w$])"


def _uses(body: str, name: str) -> int:
    """Return how often a name is used, other than as a property."""
    return len(re.findall(_name(name), body))


def _needs_variable(body: str, name: str, length: int) -> bool:
    """Return whether a name is used so often that one letter for its `length` bytes is shorter."""
    return _uses(body, name) * (length - 1) > length + 3


def _in_function(module: str, names: dict[str, str]) -> str:
    """Return a module whose body is that of a function, called once, which returns its exports."""
    body = _EXPORT.sub("", _IMPORT.sub("", module))
    imports = ""
    given = {name: name for name in _GLOBALS if _needs_variable(body, name, len(name))}
    for path, pairs in _imports(module):
        for name, local in pairs:
            if name in names or _needs_variable(body, local, len(local)):
                given[local] = names.get(name, local)
        told = (
            names.get(name, name if name == local else f"{name} as {local}")
            for name, local in pairs
        )
        imports += f'import{{{",".join(told)}}}from"{path}"\n'
    exported = _EXPORT.findall(module)
    short, own = ",".join(names.get(name, name) for name in exported), ",".join(exported)
    if len(exported) > 1:
        short, own = f"[{short}]", f"[{own}]"
    export = f"export let {short}=" if exported else ""
    await_, async_ = ("await", "async") if _AWAITS.search(body) else ("", "")
    call = f"{async_}({','.join(given)})=>{{{_returning(body, own)}}}"
    return f"{imports}{export}{await_}({call})({','.join(given.values())})"


def _returning(body: str, name: str) -> str:
    """Return a function's body that returns a value, which the body's last statement may define."""
    function = r"(?=.* => \{(?:\n(?!\};$).*)*\n\};\s*\Z)"
    last = re.search(rf"(?m)^let {re.escape(name)} = {function}", body)
    if last and _uses(body, name) == 1:
        return f"{body[: last.start()]}return {body[last.end() :]}"
    return f"{body}\nreturn {name}"


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

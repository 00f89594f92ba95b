"""Give the page pictures, by a file dialogue or by an event."""

import base64
import mimetypes
from collections.abc import Mapping

from playwright.sync_api import FilePayload, Page

_EVENT = """([way, files]) => {
    const carried = new DataTransfer();
    for (const [name, type, data] of files) {
        const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt());
        carried.items.add(new File([bytes], name, { type }));
    }
    const options = { bubbles: true, cancelable: true };
    document.body.dispatchEvent(way === "paste"
        ? new ClipboardEvent("paste", { ...options, clipboardData: carried })
        : new DragEvent("drop", { ...options, dataTransfer: carried }));
}"""


def give(page: Page, way: str, files: Mapping[str, bytes]) -> None:
    """Drop, paste, choose or photograph files at once, whose contents are given by their names."""
    types = {name: mimetypes.guess_type(name)[0] or "" for name in files}
    if way in ("drop", "paste"):
        texts = {name: base64.b64encode(content).decode() for name, content in files.items()}
        page.evaluate(_EVENT, [way, [[name, types[name], texts[name]] for name in files]])
        return
    with page.expect_file_chooser() as chooser:
        page.click(f"#{way}")
    camera = chooser.value.element.get_attribute("capture") is not None
    assert camera == (way == "photograph")
    chooser.value.set_files(
        [FilePayload(name=name, mimeType=types[name], buffer=files[name]) for name in files]
    )

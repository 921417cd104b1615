"""Files given to a page: dropped, pasted, chosen."""

import base64
from typing import Any

GIVE = """
([selector, kind, given]) => {
  const data = new DataTransfer();
  for (const { name, type, base64 } of given) {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    data.items.add(new File([bytes], name, { type }));
  }
  const about = { bubbles: true, cancelable: true };
  const target = document.querySelector(selector);
  if (kind === "paste") {
    const event = new ClipboardEvent("paste", { ...about, clipboardData: data });
    return target.dispatchEvent(event);
  }
  target.dispatchEvent(new DragEvent("dragover", { ...about, dataTransfer: data }));
  return target.dispatchEvent(new DragEvent(kind, { ...about, dataTransfer: data }));
}
"""


def a_file(name: str, content: bytes, mime: str) -> dict[str, str]:
    return {"name": name, "type": mime, "base64": base64.b64encode(content).decode()}


async def give(page: Any, selector: str, kind: str, *files: dict[str, str]) -> None:
    await page.evaluate(GIVE, [selector, kind, list(files)])


async def attach(page: Any, *files: tuple[str, str, bytes]) -> None:
    async with page.expect_file_chooser() as asked:
        # The field is there a moment before its keys are.
        while not asked.is_done():
            await page.keyboard.press("Control+u")
            await page.wait_for_timeout(500)
    chooser = await asked.value
    await chooser.set_files(
        [{"name": name, "mimeType": mime, "buffer": content} for name, mime, content in files]
    )

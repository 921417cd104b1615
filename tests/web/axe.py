"""What axe finds on a page, in both of its looks: each violation with the elements that have it."""

from typing import Any

from axe_playwright_python.async_playwright import Axe

# What is on its way in has another colour for a moment; what is on its way out never ends it.
STILL = "Promise.allSettled(document.getAnimations().map(each => each.finished)).then(() => {})"
RUN = "(options) => axe.run(options).then(({ violations }) => violations)"
ALL = {"resultTypes": ["violations"]}
COLOURS = {**ALL, "runOnly": ["color-contrast"]}
"""The one rule that another look may break."""


async def violations(page: Any) -> list[str]:
    """Empty when nothing is wrong; meant for `assert await violations(page) == []`.

    The page is light, follows the system, and is light again afterwards.
    """
    found = await _found(page, ALL)
    await page.emulate_media(color_scheme="dark")
    found += [f"dark: {each}" for each in await _found(page, COLOURS)]
    await page.emulate_media(color_scheme="light")
    return found


async def _found(page: Any, options: dict[str, Any]) -> list[str]:
    await page.evaluate(STILL)
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(Axe().axe_script)
    found = await page.evaluate(RUN, options)
    return [
        f"{each['id']}: {', '.join(str(node['target']) for node in each['nodes'][:5])}"
        for each in found
    ]

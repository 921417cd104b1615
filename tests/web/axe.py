"""What axe finds on a page: each violation with the elements that have it."""

from typing import Any

from axe_playwright_python.async_playwright import Axe


async def violations(page: Any) -> list[str]:
    """Empty when nothing is wrong; meant for `assert await violations(page) == []`."""
    # What is on its way in has another colour for a moment; what is on its way out never ends it.
    await page.evaluate(
        "Promise.allSettled(document.getAnimations().map(each => each.finished)).then(() => {})"
    )
    found = (await Axe().run(page)).response["violations"]
    return [
        f"{each['id']}: {', '.join(str(node['target']) for node in each['nodes'][:5])}"
        for each in found
    ]

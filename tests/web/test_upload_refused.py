"""What the server does not take, of a message or of an archive, is said and can be mended."""

from typing import Any

from tests.files.zips import Member, zip_of
from tests.web.axe import violations
from tests.web.conftest import Company, NewPage, Person, playwright, words

EN = words("en")
expect = playwright.expect


async def attach(page: Any, *files: tuple[str, str, bytes]) -> None:
    field = page.get_by_role("textbox", name=EN["chat.placeholder"], exact=True)
    await field.focus()
    async with page.expect_file_chooser() as asked:
        await field.press("Control+u")
    chosen = [{"name": name, "mimeType": mime, "buffer": content} for name, mime, content in files]
    await (await asked.value).set_files(chosen)
    await page.locator(".tray-item").nth(len(files) - 1).wait_for()


async def send(page: Any, text: str) -> None:
    await page.get_by_role("textbox", name=EN["chat.placeholder"], exact=True).fill(text)
    await page.keyboard.press("Enter")


async def test_a_message_goes_without_the_file_that_was_refused(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    full = {"error": {"code": "quota_exceeded", "message": "There is no room left."}}
    hers = await page(alice, path=f"/chat/{lobby}", worker=False)
    await hers.get_by_role("log").wait_for()

    async def answer(route: Any) -> None:
        large = b'filename="large.txt"' in (route.request.post_data_buffer or b"")
        await (route.fulfill(status=413, json=full) if large else route.continue_())

    await hers.route("**/api/v1/files?*", answer)
    await attach(hers, ("small.txt", "text/plain", b"1"), ("large.txt", "text/plain", b"22"))
    await send(hers, "both")
    problem = hers.get_by_role("alert").filter(has_text="large.txt")
    await expect(problem).to_contain_text(EN["error.quota_exceeded"])
    assert await violations(hers) == []
    await problem.get_by_role("button", name=EN["chat.without_file"]).click()
    his = await page(bob, path=f"/chat/{lobby}")
    post = his.get_by_role("article").filter(has_text="both")
    await expect(post).to_contain_text("small.txt")
    await expect(post).not_to_contain_text("large.txt")


async def test_an_archive_becomes_its_files_and_what_was_left_out_is_told(
    page: NewPage, company: Company, alice: Person, bob: Person, lobby: int
):
    members = [
        Member("план.txt".encode("cp866"), b"plan"),
        Member(b"photos/list.txt", b"list"),
        Member(b"secret.txt", b"hidden", flags=1),
    ]
    hers = await page(alice, path=f"/chat/{lobby}")
    await hers.get_by_role("log").wait_for()
    await attach(hers, ("papers.zip", "application/zip", zip_of(members)))
    await hers.locator(".tray-item").get_by_role("button").first.focus()
    await hers.keyboard.press("ContextMenu")
    await hers.get_by_role("menuitemcheckbox", name=EN["tray.unpack"]).click()
    await send(hers, "papers")
    said = hers.get_by_role("status").filter(has_text="papers.zip")
    await said.wait_for()
    await hers.reload()
    await said.get_by_role("button", name=EN["report.show"]).click()
    left = hers.get_by_role("dialog").get_by_role("listitem")
    await expect(left).to_have_count(1)
    await expect(left).to_contain_text("secret.txt")
    await expect(left).to_contain_text(EN["report.encrypted"])
    assert await violations(hers) == []
    await hers.keyboard.press("Escape")
    await said.wait_for(state="detached")
    his = await page(bob, path=f"/chat/{lobby}")
    post = his.get_by_role("article").filter(has_text="papers")
    await expect(post).to_contain_text("план.txt")

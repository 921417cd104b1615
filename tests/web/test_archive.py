"""Reading across the line that the retention draws: by scrolling, by a link, by a quote."""

from datetime import UTC, datetime
from pathlib import Path

from messenger.archive.running import Policy, Run
from messenger.archive.vault import Vault
from messenger.store.archive.session import Session
from tests.archive.past import catch_up, fill
from tests.web.conftest import Company, NewPage, playwright, words

EN = words("en")


async def test_history_goes_on_in_the_archive_and_says_so_in_a_thin_line(
    company: Company, page: NewPage, tmp_path: Path
) -> None:
    alice, bob = await company.hire("alice", "bob")
    now = datetime.now(UTC)
    with Session(company.dsn) as session:
        [chat] = fill(session, 1, 240, people=[alice.user_id, bob.user_id], now=now)
        session.rows("update members m set read_seq = s.seq, read_n = s.n from streams s"
                     " where s.id = m.chat_id and s.id = %(chat)s", chat=chat)  # fmt: skip
        old = session.value("select seq from messages where n = 40")
        catch_up(session)
        await Run(
            session, Vault(tmp_path / "archives", None, "disk"), Policy(30, 2, False), now
        ).run()
        assert session.value("select min(n) from messages where pinned_at is null") > 100
    reader = await page(alice, path=f"/chat/{chat}")
    posts = reader.locator(".post")
    await playwright.expect(posts.filter(has_text="Message 240:")).to_be_visible()
    line = reader.get_by_role("separator").filter(has_text=EN["chat.archive_line"])
    for number in (170, 110, 1):
        sought = posts.filter(has_text=f"Message {number}:")
        while not await sought.count():
            await reader.evaluate("() => { document.querySelector('.feed').scrollTop = 0 }")
            await reader.wait_for_timeout(100)
        if number == 110:
            await playwright.expect(line).to_have_count(1)
    # A link leads straight there, and the way down leads back out of the archive.
    other = await page(bob, path=f"/chat/{chat}/{old}")
    await playwright.expect(
        other.locator(".post").filter(has_text="Message 40:").first
    ).to_be_in_viewport()

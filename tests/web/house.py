"""What a module's tests share that are marked with `leaves_nothing`: a company, and open pages.

To load a page is most of what a small test in a browser costs. Here the first of them loads it, and
the next begins at another place of the same client. The groups that a test has made are deleted
behind it. A page that something is left on is closed, a company that something is left in is given
up: whoever comes next gets another.
"""

import collections
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Any

import pytest
import sqlalchemy as sa

from messenger.protocol.accounts import UpdateUser
from messenger.protocol.commands import DeleteChat
from messenger.store.rows import users
from messenger.store.statements import Prepared
from tests.web.company import Company, Person

playwright = pytest.importorskip("playwright.async_api", reason="playwright is not installed")

Key = tuple[str, bool, bool, str]
"""Whose page it is, whether on a phone, whether dark, and in which language."""

MOVE = """(place) => {
  history.pushState({inside: true}, '', place);
  dispatchEvent(new PopStateEvent('popstate'));
  return new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
}"""
# Whether a page's local data has all of its streams to these heads.
CAUGHT_UP = """async ([me, heads]) => {
  const asked = (request) => new Promise((done) => {
    request.onsuccess = () => done(request.result);
  });
  const database = await asked(indexedDB.open(`messenger-${me}`));
  const { streams, chats } = Object.fromEntries(await Promise.all(["streams", "chats"].map(
    async (name) => [name, await asked(database.transaction(name).objectStore(name).getAll())])));
  database.close();
  return heads.every(([id, seq, read]) => streams.some((each) => each.id === id && each.seq >= seq)
    && (id === me || chats.some((each) => each.id === id && each.my.read_seq >= read)));
}"""
SPEAKS = "(locale) => document.documentElement.lang === locale"
DIALOGS = "document.querySelectorAll('dialog[open]').length"
MOST_DIALOGS = 5
HOME_MS = 5_000
CAUGHT_UP_MS = 20
# What can still be taken back would be done on another's page.
PENDING = "document.querySelector('.toast-bar') !== null"
SAY_NO_MORE = "document.querySelectorAll('.toast > :last-child').forEach((each) => each.click())"
HELD = """() => Object.entries(localStorage)
  .filter(([name]) => !/account|organisation|program$/.test(name)).sort().join()"""
AT_HOME = """(gone) => document.querySelector('.chats-list') !== null
  && document.querySelector('.toast') === null
  && gone.every((id) => document.querySelector(`.chats-list a[href="/chat/${id}"]`) === null)"""

GROUPS = Prepared(
    sa.text(
        """
        select c.id, m.user_id from chats c left join members m
        on m.chat_id = c.id and m.role = 'owner' and m.left_at is null
        where c.kind = 'group' and c.deleted_at is null
        """
    ).columns(id=sa.BigInteger, user_id=sa.BigInteger)
)
# Of those whom a test has found, and of what all have in common. Who comes has an empty notebook.
STATE = Prepared(
    sa.text(
        """
        with live as (select id, user_ids from chats where deleted_at is null)
        select (select count(*) from live
                where user_ids is null or :newest >= any (user_ids)) as chats,
               (select count(*) from messages where chat_id in (select id from live)) as messages,
               (select count(*) from tasks where chat_id in (select id from live)) as tasks,
               (select count(*) from preferences where chat_id in (select id from live)) as chosen,
               (select count(*) from invites) as invites,
               (select string_agg(concat_ws(',', u.id, username, display_name, avatar_url, role,
                  disabled_at, notifications, searches), ';' order by u.id)
                from users u where u.id <= :newest) as people
        """
    ).bindparams(sa.bindparam("newest", type_=sa.BigInteger))
)
HEADS = Prepared(
    sa.text(
        """
        select s.id, s.seq, m.read_seq from streams s
        left join members m on m.chat_id = s.id and m.user_id = :me and m.left_at is null
        left join chats c on c.id = s.id
        where s.id = :me or (m.user_id is not null and c.deleted_at is null)
        """
    )
    .bindparams(sa.bindparam("me", type_=sa.BigInteger))
    .columns(id=sa.BigInteger, seq=sa.BigInteger, read_seq=sa.BigInteger)
)


def below(path: str) -> list[str]:
    """What the client shows beneath a panel that one comes to from outside."""
    _, room, *more = path.split("/")
    if room == "task":
        return ["/tasks"]
    if room == "people" and more:
        return ["/people"]
    if room == "chat" and more[1:] and not more[1].isdigit():
        return [f"/chat/{more[0]}"]
    return []


class House:
    """The company, once somebody asks for it, and the pages that stand open there."""

    def __init__(self, opened: Callable[[], AbstractAsyncContextManager[Company]]) -> None:
        self.problems: list[str] = []
        """What scripts have raised in the pages during a test."""
        self._opened = opened
        self._open_till_the_end = AsyncExitStack()
        self._company: Company | None = None
        self._free: dict[Key, list[Any]] = collections.defaultdict(list)
        self._as_loaded: dict[Any, Any] = {}
        self._newest = 0
        self._before: Any = None

    async def company(self) -> Company:
        if self._company is None:
            self._company = await self._open_till_the_end.enter_async_context(self._opened())
        people = self._company.people.values()
        self._newest = max((person.user_id for person in people), default=0)
        self._before = await self._state(self._company)
        return self._company

    async def _state(self, company: Company) -> Any:
        return await company.server.database.fetch(STATE, newest=self._newest)

    async def take(self, key: Key, person: Person, path: str) -> Any:
        """An open page like that, at that place; None: there is none."""
        if not self._free[key]:
            return None
        page = self._free[key].pop()
        assert self._company is not None
        me = await users.me(self._company.server.database, person.user_id)
        assert me is not None
        if me.locale != key[-1]:
            said = UpdateUser(user_id=person.user_id, locale=key[-1])
            await self._company.ask(person, said)
        await page.wait_for_function(SPEAKS, arg=key[-1])
        heads = await self._company.server.database.fetch(HEADS, me=person.user_id)
        # As if it was loaded now: with all that was said before.
        known = [person.user_id, [list(each) for each in heads]]
        await page.wait_for_function(CAUGHT_UP, arg=known, polling=CAUGHT_UP_MS)
        for place in (*below(path), path):
            await page.evaluate(MOVE, place)
        return page

    async def loaded(self, page: Any) -> None:
        """Remember what a page holds of its own accord."""
        self._as_loaded[page] = await self._state_of(page)

    async def give(self, key: Key, page: Any) -> None:
        """Have back what a test had, if another may have it."""
        if await self._fit(page):
            self._free[key].append(page)
        else:
            await self._drop(page)

    async def _fit(self, page: Any) -> bool:
        """Bring a page home; whether it is as it was loaded."""
        if page.is_closed() or len(page.context.pages) > 1:
            return False
        await page.context.set_offline(False)
        await page.unroute_all()
        if await page.evaluate(PENDING):
            return False
        for _ in range(MOST_DIALOGS):
            if await page.evaluate(DIALOGS) == 0:
                break
            await page.keyboard.press("Escape")
        await page.evaluate(SAY_NO_MORE)
        await page.evaluate(MOVE, "/")
        return bool(await self._state_of(page) == self._as_loaded[page])

    async def _state_of(self, page: Any) -> Any:
        return await page.evaluate(HELD), page.viewport_size

    async def tidy(self) -> None:
        """Delete the groups of a test, and see that all is as it was before."""
        company = self._company
        assert company is not None
        by_id = {person.user_id: person for person in company.people.values()}
        groups = await company.server.database.fetch(GROUPS)
        for chat_id, owner in groups:
            if owner in by_id:
                await company.ask(by_id[owner], DeleteChat(chat_id=chat_id))
        if await self._state(company) != self._before:
            await self.close()
            return
        gone = [chat_id for chat_id, _ in groups]
        for key, pages in self._free.items():
            for page in list(pages):
                try:
                    await page.wait_for_function(AT_HOME, arg=gone, timeout=HOME_MS)
                except playwright.Error:
                    self._free[key].remove(page)
                    await self._drop(page)

    async def _drop(self, page: Any) -> None:
        self._as_loaded.pop(page, None)
        await page.context.close()

    async def close(self) -> None:
        for pages in self._free.values():
            for page in pages:
                await page.context.close()
        self._free.clear()
        self._as_loaded.clear()
        self._company = None
        await self._open_till_the_end.aclose()

"""Done cards that did not come with the board are shown when asked for."""

import pytest
import sqlalchemy as sa

from messenger.store.statements import Prepared
from tests.web.board_page import column, columns, open_board
from tests.web.conftest import Company, NewPage, Person, words

pytestmark = pytest.mark.leaves_nothing
EN = words("en")
FILL = Prepared(
    sa.text(
        """
        insert into tasks (number, chat_id, column_id, position, title, description, status,
                           creator, version, created_at, updated_at, closed_at, rev)
        select nextval('task_numbers'), :chat, :column, 'e' || lpad(cast(i as text), 5, '0'),
               'Done ' || i, '', 'done', :maker, 1, now(), now(),
               timestamptz '2026-11-01T00:00:00Z' + i * interval '1 minute', 1
        from generate_series(1, 60) i
        """
    ).bindparams(*(sa.bindparam(name, type_=sa.BigInteger) for name in ("chat", "column", "maker")))
)


async def fill(company: Company, maker: Person, chat: int) -> str:
    """Sixty done cards in the last column; its title."""
    last = (await columns(company, maker, chat))[-1]
    values = {"chat": chat, "column": last.id, "maker": maker.user_id}
    await company.server.database.fetch(FILL, **values)
    return last.title


async def test_older_done_cards_come_when_asked_for(
    company: Company, page: NewPage, alice: Person, lobby: int
) -> None:
    title = await fill(company, alice, lobby)
    board = await open_board(page, alice, lobby)
    done = column(board, title)
    await done.get_by_text("50+", exact=True).wait_for()
    await done.get_by_role("button", name=EN["board.more_done"]).click()
    await done.get_by_text("60", exact=True).wait_for()
    await done.get_by_role("link", name="Done 1", exact=True).wait_for()
    assert await done.get_by_role("button", name=EN["board.more_done"]).count() == 0

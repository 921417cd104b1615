"""Decisions as values: a state, facts and a command in, what is to be done out. No loop, no store.

How they act together with everything else is what the tests of actors are about.
"""

from datetime import UTC, datetime

import msgspec
import pytest

from messenger import errors
from messenger.actors import preferences, sessions
from messenger.actors.chat import accounts, columns, membership, messages, task_creation, tasks
from messenger.actors.chat.state import ChatState
from messenger.actors.chat.tidying import TASKS_PER_COMMIT
from messenger.actors.commands import EndSessions, Tidy
from messenger.actors.deciding import Facts
from messenger.actors.usernames import Usernames
from messenger.decision import (
    Audited,
    Decision,
    InvitesVoided,
    PasswordSet,
    PreferenceSet,
    SessionsRevoked,
)
from messenger.model import (
    SYSTEM,
    Chat,
    Column,
    Event,
    Identity,
    Me,
    Member,
    MemberRole,
    Message,
    Role,
    Task,
    User,
)
from messenger.protocol import accounts as account_commands
from messenger.protocol import commands
from messenger.protocol import tasks as task_commands
from messenger.protocol.preferences import SetDraft
from messenger.storage import BoardRecord, ChatRecord, ReactionState, Seat

from .cast import SETTINGS

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
AT = "2026-03-01T08:00:00.000Z"
LOBBY = 10
ALICE, BOB, CAROL = 1, 2, 3


def who(user_id: int, role: Role = "user") -> Identity:
    return Identity(user_id=user_id, session_id="", username="", role=role)


def user(user_id: int, role: Role = "user", disabled_at: str | None = None) -> User:
    return User(
        id=user_id, username=f"user{user_id}", display_name="", role=role, created_at=AT,
        disabled_at=disabled_at,
    )  # fmt: skip


def me(user_id: int, role: Role = "user") -> Me:
    return Me(**msgspec.structs.asdict(user(user_id, role)), email=None, locale="en",
              time_zone="UTC")  # fmt: skip


def task(task_id: int = 7, **fields: object) -> Task:
    made = Task(
        id=task_id, number=task_id, chat_id=LOBBY, title="do", status="open", creator=ALICE,
        version=1, created_at=AT, updated_at=AT,
    )  # fmt: skip
    return msgspec.structs.replace(made, **fields)


@pytest.fixture
def lobby() -> ChatState:
    """Alice owns it, bob is in it; it has two columns, and a card in the first."""
    state = ChatState(LOBBY, Usernames())
    roles: list[tuple[int, MemberRole]] = [(ALICE, "owner"), (BOB, "member")]
    seats = [
        Seat(Member(chat_id=LOBBY, user_id=id, role=role, joined_at=AT), f"user{id}")
        for id, role in roles
    ]
    chat = Chat(id=LOBBY, kind="group", board=True, created_at=AT, updated_at=AT)
    state.take(ChatRecord(chat, seats, 5))
    both = [
        Column(id=id, chat_id=LOBBY, title="", position=place, is_done=done, version=1)
        for id, place, done in ((20, "a0", False), (21, "a1", True))
    ]
    card = task(column_id=20, position="a0")
    state.take_board(BoardRecord(both, [card], {7: {}}, {20: {}, 21: {}}))
    return state


def message(**fields: object) -> Message:
    sent = Message(
        chat_id=LOBBY, seq=3, n=1, sender_id=BOB, client_message_id="c", text="hi", reply_to=None,
        created_at=AT, rev=3,
    )  # fmt: skip
    return msgspec.structs.replace(sent, **fields)


def types(decision: Decision) -> list[tuple[int, str]]:
    return [(entry.stream, entry.type) for entry in decision.entries]


def test_the_answer_is_what_its_entry_has_become(lobby: ChatState) -> None:
    facts = messages.MessageFacts(who(BOB), SETTINGS, message())
    command = commands.EditMessage(chat_id=LOBBY, seq=3, text="ho")
    decision = messages.edit(lobby, facts, command, NOW)
    stored = Event("message.edited", LOBBY, 6, AT, BOB, message(text="ho", rev=6))
    assert decision.answer_for([stored]) is stored.data
    assert decision.answer.subject == ("message.edited", LOBBY, 3)


def test_an_edit_that_changes_nothing_writes_nothing(lobby: ChatState) -> None:
    facts = messages.MessageFacts(who(BOB), SETTINGS, message())
    command = commands.EditMessage(chat_id=LOBBY, seq=3, text=" hi ")
    decision = messages.edit(lobby, facts, command, NOW)
    assert (decision.entries, decision.answer_for([])) == ([], message())


def test_a_message_takes_no_more_kinds_of_emoji_than_its_limit(lobby: ChatState) -> None:
    command = commands.AddReaction(chat_id=LOBBY, seq=3, emoji="👍")
    full = ReactionState(deleted=False, given=False, known=False, kinds=20)
    with pytest.raises(errors.ValidationFailed):
        messages.add_reaction(lobby, messages.ReactionFacts(who(BOB), SETTINGS, full), command, NOW)
    known = msgspec.structs.replace(full, known=True)
    facts = messages.ReactionFacts(who(BOB), SETTINGS, known)
    assert types(messages.add_reaction(lobby, facts, command, NOW)) == [(LOBBY, "reaction.added")]


def test_a_moved_card_has_one_event_with_the_fields_that_differ(lobby: ChatState) -> None:
    command = task_commands.MoveTask(task_id=7, column_id=21)
    decision = tasks.move(lobby, Facts(who(BOB), SETTINGS), command, NOW)
    [entry] = decision.entries
    assert entry.detail["fields"] == ["place", "status"]
    assert (entry.data.status, entry.data.version) == ("done", 2)
    assert lobby.board.tasks[7].version == 1


def test_a_card_that_is_there_already_is_not_moved(lobby: ChatState) -> None:
    command = task_commands.MoveTask(task_id=7, column_id=20)
    assert tasks.move(lobby, Facts(who(BOB), SETTINGS), command, NOW).entries == []


def test_a_board_has_so_many_columns(lobby: ChatState) -> None:
    lobby.board.columns |= dict.fromkeys(range(100, 148), lobby.board.columns[20])
    facts = columns.CreateFacts(who(ALICE), SETTINGS)
    command = task_commands.CreateColumn(chat_id=LOBBY, title="more")
    with pytest.raises(errors.ValidationFailed):
        columns.create(lobby, facts, command, NOW)


def test_a_task_of_a_message_is_for_the_first_named_who_can_sign_in(lobby: ChatState) -> None:
    facts = task_creation.MakeFacts(
        who(ALICE), SETTINGS, {ALICE: user(ALICE, disabled_at=AT), BOB: user(BOB)}, 8, 9,
        message(mentions=[CAROL, ALICE, BOB]),
    )  # fmt: skip
    command = task_commands.MakeTask(chat_id=LOBBY, seq=3)
    decision = task_creation.make(lobby, facts, command, NOW)
    created = decision.entries[0].data
    assert (created.id, created.number, created.assigned_to) == (8, 9, BOB)
    assert decision.entries[1].data.task_id == 8


def test_who_leaves_with_more_tasks_than_a_commit_holds_is_followed_up(lobby: ChatState) -> None:
    many = {id: task(id, assigned_to=BOB) for id in range(TASKS_PER_COMMIT + 1)}
    lobby.board.tasks |= many
    facts = membership.UsersFacts(who(BOB), SETTINGS, {})
    command = commands.RemoveMember(chat_id=LOBBY, user_id=BOB)
    decision = membership.remove(lobby, facts, command, NOW)
    assert decision.follow_ups == [Tidy(chat_id=LOBBY)]
    assert types(decision)[:2] == [(LOBBY, "member.left"), (BOB, "chat.left")]
    assert len(decision.entries) == 2 + TASKS_PER_COMMIT


def test_the_last_administrator_stays(lobby: ChatState) -> None:
    command = account_commands.UpdateUser(user_id=ALICE, role="user")
    facts = accounts.UpdateFacts(who(ALICE, "admin"), SETTINGS, me(ALICE, "admin"), 1, [])
    with pytest.raises(errors.Forbidden):
        accounts.update(lobby, facts, command, NOW)


def test_with_the_first_administrator_the_first_link_is_void(lobby: ChatState) -> None:
    command = account_commands.UpdateUser(user_id=BOB, role="admin")
    facts = accounts.UpdateFacts(SYSTEM, SETTINGS, me(BOB), 0, [])
    decision = accounts.update(lobby, facts, command, NOW)
    assert InvitesVoided(maker=None) in decision.writes


def test_what_signs_in_while_an_account_is_disabled_is_followed_up(lobby: ChatState) -> None:
    command = account_commands.UpdateUser(user_id=BOB, disabled=True)
    facts = accounts.UpdateFacts(SYSTEM, SETTINGS, me(BOB), 0, ["s1"])
    decision = accounts.update(lobby, facts, command, NOW)
    assert SessionsRevoked(session_ids=["s1"]) in decision.writes
    assert decision.follow_ups == [EndSessions(user_id=BOB)]


def test_other_people_set_no_password_and_end_no_sessions() -> None:
    facts = sessions.SessionFacts(who(ALICE), SETTINGS, ["s1"])
    with pytest.raises(errors.Forbidden):
        sessions.set_password(
            BOB, facts, account_commands.SetPassword(user_id=BOB, password_hash="x"), NOW
        )
    with pytest.raises(errors.Forbidden):
        sessions.revoke_sessions(
            BOB, facts, account_commands.RevokeSessions(user_id=BOB, session_ids=["s1"]), NOW
        )


def test_a_new_password_ends_the_other_sessions() -> None:
    facts = sessions.SessionFacts(who(BOB), SETTINGS, ["s1", "s2"])
    command = account_commands.SetPassword(user_id=BOB, password_hash="x")
    decision = sessions.set_password(BOB, facts, command, NOW)
    assert types(decision) == [(BOB, "session.revoked")] * 2
    assert [type(write) for write in decision.writes] == [PasswordSet, Audited, SessionsRevoked]


def test_a_draft_of_the_same_text_is_not_stored_again() -> None:
    stored = PreferenceSet(user_id=BOB, chat_id=LOBBY, draft="hi")
    facts = preferences.PreferenceFacts(who(BOB), SETTINGS, stored)
    command = SetDraft(chat_id=LOBBY, text="hi")
    assert preferences.set_draft(BOB, facts, command, NOW) == Decision()

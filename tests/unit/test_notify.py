"""Who is told what: a table of situations, and what holds in every one of them."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from messenger.model import Message, ReactionChange, Task, TaskReminder, timestamp
from messenger.model.notifications import (
    DEFAULTS,
    Cause,
    NotifySettings,
    QuietHours,
    Telling,
    Verdict,
)
from messenger.rules import notify
from messenger.rules.notify import Changed, Happening, Invited, Posted, Reacted, Reader, decide

ME, ANNA, BORIS = 1, 2, 3
NOW = datetime(2026, 12, 2, 12, tzinfo=UTC)  # a Wednesday
AT = timestamp(NOW)
SEQ = 50


def message(text: str = "Привет", **fields: Any) -> Message:
    given = {"chat_id": 9, "seq": SEQ, "n": 40, "sender_id": ANNA, "created_at": AT, **fields}
    return Message(client_message_id="k", text=text, **given)


def task(**fields: Any) -> Task:
    given = {"id": 5, "number": 17, "chat_id": 9, "title": "Смета", "creator": BORIS, **fields}
    return Task(version=1, created_at=AT, updated_at=AT, **given)


def posted(text: str = "Привет", *, answered: int | None = None, **fields: Any) -> Posted:
    about = fields.pop("task", None)
    return Posted(message=message(text, **fields), answered=answered, task=about)


def happening(subject: notify.Subject, kind: str = "group", **fields: Any) -> Happening:
    given = {"seq": SEQ, "by": ANNA, "at": NOW - timedelta(seconds=2), **fields}
    return Happening(subject=subject, chat_kind=kind, **given)


def reader(**fields: Any) -> Reader:
    settings = fields.pop("settings", {})
    return Reader(user_id=ME, settings=NotifySettings(**settings), **fields)


MENTION = posted("@me посмотри", mentions=[ME])
ALL = posted("@all обед", mentions_all=True)
REPLY = posted("да", answered=ME, reply_to=3)
MINE = task(assigned_to=ME)
COMMENT = posted("готово?", task=MINE, task_id=5)
ASSIGNED = Changed(task=MINE, fields=frozenset({"assigned_to", "title"}))
CHANGED = Changed(task=MINE, fields=frozenset({"due"}))
DUE = TaskReminder(chat_id=9, task_id=5, kind="now")
TOMORROW = TaskReminder(chat_id=9, task_id=5, kind="tomorrow")
HEART = Reacted(change=ReactionChange(chat_id=9, seq=3, emoji="❤️", user_id=ANNA), author=ME)
ADDED = Invited(user_id=ME)
NIGHT = QuietHours()
HUSHED = QuietHours(start="11:00", end="13:00")

# What happened, where, what is known of the reader; whether they are told, why, and for what.
TABLE: list[tuple[notify.Subject, str, dict[str, Any], str, str, Cause | None]] = [
    # Every cause, as it is by default.
    (posted(), "direct", {}, "alert", "told", "direct"),
    (posted(), "group", {}, "alert", "told", "chat"),
    (posted(), "org", {}, "alert", "told", "chat"),
    (MENTION, "group", {}, "alert", "told", "mention"),
    (MENTION, "direct", {}, "alert", "told", "mention"),
    (ALL, "group", {}, "alert", "told", "mention_all"),
    (REPLY, "group", {}, "alert", "told", "reply"),
    (REPLY, "direct", {}, "alert", "told", "reply"),
    (COMMENT, "group", {}, "alert", "told", "task_commented"),
    (ASSIGNED, "group", {}, "alert", "told", "task_assigned"),
    (CHANGED, "group", {}, "silent", "told", "task_changed"),
    (DUE, "group", {}, "alert", "told", "task_due"),
    (TOMORROW, "group", {}, "alert", "told", "task_due"),
    (HEART, "group", {}, "off", "cause_off", "reaction"),
    (ADDED, "group", {}, "alert", "told", "invited"),
    # Of a chat of two its first message tells.
    (ADDED, "direct", {}, "off", "no_cause", None),
    # Tasks of others.
    (Changed(task=task(), fields=frozenset({"due"})), "group", {}, "off", "no_cause", None),
    (
        Changed(task=task(assigned_to=BORIS), fields=frozenset({"assigned_to"})),
        *("group", {}, "off", "no_cause", None),
    ),
    # Whoever made a task hears of its comments, not of its changes.
    (
        posted(task=task(creator=ME, assigned_to=BORIS)),
        *("group", {"level": "mentions"}, "alert", "told", "task_commented"),
    ),
    (
        Changed(task=task(creator=ME, assigned_to=BORIS), fields=frozenset({"due"})),
        *("group", {}, "off", "no_cause", None),
    ),
    (
        posted(task=task(assigned_to=BORIS)),
        "group",
        {"level": "mentions"},
        "off",
        "chat_off",
        "chat",
    ),
    # Reactions to others, invitations of others.
    (
        Reacted(change=HEART.change, author=BORIS),
        *("group", {"settings": {"causes": {"reaction": "alert"}}}, "off", "no_cause", None),
    ),
    (
        HEART,
        "group",
        {"settings": {"causes": {"reaction": "silent"}}},
        "silent",
        "told",
        "reaction",
    ),
    (Invited(user_id=BORIS), "group", {}, "off", "no_cause", None),
    # A chat set to mentions.
    (posted(), "group", {"level": "mentions"}, "off", "chat_off", "chat"),
    (posted(), "direct", {"level": "mentions"}, "alert", "told", "direct"),
    (MENTION, "group", {"level": "mentions"}, "alert", "told", "mention"),
    (ALL, "group", {"level": "mentions"}, "alert", "told", "mention_all"),
    (REPLY, "group", {"level": "mentions"}, "alert", "told", "reply"),
    (COMMENT, "group", {"level": "mentions"}, "alert", "told", "task_commented"),
    (
        posted("Нужен счёт"),
        *("group", {"level": "mentions", "settings": {"keywords": ["счет"]}}),
        *("alert", "told", "keyword"),
    ),
    # One's own tasks are no matter of the chat's level.
    *[
        (subject, "group", about, telling, "told", cause)
        for about in ({"level": "none"}, {"muted_until": NOW + timedelta(hours=1)})
        for subject, telling, cause in (
            (ASSIGNED, "alert", "task_assigned"),
            (CHANGED, "silent", "task_changed"),
            (DUE, "alert", "task_due"),
            (COMMENT, "alert", "task_commented"),
            (ADDED, "alert", "invited"),
        )
    ],
    # Chats that are off or muted.
    *[
        (subject, kind, {"level": "none"}, "off", "chat_off", cause)
        for subject, kind, cause in (
            (posted(), "group", "chat"),
            (posted(), "direct", "direct"),
            (MENTION, "group", "mention"),
            (ALL, "group", "mention_all"),
            (REPLY, "group", "reply"),
            (HEART, "group", "reaction"),
        )
    ],
    *[
        (subject, kind, {"muted_until": NOW + timedelta(seconds=1)}, "off", "muted", cause)
        for subject, kind, cause in (
            (posted(), "group", "chat"),
            (posted(), "direct", "direct"),
            (MENTION, "group", "mention"),
            (ALL, "group", "mention_all"),
            (REPLY, "group", "reply"),
        )
    ],
    (posted(), "group", {"muted_until": NOW}, "alert", "told", "chat"),
    # A cause that is off leaves the others.
    (MENTION, "group", {"settings": {"causes": {"mention": "off"}}}, "alert", "told", "chat"),
    (
        MENTION,
        *("group", {"settings": {"causes": {"mention": "silent", "chat": "off"}}}),
        *("silent", "told", "mention"),
    ),
    (
        MENTION,
        *("group", {"level": "mentions", "settings": {"causes": {"mention": "off"}}}),
        *("off", "cause_off", "mention"),
    ),
    (posted(), "group", {"settings": {"causes": {"chat": "silent"}}}, "silent", "told", "chat"),
    (
        ALL,
        *("group", {"settings": {"causes": {"mention_all": "off", "chat": "off"}}}),
        *("off", "cause_off", "mention_all"),
    ),
    # Words.
    *[
        (posted(text), "group", {"level": "mentions", "settings": {"keywords": [word]}}, *told)
        for text, word, told in (
            ("Горит ОТЧЁТ!", "отчёт", ("alert", "told", "keyword")),
            ("отчет готов", "Отчёт", ("alert", "told", "keyword")),
            ("отчётность", "отчёт", ("off", "chat_off", "chat")),
            ("цена 1С:Бухгалтерия", "1с:бухгалтерия", ("alert", "told", "keyword")),
            ("a.c", "a.c", ("alert", "told", "keyword")),
            ("abc", "a.c", ("off", "chat_off", "chat")),
            ("новый сайт готов", "новый сайт", ("alert", "told", "keyword")),
            ("", "новый сайт", ("off", "chat_off", "chat")),
        )
    ],
    # Nobody is told of what they did, of what is gone, of where they are not.
    *[
        (subject, "group", {"there": False}, "off", "not_there", None)
        for subject in (posted(), MENTION, ASSIGNED, DUE, HEART, ADDED)
    ],
    (posted("", deleted_at=AT), "direct", {}, "off", "deleted", None),
    (
        Changed(task=task(assigned_to=ME, deleted_at=AT), fields=frozenset({"assigned_to"})),
        *("group", {}, "off", "deleted", None),
    ),
    # Read on another device.
    *[
        (subject, "group", {"read_seq": SEQ}, "off", "read", cause)
        for subject, cause in (
            (posted(), "chat"),
            (MENTION, "mention"),
            (COMMENT, "task_commented"),
            (ASSIGNED, "task_assigned"),
        )
    ],
    (posted(), "group", {"read_seq": SEQ - 1}, "alert", "told", "chat"),
    # A reminder and an invitation stand in no chat that is read.
    (DUE, "group", {"read_seq": SEQ}, "alert", "told", "task_due"),
    (ADDED, "group", {"read_seq": SEQ}, "alert", "told", "invited"),
    # Times.
    *[
        (subject, "group", {"settings": {"until": timestamp(NOW + timedelta(minutes=1))}}, *told)
        for subject, told in (
            (posted(), ("off", "do_not_disturb", "chat")),
            (MENTION, ("off", "do_not_disturb", "mention")),
            (DUE, ("off", "do_not_disturb", "task_due")),
            (ADDED, ("off", "do_not_disturb", "invited")),
        )
    ],
    (posted(), "group", {"settings": {"until": AT}}, "alert", "told", "chat"),
    (posted(), "group", {"settings": {"quiet": NIGHT}}, "alert", "told", "chat"),
    (posted(), "group", {"settings": {"quiet": HUSHED}}, "off", "quiet_hours", "chat"),
    (DUE, "group", {"settings": {"quiet": HUSHED}}, "off", "quiet_hours", "task_due"),
    # The same moment is night elsewhere.
    *[
        (posted(), "group", {"settings": {"quiet": NIGHT}, "zone": ZoneInfo(zone)}, *told)
        for zone, told in (
            ("Pacific/Auckland", ("off", "quiet_hours", "chat")),  # 01:00
            ("Asia/Vladivostok", ("off", "quiet_hours", "chat")),  # 22:00
            ("Asia/Yakutsk", ("alert", "told", "chat")),  # 21:00
            ("Europe/Moscow", ("alert", "told", "chat")),  # 15:00
            ("America/New_York", ("off", "quiet_hours", "chat")),  # 07:00
            ("America/Halifax", ("alert", "told", "chat")),  # 08:00
        )
    ],
    # At one's desk.
    (posted(), "direct", {"at_desk": True}, "off", "at_desk", "direct"),
    (MENTION, "group", {"at_desk": True}, "off", "at_desk", "mention"),
    (ASSIGNED, "group", {"at_desk": True}, "off", "at_desk", "task_assigned"),
    # What decides first is said: who is away for good hears nothing of a desk.
    (posted(), "direct", {"at_desk": True, "read_seq": SEQ}, "off", "read", "direct"),
    (
        posted(),
        "group",
        {"at_desk": True, "settings": {"quiet": HUSHED}},
        "off",
        "quiet_hours",
        "chat",
    ),
]


@pytest.mark.parametrize(("subject", "kind", "about", "telling", "reason", "cause"), TABLE)
def test_situations(
    subject: notify.Subject, kind: str, about: dict[str, Any], telling: str, reason: str, cause: Any
) -> None:
    verdict = decide(happening(subject, kind), reader(**about), NOW)
    assert (verdict.telling, verdict.reason, verdict.cause) == (telling, reason, cause)


SUBJECTS: list[notify.Subject] = [
    posted(), MENTION, ALL, REPLY, COMMENT, ASSIGNED, CHANGED, DUE, TOMORROW, HEART, ADDED
]  # fmt: skip


@pytest.mark.parametrize("subject", SUBJECTS)
def test_nobody_is_told_of_their_own_doing(subject: notify.Subject) -> None:
    loud = {"causes": dict.fromkeys(DEFAULTS, "alert")}
    verdict = decide(happening(subject, by=ME), reader(settings=loud), NOW)
    assert verdict == Verdict(telling="off", reason="own")


@pytest.mark.parametrize("subject", SUBJECTS)
@pytest.mark.parametrize("hours", [1, 24, 25])
def test_what_is_late_is_not_told(subject: notify.Subject, hours: int) -> None:
    loud = {"causes": dict.fromkeys(DEFAULTS, "alert")}
    at = NOW - timedelta(hours=hours, seconds=-1)
    late = hours > 24 or (subject == DUE and hours > 1)
    verdict = decide(happening(subject, at=at), reader(settings=loud), NOW)
    assert (verdict.reason == "late") == late


@pytest.mark.parametrize("subject", SUBJECTS)
@pytest.mark.parametrize("telling", ["off", "silent", "alert"])
def test_whatever_is_told_is_as_loud_as_its_causes_are(
    subject: notify.Subject, telling: Telling
) -> None:
    same = {"causes": dict.fromkeys(DEFAULTS, telling)}
    verdict = decide(happening(subject), reader(settings=same), NOW)
    assert verdict.telling == telling
    assert verdict.reason == ("cause_off" if telling == "off" else "told")


def test_everything_has_a_default_and_a_rank() -> None:
    causes = set(Cause.__args__)  # type: ignore[attr-defined]
    assert set(DEFAULTS) == causes == set(notify.RANK)


def test_settings_are_read_and_refused_by_their_shape() -> None:
    read = msgspec.json.decode(
        b'{"causes":{"reaction":"alert"},"quiet":{"start":"21:30","end":"07:00"}}',
        type=NotifySettings,
    )
    assert read.telling("reaction") == "alert"
    assert read.telling("mention") == "alert"
    assert read.quiet == QuietHours(start="21:30", end="07:00")
    for wrong in (
        b'{"causes":{"rection":"alert"}}',
        b'{"causes":{"reaction":"loud"}}',
        b'{"quiet":{"start":"24:00"}}',
        b'{"quiet":{"days":[0]}}',
        b'{"keywords":["a"]}',
        b'{"more":1}',
    ):
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(wrong, type=NotifySettings)


# Quiet hours

WEEK = [datetime(2026, 11, 30, tzinfo=UTC) + timedelta(hours=hour) for hour in range(7 * 24)]


def quiet_of_week(hours: QuietHours) -> list[str]:
    return [f"{at:%a %H}" for at in WEEK if notify.is_quiet(hours, at)]


def test_a_night_that_begins_on_friday_ends_on_saturday() -> None:
    friday = QuietHours(start="22:00", end="02:00", days=[5])
    assert quiet_of_week(friday) == ["Fri 22", "Fri 23", "Sat 00", "Sat 01"]


def test_a_weekend_is_quiet_as_a_whole() -> None:
    weekend = QuietHours(start="22:00", end="07:00", days=[], whole_days=[6, 7])
    assert quiet_of_week(weekend) == [f"{d} {h:02}" for d in ("Sat", "Sun") for h in range(24)]


def test_hours_that_end_where_they_begin_are_a_whole_day_long() -> None:
    assert quiet_of_week(QuietHours(start="09:00", end="09:00", days=[3])) == [
        *(f"Wed {hour:02}" for hour in range(9, 24)),
        *(f"Thu {hour:02}" for hour in range(9)),
    ]


@given(start=st.times(), end=st.times(), days=st.sets(st.integers(1, 7)), at=st.sampled_from(WEEK))
def test_quiet_is_what_began_and_has_not_ended(
    start: Any, end: Any, days: set[int], at: Any
) -> None:
    hours = QuietHours(start=f"{start:%H:%M}", end=f"{end:%H:%M}", days=sorted(days))
    begun = False
    for day in (-1, 0):
        date = (at + timedelta(days=day)).date()
        if date.isoweekday() not in days:
            continue
        begins = datetime.combine(date, time.fromisoformat(hours.start), UTC)
        ends = datetime.combine(date, time.fromisoformat(hours.end), UTC)
        if ends <= begins:
            ends += timedelta(days=1)
        begun = begun or begins <= at < ends
    assert notify.is_quiet(hours, at) == begun


def test_the_clocks_change_in_a_quiet_night() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    # The hour from two to three does not come.
    night = datetime(2027, 3, 27, 21, 30, tzinfo=UTC)
    quiet = [
        at.astimezone(berlin).strftime("%H:%M")
        for at in (night + timedelta(minutes=30 * step) for step in range(20))
        if notify.is_quiet(NIGHT, at.astimezone(berlin))
    ]
    assert quiet[0] == "22:30"
    assert quiet[-1] == "07:30"
    assert "02:30" not in quiet


def test_the_table_meets_every_cause_and_every_reason() -> None:
    seen = {(verdict_of(row).telling, verdict_of(row).cause) for row in TABLE}
    told = {cause for telling, cause in seen if telling != "off"}
    assert told >= set(DEFAULTS)
    # Every reason is met.
    assert {verdict_of(row).reason for row in TABLE} | {"own", "late"} >= {
        "told", "deleted", "not_there", "read", "no_cause", "chat_off", "muted", "cause_off",
        "quiet_hours", "do_not_disturb", "at_desk",
    }  # fmt: skip


def verdict_of(row: tuple[Any, ...]) -> Verdict:
    return decide(happening(row[0], row[1]), reader(**row[2]), NOW)

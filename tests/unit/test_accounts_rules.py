import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messenger.errors import ValidationFailed
from messenger.rules import accounts as rules
from messenger.rules.accounts import username_key


def is_good(username: str) -> bool:
    try:
        rules.check_username(username)
    except ValidationFailed:
        return False
    return True


@pytest.mark.parametrize(
    "username",
    [
        "bob", "anna.k", "Юля_2", "анна-мария", "ёлкин", "Οδυσσέας", "12345", "x" * 32, "İpek",
        "rené", "ӏам", "日本語", "カタカナー", "佐々木", "한글이름", "क्षितिज", "กานต์",
        "עליזה", "عليه",
    ],
)  # fmt: skip
def test_a_name_of_one_living_alphabet_is_good(username: str) -> None:
    assert is_good(rules.normal(username))


@pytest.mark.parametrize(
    "username",
    [
        "", "bo", "x" * 33, "bob bob", "bob/x", "bob@x", "b\x00b", "bob\n", "a'b", "b\\b",
        "😀😀😀",
        ".bob", "bob.", "-bob", "bob_", "...", "all", "ALL",
        "аdmin", "admіn", "αlice", "boЬ", "ivan日",
        "admin\u200b", "ad\u00admin", "\u202enimda", "ad\u2060min", "ad\ufe0fmin",
        "\u3164\u3164\u3164",
        "\u115f\u1160\u115f", "ab\u034fc", "ក\u17b4ក", "а́нна", "a\u0335bc", "عَليه",
        "ᴀdmin", "ɑdmin", "ǀvan", "ᎠᎪᎷᎥ", "ꓮꓓꓟ", "ⲁⲇⲙⲓⲛ", "ΑΝΝΑ", "1٢3",
        "क्््षि",
    ],
)  # fmt: skip
def test_a_name_that_could_deceive_is_refused(username: str) -> None:
    assert not is_good(username)


@pytest.mark.parametrize("username", ["ａｄｍｉｎ", "ﬁona", "ⅳan", "ﾃｽﾄ", "и\u0306од", " bob"])
def test_a_name_in_an_unusual_form_is_good_once_normal(username: str) -> None:
    assert not is_good(username)
    assert is_good(rules.normal(username))


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("alice", "ALICE"), ("Ivan", "lvan"), ("Ivan", "1van"), ("bob", "b0b"),
        ("Straße", "STRASSE"),
        ("АННА", "AHHA"), ("сорос", "copoc"), ("стас", "ctac"), ("Хор", "Xop"), ("зоя3", "зояз"),
        ("Семён", "семен"), ("οχι", "oxi"), ("авто", "abto"), ("rnary", "mary"),
        ("vvilli", "willi"),
        ("anna__k", "anna_k"), ("İvan", "ivan"), ("ıvan", "ivan"),
        ("ｂｏｂ", "bob"), ("օոս", "onu"),
    ],
)  # fmt: skip
def test_names_that_look_alike_are_one(name: str, other: str) -> None:
    assert username_key(name) == username_key(other)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("alice", "alicia"), ("anna.k", "annak"), ("anna.k", "anna_k"), ("rené", "rene"),
        ("иван", "ivan"), ("мила", "mila"), ("андрей", "андреи"), ("bob1", "bob2"),
        ("日本", "日木"),
    ],
)  # fmt: skip
def test_names_that_can_be_told_apart_are_two(name: str, other: str) -> None:
    assert username_key(name) != username_key(other)


@given(st.text())
def test_any_text_is_judged_without_a_failure(text: str) -> None:
    is_good(text)
    is_good(rules.normal(text))
    username_key(text)


LETTERS = "abcdeilmnorvwxyz01._-АВЕЗІКМНОРСТУХабвгеёзиіклмнопрстухьӏΑΒΕαβεικνορυáéñß"


@given(st.text(LETTERS, min_size=3, max_size=32))
def test_a_key_is_the_key_of_itself_and_of_any_case(username: str) -> None:
    key = username_key(username)
    assert username_key(key) == key
    if is_good(username):
        assert username_key(username.upper()) == username_key(username.lower()) == key


@given(st.text(min_size=3, max_size=32).map(rules.normal).filter(is_good))
def test_a_good_name_shows_all_of_itself(username: str) -> None:
    assert username == unicodedata.normalize("NFKC", username)
    assert username.isprintable()
    assert not any(map(str.isspace, username))


@given(st.characters(categories=("Cc", "Cf", "Cs", "Co", "Cn", "Zs", "Zl", "Zp", "So", "Me")))
def test_no_character_that_is_not_a_letter_stands_in_a_name(char: str) -> None:
    assert not is_good(f"ab{char}cd")


# Passwords


@pytest.mark.parametrize(
    "password",
    [
        "correct horse", "ы" * 63 + "я", "пароль" * 10, "x" * 1023 + "y", "        8",
        "a\tb\tc\td e",
        "2718281828", "aaaaaaab", "密码密码密码密码!",
    ],
)  # fmt: skip
def test_any_characters_make_a_password(password: str) -> None:
    rules.check_password(password, "alice", "alice.doe@example.org")


@pytest.mark.parametrize(
    "password",
    [
        "", "short", "sevench", "x" * 1025, "aaaaaaaa", "ЯяЯяЯяЯя", "12345678", "1234567890123",
        "87654321", "qwertyui", "poiuytrewq", "йцукенгш", "abcdefgh", "АБВГДЕЁЖ", "Password",
        "ПАРОЛЬ123", "1q2w3e4r", "alice.doe", "ALICE.DOE", "eod.ecila", "a.doe@example.org",
    ],
)  # fmt: skip
def test_what_is_guessed_first_is_refused(password: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        rules.check_password(password, "alice.doe", "a.doe@example.org")
    assert refused.value.details == {"field": "password"}
    assert len(password) < 5 or password not in str(refused.value)


# Names, addresses, settings


@pytest.mark.parametrize(
    "name", ["A", "Анна Петрова", " Bob ", "👩‍💻 Dev", "x" * 64, "O'Neil", "नमस्ते", "می‌خواهم", "<b>"]
)
def test_a_display_name_is_whatever_shows(name: str) -> None:
    rules.check_display_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "", "   ", "x" * 65, "a\nb", "a\x1b[31mb", "a\x00", "a\u202eb", "\u2066a", "a\u200bb",
        "\u200d",
        "\u3164\u3164", "\u2800", "a" + "\u0301" * 5, "\u0301", "a\u2028b", "\ud800a", "\ufeffa",
    ],
)  # fmt: skip
def test_a_display_name_that_spoils_the_text_is_refused(name: str) -> None:
    with pytest.raises(ValidationFailed):
        rules.check_display_name(name)


@pytest.mark.parametrize("email", ["a@b", "a.b+c@x.org", "é@почта.рф", "x" * 64 + "@x.org"])
def test_an_address_is_somebody_at_somewhere(email: str) -> None:
    rules.check_email(email)


@pytest.mark.parametrize(
    "email",
    [
        "", "a", "@b", "a@", "a@b@c", "a b@c", "a@b..c", "a@.b", "a@b.", "a@b\n", "a\u200b@b",
        "x" * 65 + "@x.org", "a@" + "x" * 254, "a\r\nBcc: x@y", "a@b\x00",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(email: str) -> None:
    with pytest.raises(ValidationFailed):
        rules.check_email(email)


def test_an_address_is_compared_without_case_and_form() -> None:
    assert rules.email_key(" Йода@X.org ") == rules.email_key("и\u0306ода@x.ORG")


@pytest.mark.parametrize("zone", ["UTC", "Europe/Moscow", "Etc/GMT+3", "America/Argentina/Salta"])
def test_a_time_zone_is_one_of_the_database(zone: str) -> None:
    rules.check_time_zone(zone)


@pytest.mark.parametrize(
    "zone",
    [
        "", "Moscow", "europe/moscow", "America", "America/Nowhere", "../etc/passwd",
        "/etc/passwd",
        "Europe/../Europe/Moscow", "posix/UTC", "right/UTC", "localtime", "UTC\n", "UTC\x00",
        "x" * 300,
    ],
)  # fmt: skip
def test_what_is_no_time_zone_is_refused(zone: str) -> None:
    with pytest.raises(ValidationFailed):
        rules.check_time_zone(zone)


def test_the_languages_are_russian_and_english() -> None:
    rules.check_locale("ru")
    rules.check_locale("en")
    for locale in ("", "RU", "de", "ru\n"):
        with pytest.raises(ValidationFailed):
            rules.check_locale(locale)

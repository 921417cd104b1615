"""What is sealed opens by RFC 8291's own steps, and those are right by the RFC's own example."""

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from messenger.push.encryption import MOST, check_keys, sealed
from messenger.push.payload import Notification, Push, written
from tests.push.service import Browser, bytes_of, opened, point_of

# RFC 8291, section 5 and appendix A.
PRIVATE = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
PUBLIC = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6"
    "TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulc"
    "y4a-fN"
)


def test_steps_open_the_example_of_the_rfc() -> None:
    private = ec.derive_private_key(int.from_bytes(bytes_of(PRIVATE)), ec.SECP256R1())
    assert point_of(private.public_key()) == bytes_of(PUBLIC)
    said = opened(bytes_of(BODY), private, bytes_of(AUTH))
    assert said == b"When I grow up, I want to be a watermelon"


@pytest.mark.parametrize("size", [1, 500, MOST])
def test_what_is_sealed_opens(size: int) -> None:
    browser = Browser("phone", "https://push.example")
    payload = bytes(1 + each % 250 for each in range(size))
    assert (
        opened(
            sealed(browser.endpoint, **browser.keys(), payload=payload),
            browser.private,
            browser.auth,
        )
        == payload
    )


def test_too_long_a_payload_is_not_sealed() -> None:
    phone = Browser("phone", "https://push.example")
    with pytest.raises(ValueError, match="3993"):
        sealed(phone.endpoint, **phone.keys(), payload=b"a" * (MOST + 1))


@pytest.mark.parametrize(
    ("p256dh", "auth"),
    [
        ("?", AUTH),
        (PUBLIC[:-4], AUTH),
        ("A" * 87, AUTH),
        (PUBLIC[:-4] + "AAAA", AUTH),
        (PUBLIC, "AA"),
    ],
)
def test_keys_that_are_none_are_refused(p256dh: str, auth: str) -> None:
    check_keys(PUBLIC, AUTH)
    with pytest.raises(ValueError, match=r"keys|EC key"):
        check_keys(p256dh, auth)


@pytest.mark.parametrize("letter", ["a", "ж", "🙂", '"', "\x01"])
def test_text_is_shortened_until_it_fits(letter: str) -> None:
    shown = Notification(
        title=letter * 300, body=letter * 5000, navigate="https://chat.example/chat/1"
    )
    data = written(Push(kind="message", notification=shown, chat_id=1, seq=2))
    assert MOST - 40 <= len(data) <= MOST
    body = msgspec.json.decode(data)["notification"]["body"]
    assert set(body) == {letter, "…"}

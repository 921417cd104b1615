"""Devices that are told of things by web push."""

from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

PushError: TypeAlias = Literal[
    "url", "address", "unreachable", "tls", "time", "answer", "keys", "gone", "status"
]
"""Why a push was not taken: no address; not the public internet's; nobody there; a bad certificate;
too slow; no HTTP; keys that are none; not subscribed any more; refused with a status."""


class PushSubscription(msgspec.Struct, frozen=True, kw_only=True):
    """A device that is pushed to, for as long as its session lives."""

    id: Annotated[str, Meta(description="The subscription.")]
    device: Annotated[str, Meta(description="The name of its session's device.")]
    service: Annotated[str, Meta(description="The host of the push service.")]
    user_agent: Annotated[str, Meta(description="The browser, as it names itself.")]
    locale: Annotated[str, Meta(description="The language it is told in.")]
    created_at: Annotated[str, Meta(description="When it subscribed.")]
    succeeded_at: Annotated[
        str | None, Meta(description="When its push service last took something.")
    ] = None
    failed_at: Annotated[
        str | None, Meta(description="When its push service last took nothing.")
    ] = None
    error: Annotated[str | None, Meta(description="Why it took nothing; null after a success.")] = (
        None
    )
    error_code: Annotated[
        PushError | None, Meta(description="The same for programs; null after a success.")
    ] = None
    error_status: Annotated[
        int | None, Meta(description="The HTTP status that it was refused with, if it was.")
    ] = None
    received_at: Annotated[
        str | None, Meta(description="When the device said that the last test came; null: not yet.")
    ] = None
    current: Annotated[bool, Meta(description="Whether it is of the session that asks.")] = False

"""Commands of the connection itself: signing in, subscribing, presence. No actor takes them."""

from typing import Annotated

from msgspec import Meta

from messenger.protocol.answers import Authenticated, Watched
from messenger.protocol.command import Command, Cursor, Epoch, Id, weight_of_ids
from messenger.protocol.events import Pong, Subscribed


class Auth(Command, frozen=True, kw_only=True, tag="auth"):
    """Sign the socket in. Later, with a fresh access token of the same session, keep it open;
    another session or person closes it with 4403.
    """

    answer = Authenticated

    token: Annotated[str, Meta(description="An access token.")]


class Subscribe(Command, frozen=True, kw_only=True, tag="subscribe"):
    """Hear streams: first what came after each cursor, then what happens. Answered after the
    backlog: what follows the answer is live.
    """

    answer = Subscribed

    streams: Annotated[
        list[tuple[Id, Cursor | None]] | None,
        Meta(
            description="Pairs of stream and cursor, the last `seq` you have; a null cursor starts"
            " at the present."
        ),
    ] = None
    all: Annotated[
        bool,
        Meta(description="Your own stream and every chat you are in, also those you join later."),
    ] = False
    cursors: Annotated[
        list[tuple[Id, Cursor]] | None,
        Meta(
            description="With `all`: pairs of stream and cursor. A chat that is not in it starts at"
            " the present."
        ),
    ] = None
    epoch: Annotated[
        Epoch | None,
        Meta(description="The epoch that the cursors come from; needed with any cursor above 0."),
    ] = None

    def given(self) -> dict[int, int | None]:
        """The cursor of each stream that is named."""
        return dict((self.cursors if self.all else self.streams) or ())

    def weight(self) -> int:
        return weight_of_ids(self.streams or self.cursors or ())


class Unsubscribe(Command, frozen=True, kw_only=True, tag="unsubscribe"):
    """Stop hearing streams."""

    streams: Annotated[list[Id], Meta(description="Their ids.")]

    def weight(self) -> int:
        return weight_of_ids(self.streams)


class Ping(Command, frozen=True, kw_only=True, tag="ping"):
    """Ask whether the server is there. Answered by `pong`, not by `ack`."""

    answer = Pong


class Look(Command, frozen=True, kw_only=True, tag="presence.look"):
    """Say which chat this device shows to somebody who is at it; null: none, or nobody is. Who
    looks at a chat is not pushed to about it; who has gone ten seconds later is.
    """

    chat_id: Annotated[Id | None, Meta(description="The chat; null: none.")] = None


class WatchPresence(Command, frozen=True, kw_only=True, tag="presence.watch"):
    """Say whose coming and going this socket wants to hear of, in place of those named before."""

    answer = Watched

    user_ids: Annotated[list[Id], Meta(max_length=200, description="The people to watch.")]

    def weight(self) -> int:
        return weight_of_ids(self.user_ids)

"""`admin push`: the key that pushes are signed with."""

import os

import click

from messenger import config
from messenger.cli import Failure, Misuse, Verbs
from messenger.cli.printing import as_json, show
from messenger.config import vapid_key


@click.group(cls=Verbs)
def push() -> None:
    """Web push."""


@push.command(name="rotate-key")
@as_json
def rotate_key(as_json: bool) -> None:
    """Put a new key in the place of the one kept under DATA_DIR.

    Start the server again; then every device has to subscribe again, which it does when the
    messenger is opened on it.
    """
    try:
        settings = config.load(os.environ)
    except config.ConfigError as error:
        raise Misuse(str(error)) from None
    if settings.sources["VAPID_PRIVATE_KEY"] in ("environment", "VAPID_PRIVATE_KEY_FILE"):
        raise Failure("VAPID_PRIVATE_KEY is set: put another key there, or take it away.")
    vapid_key.rotate(settings.data_dir)
    path = vapid_key.path_in(settings.data_dir)
    show({"path": str(path)}, [f"a new key is in {path}; start the server again"], as_json)

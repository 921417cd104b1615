"""The system account PostgreSQL runs as: the one that started us, or a lesser one under root.

Accounts are found, never made, and no directory outside the data directory gets another mode.
"""

import os
import pwd
import stat
from pathlib import Path

import msgspec

from .problem import PostgresProblem


class Account(msgspec.Struct, frozen=True):
    """`lowered`: this process is root and PostgreSQL will not be: its files are handed over."""

    uid: int
    gid: int
    name: str
    lowered: bool

    def can_enter(self, directory: Path) -> bool:
        """Whether mode bits let it reach a directory; root's own reach does not count."""
        path = directory.resolve()
        return not self.lowered or all(self._may_search(step) for step in (path, *path.parents))

    def _may_search(self, directory: Path) -> bool:
        status = directory.stat()
        if status.st_uid == self.uid:
            return bool(status.st_mode & stat.S_IXUSR)
        if status.st_gid == self.gid:
            return bool(status.st_mode & stat.S_IXGRP)
        return bool(status.st_mode & stat.S_IXOTH)

    def take_over(self, directory: Path) -> None:
        """Give a directory and all in it to the account."""
        if not self.lowered:
            return
        for path in (directory, *directory.rglob("*")):
            os.chown(path, self.uid, self.gid, follow_symlinks=False)


def choose(cluster: Path, data_dir: Path) -> Account:
    """Pick the account for a cluster; raise PostgresProblem when it belongs to another one."""
    owner = (cluster if cluster.is_dir() else data_dir).stat().st_uid
    if os.geteuid() != 0:
        if owner != os.geteuid():
            raise PostgresProblem(
                f"{cluster} belongs to the account {_name(owner)}: start as that account or as"
                f" root, or make it yours (chown -R {_name(os.geteuid())} {data_dir})."
            )
        return Account(owner, os.getegid(), _name(owner), lowered=False)
    candidates = [_by_uid(owner)] if owner else [_by_name("postgres"), _by_name("nobody")]
    for found in candidates:
        if found is not None:
            return Account(found.pw_uid, found.pw_gid, found.pw_name, lowered=True)
    raise PostgresProblem(
        "PostgreSQL refuses to run as root, and there is no account `postgres` or `nobody` to run"
        " it as: start as an ordinary user, or set DATABASE_URL to a PostgreSQL of your own."
    )


def _by_uid(uid: int) -> pwd.struct_passwd:
    try:
        return pwd.getpwuid(uid)
    except KeyError:
        # An account of a container's host has no name here, and needs none.
        return pwd.struct_passwd((str(uid), "", uid, uid, "", "/", ""))


def _by_name(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _name(uid: int) -> str:
    return _by_uid(uid).pw_name

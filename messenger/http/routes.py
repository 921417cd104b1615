"""The site map: every address of the API, and the other names some go by.

Reading, signing in and administration stand here; what only brings a command to its actor stands
on the command (`protocol.command.Route`).
"""

import asyncio
import functools
from typing import Any, Final

import msgspec
from aiohttp import web

from messenger.http.endpoints import (
    accounts,
    admin,
    audit,
    avatars,
    boards,
    chat_figures,
    chats,
    condition,
    data,
    doctor,
    erasures,
    exports,
    files,
    holds,
    jobs,
    mails,
    messages,
    organisation,
    people,
    push,
    resets,
    resumable,
    search,
    server,
    sessions,
    settings,
    sync,
    tasks,
    uploads,
    users,
)
from messenger.http.ops import health, installers, metrics, pages, probe
from messenger.http.plumbing import middlewares
from messenger.http.plumbing.operation import Endpoint, command_endpoint, with_defaults
from messenger.http.plumbing.other_base import OtherBase
from messenger.protocol.frames import COMMANDS
from messenger.reference.operation import Route

BASES: Final = ("/api/v1", "/v1")

Row = tuple[str, str, Endpoint]

AUTH: Final[tuple[Row, ...]] = (
    ("POST", "/auth/register", accounts.register),
    ("POST", "/auth/login", accounts.login),
    ("POST", "/auth/invites/check", organisation.check_invite),
    ("GET", "/organisation", organisation.show),
    ("GET", "/server", server.show_server),
    ("POST", "/auth/refresh", sessions.refresh),
    ("POST", "/auth/logout", sessions.logout),
    ("POST", "/auth/password", accounts.change_password),
    ("POST", "/auth/reset/request", resets.request_reset),
    ("POST", "/auth/reset/check", resets.check_reset),
    ("POST", "/auth/reset/confirm", resets.confirm_reset),
    ("POST", "/auth/email/confirm", resets.confirm_email),
    ("GET", "/sessions", sessions.list_sessions),
    ("DELETE", "/sessions/{id}", sessions.end_session),
)
USERS: Final[tuple[Row, ...]] = (
    ("GET", "/me", users.show_me),
    ("GET", "/users/me", users.show_me),
    ("PATCH", "/users/me", users.update_me),
    ("GET", "/users/me/notifications", users.show_notifications),
    ("GET", "/users/me/searches", users.show_searches),
    ("POST", "/users/me/email/verify", mails.verify_email),
    ("GET", "/users/me/export", exports.show_export),
    ("POST", "/users/me/export", exports.ask_export),
    ("DELETE", "/users/me/export", exports.remove_export),
    ("PUT", "/users/me/avatar", avatars.set_mine),
    ("DELETE", "/users/me/avatar", avatars.remove_mine),
    ("GET", "/users/search", users.search_users),
    ("POST", "/users/batch", users.find_users),
    ("GET", "/users/{id}", users.show_user),
)
ADMIN: Final[tuple[Row, ...]] = (
    ("GET", "/admin/users", people.list_users),
    ("GET", "/admin/users/csv", people.download_users),
    ("POST", "/admin/users/check", people.check_table),
    ("POST", "/admin/users/many", people.change_many),
    ("GET", "/admin/users/{id}/sessions", people.list_sessions),
    ("DELETE", "/admin/users/{id}/sessions", people.end_sessions),
    ("DELETE", "/admin/users/{id}/sessions/{session_id}", people.end_session),
    ("POST", "/admin/users/{id}/reset-link", people.make_reset_link),
    ("POST", "/admin/users", admin.add_user),
    ("PATCH", "/admin/users/{id}", admin.update_user),
    ("DELETE", "/admin/users/{id}/avatar", avatars.remove_theirs),
    ("POST", "/admin/users/{id}/erase", erasures.erase_user),
    ("GET", "/admin/invites", admin.list_invites),
    ("POST", "/admin/invites", admin.create_invite),
    ("GET", "/admin/organisation", organisation.show_settings),
    ("PATCH", "/admin/organisation", organisation.change),
    ("GET", "/admin/settings", settings.list_settings),
    ("PATCH", "/admin/settings", settings.change_settings),
    ("DELETE", "/admin/invites/{id}", admin.revoke_invite),
    ("GET", "/admin/chats", chat_figures.list_chats),
    ("POST", "/admin/chats/{id}/take-over", chat_figures.take_over),
    ("GET", "/admin/audit", audit.show_audit),
    ("GET", "/admin/audit/csv", audit.download_audit),
    ("GET", "/admin/status", admin.show_status),
    ("GET", "/admin/condition", condition.show_condition),
    ("GET", "/admin/servers", condition.list_servers),
    ("GET", "/admin/doctor", doctor.show_doctor),
    ("GET", "/admin/data", data.show_data),
    ("GET", "/admin/holds", holds.list_holds),
    ("POST", "/admin/holds", holds.place_hold),
    ("DELETE", "/admin/holds/{id}", holds.lift_hold),
    ("GET", "/admin/jobs", jobs.list_jobs),
    ("GET", "/admin/jobs/{name}/runs", jobs.list_runs),
    ("POST", "/admin/jobs/{name}/run", jobs.run),
)
CHATS: Final[tuple[Row, ...]] = (
    ("GET", "/chats", chats.list_chats),
    ("GET", "/chats/{id}", chats.show_chat),
    ("GET", "/chats/{id}/snapshot", chats.snapshot),
    ("GET", "/chats/{id}/members", chats.list_members),
    ("POST", "/chats/{id}/members", chats.add_members),
    ("PUT", "/chats/{id}/avatar", avatars.set_of_chat),
    ("DELETE", "/chats/{id}/avatar", avatars.remove_of_chat),
)
MESSAGES: Final[tuple[Row, ...]] = (
    ("GET", "/chats/{id}/messages", messages.list_messages),
    ("GET", "/chats/{id}/messages/{seq}", messages.show_message),
    ("GET", "/chats/{id}/messages/{seq}/source", messages.show_source),
    ("GET", "/chats/{id}/messages/{seq}/reactions", messages.list_reactions),
    ("GET", "/chats/{id}/links", messages.list_links),
    ("GET", "/chats/{id}/pins", messages.list_pins),
    ("GET", "/messages", messages.list_org_messages),
)
TASKS: Final[tuple[Row, ...]] = (
    ("GET", "/tasks", tasks.list_tasks),
    ("GET", "/tasks/summary", tasks.summary),
    ("GET", "/tasks/{id}", tasks.show_task),
    ("GET", "/tasks/{id}/history", tasks.task_history),
    ("GET", "/tasks/{id}/messages", tasks.task_messages),
)
BOARDS: Final[tuple[Row, ...]] = (
    ("GET", "/chats/{id}/board", boards.show_board),
    ("GET", "/chats/{id}/tasks", boards.list_shown),
    ("GET", "/columns/{id}/tasks", boards.list_done),
)
FILES: Final[tuple[Row, ...]] = (
    ("POST", "/files", files.upload),
    ("GET", "/files/avatars/{id}", avatars.show),
    ("GET", "/files/exports/{id}", exports.fetch_export),
    ("GET", "/files/{id}", files.show_file),
    ("GET", "/files/{id}/preview", files.show_preview),
    ("POST", "/uploads", uploads.unpack),
    ("OPTIONS", "/uploads/resumable", resumable.options),
    ("POST", "/uploads/resumable", resumable.create),
    ("GET", "/uploads/resumable/{id}", resumable.show),
    ("PATCH", "/uploads/resumable/{id}", resumable.append),
    ("DELETE", "/uploads/resumable/{id}", resumable.end),
    ("POST", "/uploads/resumable/{id}/unpack", uploads.unpack_waiting),
    ("GET", "/chats/{id}/files", files.list_files),
)
PUSH: Final[tuple[Row, ...]] = (
    ("GET", "/push/key", push.show_key),
    ("GET", "/push/subscriptions", push.list_subscriptions),
    ("POST", "/push/subscriptions", push.subscribe),
    ("DELETE", "/push/subscriptions/{id}", push.unsubscribe),
    ("POST", "/push/test", push.test),
    ("POST", "/push/received", push.received),
    ("GET", "/push/why", push.why),
)
SEARCH: Final[tuple[Row, ...]] = (("GET", "/search", search.search),)
MAILS: Final[tuple[Row, ...]] = (("POST", "/mail/unsubscribe", mails.unsubscribe),)
SYNC: Final[tuple[Row, ...]] = (
    ("GET", "/sync/bootstrap", sync.bootstrap),
    ("GET", "/sync/changes", sync.changes_of),
    ("POST", "/sync/changes", sync.changes),
)
COMMAND_ROUTES: Final[tuple[Row, ...]] = tuple(
    (method, route.path, endpoint)
    for route, endpoint in ((each.route, command_endpoint(each)) for each in COMMANDS if each.route)
    for method in route.methods
)
"""What the commands declare of themselves."""
# One area a line. Fixed addresses stand before those with placeholders that would match them.
ROUTES: Final[tuple[Row, ...]] = (
    *AUTH,
    *USERS,
    *ADMIN,
    *CHATS,
    *MESSAGES,
    *TASKS,
    *BOARDS,
    *FILES,
    *PUSH,
    *SEARCH,
    *MAILS,
    *SYNC,
    *COMMAND_ROUTES,
)


class Alias(msgspec.Struct, frozen=True):
    """Another name of an area; `defaults` are what making something under it implies."""

    name: str
    of: str
    defaults: dict[str, Any] = {}


ALIASES: Final = (
    Alias("/conversations", of="/chats"),
    Alias("/projects", of="/chats", defaults={"board": True}),
    Alias("/cards", of="/tasks"),
)


def install(app: web.Application) -> None:
    """Put every route under the first base, the aliases beside them, and the other base over it."""
    app.on_response_prepare.append(middlewares.set_headers)
    for resource in resources():
        app.router.register_resource(resource)
    app.router.register_resource(OtherBase(BASES[1], BASES[0], app.router))
    health.install(app)
    metrics.install(app)
    installers.install(app)
    probe.install(app)
    app[doctor.EXAMINING] = asyncio.Lock()
    pages.install(app, documented_routes(ROUTES), other_names())


@functools.cache
def resources() -> tuple[web.AbstractResource, ...]:
    """What the paths lead to: made once, for it knows of no application."""
    router = web.UrlDispatcher()
    for method, path, endpoint in (*ROUTES, *alias_rows(ROUTES)):
        if method == "GET":
            router.add_get(BASES[0] + path, endpoint)  # answers HEAD as well
        else:
            router.add_route(method, BASES[0] + path, endpoint)
    return tuple(router.resources())


def documented_routes(rows: tuple[Row, ...]) -> list[Route]:
    """The rows as the generated documents have them."""
    return [(method, BASES[0] + path, endpoint.operation) for method, path, endpoint in rows]


def other_names() -> dict[str, list[str]]:
    """The other names of each area."""
    return {
        area: [alias.name for alias in ALIASES if alias.of == area]
        for area in {alias.of for alias in ALIASES}
    }


def alias_rows(rows: tuple[Row, ...]) -> list[Row]:
    """The rows under their other names."""
    found: list[Row] = []
    for alias in ALIASES:
        for method, path, endpoint in rows:
            if path != alias.of and not path.startswith(alias.of + "/"):
                continue
            if alias.defaults and (method, path) == ("POST", alias.of):
                endpoint = with_defaults(endpoint, **alias.defaults)
            found.append((method, alias.name + path.removeprefix(alias.of), endpoint))
    return found

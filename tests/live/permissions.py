"""Who may do what, through either door: the table that `test_permissions` holds the server to.

A row is a command, asked on the WebSocket and by every REST route that leads to it, or a route
that leads to none. Brackets tell rows of one command apart. Columns are roles: those of people
in a group, one of a direct chat's two, those who are not in the chat, those who are not signed
in. The message is the author's, the task the creator's and assigned to the assignee; in the
direct chat message and task are the other person's.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from tests.files.pictures import picture, saved
from tests.files.zips import by_explorer

ROLES = (
    *("owner", "admin", "member", "assignee", "creator", "author", "guest", "partner"),
    # `outsider` is a guest too, `root` the organisation's administrator and owner of its chat.
    *("outsider", "stranger", "removed", "root"),
    *("disabled", "ended", "nobody"),
)
MARKS = {"+": "ok", "-": "403", ".": "404", "!": "401"}
TABLE = """
                                          ow ad me as cr au gu pa  ou st re ro  di en no
auth                                      +  +  +  +  +  +  +  +   +  +  +  +   !  !  !
POST /auth/register (uninvited)           -  -  -  -  -  -  -  -   -  -  -  -   -  -  -
POST /auth/login                          +  +  +  +  +  +  +  +   +  +  +  +   +  +  +
POST /auth/refresh                        +  +  +  +  +  +  +  +   +  +  +  +   !  !  !
POST /auth/invites/check (a bad one)      -  -  -  -  -  -  -  -   -  -  -  -   -  -  -
POST /auth/logout                         +  +  +  +  +  +  +  +   +  +  +  +   !  !  !
POST /auth/reset/request (no mail)        .  .  .  .  .  .  .  .   .  .  .  .   .  .  .
POST /auth/reset/check (a bad link)       !  !  !  !  !  !  !  !   !  !  !  !   !  !  !
POST /auth/reset/confirm (a bad link)     !  !  !  !  !  !  !  !   !  !  !  !   !  !  !
POST /auth/email/confirm (a bad link)     !  !  !  !  !  !  !  !   !  !  !  !   !  !  !
POST /mail/unsubscribe (a bad link)       !  !  !  !  !  !  !  !   !  !  !  !   !  !  !
POST /auth/password                       +  +  +  +  +  +  +  +   +  +  +  +   !  !  !
GET /organisation                         +  +  +  +  +  +  +  +   +  +  +  +   +  +  +
GET /server                               +  +  +  +  +  +  +  +   +  +  +  +   +  +  +
GET /sessions                             +  +  +  +  +  +  +  +   +  +  +  +   !  !  !
DELETE /sessions/{id} (own)               +  +  +  +  +  +  +  +   +  +  +  +   !  !  !
DELETE /sessions/{id} (another's)         .  .  .  .  .  .  .  .   .  .  .  .   !  !  !

GET /me                                   +  +  +  +  +  +  +  +   +  +  +  +   !  !  !
GET /users/me                             +  +  +  +  +  +  +  +   +  +  +  +   !  !  !
GET /users/me/searches                    +  +  +  +  +  +  +  +   +  +  +  +   !  !  !
GET /users/me/notifications               +  +  +  +  +  +  +  +   +  +  +  +   !  !  !
POST /users/me/email/verify (no mail)     .  .  .  .  .  .  .  .   .  .  .  .   !  !  !
PATCH /users/me                           +  +  +  +  +  +  +  +   +  +  +  +   !  !  !
GET /users/me/export                      +  +  +  +  +  +  +  +   +  +  +  +   !  !  !
POST /users/me/export                     +  +  +  +  +  +  +  +   +  +  +  +   !  !  !
DELETE /users/me/export                   +  +  +  +  +  +  +  +   +  +  +  +   !  !  !
GET /files/exports/{id} (of nobody)       .  .  .  .  .  .  .  .   .  .  .  .   !  !  !
PUT /users/me/avatar                      +  +  +  +  +  +  +  +   +  +  +  +   !  !  !
DELETE /users/me/avatar                   +  +  +  +  +  +  +  +   +  +  +  +   !  !  !
GET /users/search                         +  +  +  +  +  +  +  +   .  +  +  +   !  !  !
POST /users/batch                         +  +  +  +  +  +  +  +   .  +  +  +   !  !  !
GET /users/{id}                           +  +  +  +  +  +  +  +   .  +  +  +   !  !  !
presence.look                             +  +  +  +  +  +  +  +   +  +  +  +   !  !  !
presence.watch                            +  +  +  +  +  +  +  +   .  +  +  +   !  !  !

GET /admin/users                          -  -  -  -  -  -  -  -   -  -  -  +   !  !  !
GET /admin/users/csv                      -  -  -  -  -  -  -  -   -  -  -  +   !  !  !
POST /admin/users/check                   -  -  -  -  -  -  -  -   -  -  -  +   !  !  !
POST /admin/users/many                    -  -  -  -  -  -  -  -   -  -  -  +   !  !  !
GET /admin/users/{id}/sessions            -  -  -  -  -  -  -  -   -  -  -  +   !  !  !
DELETE /admin/users/{id}/sessions/{session_id} -  -  -  -  -  -  -  -   -  -  -  +   !  !  !
DELETE /admin/users/{id}/sessions         -  -  -  -  -  -  -  -   -  -  -  +   !  !  !
POST /admin/users/{id}/reset-link         -  -  -  -  -  -  -  -   -  -  -  +   !  !  !
POST /admin/users                         -  -  -  -  -  -  -  -   -  -  -  +   !  !  !
PATCH /admin/users/{id}                   -  -  -  -  -  -  -  -   -  -  -  +   !  !  !
POST /admin/users/{id}/erase              -  -  -  -  -  -  -  -   -  -  -  +   !  !  !
DELETE /admin/users/{id}/avatar           -  -  -  -  -  -  -  -   -  -  -  +   !  !  !
GET /admin/invites                        -  -  -  -  -  -  -  -   -  -  -  +   !  !  !
DELETE /admin/invites/{id}                -  -  -  -  -  -  -  -   -  -  -  +   !  !  !
POST /admin/invites                       -  -  -  -  -  -  -  -   -  -  -  +   !  !  !
GET /admin/organisation                   -  -  -  -  -  -  -  -   -  -  -  +   !  !  !
PATCH /admin/organisation                 -  -  -  -  -  -  -  -   -  -  -  +   !  !  !
GET /admin/settings                       -  -  -  -  -  -  -  -   -  -  -  +   !  !  !
PATCH /admin/settings                     -  -  -  -  -  -  -  -   -  -  -  +   !  !  !
GET /admin/audit                          -  -  -  -  -  -  -  -   -  -  -  +   !  !  !
GET /admin/audit/csv                      -  -  -  -  -  -  -  -   -  -  -  +   !  !  !
GET /admin/status                         -  -  -  -  -  -  -  -   -  -  -  +   !  !  !
GET /admin/chats                          -  -  -  -  -  -  -  -   -  -  -  +   !  !  !
POST /admin/chats/{id}/take-over          -  -  -  -  -  -  -  -   -  -  -  +   !  !  !
GET /admin/condition                      -  -  -  -  -  -  -  -   -  -  -  +   !  !  !
GET /admin/servers                        -  -  -  -  -  -  -  -   -  -  -  +   !  !  !
GET /admin/data                           -  -  -  -  -  -  -  -   -  -  -  +   !  !  !
GET /admin/doctor                         -  -  -  -  -  -  -  -   -  -  -  +   !  !  !
GET /admin/holds                          -  -  -  -  -  -  -  -   -  -  -  +   !  !  !
POST /admin/holds                         -  -  -  -  -  -  -  -   -  -  -  +   !  !  !
DELETE /admin/holds/{id}                  -  -  -  -  -  -  -  -   -  -  -  +   !  !  !
GET /admin/jobs                           -  -  -  -  -  -  -  -   -  -  -  +   !  !  !
GET /admin/jobs/{name}/runs               -  -  -  -  -  -  -  -   -  -  -  +   !  !  !
POST /admin/jobs/{name}/run               -  -  -  -  -  -  -  -   -  -  -  +   !  !  !

                                          ow ad me as cr au gu pa  ou st re ro  di en no
GET /chats                                +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
chat.create                               +  +  +  +  +  +  -  +   -  +  +  +   !  !  !
chat.direct (a member)                    +  +  +  +  +  +  +  +   .  +  +  +   !  !  !
chat.direct (a stranger)                  +  +  +  +  +  +  .  +   .  +  +  +   !  !  !
GET /chats/{id}                           +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
GET /chats/{id}/snapshot                  +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
chat.update                               +  +  -  -  -  -  -  -   .  .  .  .   !  !  !
chat.update (the common one)              -  -  -  -  -  -  .  -   .  -  -  +   !  !  !
chat.delete                               +  -  -  -  -  -  -  -   .  .  .  .   !  !  !
chat.delete (the common one)              -  -  -  -  -  -  .  -   .  -  -  -   !  !  !
PUT /chats/{id}/avatar                    +  +  -  -  -  -  -  -   .  .  .  .   !  !  !
PUT /chats/{id}/avatar (the common one)   -  -  -  -  -  -  .  -   .  -  -  +   !  !  !
DELETE /chats/{id}/avatar                 +  +  -  -  -  -  -  -   .  .  .  .   !  !  !
DELETE /chats/{id}/avatar (the common one) -  -  -  -  -  -  .  -   .  -  -  +   !  !  !
GET /chats/{id}/members                   +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
member.add                                +  +  -  -  -  -  -  -   .  .  .  .   !  !  !
member.add (a guest, the common one)      -  -  -  -  -  -  .  -   .  -  -  -   !  !  !
member.add (oneself)                      +  +  -  -  -  -  -  -   .  .  .  .   !  !  !
member.update (to admin)                  +  +  -  -  -  -  -  -   .  .  .  .   !  !  !
member.update (to owner)                  +  -  -  -  -  -  -  -   .  .  .  .   !  !  !
member.update (oneself, to owner)         +  -  -  -  -  -  -  -   .  .  .  .   !  !  !
member.remove                             +  +  -  -  -  -  -  -   .  .  .  .   !  !  !
member.remove (the only owner)            -  -  -  -  -  -  -  -   .  .  .  .   !  !  !
member.remove (oneself)                   -  +  +  +  +  +  +  -   .  .  .  .   !  !  !
member.remove (from the common one)       -  -  -  -  -  -  .  -   .  -  -  -   !  !  !
read.mark                                 +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
notify.set                                +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
searches.set                              +  +  +  +  +  +  +  +   +  +  +  +   !  !  !
notifications.set                         +  +  +  +  +  +  +  +   +  +  +  +   !  !  !
listing.set                               +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
draft.set                                 +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
typing                                    +  +  +  +  +  +  +  +   .  .  .  .   !  !  !

                                          ow ad me as cr au gu pa  ou st re ro  di en no
GET /chats/{id}/messages                  +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
GET /messages                             +  +  +  +  +  +  .  +   .  +  +  +   !  !  !
GET /chats/{id}/messages/{seq}            +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
message.send                              +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
message.send (a comment)                  +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
message.send (to the common one)          +  +  +  +  +  +  .  +   .  +  +  +   !  !  !
message.forward                           +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
message.forward (to the common one)       +  +  +  +  +  +  .  +   .  .  .  .   !  !  !
GET /chats/{id}/messages/{seq}/source     +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
GET /chats/{id}/messages/{seq}/source (null) +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
message.edit                              -  -  -  -  -  +  -  -   .  .  .  .   !  !  !
message.delete                            +  +  -  -  -  +  -  -   .  .  .  .   !  !  !
message.pin                               +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
message.unpin (the author's pin)          +  +  -  -  -  +  -  +   .  .  .  .   !  !  !
GET /chats/{id}/links                     +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
GET /chats/{id}/pins                      +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
reaction.add                              +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
reaction.remove                           +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
GET /chats/{id}/messages/{seq}/reactions  +  +  +  +  +  +  +  +   .  .  .  .   !  !  !

POST /files                               +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
GET /files/{id}                           +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
GET /files/{id} (a range)                 +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
GET /files/{id} (by the cookie)           +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
GET /files/{id} (a stranger's cookie)     .  .  .  .  .  .  .  .   .  .  .  .   .  .  .
GET /files/{id} (a member's cookie too)   +  +  +  +  +  +  +  +   .  .  .  .   !  !  +
GET /files/{id} (the author's, unsent)    .  .  .  .  .  +  .  .   .  .  .  .   !  !  !
GET /files/{id} (a deleted message's)     .  .  .  .  .  .  .  .   .  .  .  .   !  !  !
GET /files/{id} (edited out)              .  .  .  .  .  .  .  .   .  .  .  .   !  !  !
OPTIONS /uploads/resumable                +  +  +  +  +  +  +  +   +  +  +  +   +  +  +
POST /uploads/resumable                   +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
GET /uploads/resumable/{id} (author's)    .  .  .  .  .  +  .  .   .  .  .  .   !  !  !
PATCH /uploads/resumable/{id} (author's)  .  .  .  .  .  +  .  .   .  .  .  .   !  !  !
DELETE /uploads/resumable/{id} (author's) .  .  .  .  .  +  .  .   .  .  .  .   !  !  !
POST /uploads/resumable/{id}/unpack (author's) . . . . . + . .   . . . .   ! ! !
GET /chats/{id}/files                     +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
GET /chats/{id}/files (by the cookie)     !  !  !  !  !  !  !  !   !  !  !  !   !  !  !
GET /files/{id}/preview                   +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
GET /files/{id}/preview (large)           +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
GET /files/{id}/preview (by the cookie)   +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
GET /files/{id}/preview (a stranger's)    .  .  .  .  .  .  .  .   .  .  .  .   .  .  .
GET /files/{id}/preview (a member's too)  +  +  +  +  +  +  +  +   .  .  .  .   !  !  +
GET /files/{id}/preview (unsent)          .  .  .  .  .  +  .  .   .  .  .  .   !  !  !
GET /files/{id}/preview (a deleted one)   .  .  .  .  .  .  .  .   .  .  .  .   !  !  !
GET /files/{id}/preview (edited out)      .  .  .  .  .  .  .  .   .  .  .  .   !  !  !
GET /files/avatars/{id} (a member's)      +  +  +  +  +  +  +  +   .  +  +  +   !  !  !
GET /files/avatars/{id} (a stranger's)    +  +  +  +  +  +  .  +   .  +  +  +   !  !  !
GET /files/avatars/{id} (a replaced one)  .  .  .  .  .  .  .  .   .  .  .  .   !  !  !
GET /files/avatars/{id} (the group's)     +  +  +  +  +  +  +  .   .  .  .  .   !  !  !
GET /files/avatars/{id} (by the cookie)   +  +  +  +  +  +  +  .   .  .  .  .   !  !  !
POST /uploads                             +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
message.send (the author's file)          .  .  .  .  .  +  .  .   .  .  .  .   !  !  !
message.edit (the author's file)          -  -  -  -  -  +  -  -   .  .  .  .   !  !  !
message.forward (with a file)             +  +  +  +  +  +  +  +   .  .  .  .   !  !  !

                                          ow ad me as cr au gu pa  ou st re ro  di en no
GET /tasks                                +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
GET /tasks (of one chat)                  +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
GET /tasks/summary                        +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
GET /tasks/{id}                           +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
GET /tasks/{id}/history                   +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
GET /tasks/{id}/messages                  +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
task.create                               +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
task.create (in the common one)           +  +  +  +  +  +  .  +   .  +  +  +   !  !  !
message.task                              +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
task.update (title)                       +  +  -  -  +  -  -  +   .  .  .  .   !  !  !
task.update (description)                 +  +  -  -  +  -  -  +   .  .  .  .   !  !  !
task.update (assignee)                    +  +  -  -  +  -  -  +   .  .  .  .   !  !  !
task.update (due)                         +  +  -  -  +  -  -  +   .  .  .  .   !  !  !
task.update (labels)                      +  +  -  -  +  -  -  +   .  .  .  .   !  !  !
task.update (status)                      +  +  -  +  +  -  -  +   .  .  .  .   !  !  !
task.update (checklist)                   +  +  -  +  +  -  -  +   .  .  .  .   !  !  !
task.update (status and title)            +  +  -  -  +  -  -  +   .  .  .  .   !  !  !
task.update (put away)                    +  +  -  -  +  -  -  +   .  .  .  .   !  !  !
task.update (cover)                       +  +  -  -  +  -  -  +   .  .  .  .   !  !  !
task.attach                               +  +  -  +  +  -  -  +   .  .  .  .   !  !  !
task.attach (the author's file)           .  .  -  .  .  -  -  .   .  .  .  .   !  !  !
task.detach                               +  +  -  +  +  -  -  +   .  .  .  .   !  !  !
GET /files/{id} (a task's)                +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
GET /files/{id} (a task's, by the cookie) +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
GET /files/{id} (a deleted task's)        .  .  .  .  .  .  .  .   .  .  .  .   !  !  !
GET /files/{id} (taken off its task)      .  .  .  .  .  .  .  .   .  .  .  .   !  !  !
GET /files/{id}/preview (a task's)        +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
GET /files/{id}/preview (a gone task's)   .  .  .  .  .  .  .  .   .  .  .  .   !  !  !
task.move                                 +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
task.move (off the board)                 +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
task.delete                               +  +  -  -  +  -  -  +   .  .  .  .   !  !  !
task.snooze (no reminder has come)        .  .  .  .  .  .  .  .   .  .  .  .   !  !  !

GET /chats/{id}/board                     +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
GET /chats/{id}/tasks                     +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
GET /columns/{id}/tasks                   +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
column.create                             +  +  -  -  -  -  -  +   .  .  .  .   !  !  !
column.update                             +  +  -  -  -  -  -  +   .  .  .  .   !  !  !
column.move                               +  +  -  -  -  -  -  +   .  .  .  .   !  !  !
column.delete                             +  +  -  -  -  -  -  +   .  .  .  .   !  !  !

                                          ow ad me as cr au gu pa  ou st re ro  di en no
GET /push/key                             +  +  +  +  +  +  +  +   +  +  +  +   !  !  !
GET /push/subscriptions                   +  +  +  +  +  +  +  +   +  +  +  +   !  !  !
POST /push/subscriptions                  +  +  +  +  +  +  +  +   +  +  +  +   !  !  !
DELETE /push/subscriptions/{id} (own)     +  +  +  +  +  +  +  +   +  +  +  +   !  !  !
POST /push/test (own)                     +  +  +  +  +  +  +  +   +  +  +  +   !  !  !
POST /push/test (another's)               .  .  .  .  .  .  .  .   .  .  .  .   !  !  !
GET /push/why                             +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
POST /push/received (own)                 +  +  +  +  +  +  +  +   +  +  +  +   !  !  !
POST /push/received (another's)           .  .  .  .  .  .  .  .   .  .  .  .   !  !  !

GET /search (a message)                   +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
GET /search (a person)                    +  +  +  +  +  +  +  +   .  +  +  +   !  !  !
GET /search (a task)                      +  +  +  +  +  +  +  +   .  .  .  .   !  !  !

                                          ow ad me as cr au gu pa  ou st re ro  di en no
subscribe                                 +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
subscribe (another's own stream)          .  .  .  .  .  .  .  .   .  .  .  .   !  !  !
unsubscribe                               +  +  +  +  +  +  +  +   +  +  +  +   !  !  !
ping                                      +  +  +  +  +  +  +  +   +  +  +  +   !  !  !
GET /sync/bootstrap                       +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
GET /sync/changes                         +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
POST /sync/changes                        +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
"""


class Ref(str):
    """What is asked about, by name; made when it is first needed."""

    __slots__ = ()


CHAT, ORG, MESSAGE, PINNED, COLUMN = map(Ref, ["chat", "org", "message", "pinned", "column"])
COPY, OWNERS_COPY = map(Ref, ["copy", "owners_copy"])
TASK, DONE_TASK, PLACED_TASK = map(Ref, ["task", "done_task", "placed_task"])
SELF, TARGET, NEWCOMER, STRANGER = map(Ref, ["self", "target", "newcomer", "stranger"])
ASSIGNED, LEADER, LEFT_OUT = map(Ref, ["assigned", "leader", "left_out"])
ACCESS, REFRESH, OWN_SESSION, SESSION = map(Ref, ["access", "refresh", "own_session", "session"])
PASSWORD, NAME, KEY, CURSOR = map(Ref, ["password", "name", "key", "cursor"])
INVITE, HOLD, ERASED = map(Ref, ["invite", "hold", "erased"])
NEWCOMERS_SESSION, LEADERLESS = map(Ref, ["newcomers_session", "leaderless"])
RESUMABLE, WAITING = map(Ref, ["resumable_file", "waiting_file"])
FILE, UNSENT, FORGOTTEN, EDITED_OUT, WITH_FILE = map(
    Ref, ["file", "unsent_file", "deleted_file", "edited_out_file", "message_with_file"]
)
TASK_WITH_FILE, TASK_FILE, GONE_TASK_FILE, TAKEN_OFF, OWN_UPLOAD = map(
    Ref, ["task_with_file", "task_file", "gone_task_file", "taken_off_file", "own_upload"]
)
OF_MEMBER, OF_STRANGER, REPLACED, OF_GROUP = map(
    Ref, ["members_avatar", "strangers_avatar", "replaced_avatar", "groups_avatar"]
)
VAPID, BROWSER, ENDPOINT = map(Ref, ["vapid", "browser", "endpoint"])
OWN_DEVICE, DEVICE, OWN_TEST, TEST = map(Ref, ["own_device", "device", "own_test", "test"])
PLACES = {
    "/chats/{id}": CHAT,
    "/tasks/{id}": TASK,
    "/columns/{id}": COLUMN,
    "/jobs/{name}": "subscriptions",
    "/users/{id}": TARGET,
    "/admin/users/{id}": NEWCOMER,
    "/admin/invites/{id}": INVITE,
    "/holds/{id}": HOLD,
    "/exports/{id}": KEY,
    "/avatars/{id}": OF_GROUP,
    "/files/{id}": FILE,
    "/resumable/{id}": RESUMABLE,
    "/subscriptions/{id}": OWN_DEVICE,
    "{seq}": MESSAGE,
}


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in a row's command: fields of the frame, or of the body of a bare route.

    `shows` is what the answer must have to count as one: a list without it says `404`.
    """

    fields: dict[str, Any] = {}
    path: dict[str, Ref] = {}
    query: dict[str, Any] = {}
    shows: tuple[Callable[[Any], Any], Ref] | None = None
    headers: dict[str, str] = {}
    uploads: bytes | None = None
    # The header is left out; the cookie for files is the asker's own, or a named person's.
    by_cookie: bool = False
    cookie_of: str | None = None


def ids(items: Any) -> set[int]:
    return {item["id"] for item in items}


def readable(answer: Any) -> set[int]:
    return {stream["id"] for stream in answer["streams"] if not stream.get("gone")}


def followed(answer: Any) -> set[int]:
    return {stream for stream, _ in answer["cursors"]}


IN_CHAT: dict[str, Any] = {"chat_id": CHAT}
OF_MESSAGE: dict[str, Any] = {"chat_id": CHAT, "seq": MESSAGE}
OF_TASK: dict[str, Any] = {"task_id": TASK}
OF_COLUMN: dict[str, Any] = {"column_id": COLUMN}
A_MEMBER = (ids, TARGET)
OF_NEWCOMER = {"/users/{id}": NEWCOMER}
MINE = Asked(fields=IN_CHAT)
KEPT = "0192f0c1-0000-4000-8000-000000000001"
SENT: dict[str, Any] = {"client_message_id": KEY, "text": "hello"}
FORWARDED: dict[str, Any] = {**IN_CHAT, "seqs": [MESSAGE], "client_message_id": KEY}
A_NAME: dict[str, Any] = {"username": NAME, "display_name": "Newcomer"}
ITEM: dict[str, Any] = {"id": "a", "text": "first", "done": True}
A_PICTURE = saved(picture(8, 8), "PNG")
GIVEN: dict[str, Asked] = {
    "auth": Asked(fields={"token": ACCESS}),
    "POST /auth/register (uninvited)": Asked(fields={"username": NAME, "password": PASSWORD}),
    "POST /auth/login": Asked(fields={"login": "target", "password": PASSWORD}),
    "POST /auth/refresh": Asked(fields={"refresh": REFRESH}),
    "POST /auth/invites/check (a bad one)": Asked(fields={"invite": KEY}),
    "POST /auth/reset/request (no mail)": Asked(fields={"login": "target"}),
    "POST /auth/reset/check (a bad link)": Asked(fields={"token": KEY}),
    "POST /auth/reset/confirm (a bad link)": Asked(fields={"token": KEY, "password": PASSWORD}),
    "POST /auth/email/confirm (a bad link)": Asked(fields={"token": KEY}),
    "POST /mail/unsubscribe (a bad link)": Asked(query={"of": "digest", "token": KEY}),
    "POST /auth/password": Asked(fields={"old": PASSWORD, "new": PASSWORD}),
    "DELETE /sessions/{id} (own)": Asked(path={"/sessions/{id}": OWN_SESSION}),
    "DELETE /sessions/{id} (another's)": Asked(path={"/sessions/{id}": SESSION}),
    "PATCH /users/me": Asked(fields={"display_name": "Renamed"}),
    "PUT /users/me/avatar": Asked(uploads=A_PICTURE),
    "GET /users/search": Asked(query={"query": "t", "limit": 200}, shows=A_MEMBER),
    "POST /users/batch": Asked(fields={"ids": [TARGET]}, shows=A_MEMBER),
    "presence.watch": Asked(
        fields={"user_ids": [TARGET]}, shows=(lambda answer: ids(answer["users"]), TARGET)
    ),
    "PATCH /admin/organisation": Asked(fields={"name": "Acme"}),
    "POST /admin/users/check": Asked(fields={"csv": "username\nsomebody"}),
    "POST /admin/users/many": Asked(fields={"ids": [NEWCOMER], "role": "user"}),
    # The sessions of who asks for nothing.
    "GET /admin/users/{id}/sessions": Asked(path=OF_NEWCOMER),
    "DELETE /admin/users/{id}/sessions/{session_id}": Asked(
        path={**OF_NEWCOMER, "{session_id}": NEWCOMERS_SESSION}
    ),
    "DELETE /admin/users/{id}/sessions": Asked(path=OF_NEWCOMER),
    "POST /admin/users/{id}/reset-link": Asked(path=OF_NEWCOMER),
    "POST /admin/chats/{id}/take-over": Asked(path={"/chats/{id}": LEADERLESS}),
    "PATCH /admin/settings": Asked(fields={"settings": {"DIRECT_CHATS": "on"}}),
    # Who is erased already: what follows by itself would be taken for a change of the next row.
    "POST /admin/users/{id}/erase": Asked(
        path={"/users/{id}": ERASED}, fields={"messages": "keep"}
    ),
    "POST /admin/holds": Asked(fields={"user_id": TARGET, "reason": "case"}),
    "POST /admin/users": Asked(fields=A_NAME),
    "PATCH /admin/users/{id}": Asked(fields={"display_name": "Renamed"}),
    "GET /chats": Asked(shows=(ids, CHAT)),
    "chat.create": Asked(fields={"title": "Mine"}),
    "chat.direct (a member)": Asked(fields={"user_id": TARGET}),
    "chat.direct (a stranger)": Asked(fields={"user_id": STRANGER}),
    "chat.update": Asked(fields={**IN_CHAT, "title": KEY}),
    "chat.update (the common one)": Asked(fields={"chat_id": ORG, "title": KEY}),
    "chat.delete": MINE,
    "chat.delete (the common one)": Asked(fields={"chat_id": ORG}),
    "PUT /chats/{id}/avatar": Asked(uploads=A_PICTURE),
    "PUT /chats/{id}/avatar (the common one)": Asked(path={"/chats/{id}": ORG}, uploads=A_PICTURE),
    "DELETE /chats/{id}/avatar (the common one)": Asked(path={"/chats/{id}": ORG}),
    "member.add": Asked(fields={**IN_CHAT, "user_ids": [NEWCOMER]}),
    "member.add (a guest, the common one)": Asked(fields={"chat_id": ORG, "user_ids": [LEFT_OUT]}),
    "member.add (oneself)": Asked(fields={**IN_CHAT, "user_ids": [SELF]}),
    "member.update (to admin)": Asked(fields={**IN_CHAT, "user_id": TARGET, "role": "admin"}),
    "member.update (to owner)": Asked(fields={**IN_CHAT, "user_id": TARGET, "role": "owner"}),
    "member.update (oneself, to owner)": Asked(
        fields={**IN_CHAT, "user_id": SELF, "role": "owner"}
    ),
    "member.remove": Asked(fields={**IN_CHAT, "user_id": TARGET}),
    "member.remove (the only owner)": Asked(fields={**IN_CHAT, "user_id": LEADER}),
    "member.remove (oneself)": Asked(fields={**IN_CHAT, "user_id": SELF}),
    "member.remove (from the common one)": Asked(fields={"chat_id": ORG, "user_id": SELF}),
    "read.mark": Asked(fields={**IN_CHAT, "read_seq": 1}),
    "notify.set": Asked(fields={**IN_CHAT, "level": "mentions"}),
    "searches.set": Asked(fields={"searches": {KEPT: {"of": "search", "name": "a", "q": "b"}}}),
    "notifications.set": Asked(fields={"causes": {"reaction": "alert"}}),
    "listing.set": Asked(fields={**IN_CHAT, "pinned": True}),
    "draft.set": Asked(fields={**IN_CHAT, "text": KEY}),
    "typing": MINE,
    "message.send": Asked(fields={**IN_CHAT, **SENT}),
    "message.send (a comment)": Asked(fields={**IN_CHAT, **SENT, "task_id": TASK}),
    "message.send (to the common one)": Asked(fields={**SENT, "chat_id": ORG}),
    "message.forward": Asked(fields={**FORWARDED, "to": [CHAT]}),
    "message.forward (to the common one)": Asked(fields={**FORWARDED, "to": [ORG]}),
    "GET /chats/{id}/messages/{seq}/source": Asked(path={"{seq}": COPY}),
    "GET /chats/{id}/messages/{seq}/source (null)": Asked(path={"{seq}": OWNERS_COPY}),
    "message.edit": Asked(fields={**OF_MESSAGE, "text": "edited"}),
    "message.delete": Asked(fields=OF_MESSAGE),
    "message.pin": Asked(fields=OF_MESSAGE),
    "message.unpin (the author's pin)": Asked(fields={**IN_CHAT, "seq": PINNED}),
    "reaction.add": Asked(fields={**OF_MESSAGE, "emoji": "👍"}),
    "reaction.remove": Asked(fields={**OF_MESSAGE, "emoji": "👍"}),
    "POST /push/subscriptions": Asked(
        fields={"endpoint": ENDPOINT, "keys": BROWSER, "key": VAPID, "locale": "en"}
    ),
    "GET /search (a message)": Asked(
        query={"q": "hello", "chat_id": CHAT, "sort": "new", "limit": 50},
        shows=(lambda hits: {hit["seq"] for hit in hits}, MESSAGE),
    ),
    "GET /search (a task)": Asked(
        query={"q": "one", "kind": "task", "sort": "new", "limit": 50},
        shows=(lambda hits: {hit["task_id"] for hit in hits}, TASK),
    ),
    "GET /search (a person)": Asked(
        query={"q": "target or author", "kind": "person", "limit": 50},
        shows=(lambda hits: {hit["user"]["id"] for hit in hits}, TARGET),
    ),
    "GET /push/why": Asked(query={"chat_id": CHAT, "seq": MESSAGE}),
    "POST /push/test (own)": Asked(fields={"subscription_id": OWN_DEVICE}),
    "POST /push/test (another's)": Asked(fields={"subscription_id": DEVICE}),
    "POST /push/received (own)": Asked(fields={"id": OWN_TEST}),
    "POST /push/received (another's)": Asked(fields={"id": TEST}),
    "POST /files": Asked(query=IN_CHAT, uploads=b"hello"),
    "POST /uploads/resumable": Asked(
        query=IN_CHAT, headers={"Upload-Length": "5", "Upload-Metadata": "filename YS50eHQ="}
    ),
    "PATCH /uploads/resumable/{id} (author's)": Asked(
        headers={"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    ),
    "POST /uploads/resumable/{id}/unpack (author's)": Asked(path={"/resumable/{id}": WAITING}),
    "GET /files/{id} (a range)": Asked(headers={"Range": "bytes=1-2"}),
    "GET /files/{id} (by the cookie)": Asked(by_cookie=True),
    "GET /files/{id} (a stranger's cookie)": Asked(by_cookie=True, cookie_of="stranger"),
    "GET /files/{id} (a member's cookie too)": Asked(cookie_of="target"),
    "GET /chats/{id}/files (by the cookie)": Asked(by_cookie=True),
    "GET /files/{id}/preview (a stranger's)": Asked(by_cookie=True, cookie_of="stranger"),
    "GET /files/{id}/preview (a member's too)": Asked(cookie_of="target"),
    "GET /files/{id} (the author's, unsent)": Asked(path={"/files/{id}": UNSENT}),
    "GET /files/{id} (a deleted message's)": Asked(path={"/files/{id}": FORGOTTEN}),
    "GET /files/{id} (edited out)": Asked(path={"/files/{id}": EDITED_OUT}),
    "GET /files/{id}/preview (large)": Asked(query={"size": 1600}),
    "GET /files/{id}/preview (by the cookie)": Asked(by_cookie=True),
    "GET /files/{id}/preview (unsent)": Asked(path={"/files/{id}": UNSENT}),
    "GET /files/{id}/preview (a deleted one)": Asked(path={"/files/{id}": FORGOTTEN}),
    "GET /files/{id}/preview (edited out)": Asked(path={"/files/{id}": EDITED_OUT}),
    "GET /files/avatars/{id} (a member's)": Asked(path={"/avatars/{id}": OF_MEMBER}),
    "GET /files/avatars/{id} (a stranger's)": Asked(path={"/avatars/{id}": OF_STRANGER}),
    "GET /files/avatars/{id} (a replaced one)": Asked(path={"/avatars/{id}": REPLACED}),
    "GET /files/avatars/{id} (by the cookie)": Asked(by_cookie=True),
    "POST /uploads": Asked(query=IN_CHAT, uploads=by_explorer({"Письмо.txt": b"hello"})),
    "message.send (the author's file)": Asked(fields={**IN_CHAT, **SENT, "file_ids": [UNSENT]}),
    "message.edit (the author's file)": Asked(
        fields={**OF_MESSAGE, "text": "edited", "file_ids": [UNSENT]}
    ),
    "message.forward (with a file)": Asked(fields={**FORWARDED, "seqs": [WITH_FILE], "to": [CHAT]}),
    "GET /tasks": Asked(shows=(ids, TASK)),
    "GET /tasks (of one chat)": Asked(query={"chat_id": CHAT}, shows=(ids, TASK)),
    "GET /tasks/summary": Asked(
        shows=(lambda counts: {count["user_id"] for count in counts}, ASSIGNED)
    ),
    "task.create": Asked(fields={**IN_CHAT, "title": "one"}),
    "task.create (in the common one)": Asked(fields={"title": "one"}),
    "message.task": Asked(fields=OF_MESSAGE),
    "task.update (title)": Asked(fields={**OF_TASK, "title": "two"}),
    "task.update (description)": Asked(fields={**OF_TASK, "description": "long"}),
    "task.update (assignee)": Asked(fields={**OF_TASK, "assigned_to": None}),
    "task.update (due)": Asked(fields={**OF_TASK, "due": {"date": "2031-03-01"}}),
    "task.update (labels)": Asked(fields={**OF_TASK, "labels": ["urgent"]}),
    "task.update (status)": Asked(fields={**OF_TASK, "status": "done"}),
    "task.update (checklist)": Asked(fields={**OF_TASK, "checklist": [ITEM]}),
    "task.update (status and title)": Asked(fields={**OF_TASK, "status": "done", "title": "two"}),
    "task.update (put away)": Asked(fields={"task_id": DONE_TASK, "archived": True}),
    "task.update (cover)": Asked(fields={"task_id": TASK_WITH_FILE, "cover_file_id": TASK_FILE}),
    "task.attach": Asked(fields={**OF_TASK, "file_ids": [OWN_UPLOAD]}),
    "task.attach (the author's file)": Asked(fields={**OF_TASK, "file_ids": [UNSENT]}),
    "task.detach": Asked(fields={"task_id": TASK_WITH_FILE, "file_id": TASK_FILE}),
    "GET /files/{id} (a task's)": Asked(path={"/files/{id}": TASK_FILE}),
    "GET /files/{id} (a task's, by the cookie)": Asked(
        path={"/files/{id}": TASK_FILE}, by_cookie=True
    ),
    "GET /files/{id} (a deleted task's)": Asked(path={"/files/{id}": GONE_TASK_FILE}),
    "GET /files/{id} (taken off its task)": Asked(path={"/files/{id}": TAKEN_OFF}),
    "GET /files/{id}/preview (a task's)": Asked(path={"/files/{id}": TASK_FILE}),
    "GET /files/{id}/preview (a gone task's)": Asked(path={"/files/{id}": GONE_TASK_FILE}),
    "task.move": Asked(fields={**OF_TASK, "column_id": COLUMN}),
    "task.move (off the board)": Asked(fields={"task_id": PLACED_TASK, "column_id": None}),
    "task.delete": Asked(fields=OF_TASK),
    "task.snooze (no reminder has come)": Asked(fields={"task_id": TASK}),
    "column.create": Asked(fields={**IN_CHAT, "title": "Review"}),
    "column.update": Asked(fields={**OF_COLUMN, "title": "Doubts"}),
    "column.move": Asked(fields=OF_COLUMN),
    "column.delete": Asked(fields=OF_COLUMN),
    "subscribe": Asked(fields={"streams": [[CHAT, None]]}, shows=(readable, CHAT)),
    "subscribe (another's own stream)": Asked(
        fields={"streams": [[TARGET, None]]}, shows=(readable, TARGET)
    ),
    "unsubscribe": Asked(fields={"streams": [CHAT]}),
    "GET /sync/bootstrap": Asked(
        shows=(lambda snapshots: {each["chat"]["id"] for each in snapshots}, CHAT)
    ),
    "GET /sync/changes": Asked(query={"after": CURSOR}, shows=(followed, CHAT)),
    "POST /sync/changes": Asked(fields={"cursors": [[CHAT, None]]}, shows=(followed, CHAT)),
}

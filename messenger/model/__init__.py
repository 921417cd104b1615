"""The objects of the contract, as they travel: users, chats, members, messages, tasks.

The same Struct is what a decision returns, what an event carries, what REST
answers and what the generated documents describe. Times are RFC 3339 strings
in UTC with three decimals and ids of sessions and messages' keys are lower-case
UUID strings, because both subprotocols carry plain strings. No I/O, no rules.
"""

from messenger.model.accounts import SYSTEM as SYSTEM
from messenger.model.accounts import SYSTEM_ID as SYSTEM_ID
from messenger.model.accounts import ExportReady as ExportReady
from messenger.model.accounts import Identity as Identity
from messenger.model.accounts import Invite as Invite
from messenger.model.accounts import Me as Me
from messenger.model.accounts import Presence as Presence
from messenger.model.accounts import Role as Role
from messenger.model.accounts import Session as Session
from messenger.model.accounts import SessionRevoked as SessionRevoked
from messenger.model.accounts import User as User
from messenger.model.chats import Chat as Chat
from messenger.model.chats import ChatKind as ChatKind
from messenger.model.chats import ChatMembership as ChatMembership
from messenger.model.chats import Member as Member
from messenger.model.chats import MemberRole as MemberRole
from messenger.model.chats import My as My
from messenger.model.chats import NotifyLevel as NotifyLevel
from messenger.model.known import Accent as Accent
from messenger.model.known import Known as Known
from messenger.model.known import PublicSettings as PublicSettings
from messenger.model.messages import File as File
from messenger.model.messages import FileAbout as FileAbout
from messenger.model.messages import ForwardedFrom as ForwardedFrom
from messenger.model.messages import Message as Message
from messenger.model.messages import Reaction as Reaction
from messenger.model.messages import ReactionChange as ReactionChange
from messenger.model.messages import SentMessage as SentMessage
from messenger.model.messages import ShownAs as ShownAs
from messenger.model.moments import timestamp as timestamp
from messenger.model.notifications import Cause as Cause
from messenger.model.notifications import NotifySettings as NotifySettings
from messenger.model.notifications import QuietHours as QuietHours
from messenger.model.notifications import Reason as Reason
from messenger.model.notifications import Telling as Telling
from messenger.model.notifications import Verdict as Verdict
from messenger.model.push import PushSubscription as PushSubscription
from messenger.model.searches import KeptSearch as KeptSearch
from messenger.model.searches import SavedSearch as SavedSearch
from messenger.model.searches import SavedSearches as SavedSearches
from messenger.model.streams import Event as Event
from messenger.model.streams import Snapshot as Snapshot
from messenger.model.subject import Subject as Subject
from messenger.model.tasks import Board as Board
from messenger.model.tasks import ChecklistItem as ChecklistItem
from messenger.model.tasks import Column as Column
from messenger.model.tasks import Due as Due
from messenger.model.tasks import FieldChange as FieldChange
from messenger.model.tasks import HistoryEntry as HistoryEntry
from messenger.model.tasks import ReminderKind as ReminderKind
from messenger.model.tasks import Task as Task
from messenger.model.tasks import TaskCount as TaskCount
from messenger.model.tasks import TaskReminder as TaskReminder
from messenger.model.tasks import TaskStatus as TaskStatus

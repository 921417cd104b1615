"""An organisation to look at: people, chats and a week of their talk, for `demo`.

`company` says who there is, `talk` what they wrote, `playing` has it all happen: by ordinary
commands through the actors, so that the log is as true as any. No I/O of its own.
"""

"""An organisation to look at: people, chats and a week of their work, for `demo`.

`workshop.json` holds the texts, `story` reads them, `playing` has it all happen: by ordinary
commands through the actors, so that the log is as true as any. Pictures come of `drawing`, a voice
message of `sounds`; `giving` uploads them.
"""

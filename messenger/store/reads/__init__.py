"""What one user reads over several tables, each answer as of one moment and behind one check.

`reads.chats.within` raises NotFound unless the user is in the chat; lists join `visible_chats`.
"""

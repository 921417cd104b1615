"""What is allowed: pure functions that raise `errors.*` or return nothing.

Every door comes through here, at the moment of the act, with the actor's own
member list. What a person may not see is `not_found`, never `forbidden`.
"""

"""The WebSocket door: from bytes to commands, and from events to bytes.

`endpoint` accepts a connection, `wire` reads its frames, `session` is one, `dispatch` sends
commands on their way, `subscriptions` and `resume` bring a returning reader up to the present,
`heartbeat` looks for silence and for tokens that run out.
"""

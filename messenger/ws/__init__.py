"""The WebSocket door: from bytes to commands, and from events to bytes.

`endpoint` accepts a connection, `session` is one, `dispatch` sends commands on
their way, `resume` brings a returning reader up to the present.
"""

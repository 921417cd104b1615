"""The wire: commands in, events and signals out, and how they become bytes.

Pure: no socket, no clock, no database. `commands` holds what clients may ask,
`events` what the server tells, `codec` turns either into finished WebSocket
frames for both subprotocols (JSON in text frames, MessagePack in binary ones).
"""

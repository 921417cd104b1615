"""Several servers on one database: what each tells its peers, what it hears, and which one leads.

- `bus`: PostgreSQL's notices, and the lock that is held while a server serves; one that is alone
  has it too
- `publisher`: what was written and what passes here, on its way to the peers
- `nats_client`, `nats_format`: the same by NATS; loaded only where it is asked for
- `peers`: all of it for one server, begun and kept; `leader`: who does what one alone may do
- `nodes`: what each server says of itself
- `processes`: several servers behind one port of one machine
"""

"""The messenger: chats, tasks and boards of one organisation, in one ordered log per chat.

Who may import whom, from the top down; `ws` and `http` never import each other:

    cli → export → archive
    cli → process → app → ws, http, jobs, cluster → archive → files → actors → store, rules,
        protocol → storage, decision, pace → model, errors, config
    jobs → backup → store: a dump, its proof, and the way back
    push → consumer → store: reads the log and tells devices; `streams` has a tap for it
    mail → push: the same events and words, by mail to who was away; nothing of it while it is off
    http, cli → doctor: looks at everything, from the settings to what a browser meets outside
    http → reference → protocol, config
    cli → host: the machine it is installed on, changed by `install` and `upgrade`
    app, cli → cluster → actors, store: a server beside others on one database; several of them
        behind one port; http shows which there are
    outgoing → nothing: whoever calls somebody outside does so through it

A sent message, in six hops:

1. `ws.wire`: bytes come in, `ws.endpoint` takes their frames
2. `ws.dispatch`: `protocol.codec` → `SendMessage` (REST: `http.plumbing.operation` makes the same
   command of path and body) → `actors.directory`
3. `actors.chat.posting`: `rules` say whether; handed to the journal; the turn ends
4. `store.journal`: one statement and one commit for all that waits in the process
5. `actors.chat.posting` hears of it → `actors.streams` → `actors.stream`: in `seq` order,
   encoded once per subprotocol; then the sender's answer
6. `ws.session`: one write per connection and turn of the loop

Every other change is decided in a turn of its own (`actors.stream_actor`): its facts are loaded, a
pure function makes a `Decision` of them (`actors.deciding`), `store.commits.commit` stores it.
Reads go to `store` directly, through `store.rows.chats.visible_chats`.
"""

"""Mail: links to a new password, invitations, and what people missed. Off until `SMTP_URL` is set.

1. Something asks for a letter: a person (`asking`), an administrator, the clock (`digests`)
2. `store.rows.mails` keeps what is to be sent, not how it reads, in the transaction of its cause
3. `postman` takes the oldest, one after the other; `contents` writes it as things stand then
4. `letter` makes a message of it (RFC 5322, RFC 2045), `smtp` hands it in

An operator's own mail server may have a private address: it is a setting, not a stranger's word,
so nothing of it goes through `outgoing`. It can only be slow or broken, and then mail waits, and
nothing else does.
"""

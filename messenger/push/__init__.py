"""Web push: what `rules.notify` says is to be told, brought to subscribed devices.

1. `pusher`, a consumer of the log, hears of an event
2. `happenings` makes of it what `rules.notify` judges; `readers` asks who may be told; large chats
   wait for their turn in `rounds`
3. `jobs`: what waits for each person, the newest of a chat in the place of what was before it
4. `service`: one for each push service; asks again who may read it, and when to stop asking
5. `making` words it in the device's language (`wording`, `payload`), `vapid` signs the request
6. `sender` hands it to the process that sends (`worker`): `posting` seals it (`encryption`) and
   posts it through `outgoing`

What it does never makes an actor wait.
"""

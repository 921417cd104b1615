"""Has letters sent as they come, and looks every five minutes who is to be mailed something."""

from messenger.actors.presence import Presence
from messenger.background import Background
from messenger.jobs.running import Run
from messenger.jobs.schedule import Schedule
from messenger.mail.service import Mail


def keep_posted(run: Background, schedule: Schedule, mail: Mail, presence: Presence) -> None:
    """Start what mail needs; nothing, while it is off."""
    postman, asking = mail.postman, mail.asking
    if postman is None or asking is None:
        return
    from messenger.mail.digests import Digests

    run.lasting("mail", lambda: postman.run(lambda: run.goes_well("mail")))
    run.lasting("mail asked", lambda: asking.run(lambda: run.goes_well("mail asked")))
    digests = Digests(postman, presence, postman.clock, lambda: schedule.stopping)

    async def work(_: Run) -> None:
        await digests.run()

    schedule.add("2-57/5 * * * *", "mails", work)

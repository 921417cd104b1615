"""`python -m tests.push.sends CERTIFICATE`: the process that sends, with a door that leads here."""

import sys
from pathlib import Path

from messenger.push import worker
from tests.push.service import house_door

if __name__ == "__main__":
    worker.main(house_door(Path(sys.argv[1])))

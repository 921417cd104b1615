"""`python -m messenger.store [FILE]`: compile all statements, and write their texts."""

import sys
from pathlib import Path

from messenger.store.compiled import FILE, TEXTS

TEXTS.write(Path(sys.argv[1]) if len(sys.argv) > 1 else FILE)

#!/usr/bin/env python3
"""`bin/messenger archive run`, under the name that crontabs know."""

import os
import sys
from pathlib import Path

messenger = str(Path(__file__).resolve().with_name("messenger"))
os.execv(messenger, [messenger, "archive", "run", *sys.argv[1:]])

"""``python tests/lab``: from a plain checkout, nothing installed."""

import sys
from pathlib import Path

LAB = Path(__file__).resolve().parent
sys.path[:1] = [str(LAB.parent), str(LAB.parent.parent)]

from lab.command import main  # noqa: E402 - the lab's place is known only now

raise SystemExit(main())

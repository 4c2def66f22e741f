"""Print the table as the page `docs/deadlines.md`."""

import sys

from services.deadlines.page import page

sys.stdout.write(page())

"""Print the table as the page `docs/deadlines.md`."""

import sys

from services.deadlines.engine.page import page

if __name__ == "__main__":
    sys.stdout.write(page())

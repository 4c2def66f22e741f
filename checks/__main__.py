"""`python -m checks`: say what must not stay, and fail if there is anything."""

import sys

import checks
from checks import sql, tracked


def main() -> int:
    """Read every tracked file once; say how many, so that an empty list is not mistaken for it."""
    read, found = 0, 0
    for path, text in checks.texts():
        read += 1
        for finding in (*tracked.findings(path, text), *sql.findings(path, text)):
            found += 1
            print(finding)
    print(f"{read} files read, {found} findings")
    return 1 if found or not read else 0


if __name__ == "__main__":
    sys.exit(main())

"""Write the generated pages, or with `--check` only say which are stale."""

import sys
from collections.abc import Sequence

from jiantong.docs import stale
from services.kernel.settings import CHECKOUT


def main(arguments: Sequence[str]) -> int:
    """Write or check; the exit code says whether all is current."""
    if unknown := set(arguments) - {"--check"}:
        print(f"docs: unknown argument {' '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    try:
        behind = stale()
    except KeyError as missing:
        print(f"docs: {missing} has no term yet: add it to jiantong/docs/terms.py", file=sys.stderr)
        return 1
    for path, wanted in behind.items():
        name = path.relative_to(CHECKOUT)
        if "--check" in arguments:
            print(f"{name} is stale: run python -m jiantong.docs", file=sys.stderr)
        else:
            path.write_text(wanted)
            print(f"{name} written")
    return 1 if behind and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

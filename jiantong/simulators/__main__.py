"""The push services of the demo, in one process: FCM and a browser's.

python -m jiantong.simulators --fcm-port 8201 --web-push-port 8203 --folder data/fcm
"""

import argparse
import signal
import threading
from pathlib import Path

from jiantong.simulators import fcm, web_push


def main(arguments: list[str] | None = None) -> None:
    """Run until interrupted; the folder of FCM is filled last, when all is ready."""
    parser = argparse.ArgumentParser(description="Development simulators of push services.")
    parser.add_argument("--fcm-port", type=int, default=8201)
    parser.add_argument("--web-push-port", type=int, default=8203)
    parser.add_argument("--folder", type=Path, required=True)
    options = parser.parse_args(arguments)
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    with (
        web_push.Simulator(options.web_push_port) as browsers,
        fcm.Simulator(options.folder, options.fcm_port) as phones,
    ):
        print(f"Push simulators: FCM at {phones.url}, Web Push at {browsers.url}", flush=True)
        stopped.wait()


if __name__ == "__main__":
    main()

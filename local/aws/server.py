"""The server's process: ministack with our extensions, for as long as its parent lives."""

import argparse
import os
import shutil
import sys
import tempfile
import threading
import time
from importlib import import_module

_LOOK_SECONDS = 0.25


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--parent", type=int, required=True, help="end when this process has")
    arguments = parser.parse_args()
    threading.Thread(target=_end_with, args=(arguments.parent,), daemon=True).start()
    # ministack reads its settings while it is imported, and its arguments from the command line.
    os.environ["GATEWAY_PORT"] = str(arguments.port)
    sys.argv = ["ministack"]
    from local.aws import extensions  # noqa: PLC0415

    extensions.install()
    import_module("ministack.app").main()


def _end_with(parent: int) -> None:
    """Watch for the parent's death, however it died: then we are someone else's child."""
    while os.getppid() == parent:
        time.sleep(_LOOK_SECONDS)
    shutil.rmtree(tempfile.gettempdir(), ignore_errors=True)
    os._exit(1)


if __name__ == "__main__":
    main()

"""microburst's process: as its command has it, for as long as its parent lives."""

import argparse
import os
import sys
import threading
import time

from microburst.cli import main as microburst


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--parent", type=int, required=True, help="end when this process has")
    arguments, options = parser.parse_known_args()
    threading.Thread(target=_end_with, args=(arguments.parent,), daemon=True).start()
    sys.exit(microburst(options))


def _end_with(parent: int) -> None:
    """Watch for the parent's death, however it died: then we are someone else's child."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(0)


if __name__ == "__main__":
    main()

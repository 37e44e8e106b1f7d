"""`python -m local.aws --port N`: serve until Ctrl-C."""

import argparse
import signal
import sys
from pathlib import Path
from types import FrameType

from local.aws.embedded import DEFAULT_PORT, EmbeddedAws
from local.child import PortInUseError


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m local.aws", description=__doc__)
    parser.add_argument("--port", type=int, default=DEFAULT_PORT)
    parser.add_argument("--log", type=Path, help="append the server's output to this file")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, _leave)
    # A shell that put us in the background has SIGINT ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with EmbeddedAws(arguments.port, log=arguments.log) as aws:
            sys.stdout.write(f"AWS is at {aws.url} (region {aws.region}). Ctrl-C stops it.\n")
            sys.stdout.flush()
            return aws.wait()
    except PortInUseError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return 130


def _leave(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


if __name__ == "__main__":
    sys.exit(main())

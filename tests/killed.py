"""Runs a function's handler as Lambda would, and kills its process at a given moment.

``python tests/killed.py ENTRY N`` with the event on standard input and the function's own
environment: the process ends, as by SIGKILL, when it is about to send to the network for the
N-th time (0: never). Exit status 9 when it was killed, 0 when it was done before: then the last
line of its output is the handler's answer.
"""

import importlib
import json
import os
import sys
from types import SimpleNamespace

KILLED = 9


def main() -> None:
    entry, moment = sys.argv[1], int(sys.argv[2])
    sent = 0

    def audit(event: str, _: object) -> None:
        nonlocal sent
        if event == "http.client.send":
            sent += 1
            if sent == moment:
                os._exit(KILLED)

    event = json.load(sys.stdin)
    sys.addaudithook(audit)
    handler = importlib.import_module(f"lambda_entry.{entry}").handler
    answer = handler(
        event,
        SimpleNamespace(
            function_name=entry,
            memory_limit_in_mb=512,
            invoked_function_arn="arn:aws:lambda:us-east-1:000000000000:function:killed",
            aws_request_id="killed",
        ),
    )
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()

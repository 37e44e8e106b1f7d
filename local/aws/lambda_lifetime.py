"""A function's process ends with the server, whatever it is at and however the server ended."""

import os

from local.aws.seams import lambda_runtime, replace_text

_STARTS = "\n\nrun()\n"
_STARTS_WATCHED = """

def _end_with_the_server():
    while os.getppid() == {server}:
        time.sleep(0.5)
    os._exit(1)

import threading
threading.Thread(target=_end_with_the_server, daemon=True).start()
run()
"""


def install() -> None:
    watched = _STARTS_WATCHED.format(server=os.getpid())
    replace_text(lambda_runtime, "_PYTHON_WORKER_SCRIPT", _STARTS, watched)

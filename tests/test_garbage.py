"""What a function's start leaves of Python's collector, in a process of its own."""

import json
import subprocess
import sys

from deploy.package import ROOT

_LIVES = """
import gc, json
usual = gc.get_threshold()
import lambda_entry
during = gc.get_threshold()
made = 0
while gc.get_threshold() == during and made < 1_000_000:
    knot = []
    knot.append(knot)
    made += 1
print(json.dumps([usual, during, gc.get_threshold()]))
"""


def test_a_start_is_spared_and_garbage_is_collected_as_usual_after_it() -> None:
    told = subprocess.run(
        [sys.executable, "-c", _LIVES], cwd=ROOT, capture_output=True, text=True, check=True
    )
    usual, during, after = json.loads(told.stdout)
    assert during[0] > 100_000, "a start makes so many objects"
    assert after == usual

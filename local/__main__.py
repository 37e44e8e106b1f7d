"""``python -m local demo|start|repair``: the embedded world from the command line."""

import argparse
import sys

from local.demo import PORTS, demo, repair, running, start
from local.world import WorldError


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m local")
    commands = parser.add_subparsers(dest="command", required=True)
    whole = commands.add_parser("demo", help="start the world and stay until Ctrl-C")
    whole.add_argument("--aws-port", type=int, default=PORTS["AWS_PORT"])
    whole.add_argument("--slack-port", type=int, default=PORTS["SLACK_PORT"])
    commands.add_parser("start", help="start more example executions")
    commands.add_parser("repair", help="repair what the second example waits for")
    arguments = parser.parse_args()
    if arguments.command == "demo":
        return demo(arguments.aws_port, arguments.slack_port)
    try:
        if arguments.command == "start":
            start(running("stepfunctions"))
            print(
                "The four examples run once more. After make repair, those of let-it-fail succeed."
            )
        else:
            repair(running("ssm"))
            print("The warehouse is open: a redrive succeeds now.")
    except WorldError as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

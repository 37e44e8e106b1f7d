"""The whole world, and a hand in it: failing executions, clicks, and what Slack then shows."""

import hashlib
import hmac
import json
import random
import socket
import string
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from slack_sdk import WebClient

from local.world import Facts, World

Json = dict[str, Any]
_PATIENCE_SECONDS = 20
ROLE = "arn:aws:iam::000000000000:role/any"


def eventually(ask: Callable[[], Any], *, within: float = _PATIENCE_SECONDS) -> Any:
    """The first truthy answer; fails with the last one when there is none in time."""
    deadline = time.monotonic() + within
    while True:
        answer = ask()
        if answer:
            return answer
        assert time.monotonic() < deadline, f"waited {within} s in vain, last: {answer!r}"
        time.sleep(0.05)


def unique(prefix: str) -> str:
    """A name of its own, in letters only: digits do not tell one problem from another."""
    return prefix + "".join(random.choices(string.ascii_lowercase, k=10))  # noqa: S311


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Notes:
    """A response URL of our own: what was said to the one who pressed, and to nobody else."""

    def __init__(self) -> None:
        said: list[str] = []

        class Receiver(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                said.append(json.loads(self.rfile.read(length))["text"])
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.said = said
        self._server = HTTPServer(("127.0.0.1", 0), Receiver)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Hand:
    """What people, AWS and the test itself do in the world."""

    def __init__(self, world: World) -> None:
        assert world.facts is not None
        self.world = world
        self.facts: Facts = world.facts
        self.stepfunctions = world.client("stepfunctions")
        self.dynamodb = world.client("dynamodb")
        self.sqs = world.client("sqs")
        self.ssm = world.client("ssm")
        self.slack = WebClient(
            token=self.facts.bot_token, base_url=self.facts.slack_api_url, retry_handlers=[]
        )
        self.notes = Notes()
        self.ana, self.ben = self.facts.users[0], self.facts.users[1]

    # Step Functions

    def machine(self, states: Json, *, stand_ins: dict[str, str] | None = None, **more: Any) -> str:
        """A state machine of *states*, with texts in it replaced by *stand_ins*; its ARN."""
        definition = self.definition(states, **more)
        for text, stand_in in (stand_ins or {}).items():
            definition = definition.replace(text, stand_in)
        name = f"m-{uuid.uuid4().hex[:8]}"
        made = self.stepfunctions.create_state_machine(
            name=name, definition=definition, roleArn=ROLE
        )
        return str(made["stateMachineArn"])

    def definition(self, states: Json, **more: Any) -> str:
        """In the Amazon States Language: it begins with the first of *states*."""
        return json.dumps({"StartAt": next(iter(states)), "States": states, **more})

    def example(self, name: str) -> str:
        """The ARN of an example state machine."""
        return f"arn:aws:states:us-east-1:000000000000:stateMachine:sfn-alerts-local-{name}"

    def function(self, key: str) -> str:
        return f"arn:aws:lambda:us-east-1:000000000000:function:sfn-alerts-local-{key}"

    def start(self, machine: str, given: Json | None = None) -> str:
        """Start an execution; its ARN."""
        started = self.stepfunctions.start_execution(
            stateMachineArn=machine, input=json.dumps(given or {})
        )
        return str(started["executionArn"])

    def describe(self, execution: str) -> Json:
        described: Json = self.stepfunctions.describe_execution(executionArn=execution)
        return described

    def ended(self, execution: str, status: str) -> Json:
        told: Json = eventually(
            lambda: (told := self.describe(execution)) and told["status"] == status and told
        )
        return told

    def redrives(self, execution: str) -> int:
        """How often Step Functions was asked to go on with it, by its own history."""
        events = self.stepfunctions.get_execution_history(executionArn=execution, maxResults=1000)[
            "events"
        ]
        return sum(event["type"] == "ExecutionRedriven" for event in events)

    def warehouse(self, state: str) -> None:
        """Open or close what the example's LoadOrders wants."""
        self.ssm.put_parameter(
            Name="/sfn-alerts/local/examples/warehouse", Value=state, Type="String", Overwrite=True
        )

    # Queues

    def queue(self, name: str, *bodies: str) -> None:
        """Put messages into a queue of the app, as one batch."""
        entries = [{"Id": str(n), "MessageBody": body} for n, body in enumerate(bodies)]
        self.sqs.send_message_batch(QueueUrl=self.queue_url(name), Entries=entries)

    def received(self, name: str) -> list[str]:
        """Take what is in a queue."""
        url = self.queue_url(name)
        messages = self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get(
            "Messages", []
        )
        for message in messages:
            self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return [message["Body"] for message in messages]

    def drained(self, name: str) -> None:
        """Wait until a queue holds nothing, in flight or not."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]

        def empty() -> bool:
            told = self.sqs.get_queue_attributes(
                QueueUrl=self.queue_url(name), AttributeNames=names
            )
            return not any(int(told["Attributes"][one]) for one in names)

        eventually(empty)

    def queue_url(self, name: str) -> str:
        url: str = self.sqs.get_queue_url(QueueName=f"sfn-alerts-local-{name}")["QueueUrl"]
        return url

    # Slack, as it stands

    def cards(self, text: str, channel: str | None = None) -> list[Json]:
        """The messages of the channel in which *text* stands, oldest first."""
        found = self.slack.conversations_history(
            channel=channel or self.facts.channel, include_all_metadata=True, limit=999
        )
        messages: list[Json] = found["messages"]
        return [one for one in reversed(messages) if text in json.dumps(one, ensure_ascii=False)]

    def card(self, text: str) -> Json:
        """The one card about *text*, once it is there."""
        cards: list[Json] = eventually(lambda: self.cards(text))
        [card] = cards
        return card

    def settled_card(self, text: str) -> Json:
        """The card once it holds its verdict."""
        cards: list[Json] = eventually(
            lambda: [one for one in self.cards(text) if "hourglass" not in json.dumps(one)]
        )
        return cards[0]

    def thread(self, card: Json) -> list[str]:
        """What stands in the card's thread, the details aside."""
        found = self.slack.conversations_replies(channel=self.facts.channel, ts=card["ts"])
        return [one["text"] for one in found["messages"][1:] if one["text"] != "Details"]

    def told(self, card: Json, text: str) -> str:
        """The first line of the thread in which *text* stands, once it is told."""
        lines: list[str] = eventually(lambda: [line for line in self.thread(card) if text in line])
        return lines[0]

    def replies(self, card: Json) -> list[Json]:
        """The messages of the card's thread, the card aside, oldest first."""
        found = self.slack.conversations_replies(channel=self.facts.channel, ts=card["ts"])
        messages: list[Json] = found["messages"][1:]
        return messages

    def details(self, card: Json) -> Json:
        """The first reply, once it is there."""
        found: list[Json] = eventually(
            lambda: [one for one in self.replies(card) if one["text"] == "Details"]
        )
        return found[0]

    def file(self, card: Json, name: str) -> str:
        """The content of the first file of that name in the thread, once it is there."""
        [about, *_] = eventually(
            lambda: [
                file
                for one in self.replies(card)
                for file in one.get("files", [])
                if file["name"] == name
            ]
        )
        with urllib.request.urlopen(about["url_private"], timeout=10) as answer:
            content: str = answer.read().decode()
        return content

    # People who talk

    def say(self, text: str, card: Json | None = None, user: Json | None = None) -> str:
        """Say it in the card's thread, or (None) in the channel; *@bot* mentions the app."""
        mention = f"<@{self.world.slack.bot_user}>"
        said: dict[str, str] = {"text": text.replace("@bot", mention)}
        if card:
            said["thread_ts"] = card["ts"]
        who = user or self.ana
        done = self.world.slack.do("message", user=who["id"], channel=self.facts.channel, **said)
        assert done["ok"], done
        return str(done["ts"])

    def react(self, ts: str, name: str, user: Json | None = None) -> None:
        who, channel = user or self.ana, self.facts.channel
        assert self.world.slack.do("react", user=who["id"], channel=channel, ts=ts, name=name)["ok"]

    def whispers(self, user: Json | None = None, *, after: str = "0") -> list[str]:
        """What only this person sees, in the channel and its threads, said *after* a timestamp.

        Of a channel in which much was said only the last messages are seen.
        """
        seen = self.world.slack.seen_by((user or self.ana)["id"])["messages"][self.facts.channel]
        return [
            one["text"]
            for one in seen
            if one.get("ephemeral_to") and float(one["ts"]) > float(after)
        ]

    def whispered(self, text: str, user: Json | None = None) -> str:
        """The last thing said to this person alone in which *text* stands, once it is said."""
        said: list[str] = eventually(lambda: [one for one in self.whispers(user) if text in one])
        return said[-1]

    def shortcut(self, ts: str, user: Json | None = None) -> Json:
        """Use the app's shortcut on a message; the modal that it opens."""
        who, slack = user or self.ana, self.world.slack
        asked = {"user": who["id"], "channel": self.facts.channel, "ts": ts}
        assert slack.do("shortcut", callback_id="incident_note", **asked)["ok"]
        view: Json | None = slack.seen_by(who["id"])["modal"]
        assert view is not None, "no modal has opened"
        slack.do("close", user=who["id"])
        return view

    # People

    def person(self, user: Json) -> Json:
        name = user["name"]
        team = user.get("team_id", self.facts.team)
        return {"id": user["id"], "name": name, "username": name, "team_id": team}

    def button(self, card: Json, action_id: str) -> Json | None:
        """The button on the card as it is now."""
        for attachment in card["attachments"]:
            for block in attachment["blocks"]:
                for element in block.get("elements", []):
                    if element.get("action_id") == action_id:
                        return dict(element)
        return None

    def press_below(self, reply: Json, action_id: str, user: Json | None = None) -> None:
        """Press a button in a message of a thread, as somebody at the page."""
        elements = [one for block in reply["blocks"] for one in block.get("elements", [])]
        [element] = [one for one in elements if one.get("action_id") == action_id]
        who, channel = (user or self.ana)["id"], self.facts.channel
        done = self.world.slack.do("act", user=who, channel=channel, ts=reply["ts"], action=element)
        assert done["ok"], done

    def press(self, card: Json, action_id: str, user: Json | None = None, **more: Any) -> int:
        """Press a button; the status that Slack is answered with."""
        element = self.button(card, action_id)
        assert element is not None, f"no button {action_id}"
        payload = {
            "type": "block_actions",
            "api_app_id": self.facts.app_id,
            "team": {"id": self.facts.team, "domain": "acme"},
            "user": self.person(user or self.ana),
            "channel": {"id": self.facts.channel, "name": "sfn-alerts"},
            "container": {"type": "message", "message_ts": card["ts"]},
            "message": card,
            "trigger_id": "1.1.none",
            "response_url": self.notes.url,
            "actions": [{**element, "action_ts": str(time.time())}],
            **more,
        }
        return self.send({"payload": json.dumps(payload)})[0]

    def submit(
        self, callback_id: str, metadata: str, values: Json, user: Json | None = None
    ) -> Json:
        """Submit a modal; what Slack is answered with."""
        payload = {
            "type": "view_submission",
            "api_app_id": self.facts.app_id,
            "team": {"id": self.facts.team, "domain": "acme"},
            "user": self.person(user or self.ana),
            "view": {
                "id": "V1",
                "type": "modal",
                "callback_id": callback_id,
                "private_metadata": metadata,
                "blocks": [{"block_id": block_id} for block_id in values],
                "state": {"values": values},
            },
        }
        status, said = self.send({"payload": json.dumps(payload)})
        assert status == 200
        answer: Json = json.loads(said) if said else {}
        return answer

    def mute(self, card: Json, *, scope: str = "error_here", reason: str = "known") -> Json:
        return self.submit(
            "mute_modal",
            card["metadata"]["event_payload"]["alert_id"],
            {
                "scope": {"scope": {"selected_option": {"value": scope}}},
                "length": {"length": {"selected_option": {"value": "1h"}}},
                "reason": {"reason": {"value": reason}},
            },
        )

    def modal(self, card: Json, action_id: str, user: Json | None = None) -> Json:
        """Press a button that opens a modal, as somebody at the page; the modal."""
        who = user or self.ana
        element = self.button(card, action_id)
        assert element is not None, f"no button {action_id}"
        slack, user_id = self.world.slack, who["id"]
        slack.do("act", user=user_id, channel=self.facts.channel, ts=card["ts"], action=element)
        view: Json | None = slack.seen_by(user_id)["modal"]
        assert view is not None, "no modal has opened"
        slack.do("close", user=user_id)
        return view

    def send_input(self, view: Json, text: str | None, user: Json | None = None) -> Json:
        """Submit the modal for an input; what Slack is answered with."""
        values = {} if text is None else {"input": {"input": {"value": text}}}
        return self.submit(view["callback_id"], view["private_metadata"], values, user)

    def status(self, user: Json | None = None, text: str = "") -> Json:
        """Type /sfn-status; the answer."""
        who = user or self.ana
        status, said = self.send(
            {
                "command": "/sfn-status",
                "text": text,
                "team_id": self.facts.team,
                "channel_id": self.facts.channel,
                "user_id": who["id"],
                "user_name": who["name"],
                "api_app_id": self.facts.app_id,
                "response_url": self.notes.url,
                "trigger_id": "1.1.none",
            }
        )
        assert status == 200
        answer: Json = json.loads(said or "{}")
        return answer

    def send(self, form: dict[str, str], **headers: str) -> tuple[int, str]:
        """Send as Slack would: ``(status, body)`` of the app's answer."""
        body = urllib.parse.urlencode(form).encode()
        return self.send_raw(body, {**self.signed(body), **headers})

    def signed(self, body: bytes, at: float | None = None) -> dict[str, str]:
        timestamp = str(int(time.time() if at is None else at))
        base = b"v0:" + timestamp.encode() + b":" + body
        digest = hmac.new(self.facts.signing_secret.encode(), base, hashlib.sha256)
        return {
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": f"v0={digest.hexdigest()}",
        }

    def send_raw(self, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
        typed = {"Content-Type": "application/x-www-form-urlencoded", **headers}
        request = urllib.request.Request(self.facts.request_url, body, typed)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as problem:
            with problem:
                return problem.code, problem.read().decode()

    def at_once(self, *doings: Callable[[], Any]) -> list[Any]:
        """Do all of it in the same instant."""
        with ThreadPoolExecutor(len(doings)) as pool:
            return [future.result() for future in [pool.submit(one) for one in doings]]

"""The embedded world: AWS and Slack on this machine, and the app deployed between them."""

import json
import os
import secrets
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from deploy.package import package
from local.aws import EmbeddedAws
from local.slack import LocalSlack

ROOT = Path(__file__).resolve().parents[1]
STAGE = "local"
SERVICE = "sfn-alerts"
CHANNEL = "sfn-alerts"
_WARMED_WITHIN = 30
_OTHERS = ("executions", "publish", "recover")


class WorldError(Exception):
    """The world could not be built; the message says where to look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What any tool needs to drive the world, as ``world.json`` has it."""

    aws_endpoint_url: str
    region: str
    slack_url: str
    slack_api_url: str
    request_url: str
    signing_secret: str
    bot_token: str
    channel: str
    users: list[dict[str, str]]
    team: str
    app_id: str


def _silent(_: str) -> None:
    pass


class World:
    """A context manager: entered, the app is deployed and Slack knows it; left, all is gone.

    *directory* takes the servers' logs and ``world.json``. *say* is told of every step begun.
    *cards_a_minute* is what a channel takes before the rest is folded, as ``serverless.yml`` says
    without it. *rules* is another alerts.yml than the project's. With *trail*, CloudTrail records.
    Raises PortInUseError of either server, and WorldError.
    """

    def __init__(
        self,
        *,
        aws_port: int,
        slack_port: int,
        directory: Path = ROOT / ".local",
        say: Callable[[str], None] = _silent,
        cards_a_minute: int | None = None,
        rules: Path | None = None,
        trail: bool = False,
    ) -> None:
        self._rules = rules
        self._builds = ROOT / ".build" if rules is None else directory.resolve() / "build"
        self._cards_a_minute = cards_a_minute
        self._directory = directory
        self._say = say
        self._stack = ExitStack()
        self._signing_secret = secrets.token_hex(16)
        self._bot_token = f"xoxb-local-{secrets.token_hex(12)}"
        directory.mkdir(parents=True, exist_ok=True)
        # By itself the emulator forgets all but the last 10,000 calls.
        recording = (
            {"CLOUDTRAIL_RECORDING": "1", "CLOUDTRAIL_MAX_EVENTS": "1000000"} if trail else {}
        )
        self.aws = EmbeddedAws(aws_port, log=directory / "aws.log", environment=recording)
        self.slack = LocalSlack(
            slack_port,
            signing_secret=self._signing_secret,
            bot_token=self._bot_token,
            manifest=ROOT / "manifest.json",
            log=directory / "slack.log",
        )
        self.facts: Facts | None = None

    @property
    def file(self) -> Path:
        return self._directory / "world.json"

    def __enter__(self) -> Self:
        try:
            self._build()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def client(self, service: str, *, account: str = "test", region: str | None = None) -> Any:
        return self.aws.client(service, account=account, region=region)

    def _build(self) -> None:
        self._say("Starting AWS and Slack")
        self._stack.enter_context(self.aws)
        self._stack.enter_context(self.slack)
        self._say("Packaging the app")
        package(STAGE, self._rules or ROOT / "alerts.yml", self._builds)
        self._say("Deploying serverless.yml with osls")
        self._keep_secrets()
        self._deploy()
        self._subscribe()
        self._say("Introducing Slack to the app")
        request_url = self._request_url()
        self._warm(request_url)
        self._warm_others()
        self.slack.set_request_url(request_url)
        self.facts = self._facts(request_url)
        # Not before: where the ports are taken, the file tells of the world that has them.
        self._stack.callback(self.file.unlink, missing_ok=True)
        self.file.write_text(json.dumps(asdict(self.facts), indent=2) + "\n")

    def _keep_secrets(self) -> None:
        ssm = self.client("ssm")
        values = {"signing-secret": self._signing_secret, "bot-token": self._bot_token}
        for name, value in values.items():
            path = f"/{SERVICE}/{STAGE}/slack/{name}"
            ssm.put_parameter(Name=path, Value=value, Type="SecureString", Overwrite=True)

    def _deploy(self) -> None:
        log = self._directory / "deploy.log"
        # Of the caller's environment nothing about AWS: this deployment is for this machine.
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("AWS_")
        }
        environment |= {
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_ENDPOINT_URL": self.aws.url,
            "AWS_REGION": self.aws.region,
            "NODE_NO_WARNINGS": "1",
            "SLACK_API_URL": self.slack.api_url,
            **({"CARDS_A_MINUTE": str(self._cards_a_minute)} if self._cards_a_minute else {}),
            "SLS_AWS_MONITORING_FREQUENCY": "200",  # milliseconds; 5 s is for the real one
        }
        osls = ROOT / "node_modules" / ".bin" / "osls"
        with log.open("w") as output:
            done = subprocess.run(
                [str(osls), "deploy", "--stage", STAGE],
                cwd=self._service(),
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is for us, who then end it
                check=False,
            )
        if done.returncode:
            last = "\n".join(log.read_text().strip().splitlines()[-15:])
            message = f"osls could not deploy (all of it in {log}):\n{last}"
            raise WorldError(message)

    def _subscribe(self) -> None:
        """Somebody is to hear the alarms: no mail leaves this machine."""
        sns = self.client("sns")
        [topic] = sns.list_topics()["Topics"]
        sns.subscribe(TopicArn=topic["TopicArn"], Protocol="email", Endpoint="somebody@example.com")

    def _service(self) -> Path:
        """What osls reads, in a place of this world's own: osls packages beside serverless.yml,
        where another at work at the same time would be in its way.
        """
        service = self._directory / "service"
        shutil.rmtree(service, ignore_errors=True)
        for path in (
            ROOT / "serverless.yml",
            ROOT / "state-machines.yml",
            *ROOT.glob("deploy/*.yml"),
        ):
            copy = service / path.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
        (service / ".build").symlink_to(self._builds)
        return service

    def _request_url(self) -> str:
        """Where the slack function listens."""
        name = f"{SERVICE}-{STAGE}-slack"
        url = self.client("lambda").get_function_url_config(FunctionName=name)["FunctionUrl"]
        return f"{url}slack/events"

    def _warm(self, request_url: str) -> None:
        """Begin the function: the first click should not wait for it. Unsigned, it answers 401."""
        request = urllib.request.Request(request_url, data=b"", method="POST")
        try:
            urllib.request.urlopen(request, timeout=_WARMED_WITHIN)
        except urllib.error.HTTPError as answer:
            with answer:
                said = answer.read().decode(errors="replace")
            if answer.code != HTTPStatus.UNAUTHORIZED:
                message = f"the slack function answered {answer.code}: {said[:300]}"
                raise WorldError(message) from None

    def _warm_others(self) -> None:
        """Begin the other functions too, with nothing to do: the first alert comes at once."""
        lambda_ = self.client("lambda")
        with ThreadPoolExecutor(len(_OTHERS)) as pool:
            for name in _OTHERS:
                pool.submit(
                    lambda_.invoke,
                    FunctionName=f"{SERVICE}-{STAGE}-{name}",
                    Payload=json.dumps({"Records": []}),
                )

    def _facts(self, request_url: str) -> Facts:
        channels = {name: channel_id for channel_id, name in self.slack.channels.items()}
        return Facts(
            aws_endpoint_url=self.aws.url,
            region=self.aws.region,
            slack_url=self.slack.url,
            slack_api_url=self.slack.api_url,
            request_url=request_url,
            signing_secret=self._signing_secret,
            bot_token=self._bot_token,
            channel=channels[CHANNEL],
            users=[{"id": user_id, "name": name} for user_id, name in self.slack.users.items()],
            team=self.slack.team,
            app_id=self.slack.app_id,
        )

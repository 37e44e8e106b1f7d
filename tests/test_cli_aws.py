"""The region and the credentials of whoever runs a command."""

from pathlib import Path

import pytest
from botocore import exceptions as sdk

from app.cli import main
from app.cli.aws import Clients, why_not
from deploy.package import ROOT

Captured = pytest.CaptureFixture[str]
PROFILES = """\
[default]
region = eu-north-1
[profile of-production]
region = eu-south-1
[profile without]
output = json
"""


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of the environment's, and profiles of our own."""
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    path = tmp_path / "config"
    path.write_text(PROFILES)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(path))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.chdir(ROOT)


def test_the_region_is_the_nearest_that_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Clients(None).region == "eu-north-1"
    monkeypatch.setenv("AWS_PROFILE", "of-production")
    assert Clients(None).region == "eu-south-1"
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-2")
    assert Clients(None).region == "eu-west-2"
    monkeypatch.setenv("AWS_REGION", "eu-west-3")
    assert Clients(None).region == "eu-west-3"
    assert Clients("us-east-2").region == "us-east-2"
    assert Clients("us-east-2")("sqs").meta.region_name == "us-east-2"


def test_an_empty_variable_names_no_region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "")
    assert Clients(None).region == "eu-north-1"


@pytest.mark.parametrize("command", ["audit", "doctor"])
@pytest.mark.parametrize(
    ("profile", "said"),
    [
        ("without", "in which region? Name it with --region or AWS_REGION, or in your profile"),
        ("nobodys", "The config profile (nobodys) could not be found: `aws configure list-pr"),
        ("of-production", "AWS does not know who you are, for there are no credentials: sign in"),
    ],
)
def test_what_is_not_named_is_told_with_the_way_out(
    command: str, profile: str, said: str, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", profile)
    assert main([command]) == 1
    told = capsys.readouterr()
    assert told.err.startswith(said)
    assert told.err.count("\n") == 1
    assert not told.out


@pytest.mark.parametrize("command", ["audit", "doctor"])
def test_what_the_environment_says_wrong_is_told(
    command: str, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as context:
        context.setenv("AWS_ENDPOINT_URL", "nowhere")
        assert main([command, "--region", "eu-west-1"]) == 1
        assert capsys.readouterr().err.startswith("Invalid endpoint: nowhere: look at AWS_ENDPOIN")
    broken = tmp_path / "broken"
    broken.write_text("no section\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(broken))
    assert main([command, "--region", "eu-west-1"]) == 1
    assert "Unable to parse config file" in capsys.readouterr().err


@pytest.mark.parametrize("region", ["Dublin!", "eu west"])
def test_what_is_no_region_at_all_is_told(
    region: str, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "any")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "any")
    for command in ("audit", "doctor"):
        assert main([command, "--region", region]) == 1
        assert region in capsys.readouterr().err


def refused(code: str) -> sdk.ClientError:
    error = {"Code": code, "Message": "User U may not do sts:It"}
    return sdk.ClientError({"Error": error}, "DoIt")  # type: ignore[typeddict-item]


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (sdk.NoCredentialsError(), "for there are no credentials: sign in (`aws sso login`), or"),
        (
            sdk.PartialCredentialsError(provider="env", cred_var="AWS_SECRET_ACCESS_KEY"),
            "not whole: Partial credentials found in env, missing: AWS_SECRET_ACCESS_KEY",
        ),
        (sdk.UnauthorizedSSOTokenError(), "your AWS session has ended: sign in"),
        (sdk.SSOTokenLoadError(error_msg="gone"), "your AWS session has ended: sign in"),
        (sdk.TokenRetrievalError(provider="sso", error_msg="x"), "session has ended: sign in"),
        (sdk.CredentialRetrievalError(provider="process", error_msg="exit 3"), "exit 3"),
        (sdk.EndpointConnectionError(endpoint_url="http://a"), "AWS can't be reached: Could not"),
        (refused("ExpiredToken"), "your AWS credentials have expired: sign in"),
        (refused("ExpiredTokenException"), "your AWS credentials have expired: sign in"),
        (refused("InvalidClientTokenId"), "does not take your credentials (InvalidClientTokenId)"),
        (refused("AccessDenied"), "are not enough: User U may not do sts:It. Have it allowed, or"),
        (refused("AccessDeniedException"), "or name others with AWS_PROFILE"),
        (refused("Throttling"), "An error occurred (Throttling) when calling the DoIt operation"),
    ],
)
def test_what_keeps_aws_from_being_asked_is_told_with_the_way_out(
    problem: Exception, said: str
) -> None:
    assert said in why_not(problem)


def test_a_client_is_made_once() -> None:
    clients = Clients("eu-west-1")
    assert clients("sqs") is clients("sqs")

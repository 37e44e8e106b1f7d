"""An AWS on this machine: ministack, with what it lacks of Step Functions, Lambda and streams."""

from local.aws.embedded import EmbeddedAws, PortInUseError

__all__ = ["EmbeddedAws", "PortInUseError"]

"""An AWS on this machine: ministack, with what it lacks of Step Functions, Lambda and streams."""

from local.aws.embedded import EmbeddedAws

__all__ = ["EmbeddedAws"]

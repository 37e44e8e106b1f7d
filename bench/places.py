"""Where the sections measure: each place is made when the first of them asks for it."""

import tempfile
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from bench.alone import Alone
from local.aws import EmbeddedAws
from local.world import World
from tests.hand import Hand, free_port


class Places:
    """A context manager: left, all that was made is gone. *most*: failures of the largest storm."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    @cached_property
    def alone(self) -> Alone:
        """The artifact, unpacked beside the SDK and nothing else."""
        return Alone(self._directory())

    @cached_property
    def aws(self) -> EmbeddedAws:
        """An embedded AWS in which nothing is deployed: nobody else is at work there."""
        return self._stack.enter_context(
            EmbeddedAws(free_port(), log=self._directory() / "aws.log")
        )

    @cached_property
    def hand(self) -> Hand:
        """A hand in the whole embedded world."""
        world = World(
            aws_port=free_port(),
            slack_port=free_port(),
            cards_a_minute=1_000,  # what is measured one after the other is no burst
            directory=self._directory(),
        )
        hand = Hand(self._stack.enter_context(world))
        self._stack.callback(hand.notes.close)
        return hand

    def _directory(self) -> Path:
        return Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))

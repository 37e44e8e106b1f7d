"""Two worlds beside each other."""

import socket
from pathlib import Path

import pytest

from local.child import HOST, PortInUseError
from local.world import World
from tests.hand import free_port


def test_a_world_refused_for_its_port_leaves_the_file_of_the_one_that_has_it(
    tmp_path: Path,
) -> None:
    known = tmp_path / "world.json"
    known.write_text("{}")
    with socket.create_server((HOST, 0)) as taken:
        world = World(aws_port=taken.getsockname()[1], slack_port=free_port(), directory=tmp_path)
        with pytest.raises(PortInUseError), world:
            pass
    assert known.exists()

"""What is deployed, as its YAML says it."""

from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]


class _Loader(yaml.SafeLoader):
    """Knows of CloudFormation's tags that there are such."""


_Loader.add_multi_constructor("!", lambda *_: None)


def read(name: str) -> dict[str, Any]:
    """``serverless.yml``, or a file that it brings in."""
    content: dict[str, Any] = yaml.load((ROOT / name).read_text(), _Loader)  # noqa: S506
    return content

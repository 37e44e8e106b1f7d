"""Who acts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """A member of the workspace: the id mentions them, the name does not."""

    id: str
    name: str

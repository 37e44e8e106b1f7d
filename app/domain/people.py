"""Who acts."""

from msgspec import Struct


class Person(Struct, frozen=True):
    """A member of the workspace: the id mentions them, the name does not."""

    id: str
    name: str

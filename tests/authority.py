"""What the functions' roles were used for while tests ran, kept for `deploy.checks authority`.

Tests that begin a world of the app call `remember` at its end.
"""

import json
import re
import uuid

from deploy.authority import USED
from local.world import SERVICE, STAGE, World

_ROLE = re.compile(rf"{SERVICE}-{STAGE}-(?P<role>\w+Role)-\w+")


def remember(world: World) -> None:
    seen = {
        found["role"]: told
        for name, told in world.aws.authority().items()
        if (found := _ROLE.fullmatch(name))
    }
    USED.mkdir(parents=True, exist_ok=True)
    (USED / f"{uuid.uuid4().hex}.json").write_text(json.dumps(seen))

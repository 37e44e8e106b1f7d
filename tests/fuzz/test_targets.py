"""What ``make fuzz`` hunts for long, hunted for a moment by every run of the tests."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import TARGETS, Target, seeds

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)
MARKS = st.sampled_from(
    [
        *("<!channel>", "<@U01ANA>", "<!here>", "<!subteam^S01>", "<https://evil.example|x>", "`"),
        *("password=", "token: ", '"secret": "', "\\", '"', "'", "{", "[", "|\n  ", "\n", "--"),
        *("rules:", "- when: ", "  error: ", "channel: ", "&a ", "*a", "!!", "2026-13-41", ": "),
        *("<<: ", "=", "\ud800", "\u202e", "\x00", "&lt;", "eyJ", "AKIA", "://a:b@", "curl -u "),
    ]
)
TEXTS = st.lists(MARKS | st.text(max_size=8), max_size=30).map("".join)
DATA = st.binary(max_size=200) | TEXTS.map(lambda text: text.encode(errors="surrogatepass"))
ANYTHING = DATA | JSON.map(lambda value: json.dumps(value).encode())


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_no_input_breaks_it(target: Target) -> None:
    @settings(max_examples=150)
    @given(ANYTHING)
    def nothing_does(data: bytes) -> None:
        target(data)

    nothing_does()


@pytest.mark.parametrize("name", TARGETS)
def test_what_a_hunt_begins_with_is_well(name: str) -> None:
    for data in seeds(name):
        TARGETS[name](data)

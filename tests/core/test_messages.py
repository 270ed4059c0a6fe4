import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from damnit_backend.core import messages
from damnit_backend.core.messages import Activity, Changed, Hello, Nudge, Status, Stop

EACH = [
    Hello(1, "/data/µ", 7, "host"),
    Changed(12),
    Status(Activity.WORKING, 3, ((1234, 5),), "x", (1234, 4), 1.5, "no space"),
    Nudge(),
    Stop(),
]


@pytest.mark.parametrize("message", EACH)
def test_that_a_message_is_one_line_and_comes_back(message):
    line = messages.encode(message)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert messages.decode(line) == message


@pytest.mark.parametrize(
    "line",
    [
        b"", b"\n", b"{}\n", b"[]\n", b"null\n", b"\xff\xfe\n", b'{"type":"changed"}\n',
        b'{"type":"changed","seq":"a"}\n',
        b'{"type":"a kind of tomorrow","x":1}\n', b'{"type":"stop"', b'{"type":"changed","x":' + b"[" * 100_000,
        b'{"type":"status","activity":"dancing"}\n',
    ],
)  # fmt: skip
def test_that_what_is_no_message_is_none(line):
    assert messages.decode(line) is None


@given(st.binary())
def test_that_no_line_raises(line):
    messages.decode(line)


def test_that_fields_of_a_newer_version_are_ignored():
    assert messages.decode(b'{"type":"changed","seq":3,"more":[1,{"a":2}]}\n') == Changed(3)


def test_that_a_path_which_is_no_unicode_can_be_said():
    found = messages.decode(messages.encode(Hello(1, "/data/\udcff", 7, "host")))
    assert found == Hello(1, "/data/?", 7, "host")


def test_that_each_kind_has_its_own_tag():
    tags = [msgspec.json.decode(messages.encode(message))["type"] for message in EACH]
    assert len(set(tags)) == len(EACH)

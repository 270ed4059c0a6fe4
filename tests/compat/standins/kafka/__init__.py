"""A `kafka` package without a broker, put on the reference program's path by the tests.

The program connects to its facility's broker before it does anything else, and stops when there is none. This
package takes the place of the real client there: a producer that only notes what it was asked to send, one JSON
line a message, in the file named by $COMPAT_MESSAGES, and a consumer that never hears anything.
"""

import json
import os
import time
from pathlib import Path


class _Sent:
    """The future of a message: sent at once."""

    def get(self, **_options):
        return None

    def add_callback(self, *_args):
        return self

    def add_errback(self, *_args):
        return self


class KafkaProducer:
    def __init__(self, *_args, value_serializer=None, **_options):
        self._serialize = value_serializer or (lambda value: value)

    def send(self, topic, value=None, **_options):
        data = self._serialize(value)
        text = data.decode(errors="replace") if isinstance(data, bytes) else str(data)
        if path := os.environ.get("COMPAT_MESSAGES"):
            with Path(path).open("a", encoding="utf-8") as file:
                file.write(json.dumps({"topic": topic, "value": text}) + "\n")
        return _Sent()

    def flush(self, *_args):
        pass

    def close(self, *_args):
        pass


class KafkaConsumer:
    """Hears nothing. Iterating blocks, as that of an idle topic does, until it is closed."""

    def __init__(self, *_topics, **_options):
        self._closed = False

    def __iter__(self):
        return self

    def __next__(self):
        while not self._closed:
            time.sleep(0.1)
        raise StopIteration

    def poll(self, timeout_ms=0, **_options):
        time.sleep(timeout_ms / 1000)
        return {}

    def subscribe(self, *_args):
        pass

    def close(self, *_args):
        self._closed = True

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


class KafkaProducer:
    def __init__(self, *, value_serializer, **_options):
        self._serialize = value_serializer

    def send(self, topic, value, **_options):
        if path := os.environ.get("COMPAT_MESSAGES"):
            message = {"topic": topic, "value": json.loads(self._serialize(value))}
            with Path(path).open("a", encoding="utf-8") as file:
                file.write(json.dumps(message) + "\n")
        return _Sent()

    def flush(self, **_options):
        pass

    def close(self, **_options):
        pass


class KafkaConsumer:
    """Hears nothing; waits as long as it is asked to."""

    def __init__(self, *_topics, **_options):
        pass

    def poll(self, *, timeout_ms, **_options):
        time.sleep(timeout_ms / 1000)
        return {}

    def close(self, **_options):
        pass

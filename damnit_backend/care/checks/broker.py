"""Does the broker answer, if the facility has one?"""

import socket
from collections.abc import Iterator, Mapping
from typing import Any

from damnit_backend.care.examination import Examination, Found, counted
from damnit_backend.core.findings import Level

ANSWER_SECONDS = 8.0
SERVERS = "bootstrap.servers"


def check(examination: Examination) -> Iterator[Found]:
    """Ask for the broker's topics, with the options of the settings, such as those for TLS."""
    options = examination.settings.kafka
    servers = options.get(SERVERS, "")
    if not servers:
        yield Found(Level.OK, "No broker is configured: news go by sockets and by the change feed.")
        return
    answer = ask_broker(options)
    if isinstance(answer, str):
        text = f"The broker {servers} does not answer: {answer}."
        advice = "Work goes on without it; other programs hear nothing. Ask those who run it."
        yield Found(Level.WARNING, text, advice=advice, details=tuple(_unreachable(servers)))
    else:
        yield Found(Level.OK, f"The broker answers, with {counted(answer, 'topic')}.", servers)


def ask_broker(options: Mapping[str, str]) -> int | str:
    """The number of its topics, or why there is no answer."""
    from confluent_kafka import KafkaException  # late: it loads a library that few need
    from confluent_kafka.admin import AdminClient

    problems: list[str] = []
    try:
        # Their type leaves the callbacks out.
        callbacks: dict[str, Any] = {"error_cb": lambda error: problems.append(str(error.str()))}
        client = AdminClient({**options, **callbacks})
        return len(client.list_topics(timeout=ANSWER_SECONDS).topics)
    except KafkaException as error:
        return problems[0] if problems else str(error.args[0])


def _unreachable(servers: str) -> Iterator[str]:
    """Which of the servers cannot even be connected to."""
    for server in servers.split(","):
        host, _, port = server.strip().rpartition(":")
        try:
            socket.create_connection((host, int(port)), ANSWER_SECONDS / 2).close()
        except (OSError, ValueError, OverflowError) as error:
            yield f"{server.strip()}: {error}"

"""The error of a missing broker, which never happens here."""


class KafkaError(RuntimeError):
    pass


class NoBrokersAvailable(KafkaError):
    pass

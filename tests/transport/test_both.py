"""What holds for every transport."""

from damnit_backend.core.messages import Activity, Changed, Hello, Nudge, Status, Stop

GREETING = Hello(1, "/data", 7, "host")


def test_that_whoever_connects_is_greeted_and_told(ends):
    listener, window = ends
    listener.open()
    client = window().start()
    assert client.state() is True
    assert client.next() == GREETING
    listener.publish(Changed(1), Changed(2))
    assert [client.next(), client.next()] == [Changed(1), Changed(2)]


def test_that_all_are_told(ends):
    listener, window = ends
    listener.open()
    clients = [window().start() for _ in range(3)]
    assert [client.next() for client in clients] == [GREETING] * 3
    listener.publish(Changed(5))
    assert [client.next() for client in clients] == [Changed(5)] * 3


def test_that_a_newcomer_gets_the_latest_of_each_kind(ends):
    listener, window = ends
    listener.open()
    status = Status(Activity.WORKING, running=((1, 2),))
    listener.publish(Changed(1), Status(Activity.IDLE), Changed(2), status)
    client = window().start()
    found = [client.next() for _ in range(3)]
    assert found[0] == GREETING
    assert set(found[1:]) == {Changed(2), status}


def test_that_the_listener_hears_what_windows_say(ends):
    listener, window = ends
    listener.open()
    client = window().start()
    assert client.state() is True
    assert client.subscriber.send(Nudge())
    assert client.subscriber.send(Stop())
    assert [listener.received.get(timeout=10) for _ in range(2)] == [Nudge(), Stop()]


def test_that_nothing_can_be_said_where_nobody_listens(ends):
    _, window = ends
    client = window().start()
    assert not client.subscriber.send(Nudge())


def test_that_a_window_which_came_first_is_connected_when_the_listener_comes(ends):
    listener, window = ends
    client = window().start()
    assert client.states.empty()
    listener.open()
    assert client.state() is True
    assert client.next() == GREETING


def test_that_a_window_notices_the_end_and_connects_again(ends):
    listener, window = ends
    listener.open()
    client = window().start()
    assert client.state() is True
    assert client.next() == GREETING
    listener.close()
    assert client.state() is False
    assert not client.subscriber.send(Nudge())
    listener.open()
    assert client.state() is True
    assert client.next() == GREETING
    assert client.subscriber.send(Nudge())
    assert listener.received.get(timeout=10) == Nudge()


def test_that_a_closed_window_hears_nothing_and_says_nothing(ends):
    listener, window = ends
    listener.open()
    client, other = window().start(), window().start()
    assert client.next() == other.next() == GREETING
    client.subscriber.close()
    listener.publish(Changed(1))
    assert other.next() == Changed(1)
    assert client.messages.empty()
    assert not client.subscriber.send(Nudge())


def test_that_a_window_may_be_closed_twice_or_never_started(ends):
    _, window = ends
    window().subscriber.close()
    client = window().start()
    client.subscriber.close()
    client.subscriber.close()


def test_that_publishing_before_opening_reaches_those_who_come_later(ends):
    listener, window = ends
    listener.publish(Changed(3))
    listener.open()
    client = window().start()
    assert [client.next(), client.next()] == [GREETING, Changed(3)]

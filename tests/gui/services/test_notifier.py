from damnit_backend.core.errors import UserError
from damnit_gui.services.notifier import KEPT, Level, Notice


def test_the_same_notice_again_soon_is_not_repeated(notifier):
    for at in (0.0, 1.0, 60.0):
        notifier.post(Notice(Level.ERROR, "No connection.", at=at))
    assert [notice.at for notice in notifier.notices] == [0.0, 60.0]


def test_only_the_latest_notices_are_kept(notifier):
    for number in range(KEPT + 5):
        notifier.info(f"message {number}")
    assert len(notifier.notices) == KEPT
    assert notifier.notices[-1].text == f"message {KEPT + 4}"


def test_a_user_error_is_reported_with_its_hint(notifier):
    notifier.report(UserError("Wrong.", "Do it right."))
    assert (notifier.notices[0].text, notifier.notices[0].hint) == ("Wrong.", "Do it right.")

import getpass
import os
import pwd

from damnit_backend.core.account import user_name


def test_that_the_environment_cannot_make_one_somebody_else(monkeypatch):
    for variable in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(variable, "somebody-else")
    assert getpass.getuser() == "somebody-else"
    assert user_name() == pwd.getpwuid(os.getuid()).pw_name != "somebody-else"


def test_that_a_user_without_a_name_has_a_number(monkeypatch):
    monkeypatch.setattr(os, "getuid", lambda: 3_999_999_999)
    assert user_name() == "3999999999"

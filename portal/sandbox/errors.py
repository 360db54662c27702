"""Why nothing is played."""

from foundation.errors import Forbidden, Invalid


class NotATestAccount(Forbidden):
    """The same for an account that is not there."""

    code = "not_a_test_account"
    message = "Only what belongs to a test account can be played through."


class NothingToPlay(Invalid):
    code = "nothing_to_play"
    message = "Nothing more can be played here: {why}."

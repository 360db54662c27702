"""How the secrets of API clients are kept."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class RandomSecretHasher(PBKDF2PasswordHasher):
    """For secrets we made at random: there is nothing to guess, so one round is enough.

    A slow hash would cost every token request tens of milliseconds and protect nothing.
    """

    algorithm = "random_secret"
    iterations = 1

    def must_update(self, encoded: str) -> bool:
        return False

    def harden_runtime(self, password: str, encoded: str) -> None:
        """Nothing: equal time for unknown clients does not rest on the rounds."""

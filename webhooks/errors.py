"""Why an endpoint is not made or changed as asked, and why a delivery is not made again."""

from foundation.errors import Conflict, Invalid, NotFound


class EndpointNotFound(NotFound):
    code = "endpoint_not_found"
    message = "There is no such webhook endpoint."


class AddressMalformed(Invalid):
    code = "address_malformed"
    message = "Enter the whole address, beginning with https://."


class AddressNotFound(Invalid):
    code = "address_not_found"
    message = "No server was found under this name: check the address."


class AddressNotOutside(Invalid):
    code = "address_not_outside"
    message = "This address leads to no server on the internet: enter one that does."


class AddressUnchanged(Invalid):
    code = "address_unchanged"
    message = "It is posted to this address already: enter another one."


class NothingToTell(Invalid):
    code = "nothing_to_tell"
    message = "Choose at least one kind of event."


class BearerUnusable(Invalid):
    code = "bearer_unusable"
    message = "A bearer token has only letters, figures and - . _ ~ + / =."


class EndpointIsPaused(Invalid):
    code = "endpoint_is_paused"
    message = "Nothing is sent while it is paused: resume it first."


class BodyIsPurged(Invalid):
    code = "body_is_purged"
    message = "What was sent is not kept any more, so it cannot be sent again."


class DeliveryNotFound(NotFound):
    code = "delivery_not_found"
    message = "There is no such delivery."


class SecretUnusable(Invalid):
    code = "secret_unusable"
    message = "A secret has 1 to 255 characters of ASCII that print, and no space at either end."


class SecretIsSet(Conflict):
    code = "webhook_secret_is_set"
    message = "There is a secret already: replace it, or remove it first."


class SecretNotSet(NotFound):
    code = "webhook_secret_not_set"
    message = "There is no secret."

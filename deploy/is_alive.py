"""Ends with 0 when the web process beside it answers: the health check of the image."""

import os
import urllib.request

request = urllib.request.Request(
    "http://127.0.0.1:8000/healthz/live",
    headers={"Host": os.environ["ALLOWED_HOSTS"].split(",")[0]},
)
urllib.request.urlopen(request, timeout=3).close()  # noqa: S310 - the address stands above

"""`make bench-large`: how long pages take with a million orders, and how the database finds what is
on them. The large database is built once, in some minutes, and kept in var/postgres-bench.
"""

import logging
import os

from bench import servers


def main() -> None:
    with servers.database() as settings:
        os.environ |= settings
        import django

        django.setup()
        from bench import large, pages_of_large
        from bench.world import prepare

        servers.manage(settings, "collectstatic", "--noinput", "--verbosity=0")
        bench = prepare()
        logging.disable(logging.INFO)  # a line for each request of ours
        large.build(bench, _say)
        pages_of_large.explain(bench, _say)
        with servers.program(settings) as (port, _):
            pages_of_large.measure(bench, port, _say)


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    main()

"""Run as a program, with an address: does the jobs of `bench.bare.post`, each of which posts one
message and nothing else, as many at once as five endpoints allow; ends when none is left.
"""

import asyncio
import sys

QUEUE = "bench"
JOBS_AT_ONCE = 25
MESSAGE = b'{"data":{"type":"OrderEvent","id":"0","attributes":{"event":"SHIPPED"}}}'


async def main(address: str) -> None:
    import django

    django.setup()
    import httpx
    from procrastinate.contrib.django import app

    async with httpx.AsyncClient(trust_env=False) as client:

        @app.task(name="bench.bare.post", queue=QUEUE)
        async def post(number: int) -> None:
            await client.post(address, content=MESSAGE)

        with app.replace_connector(app.connector.get_worker_connector()) as working:
            async with working.open_async():
                await working.run_worker_async(
                    queues=[QUEUE],
                    concurrency=JOBS_AT_ONCE,
                    wait=False,
                    delete_jobs="successful",
                    install_signal_handlers=False,
                )


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))

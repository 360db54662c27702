"""Run as a program: a receiver that answers each message after 20 ms, and says on /count how many
there were and how long they took from the first to the last.
"""

import asyncio
import contextlib
import json
import sys
import time

SECONDS_TO_ANSWER = 0.02
ANSWER = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"

arrived: list[float] = []


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0] or 0)
            await reader.readexactly(length)
            if b"/count" in head.split(b"\r\n", 1)[0]:
                writer.write(count())
            else:
                await asyncio.sleep(SECONDS_TO_ANSWER)
                arrived.append(time.monotonic())
                writer.write(ANSWER)
            await writer.drain()
    writer.close()


def count() -> bytes:
    """And begin to count anew when the last message was asked about."""
    seconds = arrived[-1] - arrived[0] if arrived else 0.0
    body = json.dumps({"messages": len(arrived), "seconds": seconds}).encode()
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


async def main(port: int) -> None:
    async with await asyncio.start_server(answer, "127.0.0.1", port) as server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))

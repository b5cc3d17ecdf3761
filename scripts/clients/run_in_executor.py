#!/usr/bin/python3
"""An event loop that hands blocking requests to a pool of threads."""
import asyncio
import concurrent.futures
import threading

from protocol import Job, tell

job = Job()
own = threading.local()
job.sender()  # imports requests


def begin():
    own.send = job.sender()


def send(index):
    return own.send(index)


async def main():
    loop = asyncio.get_running_loop()
    with concurrent.futures.ThreadPoolExecutor(job.concurrency, initializer=begin) as pool:
        for future in asyncio.as_completed([loop.run_in_executor(pool, send, i) for i in range(len(job))]):
            tell(await future)


job.wait_for_the_word()
asyncio.run(main())

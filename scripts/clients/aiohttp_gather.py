#!/usr/bin/python3
"""aiohttp: a task for each request, all gathered; a semaphore bounds how many are in flight."""
import asyncio
import ssl
import time

import aiohttp

from protocol import Job, failure, tell

job = Job()


def trust():
    if job.insecure:
        return False
    return ssl.create_default_context(cafile=job.cacert) if job.cacert else None


async def send(session, places, index):
    async with places:
        start = time.monotonic()
        try:
            async with session.request(job.method, job.urls[index], data=job.body, allow_redirects=False) as response:
                tell(job.outcome(index, start, response.status, await response.read()))
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError) as error:
            tell(failure(index, start, error))


async def main():
    places = asyncio.Semaphore(job.concurrency)
    connector = aiohttp.TCPConnector(limit=job.concurrency, force_close=not job.keepalive, ssl=trust())
    timeout = aiohttp.ClientTimeout(total=job.timeout, sock_connect=job.connect_timeout)
    auth = aiohttp.BasicAuth(*job.auth) if job.auth else None
    async with aiohttp.ClientSession(connector=connector, timeout=timeout, headers=job.headers, auth=auth) as session:
        await asyncio.gather(*(send(session, places, index) for index in range(len(job))))


job.wait_for_the_word()
asyncio.run(main())

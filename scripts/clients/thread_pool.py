#!/usr/bin/python3
"""concurrent.futures with a pool of threads; results are taken as they are completed."""
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


job.wait_for_the_word()
with concurrent.futures.ThreadPoolExecutor(job.concurrency, initializer=begin) as pool:
    for future in concurrent.futures.as_completed([pool.submit(send, i) for i in range(len(job))]):
        tell(future.result())

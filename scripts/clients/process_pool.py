#!/usr/bin/python3
"""concurrent.futures with a pool of processes; results are taken as they are completed."""
import concurrent.futures

from protocol import Job, tell

job = Job()
send_here = job.sender()


def begin():
    global send_here
    send_here = job.sender()  # a session of its own in each process


def send(index):
    return send_here(index)


job.wait_for_the_word()
with concurrent.futures.ProcessPoolExecutor(job.concurrency, initializer=begin) as pool:
    for future in concurrent.futures.as_completed([pool.submit(send, i) for i in range(len(job))]):
        tell(future.result())

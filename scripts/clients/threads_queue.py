#!/usr/bin/python3
"""Threads that take requests from a queue and send them with requests, each on a session of its own."""
import queue
import threading

from protocol import Job, tell

job = Job()
waiting = queue.Queue()
job.sender()  # imports requests


def work():
    send = job.sender()
    while True:
        try:
            index = waiting.get_nowait()
        except queue.Empty:
            return
        tell(send(index))


job.wait_for_the_word()
for index in range(len(job)):
    waiting.put(index)
threads = [threading.Thread(target=work) for _ in range(job.concurrency)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()

#!/usr/bin/python3
"""Requests, one after another in a for loop."""
from protocol import Job, tell

job = Job()
send = job.sender()
job.wait_for_the_word()
for index in range(len(job)):
    tell(send(index))

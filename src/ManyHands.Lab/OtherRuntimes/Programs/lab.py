"""The lab's experiments in Python: python3 lab.py EXPERIMENT KIND WORKERS PARTS LIMIT prints seconds and the sum."""
import hashlib
import math
import sys
import time
from concurrent import futures


def countdown(first, end):
    left = end - first
    while left > 0:
        left -= 1
    return left + 1


def squares(first, end):
    total = 0.0
    for i in range(first, end):
        total += i * i
    return total


def roots(first, end):
    total = 0.0
    for i in range(first, end):
        total += math.sqrt(i)
    return total


def cosines(first, end):
    total = 0.0
    for i in range(first, end):
        total += math.cos(i)
    return total


def sha256(first, end):
    digest = hashlib.sha256()
    block = bytes(1 << 20)
    for _ in range(first, end):
        digest.update(block)
    return digest.digest()[0]


def sleep(first, end):
    time.sleep((end - first) / 1000)
    return 1


WORK = {"countdown": countdown, "squares": squares, "roots": roots, "cosines": cosines, "sha256": sha256, "sleep": sleep}


def part(task):
    name, first, end = task
    return WORK[name](first, end)


def pool(kind, workers):
    if kind == "threads":
        return futures.ThreadPoolExecutor(workers)
    if kind == "processes":
        return futures.ProcessPoolExecutor(workers)
    return futures.InterpreterPoolExecutor(workers)


def main():
    name, kind = sys.argv[1:3]
    workers, parts, limit = map(int, sys.argv[3:])
    tasks = [(name, limit * i // parts, limit * (i + 1) // parts) for i in range(parts)]
    if kind == "serial":
        began = time.perf_counter()
        total = sum(map(part, tasks))
        print(time.perf_counter() - began, total)
        return
    with pool(kind, workers) as executor:
        # All workers are there, and have imported what they need.
        list(executor.map(part, [("sleep", 0, 20)] * (2 * workers)))
        began = time.perf_counter()
        total = sum(executor.map(part, tasks))
        print(time.perf_counter() - began, total)


if __name__ == "__main__":
    main()

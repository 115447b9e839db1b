"""The work, the same for every Python contestant."""
import math
import os
import time


def add_one(number):
    return number + 1


def same(value):
    return value


def meet(folder):
    """Ends when two workers are in it at once; gives the process id."""
    open(os.path.join(folder, str(os.getpid())), "w").close()
    while len(os.listdir(folder)) < 2:
        time.sleep(0.0005)
    return os.getpid()


def litter(folder):
    """Makes 200 MB of small garbage of which about 1 MB is alive at a time."""
    kept = [None] * 1000
    for i in range(200_000):
        kept[i % 1000] = bytes(1000)
    return meet(folder)


def sum_of_squares(count):
    total = number = 0.0
    for i in range(count):
        number = math.sqrt(number + i)
        total += number * number
    return total


def block(milliseconds):
    time.sleep(milliseconds / 1000)
    return milliseconds

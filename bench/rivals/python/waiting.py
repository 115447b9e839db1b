"""CPython: asyncio for tasks that wait, concurrent.futures.ThreadPoolExecutor for tasks that block."""
import asyncio
import platform
import statistics
import time
from concurrent.futures import ThreadPoolExecutor

import measure
import tasks


async def wait(number):
    await asyncio.sleep(0.05)
    return number


async def waits():
    count = measure.scaled(10_000)
    times = []
    for _ in range(6):
        began = time.perf_counter()
        await asyncio.gather(*(wait(i) for i in range(count)))
        times.append(time.perf_counter() - began)
    measure.report("waits", statistics.median(times[1:]) * 1e3)


def blocks():
    count = measure.scaled(1_000)
    fresh, again = [], []
    for _ in range(3):
        began = time.perf_counter()
        pool = ThreadPoolExecutor(count)
        for times in fresh, again:
            for future in [pool.submit(tasks.block, 50) for _ in range(count)]:
                future.result()
            times.append(time.perf_counter() - began)
            began = time.perf_counter()
        pool.shutdown()
    measure.report("blocks", statistics.median(fresh) * 1e3)
    measure.report("blocks-again", statistics.median(again) * 1e3)


if __name__ == "__main__":
    measure.version(f"CPython {platform.python_version()}")
    asyncio.run(waits()) if measure.topic == "waits" else blocks()

"""CPython: concurrent.futures.ProcessPoolExecutor."""
import array
import multiprocessing
import platform
import statistics
import time
from concurrent.futures import ProcessPoolExecutor

import measure
import tasks


def round_trip():
    with ProcessPoolExecutor(1) as pool:
        measure.round_trip(lambda: pool.submit(tasks.add_one, 1).result())


def many():
    count = measure.scaled(20_000)
    with ProcessPoolExecutor(2) as pool:
        measure.warm_up(lambda: pool.submit(tasks.add_one, 1).result())
        submit = lambda: [future.result() for future in [pool.submit(tasks.add_one, i) for i in range(count)]]
        measure.report("many", count / measure.seconds(submit))


def many_by_map():
    count = measure.scaled(1_000_000)
    with ProcessPoolExecutor(2) as pool:
        measure.warm_up(lambda: pool.submit(tasks.add_one, 1).result())
        measure.report("map", count / measure.seconds(lambda: sum(pool.map(tasks.add_one, range(count), chunksize=1000))))


def arrays():
    count = measure.scaled(12_500_000)
    with ProcessPoolExecutor(1) as pool:
        for name, value in ("list", [float(i) for i in range(count)]), ("array", array.array("d", bytes(8 * count))), ("bytes", bytes(8 * count)):
            pool.submit(tasks.same, 1).result()
            measure.report(name, measure.median_of(1 if name == "list" else 3, lambda: pool.submit(tasks.same, value).result()) * 1e3)


def start():
    def first_results(method):
        with measure.folder() as folder:
            began = time.perf_counter()
            pool = ProcessPoolExecutor(2, mp_context=multiprocessing.get_context(method))
            pids = [future.result() for future in [pool.submit(tasks.meet, folder) for _ in range(2)]]
            elapsed = time.perf_counter() - began
            pool.shutdown()
            assert len(set(pids)) == 2
            return elapsed

    for method in "spawn", "fork", "forkserver":
        first_results(method)
        measure.report(method, statistics.median(first_results(method) for _ in range(5)) * 1e3)


def memory():
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:

        def mean(work):
            with measure.folder() as folder:
                pids = [future.result() for future in [pool.submit(work, folder) for _ in range(2)]]
            time.sleep(0.3)
            return sum(map(measure.own_memory, pids)) / 2

        measure.report("idle", mean(tasks.meet))
        for _ in range(4):
            mean(tasks.litter)
        measure.report("littered", mean(tasks.litter))


def speed_up():
    size = measure.scaled(1_000_000)
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(tasks.sum_of_squares, [size] * 2))
        alone = min(measure.seconds(lambda: [tasks.sum_of_squares(size) for _ in range(8)]) for _ in range(2))
        together = min(measure.seconds(lambda: list(pool.map(tasks.sum_of_squares, [size] * 8))) for _ in range(2))
        measure.report("speed-up", alone / together)


def parent_cpu():
    count = measure.scaled(3000)
    with ProcessPoolExecutor(2) as pool:
        measure.warm_up(lambda: pool.submit(tasks.add_one, 1).result())
        began = time.process_time()
        for i in range(count):
            pool.submit(tasks.add_one, i).result()
        measure.report("run-1", (time.process_time() - began) / count * 1e6)


if __name__ == "__main__":
    measure.version(f"CPython {platform.python_version()}")
    {
        "round-trip": round_trip, "many": many, "map": many_by_map, "arrays": arrays, "start": start, "memory": memory, "speed-up": speed_up,
        "parent-cpu": parent_cpu,
    }[measure.topic]()

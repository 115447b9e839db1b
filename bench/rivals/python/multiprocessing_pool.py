"""CPython: multiprocessing.Pool."""
import multiprocessing
import platform

import measure
import tasks


def round_trip():
    with multiprocessing.Pool(1) as pool:
        measure.round_trip(lambda: pool.apply(tasks.add_one, (1,)))


def many():
    count = measure.scaled(20_000)
    with multiprocessing.Pool(2) as pool:
        measure.warm_up(lambda: pool.apply(tasks.add_one, (1,)))
        submit = lambda: [result.get() for result in [pool.apply_async(tasks.add_one, (i,)) for i in range(count)]]
        measure.report("many", count / measure.seconds(submit))


def many_by_map():
    count = measure.scaled(1_000_000)
    with multiprocessing.Pool(2) as pool:
        pool.map(tasks.add_one, range(1000))
        measure.report("map", count / measure.median_of(3, lambda: sum(pool.map(tasks.add_one, range(count)))))


if __name__ == "__main__":
    measure.version(f"CPython {platform.python_version()}")
    {"round-trip": round_trip, "many": many, "map": many_by_map}[measure.topic]()

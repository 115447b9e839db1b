"""loky, the executor below joblib."""
import statistics
import time

from joblib.externals import loky

import measure
import tasks


def round_trip():
    pool = loky.ProcessPoolExecutor(1)
    measure.round_trip(lambda: pool.submit(tasks.add_one, 1).result())
    pool.shutdown()


def many():
    count = measure.scaled(20_000)
    pool = loky.ProcessPoolExecutor(2)
    measure.warm_up(lambda: pool.submit(tasks.add_one, 1).result())
    submit = lambda: [future.result() for future in [pool.submit(tasks.add_one, i) for i in range(count)]]
    measure.report("many", count / measure.seconds(submit))
    pool.shutdown()


def start():
    def first_results():
        with measure.folder() as folder:
            began = time.perf_counter()
            pool = loky.ProcessPoolExecutor(2)
            pids = [future.result() for future in [pool.submit(tasks.meet, folder) for _ in range(2)]]
            elapsed = time.perf_counter() - began
            pool.shutdown()
            assert len(set(pids)) == 2
            return elapsed

    first_results()
    measure.report("start", statistics.median(first_results() for _ in range(3)) * 1e3)


def memory():
    pool = loky.ProcessPoolExecutor(2)
    with measure.folder() as folder:
        pids = [future.result() for future in [pool.submit(tasks.meet, folder) for _ in range(2)]]
    time.sleep(0.3)
    measure.report("idle", sum(map(measure.own_memory, pids)) / 2)
    pool.shutdown()


if __name__ == "__main__":
    measure.version(f"loky {loky.__version__}")
    {"round-trip": round_trip, "many": many, "start": start, "memory": memory}[measure.topic]()

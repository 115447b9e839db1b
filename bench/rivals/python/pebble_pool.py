"""pebble.ProcessPool: the Python pool that, like ours, loses one task where a worker dies."""
from importlib.metadata import version

from pebble import ProcessPool

import measure
import tasks


def round_trip():
    with ProcessPool(1) as pool:
        measure.round_trip(lambda: pool.schedule(tasks.add_one, (1,)).result())


def many():
    count = measure.scaled(20_000)
    with ProcessPool(2) as pool:
        measure.warm_up(lambda: pool.schedule(tasks.add_one, (1,)).result())
        submit = lambda: [future.result() for future in [pool.schedule(tasks.add_one, (i,)) for i in range(count)]]
        measure.report("many", count / measure.seconds(submit))


if __name__ == "__main__":
    measure.version(f"pebble {version('pebble')}")
    {"round-trip": round_trip, "many": many}[measure.topic]()

"""Measuring and reporting: one name<TAB>value a line, times in the unit that the name's row in the table has."""
import statistics
import sys
import tempfile
import time

topic = sys.argv[1] if len(sys.argv) > 1 else ""
quick = "quick" in sys.argv[2:]


def report(name, value):
    print(name, value, sep="\t", flush=True)


def version(text):
    print("#", text, flush=True)


def scaled(count):
    """A count for a full run, a tenth of it for a quick one."""
    return count // 10 if quick else count


def seconds(action):
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def median_of(times, action):
    return statistics.median(seconds(action) for _ in range(times))


def warm_up(action):
    """The same two seconds for every contestant, for those that compile as they run."""
    end = time.perf_counter() + (0.1 if quick else 2)
    while time.perf_counter() < end:
        action()


def round_trip(action):
    warm_up(action)
    times = sorted(seconds(action) for _ in range(scaled(3000)))
    report("round-trip", times[len(times) // 2] * 1e6)
    report("p99", times[len(times) * 99 // 100] * 1e6)


def folder():
    return tempfile.TemporaryDirectory(prefix="manyhands-bench-")


def own_memory(pid):
    """Private pages in MiB."""
    with open(f"/proc/{pid}/smaps_rollup") as lines:
        return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1024

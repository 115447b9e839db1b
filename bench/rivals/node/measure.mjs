// Measuring and reporting: one name<TAB>value a line, times in the unit that the name's row in the table has.
import { readFileSync } from "node:fs";

export const [topic, size] = process.argv.slice(2);
const quick = size === "quick";

export const report = (name, value) => console.log(`${name}\t${value}`);
export const scaled = (count) => (quick ? Math.floor(count / 10) : count);

/** A package's version; not every package lets its package.json be imported. */
export const version = (name) => JSON.parse(readFileSync(new URL(`./node_modules/${name}/package.json`, import.meta.url))).version;

/** The same two seconds for every contestant, for those that compile as they run. */
export async function warmUp(action) {
    for (const end = performance.now() + (quick ? 100 : 2000); performance.now() < end; ) await action();
}

export async function roundTrip(action) {
    await warmUp(action);
    const times = [];
    for (let i = 0; i < scaled(5000); i++) {
        const started = performance.now();
        await action();
        times.push(performance.now() - started);
    }
    times.sort((a, b) => a - b);
    report("round-trip", times[Math.floor(times.length / 2)] * 1e3);
    report("p99", times[Math.floor(times.length * 0.99)] * 1e3);
}

export async function many(submit) {
    const count = scaled(20_000);
    await warmUp(() => submit(1));
    const started = performance.now();
    await Promise.all(Array.from({ length: count }, (_, i) => submit(i)));
    report("many", (count / (performance.now() - started)) * 1e3);
}

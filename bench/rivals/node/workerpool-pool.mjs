// workerpool with processes.
import { fileURLToPath } from "node:url";
import workerpool from "workerpool";
import { many, roundTrip, topic, version } from "./measure.mjs";

console.log(`# workerpool ${version("workerpool")}`);
const workers = topic === "round-trip" ? 1 : 2;
const script = fileURLToPath(new URL("./workerpool-worker.mjs", import.meta.url));
const pool = workerpool.pool(script, { workerType: "process", minWorkers: workers, maxWorkers: workers });
await (topic === "round-trip" ? roundTrip : many)((number) => pool.exec("addOne", [number]));
await pool.terminate();

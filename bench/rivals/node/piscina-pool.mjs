// piscina: worker threads of one process.
import { Piscina } from "piscina";
import { many, roundTrip, topic, version } from "./measure.mjs";

console.log(`# piscina ${version("piscina")} on Node.js ${process.versions.node}`);
const threads = topic === "round-trip" ? 1 : 2;
const pool = new Piscina({ filename: new URL("./add-one.mjs", import.meta.url).href, minThreads: threads, maxThreads: threads });
await (topic === "round-trip" ? roundTrip : many)((number) => pool.run(number));
await pool.destroy();

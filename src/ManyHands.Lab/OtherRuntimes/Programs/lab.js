// The lab's experiments in Node: node lab.js EXPERIMENT KIND WORKERS PARTS LIMIT prints seconds and the sum.
'use strict';
const { Worker, isMainThread, parentPort } = require('node:worker_threads');
const { createHash } = require('node:crypto');

const work = {
  countdown(first, end) {
    let left = end - first;
    while (left > 0) left--;
    return left + 1;
  },
  squares(first, end) {
    let sum = 0;
    for (let i = first; i < end; i++) sum += i * i;
    return sum;
  },
  roots(first, end) {
    let sum = 0;
    for (let i = first; i < end; i++) sum += Math.sqrt(i);
    return sum;
  },
  cosines(first, end) {
    let sum = 0;
    for (let i = first; i < end; i++) sum += Math.cos(i);
    return sum;
  },
  sha256(first, end) {
    const hash = createHash('sha256');
    const block = Buffer.alloc(1 << 20);
    for (let i = first; i < end; i++) hash.update(block);
    return hash.digest()[0];
  },
  sleep(first, end) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, end - first);
    return 1;
  },
};

// Every worker compiles the loop before the clock starts, as the others do.
const warmUp = (name) => work[name](0, name === 'sleep' ? 1 : name === 'sha256' ? 1 : 200_000);

if (!isMainThread) {
  parentPort.on('message', ({ name, first, end, warm }) => parentPort.postMessage(warm ? warmUp(name) : work[name](first, end)));
} else {
  const [name, kind] = process.argv.slice(2, 4);
  const [workers, parts, limit] = process.argv.slice(4).map(Number);
  const tasks = Array.from({ length: parts }, (_, i) => ({ name, first: Math.floor(limit * i / parts), end: Math.floor(limit * (i + 1) / parts) }));
  const print = (began, sum) => console.log((performance.now() - began) / 1000, sum);
  if (kind === 'serial') {
    warmUp(name);
    const began = performance.now();
    print(began, tasks.reduce((sum, task) => sum + work[name](task.first, task.end), 0));
  } else {
    const threads = Array.from({ length: workers }, () => new Worker(__filename));
    const once = (thread, message) => new Promise((resolve, reject) => {
      thread.once('message', resolve);
      thread.once('error', reject);
      thread.postMessage(message);
    });
    (async () => {
      await Promise.all(threads.map((thread) => once(thread, { name, warm: true })));
      const began = performance.now();
      let next = 0, sum = 0;
      await Promise.all(threads.map(async (thread) => {
        while (next < tasks.length) {
          const value = await once(thread, tasks[next++]);
          sum += value; // in one step: the others add too
        }
      }));
      print(began, sum);
      await Promise.all(threads.map((thread) => thread.terminate()));
    })();
  }
}

/** Threads of the WASM backend in a page: what it shares, how many Workers it starts, what it refuses. */
import { mobilenetV2 } from '../../../models/mobilenet-v2.ts';
import { TilewiseError } from '../../../src/core/errors.ts';
import type { HostArray } from '../../../src/core/dtype.ts';
import * as ort from '../../../src/ort/index.ts';
import { Session } from '../../../src/session/session.ts';
import { randomSource, randomTensor } from '../../helpers/random.ts';

/** What came of a number of threads. */
export interface ThreadsAnswer {
  readonly threads: number;
  readonly workers: number;
  /** Elements of the result, and how many of them differ from those of one thread. */
  readonly elements: number;
  readonly different: number;
}

const NETWORK = mobilenetV2({ width: 0.25, resolution: 96 });
const FEEDS = { input: randomTensor('float32', [1, 96, 96, 3], randomSource(3)) };

/** Runs a network on one thread and on so many, three times each. */
export async function runOnThreads(counts: readonly number[]): Promise<ThreadsAnswer[]> {
  const [expected] = (await run(1)).results;
  const answers: ThreadsAnswer[] = [];
  for (const threads of counts) {
    const { workers, results } = await run(threads);
    const different = results.map((data) => data.filter((v, i) => !Object.is(v, expected?.[i])).length);
    answers.push({ threads, workers, elements: expected?.length ?? 0, different: Math.max(...different) });
  }
  return answers;
}

/** Code and message of the error of a session with so many threads. */
export async function refusedThreads(threads: number): Promise<unknown> {
  const refused = await Session.create(NETWORK, { backend: 'wasm', threads }).catch((error: unknown) => error);
  return refused instanceof TilewiseError ? [refused.code, refused.message] : String(refused);
}

/** Where `numThreads` is set to this: what it becomes, how many Workers a session has, and what that gives. */
export async function runOrt(numThreads: number): Promise<{ becomes: unknown; workers: number; sum: number[] }> {
  ort.env.wasm.numThreads = numThreads;
  const x = new ort.Tensor(
    Float32Array.from({ length: 108 }, (_, i) => Math.sin(i)),
    [1, 3, 6, 6],
  );
  let sum: number[] = [];
  const workers = await workersOf(async () => {
    const session = await ort.InferenceSession.create('/files/network.onnx', { executionProviders: ['wasm'] });
    sum = Array.from((await session.run({ x }))['sum']?.data ?? [], Number);
    await session.release();
  });
  return { becomes: ort.env.wasm.numThreads, workers, sum };
}

async function run(threads: number): Promise<{ workers: number; results: number[][] }> {
  const results: number[][] = [];
  const workers = await workersOf(async () => {
    using session = await Session.create(NETWORK, { backend: 'wasm', threads });
    for (let i = 0; i < 3; i++) results.push(numbers(Object.values(await session.run(FEEDS))[0]?.data));
  });
  return { workers, results };
}

function numbers(data: HostArray | undefined): number[] {
  return Array.from(data ?? [], Number);
}

/** How many Workers are started meanwhile. */
async function workersOf(work: () => Promise<void>): Promise<number> {
  const Native = globalThis.Worker;
  let count = 0;
  globalThis.Worker = class extends Native {
    constructor(...given: ConstructorParameters<typeof Native>) {
      super(...given);
      count++;
    }
  };
  try {
    await work();
  } finally {
    globalThis.Worker = Native;
  }
  return count;
}

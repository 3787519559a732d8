/** The GPU against the CPU reference on the same input: whole network, then node by node. */
import { InputError, Session, type Tensor } from '../../../src/index.ts';
import type { Feeds } from './feeds.ts';
import type { Comparison } from './protocol.ts';

/** `tell` names what is being done. Throws InputError for a session on the CPU. */
export async function compareBackends(
  session: Session,
  feeds: Feeds,
  tell: (stage: string) => void,
): Promise<Comparison> {
  if (session.report.backend !== 'webgpu') {
    throw new InputError('the model runs on the CPU here', { hint: 'A comparison needs WebGPU' });
  }
  tell('Running on the GPU');
  await session.run(feeds); // the first run still compiles
  const gpu = await timed(() => session.run(feeds));
  tell('Running the CPU reference');
  const reference = await Session.create(session.graph, { backend: 'cpu' });
  const cpu = await timed(() => reference.run(feeds));
  reference.dispose();
  tell('Checking every node');
  const steps = await session.check(feeds);
  const worst = steps.toSorted((a, b) => b.maxAbs - a.maxAbs)[0];
  return {
    gpuMs: gpu.ms,
    cpuMs: cpu.ms,
    ...largestDifference(gpu.value, cpu.value),
    ...(worst
      ? { worst: { node: worst.node, op: worst.op, variant: worst.variants.join(' + '), maxAbs: worst.maxAbs } }
      : {}),
    nodes: steps.length,
    agreeing: steps.filter(({ ok }) => ok).length,
  };
}

async function timed<T>(run: () => Promise<T>): Promise<{ value: T; ms: number }> {
  const start = performance.now();
  return { value: await run(), ms: performance.now() - start };
}

/** Largest |actual − expected| over all outputs, and that over the largest |expected|. NaN where anything is missing. */
export function largestDifference(
  actual: Readonly<Record<string, Tensor>>,
  expected: Readonly<Record<string, Tensor>>,
): Pick<Comparison, 'difference' | 'relative'> {
  let [difference, peak] = [0, 0];
  for (const [name, { data }] of Object.entries(expected)) {
    const found = actual[name]?.data;
    data.forEach((value, i) => {
      peak = Math.max(peak, Math.abs(value));
      difference = Math.max(difference, Math.abs((found?.[i] ?? NaN) - value));
    });
  }
  return { difference, relative: peak > 0 ? difference / peak : difference };
}

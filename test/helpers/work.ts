/**
 * Counts work instead of timing it: how often each piece of the code runs is the same on every machine, however busy. What
 * is counted must be imported after this.
 */
import { Session } from 'node:inspector/promises';

const inspector = new Session();
inspector.connect();
await inspector.post('Profiler.enable');
await inspector.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });

/** How often the blocks of each function of this project ran in `run`, by file, name and place. */
export async function workOf(run: () => unknown): Promise<ReadonlyMap<string, number>> {
  await inspector.post('Profiler.takePreciseCoverage'); // starts from zero
  await run();
  const { result } = await inspector.post('Profiler.takePreciseCoverage');
  const work = new Map<string, number>();
  for (const { url, functions } of result) {
    const [, file] = /\/((?:src|shaders)\/.*)$/.exec(url) ?? [];
    if (file === undefined || url.includes('node_modules')) continue;
    for (const { functionName, ranges } of functions) {
      const name = `${file} ${functionName || 'a function'} at ${ranges[0]?.startOffset}`;
      const count = ranges.reduce((sum, range) => sum + range.count, 0);
      work.set(name, (work.get(name) ?? 0) + count);
    }
  }
  return work;
}

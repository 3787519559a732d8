/** The process that runs inputs: it says on descriptor 3 what it begins and what came of it, and is watched from outside. */
import { readFileSync, writeFileSync, writeSync } from 'node:fs';
import { bytesOfRegression } from './regressions.ts';
import { inputOf } from './target.ts';
import { loadTarget } from './targets/index.ts';
import { signatureOf, type Find, type Message, type Shift } from './shift.ts';

const shift = JSON.parse(process.argv[2] ?? '') as Shift;

function say(message: Message): void {
  writeSync(3, `${JSON.stringify(message)}\n`);
}

/** Forgets the most memory that was in use so far (Linux). */
function resetPeak(): void {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // Elsewhere the peak of the process counts, which finds less.
  }
}

/** Bytes: the most in use since `resetPeak`, and those in use now. */
function memory(): { peak: number; now: number } {
  const now = process.memoryUsage.rss();
  try {
    const [, kilobytes = '0'] = /VmHWM:\s*(\d+)/.exec(readFileSync('/proc/self/status', 'latin1')) ?? [];
    return { peak: Number(kilobytes) * 1024, now };
  } catch {
    return { peak: now, now };
  }
}

/** What is wrong with what an action did and took. */
async function faultOf(action: () => Promise<unknown>): Promise<Find['what'] | undefined> {
  resetPeak();
  const before = memory().now;
  const start = process.cpuUsage();
  try {
    await action();
    // What nobody waits for is rejected after the action is done.
    await new Promise(setImmediate);
  } catch (error) {
    return { kind: 'error', text: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  const { user, system } = process.cpuUsage(start);
  const [ms, bytes] = [(user + system) / 1000, memory().peak - before];
  if (ms > shift.quota.ms) return { kind: 'slow', text: `${Math.round(ms)} ms of processor time` };
  return bytes > shift.quota.bytes ? { kind: 'memory', text: `${Math.round(bytes / 1e6)} MB` } : undefined;
}

let rejected: unknown;
process.on('unhandledRejection', (reason) => (rejected = reason));

const target = await loadTarget(shift.target);
const end = performance.now() + shift.seconds * 1000;
const told = new Set<string>();
let index = shift.from;
for (; index < shift.to && performance.now() < end; index++) {
  const input = shift.replay ? bytesOfRegression(shift.target, index) : inputOf(target, shift.seed, index);
  say({ begin: index });
  const what = await faultOf(async () => {
    await target.run(input, shift.settings);
    if (rejected !== undefined) throw rejected;
  });
  rejected = undefined;
  const sign = what && signatureOf({ index, what });
  if (!what || !sign || (what.kind === 'error' && told.has(sign))) continue;
  told.add(sign);
  say({ find: { index, what } });
}
say({ done: index });
process.exit(0);

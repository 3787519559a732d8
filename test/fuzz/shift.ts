/** Runs a range of inputs of one target in processes of their own, so that one that hangs or dies is found, not suffered. */
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Settings } from './target.ts';
import type { TargetName } from './targets/index.ts';

/** What one input may take. */
export interface Quota {
  /** Processor time. */
  readonly ms: number;
  /** Memory above what was in use before. */
  readonly bytes: number;
}

/** Enough for any small input. */
export const QUOTA: Quota = { ms: 3000, bytes: 300e6 };

/** Inputs to run, by number, until there are no more or the time is up. */
export interface Shift {
  readonly target: TargetName;
  readonly seed: number;
  readonly from: number;
  readonly to: number;
  readonly seconds: number;
  readonly settings: Settings;
  readonly quota: Quota;
  /** Inputs are the target's regressions, by their order, and not made. */
  readonly replay?: boolean;
}

/** An input that a fault was found with. */
export interface Find {
  readonly index: number;
  readonly what: { readonly kind: 'error' | 'slow' | 'memory' | 'hang' | 'crash'; readonly text: string };
}

/** What the process says. */
export type Message = { readonly begin: number } | { readonly find: Find } | { readonly done: number };

/** What came of a shift. */
export interface ShiftReport {
  readonly cases: number;
  readonly seconds: number;
  readonly finds: readonly Find[];
}

/** An input is killed after some times its processor time, after a minute (it may wait for ever), and at this much memory. */
const KILL = { times: 3, seconds: 60, bytes: 1.5e9 };

/** Shorter heaps let inputs die of what a page would die of, too. */
const HEAP_MB = 700;

/** A target whose faults are as many is given up. */
const MAX_FINDS = 10;

/**
 * Runs a shift. Faults of one kind and place are told once; one of time or memory that does not come again when its input runs
 * alone, in a new process, is none.
 */
export async function runShift(shift: Shift): Promise<ShiftReport> {
  const start = performance.now();
  const finds = new Map<string, Find>();
  let next = shift.from;
  let left = shift.seconds;
  while (next < shift.to && left > 0 && finds.size < MAX_FINDS) {
    const { end, found } = await runProcess({ ...shift, from: next, seconds: left });
    for (const find of found) {
      const sign = signatureOf(find);
      if (!finds.has(sign) && (await comesAgain(shift, find))) finds.set(sign, find);
    }
    next = end;
    left = shift.seconds - (performance.now() - start) / 1000;
  }
  return { cases: next - shift.from, seconds: (performance.now() - start) / 1000, finds: [...finds.values()] };
}

/** The kind, and of errors the message without its numbers and names, and where it was thrown. */
export function signatureOf({ what: { kind, text } }: Find): string {
  if (kind !== 'error') return kind === 'crash' ? `crash ${/\w*Error.*|FATAL.*/.exec(text)?.[0] ?? ''}` : kind;
  const [message = '', ...stack] = text.replace(/"[^"]*"|\d+/g, '…').split('\n');
  return `${message} ${stack.find((line) => line.startsWith('    at ')) ?? ''}`;
}

async function comesAgain(shift: Shift, { index, what }: Find): Promise<boolean> {
  if (what.kind === 'error') return true;
  const { found } = await runProcess({ ...shift, from: index, to: index + 1, seconds: 60 });
  return found.length > 0;
}

/** What one process came to: the next input to run, and the finds. */
interface Ended {
  readonly end: number;
  readonly found: readonly Find[];
}

async function runProcess(shift: Shift): Promise<Ended> {
  const child = spawn(
    process.execPath,
    [
      `--max-old-space-size=${HEAP_MB}`,
      '--import',
      'tsx',
      join(import.meta.dirname, 'child.ts'),
      JSON.stringify(shift),
    ],
    { stdio: ['ignore', 'ignore', 'pipe', 'pipe'] },
  );
  const found: Find[] = [];
  const last = { index: undefined as number | undefined, since: Date.now(), cpu: 0, killed: '' };
  let done: number | undefined;
  let complaint = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (complaint = (complaint + text).slice(-2000)));
  const [, , , messages] = child.stdio;
  if (!messages || !('read' in messages)) throw new Error('the process has no descriptor 3');
  createInterface({ input: messages }).on('line', (line) => {
    const message = JSON.parse(line) as Message;
    if ('begin' in message) Object.assign(last, { index: message.begin, since: Date.now(), cpu: cpuSeconds(child) });
    else if ('find' in message) found.push(message.find);
    else done = message.done;
  });
  const watch = setInterval(() => {
    last.killed ||= excess(child, last, shift.quota);
    if (last.killed) child.kill('SIGKILL');
  }, 200);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  clearInterval(watch);
  if (done !== undefined) return { end: done, found };
  if (last.index === undefined) throw new Error(`no input was run (exit code ${code}): ${complaint}`);
  const what = { kind: last.killed ? ('hang' as const) : ('crash' as const), text: last.killed || complaint };
  return { end: last.index + 1, found: [...found, { index: last.index, what }] };
}

/** Why a process has to be killed; empty where it has not. */
function excess(
  child: ChildProcess,
  { since, cpu }: { readonly since: number; readonly cpu: number },
  { ms }: Quota,
): string {
  const seconds = (KILL.times * ms) / 1000;
  if (cpuSeconds(child) - cpu > seconds) return `more than ${seconds} s of processor time`;
  if (Date.now() - since > KILL.seconds * 1000) return `more than ${KILL.seconds} s`;
  const pages = Number(readProc(child, 'statm').split(' ')[1] ?? 0);
  return pages * 4096 > KILL.bytes ? `more than ${KILL.bytes / 1e6} MB` : '';
}

/** What a process has computed so far, in all its threads (Linux; elsewhere 0, and the clock decides). */
function cpuSeconds(child: ChildProcess): number {
  const fields = readProc(child, 'stat').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / 100;
}

function readProc({ pid }: ChildProcess, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return '';
  }
}

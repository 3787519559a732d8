/**
 * What a page's own thread does at a stretch, in processor time: unlike time on the clock, which is what `longtask` entries
 * tell, it is the page's own on a busy machine, too.
 */
import type { Page } from 'puppeteer';

/** More than a visitor should wait for; what the page does at a stretch takes a fifth of it at the most, on a machine of two cores. */
const LONG_MS = 100;

/** A task of the page's thread. */
export interface ThreadTask {
  readonly cpuMs: number;
  /** What it did most of the time. */
  readonly what: string;
}

/** An event of Chromium's trace: times are microseconds, those of the thread's own clock begin with `t`. */
interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly data?: { readonly functionName?: string; readonly url?: string } };
}

/** Timeline events, and `RunTask` around them; the marks of scripts. */
const CATEGORIES = ['devtools.timeline', 'disabled-by-default-devtools.timeline', 'blink.user_timing'];
const MARK = 'the thread that is watched';

/** Watches from now on; the function it gives stops, and tells the tasks that took too long. */
export async function watchTasks(page: Page): Promise<() => Promise<ThreadTask[]>> {
  await page.tracing.start({ categories: CATEGORIES });
  return async () => {
    await page.evaluate((mark) => void performance.mark(mark), MARK);
    const trace = await page.tracing.stop();
    const { traceEvents } = JSON.parse(new TextDecoder().decode(trace)) as { traceEvents: TraceEvent[] };
    return longTasks(traceEvents);
  };
}

function longTasks(events: readonly TraceEvent[]): ThreadTask[] {
  const mark = events.find(({ name }) => name === MARK);
  const own = events.filter(({ pid, tid }) => pid === mark?.pid && tid === mark.tid);
  const tasks = own.filter(({ name, tdur }) => name === 'RunTask' && tdur !== undefined);
  if (tasks.length < 100) throw new Error(`the trace has ${tasks.length} tasks of the page's thread`);
  const timed = tasks.map((task) => ({ task, cpuMs: (task.tdur ?? 0) / 1000 }));
  return timed.filter(({ cpuMs }) => cpuMs > LONG_MS).map(({ task, cpuMs }) => ({ cpuMs, what: whatIn(task, own) }));
}

/** The longest parts of a task, and whose script they are. */
function whatIn(task: TraceEvent, own: readonly TraceEvent[]): string {
  const end = task.ts + (task.dur ?? 0);
  const parts = own.filter(({ ts, dur, name }) => name !== 'RunTask' && dur !== undefined && ts >= task.ts && ts < end);
  const ranked = parts.toSorted((a, b) => (b.tdur ?? 0) - (a.tdur ?? 0)).slice(0, 3);
  return ranked
    .map(({ name, args }) => [name, args?.data?.functionName, args?.data?.url].filter(Boolean).join(' '))
    .join(', ');
}

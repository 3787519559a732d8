/** The peers benchmark without peers: when answers agree, who races how often, what fails, what is reported. */
import { describe, expect, it } from 'vitest';
import { runPeerBench } from '../../bench/peers/bench.ts';
import type { EngineName } from '../../bench/peers/engines.ts';
import { measureModel, race, type MeasureOptions, type Runner } from '../../bench/peers/measure.ts';
import { timeShares, type PeerModel } from '../../bench/peers/models.ts';
import { fallBackIn } from '../../bench/peers/runtimes/ort.ts';
import { agreement, rowOf, type PeerRow } from '../../bench/peers/rows.ts';
import { within, type Room, type Seat, type Venue } from '../../bench/peers/seat.ts';
import { complaints, timeChart, timeTable } from '../../bench/peers/tables.ts';

describe('answers agree', () => {
  const expected = [0.5, -8, 3, 2.999];

  it('within rounding, relative to the largest', () => {
    expect(agreement([0.504, -8.004, 3.004, 2.999], expected)).toEqual({ agrees: true, maxDiff: expect.closeTo(5e-4) });
    expect(agreement([0.5, -8, 3.02, 2.999], expected).agrees).toBe(false);
  });

  it('only on the same class', () => {
    expect(agreement([0.5, -8, 2.999, 3], expected).agrees).toBe(false);
  });

  it('never where something is missing, too much, not finite, or all zero', () => {
    expect(agreement([0.5, -8, 3], expected)).toEqual({ agrees: false, maxDiff: Infinity });
    expect(agreement([0.5, NaN, 3, 2.999], expected)).toEqual({ agrees: false, maxDiff: Infinity });
    expect(agreement([...expected, 0], expected).agrees).toBe(false);
    expect(agreement([0, 0], [0, 0]).agrees).toBe(false);
  });
});

/** Takes part in a race without anything behind it. */
function runner(ms: number, log: string[], name: string, failsAt = Infinity): Runner {
  let taken = 0;
  return {
    get alive() {
      return taken < failsAt;
    },
    get taken() {
      return taken;
    },
    get spentMs() {
      return taken * ms;
    },
    run: async () => {
      taken++;
      log.push(name);
    },
  };
}

describe('a race', () => {
  it('runs everyone in every round, the fast ones often, the slow ones three times', async () => {
    const log: string[] = [];
    const runners = [runner(10, log, 'fast'), runner(400, log, 'middling'), runner(5000, log, 'slow')];
    await race(runners, 25, () => true);
    expect(runners.map((r) => r.taken)).toEqual([25, 16, 3]);
    // The second to run starts the second round.
    expect(log.slice(0, 13)).toEqual([
      ...Array.from({ length: 5 }, () => 'fast'),
      ...Array.from({ length: 4 }, () => 'middling'),
      'slow',
      'middling',
      'middling',
      'middling',
    ]);
  });

  it('stops after three rounds when time is short', async () => {
    const runners = [runner(10, [], 'fast'), runner(5000, [], 'slow')];
    await race(runners, 25, () => false);
    expect(runners.map((r) => r.taken)).toEqual([15, 3]);
  });

  it('goes on without whoever fails, and never runs more than was asked for', async () => {
    const runners = [runner(10, [], 'ok'), runner(10, [], 'failing', 2)];
    await race(runners, 2, () => true);
    expect(runners.map((r) => r.taken)).toEqual([2, 2]);
    await race([], 3, () => true);
  });
});

/** What a seat does when asked; a list of outputs is what the start and each run give, the last one for ever. */
type Script = { readonly outputs: readonly (readonly number[])[]; readonly ms?: number } | { readonly error: string };

const RIGHT = [1, 5, 2];
const model: PeerModel = {
  name: 'toy',
  quantised: false,
  onnx: new Uint8Array(),
  tfjsJson: new Uint8Array(),
  tfjsWeights: new Uint8Array(),
  tflite: new Uint8Array(),
  inputShape: [1, 1, 1, 1],
  inputLast: new Float32Array(1),
  inputFirst: new Float32Array(1),
};

/** A venue whose seats do as scripted, by engine or engine/flavour, and count who is still seated. */
function venue(scripts: Readonly<Record<string, Script>>): { readonly venue: Venue; readonly seated: Set<string> } {
  const seated = new Set<string>();
  const seat: Room['seat'] = async ({ engine, flavour }): Promise<Seat> => {
    const name = flavour === 'only' ? engine : `${engine}/${flavour}`;
    const script = scripts[name] ?? { error: 'no script' };
    seated.add(name);
    let turn = 0;
    const next = (): readonly number[] => {
      if ('error' in script) throw new Error(script.error);
      return script.outputs[Math.min(turn++, script.outputs.length - 1)] ?? [];
    };
    return {
      start: async () => ({
        importMs: 1,
        coldMs: 2,
        output: next(),
        version: name,
        threads: 1,
        adapter: 'toy adapter',
      }),
      run: async () => ({ ms: 'ms' in script ? (script.ms ?? 1) : 1, output: next() }),
      close: async () => void seated.delete(name),
    };
  };
  const room: Room = { seat, close: async () => undefined };
  return { venue: { room: async () => room, facts: async () => [], close: async () => undefined }, seated };
}

async function measure(
  engines: readonly EngineName[],
  scripts: Readonly<Record<string, Script>>,
  more: Partial<MeasureOptions> = {},
): Promise<readonly PeerRow[]> {
  const { venue: toy, seated } = venue(scripts);
  const rows = await measureModel(toy, model, {
    where: 'chromium',
    engines,
    runs: 5,
    threads: 2,
    hasTime: () => true,
    mayStart: () => true,
    progress: () => undefined,
    ...more,
  });
  expect([...seated]).toEqual([]);
  return rows;
}

const good: Script = { outputs: [RIGHT] };
const checks = { 'tilewise-cpu': good, 'ort-web-wasm': good };

describe('a model is measured', () => {
  it('in rows that keep the order asked for', async () => {
    const rows = await measure(['tilewise-webgpu', 'tilewise-cpu', 'tfjs-wasm'], {
      ...checks,
      'tilewise-webgpu': { outputs: [RIGHT], ms: 3 },
      'tfjs-wasm': good,
    });
    expect(rows.map((r) => r.engine)).toEqual(['tilewise-webgpu', 'tilewise-cpu', 'tfjs-wasm']);
    expect(rows[0]).toEqual({
      model: 'toy',
      engine: 'tilewise-webgpu',
      where: 'chromium',
      adapter: 'toy adapter',
      coldMs: 2,
      runMs: 3,
      agrees: true,
      maxDiff: 0,
      runs: 5,
      spreadMs: 0,
      minMs: 3,
      importMs: 1,
      version: 'tilewise-webgpu',
    });
    expect(rows[2]?.adapter).toBe('CPU, 1 thread');
  });

  it('although engines crash, hang or are wrong, from the start or later', async () => {
    const rows = await measure(['tilewise-webgpu', 'tfjs-webgpu', 'tfjs-wasm', 'litert-wasm'], {
      ...checks,
      'tilewise-webgpu': good,
      'tfjs-webgpu': { error: 'the process ended' },
      'tfjs-wasm': { outputs: [[1, 5, 2.1]] },
      'litert-wasm': { outputs: [RIGHT, RIGHT, RIGHT, [5, 1, 2]] },
    });
    expect(rows.map((r) => r.agrees)).toEqual([true, false, false, false]);
    expect(rows.map((r) => r.runMs)).toEqual([1, null, null, null]);
    expect(rows[1]).toMatchObject({ error: 'the process ended', coldMs: null, adapter: null, maxDiff: null });
    expect(rows[2]).toMatchObject({
      coldMs: 2,
      maxDiff: 0.02,
      error: 'its output differs by 0.0200 of the largest element',
    });
    expect(rows[3]).toMatchObject({ maxDiff: 0.8, runs: 1 });
    expect(complaints(rows)).toHaveLength(3);
  });

  it('with the faster flavour of an engine, a word on the other', async () => {
    const [row] = await measure(['ort-web-webgpu'], {
      ...checks,
      'ort-web-webgpu/jsep': { outputs: [RIGHT], ms: 7 },
      'ort-web-webgpu/native': { outputs: [RIGHT], ms: 5 },
    });
    expect(row).toMatchObject({ runMs: 5, version: 'ort-web-webgpu/native', note: 'jsep: run 7 ms, cold 2 ms' });
    const [clear] = await measure(['ort-web-webgpu'], {
      ...checks,
      'ort-web-webgpu/jsep': { outputs: [RIGHT, RIGHT, [0, 0, 0]], ms: 9 },
      'ort-web-webgpu/native': { outputs: [RIGHT], ms: 5 },
    });
    // So slow that it does not race: its third output is never asked for.
    expect(clear).toMatchObject({ runMs: 5, note: 'jsep: run 9 ms, cold 2 ms' });
    const [wrong] = await measure(['ort-web-webgpu'], {
      ...checks,
      'ort-web-webgpu/jsep': { outputs: [RIGHT], ms: 7 },
      'ort-web-webgpu/native': { outputs: [[0, 0, 0]], ms: 5 },
    });
    expect(wrong).toMatchObject({ runMs: 7, agrees: true, version: 'ort-web-webgpu/jsep' });
  });

  it('against nothing when the reference fails, and the reference against onnxruntime', async () => {
    const without = await measure(['tilewise-webgpu'], { 'tilewise-cpu': { error: 'gone' }, 'tilewise-webgpu': good });
    expect(without[0]).toMatchObject({ agrees: false, error: 'the CPU reference gave nothing to compare with' });
    const alone = await measure(['tilewise-cpu'], { 'tilewise-cpu': good, 'ort-web-wasm': { error: 'gone' } });
    expect(alone[0]).toMatchObject({ agrees: false, runMs: null });
    expect(alone[0]?.error).toContain('nothing to check it against');
    const apart = await measure(['tilewise-cpu'], { 'tilewise-cpu': good, 'ort-web-wasm': { outputs: [[5, 1, 2]] } });
    expect(apart[0]).toMatchObject({ agrees: false, runMs: null });
  });

  it('without peers that may be left out when the time is up, never without the others', async () => {
    const engines = ['tilewise-webgpu', 'litert-webgpu', 'tfjs-webgpu', 'tfjs-wasm', 'ort-web-webgpu'] as const;
    const scripts = { ...checks, ...Object.fromEntries(engines.map((name) => [name, good])) };
    const late = { mayStart: () => false };
    const inPage = await measure(
      engines,
      { ...scripts, 'ort-web-webgpu/jsep': good },
      { ...late, hasTime: () => false },
    );
    expect(inPage.map((row) => row.runMs)).toEqual([1, null, 1, 1, 1]);
    const rows = await measure(engines, scripts, { ...late, where: 'node' });
    expect(rows.map((row) => row.runMs)).toEqual([1, null, 1, 1, null]);
    expect(rows[1]).toMatchObject({ agrees: false, error: 'not started: the time was up (--minutes)' });
  });
});

it('networks share the time by the work they are', () => {
  expect(timeShares(['mobilenet-v2', 'resnet-18', 'shufflenet-v2']).map((s) => s.toFixed(2))).toEqual([
    '0.26',
    '0.56',
    '0.18',
  ]);
  expect(timeShares(['resnet-50'])).toEqual([1]);
});

it('a hung engine is given up', async () => {
  await expect(within(5, 'a run', new Promise(() => undefined))).rejects.toThrow('a run took more than 0.005 s');
  await expect(within(1000, 'a run', Promise.resolve(3))).resolves.toBe(3);
});

const row = (engine: EngineName, runMs: number | null, coldMs: number | null): PeerRow => ({
  ...rowOf('toy', 'node', { engine, runMs: [] }),
  runMs,
  coldMs,
  agrees: runMs !== null,
});

describe('a report', () => {
  const rows = [row('tilewise-webgpu', 20, 300), row('tfjs-webgpu', 130, 1500), row('litert-wasm', null, 40)];

  it('compares with tilewise on WebGPU', () => {
    const { head, rows: cells } = timeTable(rows);
    const column = (name: string): (string | undefined)[] => cells.map((line) => line[head.indexOf(name)]);
    expect(column('ratio')).toEqual(['1.00×', '6.50×', '–']);
    expect(column('cold ratio')).toEqual(['1.00×', '5.00×', '–']);
    expect(column('run')).toEqual(['20 ms', '130 ms', 'failed']);
  });

  it('draws only engines that were there', () => {
    const chart = timeChart(rows);
    expect(chart.series).toEqual(['tilewise-webgpu', 'tfjs-webgpu', 'litert-wasm']);
    expect(chart.groups).toEqual([{ label: 'toy, node', values: [20, 130, undefined] }]);
  });
});

describe('the command line refuses', () => {
  it.each([
    [['--models', 'alexnet'], 'There is no "alexnet"; known: mobilenet-v1,'],
    [['--engines', 'tilewise-webgpu,ncnn'], 'There is no "ncnn"; known: tilewise-webgpu,'],
    [['--runs', '0'], 'positive integer'],
    [['--threads', 'two'], 'positive integer'],
    [['--minutes', '-1'], 'positive number'],
    [['--chrome'], "unknown option '--chrome'"],
  ])('%j', async (argv, message) => {
    const written = { stdout: '', stderr: '' };
    const sink = (name: 'stdout' | 'stderr') => ({ write: (text: string) => (written[name] += text) });
    expect(await runPeerBench(argv, { stdout: sink('stdout'), stderr: sink('stderr') })).toBe(1);
    expect(written.stdout).toBe('');
    expect(written.stderr).toContain(message);
  });
});

const placed = (provider: string, count: number): string =>
  `[V:onnxruntime:, session_state.cc:1383] Node(s) placed on [${provider}]. Number of nodes: ${count}`;

describe('what the log of a session says of the CPU', () => {
  it('is counted', () => {
    const lines = ['Node placements', placed('WebGpuExecutionProvider', 16), 'x', placed('CPUExecutionProvider', 4)];
    expect(fallBackIn(lines)).toBe('falls back to the CPU: 4 of 20 nodes');
  });

  it('is nothing where all are on the GPU', () => {
    expect(fallBackIn([' All nodes placed on [WebGpuExecutionProvider]. Number of nodes: 20'])).toBeUndefined();
    expect(fallBackIn([placed('JsExecutionProvider', 3)])).toBeUndefined();
  });

  it('is missed where it is not there', () => {
    expect(() => fallBackIn(['nothing'])).toThrow('the log does not say');
  });
});

it('lets integers differ by steps, and change the first class, but not be another picture', () => {
  expect(agreement([1, 5, 4.9], [1, 4.9, 5], true).agrees).toBe(true);
  expect(agreement([1, 5, 3], [1, 3, 5], true).agrees).toBe(false);
});

/** The demo page's own arithmetic: numbers as text, files by their use, bars on a time axis, rows in order. */
import { describe, expect, it } from 'vitest';
import { browserName } from '../../demo/src/browser-name.ts';
import { bytes, count, percent, plural, rate, shape, time } from '../../demo/src/format.ts';
import { sortFiles } from '../../demo/src/model-files.ts';
import { sortSteps } from '../../demo/src/sort-steps.ts';
import { Store } from '../../demo/src/store.ts';
import { layOut, ticks } from '../../demo/src/timeline-layout.ts';

describe('numbers as text', () => {
  it('keeps three digits and picks the unit', () => {
    expect([0, 0.026, 0.5, 9.995, 12.34, 99.96, 1240].map(time)).toEqual([
      '0 ms',
      '26.0 µs',
      '0.50 ms',
      '10.0 ms',
      '12.3 ms',
      '100 ms',
      '1.24 s',
    ]);
    expect([12, 2_619_460, 1.5e9].map(bytes)).toEqual(['12 B', '2.62 MB', '1.50 GB']);
    expect([999, 361_000, 3.5e6, 1.82e9].map(count)).toEqual(['999', '361 k', '3.50 M', '1.82 G']);
    expect([0, 0.521, 0.99951, 1].map(percent)).toEqual(['0 %', '52.1 %', '100 %', '100 %']);
    expect([rate(null, 'GB/s'), rate(2.345, 'GB/s'), time(NaN)]).toEqual(['–', '2.35 GB/s', '–']);
    expect([shape([1, 'batch', 3]), shape([]), plural(1, 'run'), plural(3, 'run')]).toEqual([
      '1 × batch × 3',
      'scalar',
      '1 run',
      '3 runs',
    ]);
  });
});

const named = (...names: string[]): { name: string; type: string }[] => names.map((name) => ({ name, type: '' }));

describe('sortFiles', () => {
  it.each([
    [['group1-shard1of2', 'group1-shard2of2', 'model.json'], 'model.json'],
    [['weights.data', 'net.onnx'], 'net.onnx'],
    [['centernet.bin', 'centernet.json'], 'centernet.json'],
    [['a.json', 'model.json', 'x.bin'], 'model.json'],
  ])('puts the main file of %j first', (names, main) => {
    const { model, pictures } = sortFiles(named(...names));
    expect(model[0]?.name).toBe(main);
    expect(model).toHaveLength(names.length);
    expect(pictures).toEqual([]);
  });

  it('tells pictures by type or name', () => {
    const files = [{ name: 'pasted', type: 'image/png' }, ...named('cat.JPG', 'net.onnx')];
    const { model, pictures } = sortFiles(files);
    expect(pictures.map(({ name }) => name)).toEqual(['pasted', 'cat.JPG']);
    expect(model.map(({ name }) => name)).toEqual(['net.onnx']);
  });
});

describe('layOut', () => {
  it('puts steps one after another, the costliest kind in the first lane', () => {
    const { lanes, bars, totalMs } = layOut([
      { op: 'Relu', ms: 1 },
      { op: 'Conv', ms: 6 },
      { op: 'Relu', ms: 1 },
    ]);
    expect(lanes).toEqual(['Conv', 'Relu']);
    expect(totalMs).toBe(8);
    expect(bars).toEqual([
      { left: 0, width: 0.125, lane: 1 },
      { left: 0.125, width: 0.75, lane: 0 },
      { left: 0.875, width: 0.125, lane: 1 },
    ]);
  });

  it('gives the cheapest kinds one lane together, and copes with steps that took no time', () => {
    const { lanes, bars } = layOut(Array.from({ length: 12 }, (_, i) => ({ op: `op${i}`, ms: 12 - i })));
    expect(lanes).toHaveLength(8);
    expect(lanes.at(-1)).toBe('Others');
    expect(bars.slice(6).map(({ lane }) => lane)).toEqual([6, 7, 7, 7, 7, 7]);
    expect(layOut([{ op: 'Relu', ms: 0 }]).bars).toEqual([{ left: 0, width: 0, lane: 0 }]);
  });
});

describe('ticks', () => {
  it('are round, from zero, and end at the total', () => {
    expect(ticks(100, 4)).toEqual([0, 50, 100]);
    expect(ticks(1.1, 4).map((t) => t.toFixed(1))).toEqual(['0.0', '0.5', '1.0']);
    expect(ticks(0, 4)).toEqual([0]);
  });
});

const step = (number: number, ms: number, gflops: number | null): Parameters<typeof sortSteps>[0][number] => ({
  step: number,
  node: `n${number}`,
  op: 'Conv',
  ms,
  gflops,
  gbps: 1,
});

describe('sortSteps', () => {
  it('sorts a copy; what has no value comes last either way', () => {
    const steps = [step(0, 2, null), step(1, 3, 5), step(2, 1, 7)];
    const order = (key: 'ms' | 'gflops', down: boolean): number[] => sortSteps(steps, key, down).map((s) => s.step);
    expect(order('ms', true)).toEqual([1, 0, 2]);
    expect(order('gflops', true)).toEqual([2, 1, 0]);
    expect(order('gflops', false)).toEqual([1, 2, 0]);
    expect(steps.map((s) => s.step)).toEqual([0, 1, 2]);
  });
});

describe('Store', () => {
  it('tells followers until they leave', () => {
    const store = new Store({ a: 1, b: 2 });
    const seen: number[] = [];
    const leave = store.follow(() => seen.push(store.state.a));
    store.update({ a: 3 });
    leave();
    store.update({ a: 4 });
    expect(seen).toEqual([3]);
    expect(store.state).toEqual({ a: 4, b: 2 });
  });
});

describe('browserName', () => {
  it.each([
    ['Mozilla/5.0 (X11) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/147.0.0.0 Safari/537.36', 'Chrome 147'],
    ['Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36 Edg/147.0.0.0', 'Edge 147'],
    ['Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15', 'Safari 26.0'],
    ['Mozilla/5.0 (Windows NT 10.0; rv:145.0) Gecko/20100101 Firefox/145.0', 'Firefox 145'],
    ['curl/8', 'unknown browser'],
  ])('%s', (agent, name) => {
    expect(browserName(agent)).toBe(name);
  });
});

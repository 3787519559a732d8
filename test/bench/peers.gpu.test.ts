/** Engines in processes of their own, on the adapter tilewise chooses: a peer made for pages finds what it needs there. */
import { expect, it } from 'vitest';
import { measureModel } from '../../bench/peers/measure.ts';
import { writeModel } from '../../bench/peers/models.ts';
import { nodeVenue } from '../../bench/peers/node-seat.ts';
import { shufflenetV2 } from '../../models/shufflenet-v2.ts';

it('measures tilewise and TensorFlow.js on one adapter, against the reference, against onnxruntime', async () => {
  const graph = shufflenetV2({ width: 0.5, resolution: 32, classes: 17 });
  const started: string[] = [];
  const rows = await measureModel(await nodeVenue({ sources: true }), await writeModel('small', graph), {
    where: 'node',
    engines: ['tilewise-webgpu', 'tilewise-cpu', 'tfjs-webgpu'],
    runs: 5,
    threads: 2,
    hasTime: () => true,
    mayStart: () => true,
    progress: (engine) => void started.push(engine),
  });
  expect(started).toEqual(['tilewise-cpu', 'ort-web-wasm', 'tilewise-webgpu', 'tfjs-webgpu']);
  expect(rows.map(({ engine, agrees, error }) => [engine, agrees, error])).toEqual([
    ['tilewise-webgpu', true, undefined],
    ['tilewise-cpu', true, undefined],
    ['tfjs-webgpu', true, undefined],
  ]);
  const [ours, reference, theirs] = rows;
  expect(ours?.adapter).toBe(theirs?.adapter);
  expect(ours?.adapter).not.toBeNull();
  expect(reference?.adapter).toBe('CPU, 1 thread');
  for (const row of rows) {
    expect(row.runs).toBe(5);
    expect(row.runMs).toBeGreaterThan(0);
    expect(row.coldMs).toBeGreaterThan(row.minMs ?? Infinity);
    expect(row.maxDiff).toBeGreaterThan(0);
  }
});

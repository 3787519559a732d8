/** The peers benchmark's page: tilewise on WebGPU and a peer with threads, in Chromium. */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SOURCES } from '../../bench/peers/node-host.ts';
import { chromiumVenue } from '../../bench/peers/chromium-seat.ts';
import { measureModel } from '../../bench/peers/measure.ts';
import { writeModel } from '../../bench/peers/models.ts';
import type { Venue } from '../../bench/peers/seat.ts';
import { shufflenetV2 } from '../../models/shufflenet-v2.ts';

let venue: Venue | undefined;

beforeAll(async () => {
  venue = await chromiumVenue(fileURLToPath(SOURCES));
});

afterAll(() => venue?.close());

it('starts engines in browsers of their own and agrees with the reference', async () => {
  if (!venue) throw new Error('no venue');
  const graph = shufflenetV2({ width: 0.5, resolution: 32, classes: 17 });
  const rows = await measureModel(venue, await writeModel('small', graph), {
    where: 'chromium',
    engines: ['tilewise-webgpu', 'tfjs-wasm'],
    runs: 5,
    threads: 2,
    hasTime: () => true,
    mayStart: () => true,
    progress: () => undefined,
  });
  expect(rows.map(({ engine, agrees, error }) => [engine, agrees, error])).toEqual([
    ['tilewise-webgpu', true, undefined],
    ['tfjs-wasm', true, undefined],
  ]);
  expect(rows[0]?.adapter).toMatch(/swiftshader/i);
  expect(rows[1]?.adapter).toMatch(/^CPU, \d+ threads?$/);
  for (const row of rows) expect(row.runMs).toBeGreaterThan(0);
  expect(await venue.facts()).toEqual([expect.stringContaining('Chrome')]);
});

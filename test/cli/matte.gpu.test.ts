/** `tilewise matte`: what it prints, and the files it writes. */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCommandLine } from '../../src/cli/program.ts';
import { decodeImage } from '../../src/node/image.ts';
import { hasSharedData, sharedPath } from '../helpers/shared-data.ts';

it.runIf(hasSharedData)('cuts a person out, and says how much of the picture that is', async () => {
  const out = mkdtempSync(join(tmpdir(), 'tilewise-matte-'));
  const model = sharedPath('tflite/selfie_segmentation.tflite');
  const text: string[] = [];
  const streams = { stdout: { write: (s: string) => text.push(s) }, stderr: { write: () => 0 } };
  const picture = sharedPath('images/grace_hopper.png');
  const flags = ['--model', model, '--output-dir', out, '--background', '#00ff00', '--json'];
  expect(await runCommandLine(['matte', picture, ...flags], streams as never)).toBe(0);
  const [found] = (JSON.parse(text.join('')) as { results: Record<string, never>[] }).results;
  expect(found).toMatchObject({ width: 512, height: 600, output: join(out, 'grace_hopper.png') });
  const [cut, mask] = await Promise.all(
    [found?.['output'], found?.['mask']].map((file) => decodeImage(readFileSync(String(file)))),
  );
  // A corner is background, the middle the person's.
  expect([...(cut?.data.subarray(0, 4) ?? [])].map((c) => Math.round(c / 32))).toEqual([0, 8, 0, 8]);
  const middle = 4 * (300 * 512 + 256);
  const source = await decodeImage(readFileSync(picture));
  expect([...(cut?.data.subarray(middle, middle + 3) ?? [])]).toEqual([...source.data.subarray(middle, middle + 3)]);
  const grey = mask?.data.filter((_, i) => i % 4 === 0) ?? [];
  const mean = Array.from(grey).reduce((sum, g) => sum + g, 0) / grey.length / 255;
  expect(mean).toBeCloseTo(Number(found?.['covered']), 2);
});

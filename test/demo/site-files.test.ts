/** The models that the demo's site holds: those of npm packages, and what can be downloaded, or lies in a mirror folder. */
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { heldModels } from '../../demo/build/site-files.ts';
import { PART_MODELS, SITE_MODELS } from '../../demo/src/site.ts';
import { findModel } from '../../src/catalogue/catalogue.ts';
import { installedPackage } from '../../src/node/packages.ts';
import { hasSharedData, sharedPath } from '../helpers/shared-data.ts';

const mirror = mkdtempSync(join(tmpdir(), 'tilewise-mirror-'));
const packaged = [...SITE_MODELS, ...PART_MODELS.map((name) => findModel(name))]
  .filter(({ source }) => source.kind === 'npm' && installedPackage(source.package))
  .map(({ name }) => name);

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(mirror, { recursive: true, force: true });
});

describe('models of the demo’s site', () => {
  it.runIf(hasSharedData)(
    'are those of packages, those that are at hand, and a line for each that is not',
    async () => {
      const warned = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
      vi.stubEnv('TILEWISE_MIRROR', mirror);
      const offline = await heldModels();
      expect(offline.map(({ name }) => name)).toEqual(packaged);
      expect(warned.mock.calls.flat().join('\n')).toMatch(
        /^imagenet-mobilenet-v2-quant is not put into.*TILEWISE_MIRROR/m,
      );
      copyFileSync(
        sharedPath('tflite/mobilenet_v1_0.25_128_quant.tflite'),
        join(mirror, 'mobilenet_v1_0.25_128_quant.tflite'),
      );
      const small = (await heldModels()).find(({ name }) => name === 'imagenet-mobilenet-v1-0.25-quant');
      expect(small?.files.map(([path]) => path)).toEqual([
        'models/imagenet-mobilenet-v1-0.25-quant/mobilenet_v1_0.25_128_quant.tflite',
      ]);
    },
  );
});

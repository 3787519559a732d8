/** The sample pictures: a photograph from an npm package, and two drawn the same on every machine. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { drawnSamples } from '../../src/catalogue/samples.ts';
import { samplePhotograph, samplePictures } from '../../src/cli/samples.ts';

describe('sample pictures', () => {
  it('finds the photograph in the installed package', () => {
    const file = samplePhotograph();
    expect(file).toMatch(/coffee\.jpg$/);
    expect([...readFileSync(file ?? '').subarray(0, 2)]).toEqual([0xff, 0xd8]); // JPEG
  });

  it('shows two photographs', async () => {
    const pictures = await samplePictures();
    expect(pictures.map(({ name, pixels }) => [name, pixels.width, pixels.height])).toEqual([
      ['photograph: coffee', 800, 800],
      ['photograph: at a table', 212, 160],
    ]);
    for (const { pixels } of pictures) expect(pixels.data).toHaveLength(pixels.width * pixels.height * 4);
  });

  it('draws opaque pictures with some detail, the same each time', () => {
    const digests = drawnSamples().map(({ data, width, height }) => {
      expect(data).toHaveLength(width * height * 4);
      expect(data.every((v, i) => i % 4 !== 3 || v === 255)).toBe(true);
      expect(new Set(new Uint32Array(data.buffer)).size).toBeGreaterThan(1000);
      return createHash('sha256').update(data).digest('hex');
    });
    expect(new Set(digests).size).toBe(2);
    const again = drawnSamples().map(({ data }) => createHash('sha256').update(data).digest('hex'));
    expect(again).toEqual(digests);
  });
});

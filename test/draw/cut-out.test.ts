/** Cut-outs: each pixel by hand, and what is refused. */
import { describe, expect, it } from 'vitest';
import { cutOut, type CutOutOptions } from '../../src/draw/cut-out.ts';

const RED = [200, 100, 0, 255];
const PICTURE = { width: 2, height: 1, data: Uint8Array.from([...RED, ...RED.slice(0, 3), 51]) };
const HALF = { width: 2, height: 1, data: Float32Array.of(0.25, 1) };

const bytesOf = (options?: CutOutOptions): number[] => [...cutOut(PICTURE, HALF, options).data];

describe('a cut-out', () => {
  it('is as transparent as the matte and the picture are together', () => {
    expect(bytesOf()).toEqual([200, 100, 0, 64, 200, 100, 0, 51]);
    const bytes = cutOut(PICTURE, { ...HALF, data: Uint8Array.of(51, 0) });
    expect([...bytes.data]).toEqual([200, 100, 0, 51, 200, 100, 0, 0]);
  });

  it('lies on a colour, or on the middle of a picture', () => {
    // A quarter of 200 and three of 40; a fifth of 200 and four of 40.
    expect(bytesOf({ background: '#280028' })).toEqual([80, 25, 30, 255, 72, 20, 32, 255]);
    const wide = { width: 6, height: 1, data: Uint8Array.from([9, 9, 40, 40, 9, 9].flatMap((v) => [v, 0, v, 255])) };
    const background = { ...wide, width: 2, height: 3 };
    expect(bytesOf({ background })).toEqual([80, 25, 30, 255, 72, 20, 32, 255]);
  });

  it('has numbers beyond the matte clamped', () => {
    const beyond = { ...HALF, data: Float32Array.of(-3, 7) };
    expect(
      [...cutOut({ ...PICTURE, data: Uint8Array.from([...RED, ...RED]) }, beyond).data].filter((_, i) => i % 4 === 3),
    ).toEqual([0, 255]);
  });

  it('is refused where the matte does not fit or is no number, or the background is none', () => {
    expect(() => cutOut(PICTURE, { ...HALF, width: 1 })).toThrow('a matte of 2x1 is needed');
    expect(() => cutOut(PICTURE, { ...HALF, data: Float32Array.of(0, NaN) })).toThrow('pixel 1, 0 of the matte is NaN');
    expect(() => bytesOf({ background: 'red' as never })).toThrow('"red" is no colour');
    expect(() => bytesOf({ background: { width: 1, height: 1, data: new Uint8Array(3) } })).toThrow('RGBA');
    expect(() => bytesOf({ backdrop: '#000000' } as never)).toThrow('no option "backdrop"');
  });
});

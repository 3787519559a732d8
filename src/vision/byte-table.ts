/** From the bytes of a picture to the integers of an input, by a table: both backends look it up, and so agree. */
import type { Preprocessing } from './picture-spec.ts';

/** What each type holds. */
const LIMITS = {
  int8: [-128, 127],
  uint8: [0, 255],
  int32: [-(2 ** 31), 2 ** 31 - 1],
} as const satisfies Record<Exclude<Preprocessing['dtype'], 'float32'>, readonly [number, number]>;

/** What each byte of a channel becomes: 256 integers. */
export function byteTable({ mean, std, dtype }: Preprocessing, channel: number): Int32Array {
  const [least, most] = dtype === 'float32' ? LIMITS.int32 : LIMITS[dtype];
  const [m = 0, s = 1] = [mean[channel], std[channel]];
  return Int32Array.from({ length: 256 }, (_, byte) => Math.min(most, Math.max(least, Math.round((byte - m) / s))));
}

/** The nearest byte, halves up. */
export function toByte(value: number): number {
  return Math.min(255, Math.max(0, Math.floor(value + 0.5)));
}

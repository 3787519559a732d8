/** A layer of ncnn with blobs of seeded numbers, and what plain loops make of them. */
import { range } from '../../src/util/arrays.ts';
import type { NcnnBlob } from './ncnn-net.ts';
import { plainBlob, type PlainBlob } from './ncnn-plain.ts';
import { randomSource } from './random.ts';

export interface NcnnCase {
  readonly name: string;
  /** Type and parameters. */
  readonly layer: string;
  /** What it reads. */
  readonly inputs: readonly PlainBlob[];
  readonly weights?: readonly NcnnBlob[];
  /** What it makes. */
  readonly expected: readonly PlainBlob[];
  /** How many products or terms each element is made of, for its tolerance. */
  readonly terms?: number;
}

const random = randomSource(17);

/** Numbers between −1 and 1. */
export function numbers(count: number): number[] {
  return range(count).map(() => Math.fround(random() * 2 - 1));
}

/** A blob of such numbers. */
export function randomBlob(...extents: readonly number[]): PlainBlob {
  return plainBlob(extents, () => Math.fround(random() * 2 - 1));
}

/** A blob of numbers from 0.2 to 2. */
export function positiveBlob(...extents: readonly number[]): PlainBlob {
  return plainBlob(extents, () => Math.fround(0.2 + 1.8 * random()));
}

/** The same place by place. */
export function mapped(x: PlainBlob, f: (v: number) => number): PlainBlob {
  return { ...x, data: x.data.map(f) };
}

/** The lines of a network of one layer. Inputs declare other widths and heights than will be fed: these are suggestions. */
export function linesOf({ layer, inputs, expected }: NcnnCase): string[] {
  const [type = '', ...params] = layer.split(' ');
  const names = inputs.map((_, i) => `x${i}`);
  const made = expected.map((_, i) => `y${i}`);
  return [
    ...inputs.map(({ extents }, i) => `Input in${i} 0 1 x${i} ${declared(extents)}`),
    [type, 'layer', names.length, made.length, ...names, ...made, ...params].join(' '),
  ];
}

function declared(extents: readonly number[]): string {
  const [first = 0, second = 0, third = 0] = extents;
  if (extents.length === 1) return `0=${first}`;
  if (extents.length === 2) return `0=${second} 1=${first + 3}`;
  if (extents.length === 3) return `0=${third + 2} 1=${second + 5} 2=${first}`;
  return `0=${(extents[3] ?? 0) + 2} 1=${third + 1} 11=${second + 1} 2=${first}`;
}

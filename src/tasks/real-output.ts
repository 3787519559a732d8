/** Outputs of integers that stand for real numbers, as these. */
import type { Tensor } from '../core/tensor.ts';
import type { Port } from '../session/feeds.ts';

/** An output that a task reads: of integers that stand for real numbers, these. */
export interface BoundOutput extends Tensor {
  /** The least and the greatest number that an element can be, where eight bits hold it. */
  readonly range?: readonly [low: number, high: number];
}

/** The numbers, and of eight bits the range that they can have. */
export function realOutput({ dtype, shape, data }: Tensor, of: NonNullable<Port['quantisation']>): BoundOutput {
  const { scale, zeroPoint } = of;
  const numberOf = (q: number): number => (q - zeroPoint) * scale;
  const least = dtype === 'int8' ? -128 : 0;
  const eight = dtype === 'int8' || dtype === 'uint8';
  return {
    dtype: 'float32',
    shape,
    data: Float32Array.from(data, numberOf),
    ...(eight ? { range: [numberOf(least), numberOf(least + 255)] } : {}),
  };
}

/** Which operands of a matrix product are parameters where they are constant: any of them. */
import type { OpAttributes } from '../../ir/ops.ts';
import type { InputDescs, Parameter } from '../definition.ts';

/** Weights may stand on either side: their channels are the rows or columns of the result. A vector's products have none. */
export function productParameters({ transA, transB }: OpAttributes['MatMul'], inputs: InputDescs): Parameter[] {
  const channels = (slot: number, leastRank: number, axis: number): number | undefined =>
    (inputs[slot]?.shape.length ?? 0) < leastRank ? undefined : axis;
  return [
    { slot: 0, role: 'weight', channels: channels(0, 2, transA ? -1 : -2) },
    { slot: 1, role: 'weight', channels: channels(1, 2, transB ? -2 : -1) },
    { slot: 2, role: 'bias', channels: channels(2, 1, -1) },
  ];
}

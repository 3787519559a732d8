/** Which operands of a matrix product are parameters where they are constant: any of them. */
import type { InputDescs, Parameter } from '../definition.ts';

/** Weights may stand on either side: their channels are the rows or columns of the result. A vector's products have none. */
export function productParameters(inputs: InputDescs, transA: boolean, transB: boolean): Parameter[] {
  const rankOf = (slot: number): number => inputs[slot]?.shape.length ?? 0;
  const matrix = (slot: number, fromEnd: number): Parameter => {
    const rank = rankOf(slot);
    return { slot, role: 'weight', ...(rank < 2 ? {} : { channels: rank - fromEnd }) };
  };
  const bias = rankOf(2) === 0 ? {} : { channels: rankOf(2) - 1 };
  return [matrix(0, transA ? 1 : 2), matrix(1, transB ? 2 : 1), { slot: 2, role: 'bias', ...bias }];
}

/** Cases of products whose weights are bytes, made of those whose weights are floats. */
import type { OpKind } from '../../src/ir/ops.ts';
import type { CaseInput, OpCase } from './op-case.ts';

/** Every so many of the cases again, with random bytes as weights at input 1 and their scales at `slot`. */
export function inBytes<K extends OpKind>(cases: readonly OpCase<K>[], slot: number, every = 4): readonly OpCase<K>[] {
  return cases
    .filter(({ inputs }) => inputs[1]?.constant && inputs[1].shape.length > 1 && !inputs[slot])
    .filter((_, i) => i % every === 0)
    .map((c) => {
      const inputs: (CaseInput | undefined)[] = Array.from({ length: slot }, (_, i) => c.inputs[i]);
      const shape = c.inputs[1]?.shape ?? [];
      const attributes: object = c.attributes;
      const channels = shape.at('transB' in attributes && attributes.transB ? -2 : -1) ?? 1;
      inputs[1] = { dtype: 'int8', shape, low: -128, high: 128, constant: true };
      // Negative ones come of folded normalisations; what a product is large by, its tolerance knows.
      inputs[slot] = { shape: [channels], low: -1 / 128, high: 1 / 128, constant: true };
      return { ...c, name: `${c.name}, weights in bytes`, inputs };
    });
}

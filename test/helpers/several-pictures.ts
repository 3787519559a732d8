/** What detectors are given and find, of several pictures at once. */
import { tensorOf, type Tensor } from '../../src/core/tensor.ts';

/** Rows of several tensors, one after the other. */
export function joinedRows(parts: readonly (Tensor | undefined)[]): Tensor {
  const all = parts.flatMap((part) => (part ? [part] : []));
  const [first = tensorOf('float32', [0], [])] = all;
  const length = all.reduce((sum, { shape }) => sum + (shape[0] ?? 0), 0);
  const data = all.flatMap((part) => Array.from(part.data));
  return tensorOf(first.dtype, [length, ...first.shape.slice(1)], data);
}

/** What is found of several pictures, and of which. */
export function together(found: readonly ReadonlyMap<string, Tensor>[]): Map<string, Tensor> {
  const outputs = [...(found[0]?.keys() ?? [])].map(
    (name) => [name, joinedRows(found.map((one) => one.get(name)))] as const,
  );
  const pictures = found.flatMap((one, picture) => Array.from(one.get('labels')?.data ?? [], () => picture));
  return new Map([...outputs, ['pictures', tensorOf('int64', [pictures.length], pictures)]]);
}

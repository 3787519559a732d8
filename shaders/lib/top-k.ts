/** What kernels of TopK have in common. */
import type { Binding } from './module.ts';
import type { Scalar } from './numbers.ts';

/** Results. */
export function topKResults(type: Scalar): readonly Binding[] {
  return [
    { name: 'values', access: 'read_write', element: type },
    { name: 'indices', access: 'read_write', element: 'i32' },
  ];
}

/** Keys and positions of what is sorted, for the next kernel to read or of this one to write. */
export function topKLists(prefix: '' | 'sorted_', access: Binding['access']): readonly Binding[] {
  return ['keys', 'ids'].map((name) => ({ name: `${prefix}${name}`, access, element: 'u32' }));
}

/** Where the result of a row's element lies, by an expression of its rank. */
export function topKResultIndex(rank: string): string {
  return `((row / params.inner) * params.keep + ${rank}) * params.inner + row % params.inner`;
}

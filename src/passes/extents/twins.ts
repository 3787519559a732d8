/** Nodes that compute the same: what they find out of the data, extents too, is then known to be equal. */
import type { Tensor } from '../../core/tensor.ts';
import { elementCount } from '../../core/tensor.ts';
import type { Node } from '../../ir/ops.ts';

/** Constants of no more elements are compared by these. */
const SMALL = 16;

/** What of a graph computes the same, as far as a walk has come. */
export interface Twins {
  /** The outputs of an earlier node that computes the same, each with the node's own, where there is one. */
  readonly of: (node: Node) => readonly (readonly [before: string, own: string])[] | undefined;
  /** What a value was called when it was first computed. */
  readonly nameOf: (value: string) => string;
}

/** The twins of one walk. */
export function twins(constant: (name: string) => Tensor | undefined): Twins {
  const first = new Map<string, Node>();
  const same = new Map<string, string>();
  const nameOf = (name: string): string => same.get(name) ?? name;
  const inputText = (name: string): string => {
    const value = constant(name);
    if (!value || elementCount(value.shape) > SMALL) return nameOf(name);
    return textOf([value.dtype, value.shape, [...value.data]]);
  };
  const alias = (own: string, before: string): void => void same.set(own, nameOf(before));
  const of: Twins['of'] = (node) => {
    const [x = ''] = node.inputs;
    if (node.op === 'Identity') {
      node.outputs.forEach((own) => alias(own, x));
      return undefined;
    }
    const key = textOf([node.op, node.attributes, node.inputs.map(inputText), node.outputs.map((name) => name === '')]);
    const before = first.get(key);
    if (!before || before === node) {
      first.set(key, node);
      return undefined;
    }
    const pairs = node.outputs.flatMap((own, i) => (own === '' ? [] : [[before.outputs[i] ?? '', own] as const]));
    for (const [from, own] of pairs) alias(own, from);
    return pairs;
  };
  return { of, nameOf };
}

/** Numbers that JSON has not, and −0, are texts of their own. */
export function textOf(what: unknown): string {
  return JSON.stringify(what, (_, v: unknown) => (typeof v === 'number' ? `${Object.is(v, -0) ? '-0' : v}` : v));
}

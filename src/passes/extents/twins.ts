/** Nodes that compute the same: what they find out of the data, extents too, is then known to be equal. */
import type { Tensor } from '../../core/tensor.ts';
import { elementCount } from '../../core/tensor.ts';
import type { Node } from '../../ir/ops.ts';

/** Constants of no more elements are compared by these. */
const SMALL = 16;

/** Gives the outputs of an earlier node that computes the same, each with the node's own, where there is one. */
export function twins(
  constant: (name: string) => Tensor | undefined,
): (node: Node) => readonly (readonly [before: string, own: string])[] | undefined {
  const first = new Map<string, Node>();
  const same = new Map<string, string>();
  const inputText = (name: string): string => {
    const value = constant(name);
    if (!value || elementCount(value.shape) > SMALL) return same.get(name) ?? name;
    return text([value.dtype, value.shape, [...value.data]]);
  };
  const alias = (own: string, before: string): void => void same.set(own, same.get(before) ?? before);
  return (node) => {
    const [x = ''] = node.inputs;
    if (node.op === 'Identity') {
      node.outputs.forEach((own) => alias(own, x));
      return undefined;
    }
    const key = text([node.op, node.attributes, node.inputs.map(inputText), node.outputs.map((name) => name === '')]);
    const before = first.get(key);
    if (!before) {
      first.set(key, node);
      return undefined;
    }
    const pairs = node.outputs.flatMap((own, i) => (own === '' ? [] : [[before.outputs[i] ?? '', own] as const]));
    for (const [from, own] of pairs) alias(own, from);
    return pairs;
  };
}

/** Numbers that JSON has not, and −0, are texts of their own. */
function text(what: unknown): string {
  return JSON.stringify(what, (_, v: unknown) => (typeof v === 'number' ? `${Object.is(v, -0) ? '-0' : v}` : v));
}

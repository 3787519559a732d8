/** Branches as TensorFlow 1 writes them: Switch sends a value into one of two, Merge is where they meet. */
import type { Tensor } from '../../../core/tensor.ts';
import type { TensorRef, TfNode } from './graph-def.ts';
import { refuse } from './refuse.ts';

/** Steps in looking for the conditions of branches, which is done anew for each of their values. */
const MAX_STEPS = 2 ** 20;

/** Operators that give their first input as it is; a placeholder with a default, where nothing is fed. */
const PASSES_ON = /^(Identity|Enter|Switch|PlaceholderWithDefault)$/;

/** A branch: its condition, and whether it is the one taken where that holds. */
interface Branch {
  readonly condition: TensorRef | undefined;
  readonly taken: boolean;
}

/** Where branches meet. */
interface Meeting {
  readonly condition: TensorRef;
  /** Which input of the Merge has the value of the branch that is taken where the condition holds. */
  readonly whenTrue: 0 | 1;
  /** Which input it takes whatever a run is fed. */
  readonly taken: 0 | 1 | undefined;
}

/** Finds what decides where branches meet. */
export class Meetings {
  readonly #nodes: ReadonlyMap<string, TfNode>;
  readonly #weights: ReadonlyMap<string, Tensor>;
  readonly #fed: ReadonlySet<string>;
  #steps = 0;

  /** `fed` has the names of the nodes that a run gives values. */
  constructor(nodes: ReadonlyMap<string, TfNode>, weights: ReadonlyMap<string, Tensor>, fed: ReadonlySet<string>) {
    this.#nodes = nodes;
    this.#weights = weights;
    this.#fed = fed;
  }

  /** The meeting that a Merge is. Throws UnsupportedError where it is that of a loop, or neither value comes out of a Switch. */
  of(merge: TfNode): Meeting {
    const { inputs } = merge;
    if (inputs.some((ref) => /Enter$|NextIteration/.test(this.#nodes.get(ref.node)?.op ?? ''))) {
      refuse(merge, 'a loop within a loop');
    }
    // A constant is in no branch that can be told.
    const [a, b] = inputs.map((ref) => this.#switchOf(ref));
    const condition = a?.condition ?? b?.condition;
    if (!condition || inputs.length !== 2 || (a && b && !areOpposite(a, b))) {
      refuse(merge, 'branches that are not made as usual');
    }
    const whenTrue = (a ? a.taken : !b?.taken) ? 0 : 1;
    const constant = this.#constantOf(condition);
    const otherwise = whenTrue === 0 ? 1 : 0;
    return { condition, whenTrue, taken: constant && (constant.data[0] === 0 ? otherwise : whenTrue) };
  }

  /** The weight of one element that a value is, whatever a run is fed. */
  #constantOf(ref: TensorRef): Tensor | undefined {
    const seen = new Set<string>();
    for (let next: TensorRef | undefined = ref; next && !seen.has(next.node);) {
      seen.add(next.node);
      const node = this.#nodes.get(next.node);
      if (!node || this.#fed.has(node.name)) return undefined;
      const weight = node.op === 'Const' ? this.#weights.get(node.name) : undefined;
      if (weight) return weight.data.length === 1 ? weight : undefined;
      next = PASSES_ON.test(node.op) ? node.inputs[0] : undefined;
    }
    return undefined;
  }

  /** The innermost branch that a value is computed in. */
  #switchOf(value: TensorRef): Branch | undefined {
    // Branches within that have met before are passed over.
    const stack = [{ ref: value, within: 0 }];
    const seen = new Set<string>();
    for (let top = stack.pop(); top; top = stack.pop()) {
      const { ref, within } = top;
      const node = this.#nodes.get(ref.node);
      if (!node || seen.has(`${within} ${ref.node}`)) continue;
      seen.add(`${within} ${ref.node}`);
      if (++this.#steps > MAX_STEPS) refuse(node, 'so many branches');
      if (node.op === 'Switch' && within === 0) return { condition: node.inputs[1], taken: ref.index === 1 };
      const deeper = node.op === 'Merge' ? 1 : node.op === 'Switch' ? -1 : 0;
      for (const input of node.inputs) stack.push({ ref: input, within: within + deeper });
    }
    return undefined;
  }
}

function areOpposite(a: Branch, b: Branch): boolean {
  const [c, d] = [a.condition, b.condition];
  return a.taken !== b.taken && c?.node === d?.node && c?.index === d?.index;
}

/** The nodes of a graph that can run in more than one way, each way as a plan of its own that can be timed. */
import { hostArray, isFloat } from '../core/dtype.ts';
import type { DeviceProfile } from '../core/limits.ts';
import { encode, valueBytes, type Stored } from '../core/storage.ts';
import { elementCount, type Shape } from '../core/tensor.ts';
import type { Graph } from '../ir/graph.ts';
import type { Node, OpKind } from '../ir/ops.ts';
import type { KernelCall, LowerContext } from '../kernels/definition.ts';
import { kernelsOf } from '../kernels/registry.ts';
import { definitionOf } from '../ops/registry.ts';
import { randomSource } from '../util/random.ts';
import { arrange, contextOf, type Arrangement } from './arrangement/arrange.ts';
import { candidatesOf, whatIsMissing, type Candidate } from './lower.ts';
import type { Plan, PlanWeight } from './plan.ts';
import { planLowered, type PlanOptions } from './plan-graph.ts';
import { nodeSignature } from './signature.ts';

/** One way to run a node. */
export interface TunableCandidate {
  readonly variant: string;
  /** The node alone, on random activations: no inputs, no outputs. Throws PlanError when a buffer exceeds the device. */
  plan(): Plan;
}

/** Nodes of one signature, which one measurement serves. */
export interface Tunable {
  readonly signature: string;
  readonly op: OpKind;
  /** Name of the first of them, and how many there are. */
  readonly node: string;
  readonly nodes: number;
  readonly inputs: readonly (Shape | undefined)[];
  readonly outputs: readonly Shape[];
  /** What identifies a convolution beside its shapes: strides, dilations, pads, group, activation, or the like. */
  readonly attributes: Node['attributes'];
  /** An operand or result is stored as float16. */
  readonly halves: boolean;
  /** Of one node. */
  readonly multiplyAdds: number;
  /** Bytes of its operands, each counted once, as stored. */
  readonly bytes: number;
  /** In the order of preference: the first is what is taken without tuning. */
  readonly candidates: readonly TunableCandidate[];
  /** The value whose elements the candidates must agree on. */
  readonly output: string;
}

/** Options of `tunables`: those the graph will be planned with, and a filter. */
export interface TunableOptions extends PlanOptions {
  /** Nodes with fewer candidates are left out; 2 by default. */
  readonly fewest?: number;
  /** Further dispatches for a node that no variant makes, for benches. */
  extra?(context: LowerContext<OpKind>): readonly Candidate[];
}

/**
 * Finds what can be tuned in a compiled graph: one entry for each signature, in the order of the first node that has it.
 * Nodes that no kernel takes are passed over: planning will name them.
 */
export function tunables(graph: Graph, device: DeviceProfile, options: TunableOptions = {}): Tunable[] {
  const { fewest = 2, extra } = options;
  const arrangement = arrange(graph, device, options);
  const found = new Map<string, Tunable>();
  for (const node of graph.nodes) {
    if (kernelsOf(node.op).kind !== 'dispatch' || whatIsMissing(graph, node) !== undefined) continue;
    const context = contextOf(graph, node, device, arrangement);
    const signature = nodeSignature(context);
    const known = found.get(signature);
    if (known) {
      found.set(signature, { ...known, nodes: known.nodes + 1 });
      continue;
    }
    const candidates = [...candidatesOf(context), ...(extra?.(context) ?? [])];
    if (candidates.length < fewest) continue;
    found.set(signature, {
      ...describe(context, signature),
      candidates: candidates.map(({ variant, calls }) => ({
        variant,
        plan: () => isolate(graph, node, device, arrangement, calls),
      })),
    });
  }
  return [...found.values()];
}

function describe(context: LowerContext<OpKind>, signature: string): Omit<Tunable, 'candidates'> {
  const { node, inputs, outputs } = context;
  const bytes = [...inputs, ...outputs].reduce((sum, value) => (value ? sum + valueBytes(value) : sum), 0);
  return {
    signature,
    op: node.op,
    node: node.name,
    nodes: 1,
    inputs: inputs.map((desc) => desc?.shape),
    outputs: outputs.map(({ shape }) => shape),
    attributes: node.attributes,
    halves: [...inputs, ...outputs].some((value) => value?.storage === 'f16'),
    multiplyAdds: definitionOf(node.op).multiplyAdds?.(node, inputs, outputs) ?? 0,
    bytes,
    output: node.outputs[0] ?? '',
  };
}

/** A plan of one node's dispatches, on the same operands, laid out as in the whole graph, that are filled when it is loaded. */
function isolate(
  graph: Graph,
  node: Node,
  device: DeviceProfile,
  arrangement: Arrangement,
  calls: readonly KernelCall[],
): Plan {
  const rootsOf = (names: readonly string[]): string[] => {
    const present = names.filter((name) => name !== '');
    const roots = present.map((name) => arrangement.get(name)?.root ?? name);
    return [...new Set(roots)].filter((root) => !graph.initializers.has(root));
  };
  const inputs = rootsOf(node.inputs);
  const values = inputs.flatMap((name) => {
    const value = arrangement.get(name);
    return value ? [{ ...value, name }] : [];
  });
  const alone: Graph = { ...graph, inputs: values, outputs: rootsOf(node.outputs), nodes: [node] };
  const plan = planLowered(alone, device, arrangement, [calls]);
  const fillings = values.flatMap((value, i): PlanWeight[] => {
    const buffer = plan.inputs[i]?.buffer;
    return buffer === undefined ? [] : [{ buffer, data: filling(value, i) }];
  });
  return { ...plan, inputs: [], outputs: [], weights: [...plan.weights, ...fillings] };
}

/** Random numbers repeated through every filling: more would only cost time. */
const PATTERN = 65521;

const floats = once(() => {
  const random = randomSource(1);
  return Float32Array.from({ length: PATTERN }, () => random() * 2 - 1);
});
const flags = once(() => Int32Array.from(floats(), (v) => (v < 0 ? 0 : 1)));

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

/** Numbers of about the size that normalised activations have; integers and flags of 0 and 1, which index anything. */
function filling({ dtype, shape, storage }: Stored, shift: number): Uint8Array {
  const pattern = isFloat(dtype) ? floats() : flags();
  const data = hostArray(dtype, elementCount(shape));
  const first = (shift * 1009) % PATTERN;
  // The shift keeps two operands from being the same numbers.
  data.set(pattern.subarray(first, first + data.length));
  for (let at = PATTERN - first; at < data.length; at += PATTERN) data.set(pattern.subarray(0, data.length - at), at);
  return encode({ dtype, shape, data }, storage);
}

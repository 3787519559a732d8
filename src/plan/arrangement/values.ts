/** What an arrangement says of a value, and what lowering sees of a node under it. */
import type { DeviceProfile } from '../../core/limits.ts';
import { densePlacement, type Placement } from '../../core/placement.ts';
import type { TensorDesc } from '../../core/tensor.ts';
import type { Graph } from '../../ir/graph.ts';
import type { Node, NodeOf, OpKind } from '../../ir/ops.ts';
import { inputPlacement, outputPlacement, required, result, type LowerContext } from '../../kernels/definition.ts';
import { concatParts, slicePart, splitParts } from '../../kernels/lib/parts.ts';
import { placePart, placeShuffled, samePlacement } from './placements.ts';

/** One value: whose buffer it lies in, as what, and where. */
export interface Arranged {
  /** The value that owns the storage: itself, or the one it is a view or a slice of. */
  readonly root: string;
  /** As stored: float16 only where its elements take two bytes. */
  readonly desc: TensorDesc;
  readonly placement: Placement;
}

/** Every value of the graph. */
export type Arrangement = ReadonlyMap<string, Arranged>;

/** True for operators that only move elements: each may find some of them in place, and copies within a buffer. */
export function movesOnly(op: OpKind): boolean {
  return op === 'Concat' || op === 'Split' || op === 'Slice' || op === 'ChannelShuffle';
}

/** What lowering sees of a node. */
export function contextOf(
  graph: Graph,
  node: Node,
  device: DeviceProfile,
  arrangement: Arrangement,
): LowerContext<OpKind> {
  const at = (name: string): Arranged | undefined => arrangement.get(name);
  const nothing: TensorDesc = { dtype: 'float32', shape: [0] };
  const placementOf = (name: string): Placement => at(name)?.placement ?? densePlacement(nothing.shape);
  const sameRoot = (input: number, output: number): boolean => {
    const root = at(node.inputs[input] ?? '')?.root;
    return root !== undefined && root === at(node.outputs[output] ?? '')?.root;
  };
  const shares = (input: number, output: number): boolean =>
    sameRoot(input, output) && (!movesOnly(node.op) || isInPlace(context, input, output));
  const context: LowerContext<OpKind> = {
    node,
    device,
    inputs: node.inputs.map((name) => at(name)?.desc),
    outputs: node.outputs.map((name) => at(name)?.desc ?? nothing),
    inputPlacements: node.inputs.map(placementOf),
    outputPlacements: node.outputs.map(placementOf),
    shares,
    together: (input, output) => sameRoot(input, output) && !shares(input, output),
    ...traitsOf(graph),
    constant: (name) => graph.initializers.get(name),
  };
  return context;
}

/** What a node may want to know of the rest of its graph, to share pipelines with it. */
type Traits = Pick<LowerContext<OpKind>, 'accumulates' | 'scatters'>;

const traits = new WeakMap<Graph, Traits>();

/** Remembered: every context of a graph asks. */
function traitsOf(graph: Graph): Traits {
  const known = traits.get(graph);
  if (known) return known;
  const found: Traits = {
    accumulates: graph.nodes.some(({ op, inputs }) => op === 'Conv' && Boolean(inputs[3])),
    scatters: graph.nodes.some(({ op }) => op === 'ChannelShuffle'),
  };
  traits.set(graph, found);
  return found;
}

/** A context known to be of one operator. */
export function contextFor<K extends OpKind>(context: LowerContext<OpKind>, op: K): LowerContext<K> | undefined {
  return context.node.op === op ? (context as LowerContext<OpKind> & { node: NodeOf<K> }) : undefined;
}

/** Where the elements of an input or output of a movement would lie, were they where the rest of it says. */
export function placeWithin(context: LowerContext<OpKind>, input: number, output: number): Placement | undefined {
  const concat = contextFor(context, 'Concat');
  if (concat) {
    const part = concatParts(concat)[input];
    return part && placePart(part, outputPlacement(concat));
  }
  const split = contextFor(context, 'Split');
  if (split) {
    const part = splitParts(split)[output];
    return part && placePart(part, inputPlacement(split, 0));
  }
  const slice = contextFor(context, 'Slice');
  if (slice) return placePart(slicePart(slice), inputPlacement(slice, 0));
  const shuffle = contextFor(context, 'ChannelShuffle');
  if (!shuffle) return undefined;
  return placeShuffled(outputPlacement(shuffle), result(shuffle).shape, shuffle.node.attributes.groups);
}

/** True when the elements of an input of a movement that lies in the output's buffer are where the output has them. */
function isInPlace(context: LowerContext<OpKind>, input: number, output: number): boolean {
  const wanted = placeWithin(context, input, output);
  if (!wanted) return false;
  // Concat and ChannelShuffle say where the input would be, Split and Slice where the output.
  const intoOutput = context.node.op === 'Concat' || context.node.op === 'ChannelShuffle';
  const [actual, { shape }] = intoOutput
    ? [inputPlacement(context, input), required(context, input)]
    : [outputPlacement(context, output), result(context, output)];
  return samePlacement(actual, wanted, shape);
}

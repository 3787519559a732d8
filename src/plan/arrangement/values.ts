/** What an arrangement says of a value, and what lowering sees of a node under it. */
import type { DeviceProfile } from '../../core/limits.ts';
import { stored, type Stored } from '../../core/storage.ts';
import type { Graph } from '../../ir/graph.ts';
import type { Node, OpKind } from '../../ir/ops.ts';
import { required, result, type LowerContext, type Movement, type PipelineTraits } from '../../kernels/definition.ts';
import { kernelsOf } from '../../kernels/registry.ts';
import { samePlacement } from './placements.ts';

/** One value: as what it lies where, and in whose buffer. */
export interface Arranged extends Stored {
  /** The value that owns the buffer: itself, or the one it is a view or a slice of. */
  readonly root: string;
}

/** Every value of the graph. */
export type Arrangement = ReadonlyMap<string, Arranged>;

/**
 * How an operator moves elements, if it does nothing else: each movement may find some of them in place, and copies within
 * a buffer.
 */
export function movementOf(op: OpKind): Movement<OpKind> | undefined {
  const kernels = kernelsOf(op);
  return kernels.kind === 'dispatch' ? kernels.moves : undefined;
}

/** What stands for the description of an absent output. */
const NOTHING = stored({ dtype: 'float32', shape: [0] });

/** What lowering sees of a node. */
export function contextOf(
  graph: Graph,
  node: Node,
  device: DeviceProfile,
  arrangement: Arrangement,
): LowerContext<OpKind> {
  const moves = movementOf(node.op);
  const sameRoot = (input: number, output: number): boolean => {
    const root = arrangement.get(node.inputs[input] ?? '')?.root;
    return root !== undefined && root === arrangement.get(node.outputs[output] ?? '')?.root;
  };
  const shares = (input: number, output: number): boolean =>
    sameRoot(input, output) && (!moves || isInPlace(context, moves, input, output));
  const context: LowerContext<OpKind> = {
    node,
    device,
    inputs: node.inputs.map((name) => arrangement.get(name)),
    outputs: node.outputs.map((name) => arrangement.get(name) ?? NOTHING),
    shares,
    together: (input, output) => sameRoot(input, output) && !shares(input, output),
    siblings: siblingsOf(graph),
    constant: (name) => graph.initializers.get(name),
  };
  return context;
}

const traits = new WeakMap<Graph, PipelineTraits>();

/** What the nodes of a graph ask of shared pipelines. Remembered: every context asks. */
function siblingsOf(graph: Graph): PipelineTraits {
  const known = traits.get(graph);
  if (known) return known;
  const asked = graph.nodes.map((node) => {
    const kernels = kernelsOf(node.op);
    return (kernels.kind === 'dispatch' && kernels.siblings?.(node)) || {};
  });
  const found: PipelineTraits = {
    accumulates: asked.some(({ accumulates }) => accumulates),
    scatters: asked.some(({ scatters }) => scatters),
  };
  traits.set(graph, found);
  return found;
}

/** True when the elements of an input of a movement that lies in the output's buffer are where the output has them. */
function isInPlace(
  context: LowerContext<OpKind>,
  { whole, place }: Movement<OpKind>,
  input: number,
  output: number,
): boolean {
  const part = whole === 'output' ? input : output;
  const wanted = place(context, part);
  const actual = whole === 'output' ? required(context, input) : result(context, output);
  return wanted !== undefined && samePlacement(actual.placement, wanted, actual.shape);
}

/** Where every value of a graph lies and how it is stored: decided once, before anything is lowered. */
import type { DeviceProfile } from '../core/limits.ts';
import type { TensorDesc } from '../core/tensor.ts';
import type { Graph } from '../ir/graph.ts';
import type { Node, OpKind } from '../ir/ops.ts';
import { descOf } from '../ir/rewrite.ts';
import type { KernelDefinition, LowerContext } from '../kernels/definition.ts';
import { densePlacement, type Placement } from '../core/placement.ts';
import { KERNELS } from '../kernels/registry.ts';

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

/** Arranges the values of a compiled graph: views share their input's storage, all else is dense and float32. */
export function arrange(graph: Graph): Arrangement {
  const values = new Map<string, Arranged>();
  const own = (name: string): void => {
    const desc = storedDesc(descOf(graph, name));
    values.set(name, { root: name, desc, placement: densePlacement(desc.shape) });
  };
  for (const { name } of graph.inputs) own(name);
  for (const name of graph.initializers.keys()) own(name);
  for (const node of graph.nodes) {
    const source = KERNELS[node.op].kind === 'view' ? values.get(node.inputs[0] ?? '') : undefined;
    for (const name of node.outputs) {
      if (name === '') continue;
      own(name);
      const arranged = values.get(name);
      if (source && arranged) values.set(name, { ...arranged, root: source.root });
    }
  }
  return values;
}

/** Float16 values are held as float32 until something stores them as halves. */
function storedDesc({ dtype, shape }: TensorDesc): TensorDesc {
  return { dtype: dtype === 'float16' ? 'float32' : dtype, shape };
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
  return {
    node,
    device,
    inputs: node.inputs.map((name) => at(name)?.desc),
    outputs: node.outputs.map((name) => at(name)?.desc ?? nothing),
    inputPlacements: node.inputs.map(placementOf),
    outputPlacements: node.outputs.map(placementOf),
    shares: (input, output) => {
      const root = at(node.inputs[input] ?? '')?.root;
      return root !== undefined && root === at(node.outputs[output] ?? '')?.root;
    },
    constant: (name) => graph.initializers.get(name),
  };
}

/** The kernels of an operator, seen apart from which operator it is. */
export function kernelsOf(op: OpKind): KernelDefinition<OpKind> {
  return KERNELS[op] as KernelDefinition<OpKind>;
}

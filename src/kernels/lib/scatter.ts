/** What ScatterElements and ScatterND have in common: the copy that is written over, and claims of places. */
import { scatterClaimShader, scatterClearShader } from '../../../shaders/index/scatter-claim.ts';
import { SCATTER_WORKGROUP } from '../../../shaders/index/scatter-elements.ts';
import { scatterWriteShader } from '../../../shaders/index/scatter-write.ts';
import type { Joined, ScatterTarget } from '../../../shaders/lib/scatter.ts';
import { COPY_WORKGROUP, stridedCopyShader } from '../../../shaders/move/strided-copy.ts';
import { wgslScalar } from '../../core/dtype.ts';
import { elementCount } from '../../core/tensor.ts';
import { dispatch1d, result, value, type CallOperand, type KernelCall, type LowerContext } from '../definition.ts';

type Scatter = 'ScatterElements' | 'ScatterND';
type Calls = readonly Omit<KernelCall, 'variant'>[];

/** More updates than this one after the other take longer than three dispatches that write all at once. */
const LONG_WALK = 256;
/** With more invocations than this a large GPU has enough to do beside waiting for memory. */
const MANY_WALKS = 4096;

/** How updates are joined to x: what replaces is moved as bits. */
export function joinedBy({ node, inputs }: LowerContext<Scatter>): Joined {
  const { reduction } = node.attributes;
  const dtype = inputs[0]?.dtype ?? 'float32';
  return { reduction, dtype, type: reduction === 'none' ? 'u32' : wgslScalar(dtype) };
}

/** x brought to where y lies, unless it is there. */
export function copied<K extends Scatter>(context: LowerContext<K>): Calls {
  const { node, device } = context;
  const elements = elementCount(result(context).shape);
  if (elements === 0 || context.shares(0, 0)) return [];
  const width = elements % 4 === 0 ? 4 : 1;
  const count = elements / width;
  return [
    {
      shader: stridedCopyShader({ rank: 1, width, denseOut: true, within: false, from: 'u32', to: 'u32' }),
      operands: [value(node.inputs[0]), value(node.outputs[0])],
      params: { count, start: 0, d0: count, s0: 1 },
      workgroups: dispatch1d(count, COPY_WORKGROUP, device),
    },
  ];
}

/** Indices, updates, the count of a node that has one, y. */
export function scatterOperands<K extends Scatter>({ node: { inputs, outputs } }: LowerContext<K>): CallOperand[] {
  return [...inputs.slice(1), outputs[0] ?? ''].filter((name) => name !== '').map(value);
}

/** Places that updates claim. */
export interface Claims {
  readonly target: ScatterTarget;
  /** What has a target: updates, or rows of them. */
  readonly count: number;
  /** How many places there are. */
  readonly places: number;
  /** Elements of a place. */
  readonly inner: number;
  readonly params: Readonly<Record<string, number>>;
}

/** Updates that replace, written all at once: each place is claimed by the last that goes there. */
export function claimCalls<K extends Scatter>(context: LowerContext<K>, claims: Claims): Calls {
  const { node, device } = context;
  const { target, count, places, inner, params } = claims;
  const elements = elementCount(result(context).shape);
  if (elements === 0 || count === 0) return copied(context);
  const over = (invocations: number) => dispatch1d(invocations, SCATTER_WORKGROUP, device);
  const claimed: CallOperand = { kind: 'scratch', id: 'claims', elements: places, storage: 'i32' };
  const [x, indices, updates, there] = node.inputs;
  const inPlace = context.shares(0, 0);
  return [
    { shader: scatterClearShader(), operands: [claimed], params: { count: places }, workgroups: over(places) },
    {
      shader: scatterClaimShader({ target, counted: there !== undefined }),
      operands: [value(indices), ...(there === undefined ? [] : [value(there)]), claimed],
      params: { count, ...params },
      workgroups: over(count),
    },
    {
      shader: scatterWriteShader({ inPlace }),
      operands: [claimed, value(updates), ...(inPlace ? [] : [value(x)]), value(node.outputs[0])],
      params: { count: elements, inner },
      workgroups: over(elements),
    },
  ];
}

/** Which variant suits `walks` invocations that write `length` updates each. A software adapter does best with the least work. */
export function preferredScatter<K extends Scatter>(
  { device }: LowerContext<K>,
  walks: number,
  length: number,
): readonly string[] {
  const waits = length > LONG_WALK && walks <= MANY_WALKS && device.adapterClass !== 'software';
  return waits ? ['claims'] : ['ordered'];
}

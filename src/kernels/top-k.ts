/** TopK → passes of chunk sorts that keep the best (small k), or a sort of whole rows (any k). */
import { TOP_K_SORT_WORKGROUP, topKSortShader, type TopKSortSpec } from '../../shaders/top-k-sort.ts';
import { topKChunkShader } from '../../shaders/top-k-chunk.ts';
import { normalizeAxis } from '../core/broadcast.ts';
import { wgslScalar } from '../core/dtype.ts';
import { at, ceilDiv, product } from '../util/arrays.ts';
import {
  dispatch1d,
  required,
  result,
  value,
  variant,
  type CallOperand,
  type KernelCall,
  type KernelDefinition,
  type LowerContext,
} from './definition.ts';

/** Largest chunk a workgroup sorts: 8 KiB of workgroup memory, half of what every device has. */
const MAX_CHUNK = 1024;
const MIN_CHUNK = 64;

type Call = Omit<KernelCall, 'variant'>;

interface Rows {
  readonly rows: number;
  readonly n: number;
  readonly inner: number;
  readonly k: number;
}

function rowsOf(context: LowerContext<'TopK'>): Rows {
  const { shape } = required(context, 0);
  const axis = normalizeAxis(context.node.attributes.axis, shape.length);
  const inner = product(shape.slice(axis + 1));
  const n = at(shape, axis);
  // Either output may be unused; the other tells k.
  const described = context.node.outputs[0] === '' ? 1 : 0;
  return { rows: product(shape.slice(0, axis)) * inner, n, inner, k: at(result(context, described).shape, axis) };
}

const powerOfTwoFrom = (n: number): number => 2 ** Math.ceil(Math.log2(Math.max(1, n)));

/** Where values and indices go; an unused output goes to scratch memory. */
function outputsOf({ node }: LowerContext<'TopK'>, { rows, k }: Rows): CallOperand[] {
  return [0, 1].map((i) => {
    const name = node.outputs[i];
    return name ? value(name) : { kind: 'scratch', id: `unused${i}`, elements: rows * k };
  });
}

function chunkPasses(context: LowerContext<'TopK'>, plan: Rows): Call[] {
  const { node, device } = context;
  const { rows, n, inner, k } = plan;
  const type = wgslScalar(required(context, 0).dtype);
  const { largest } = node.attributes;
  const x = value(node.inputs[0]);
  const calls: Call[] = [];
  let length = n;
  let candidates: CallOperand | undefined;
  for (let last = false; !last;) {
    const chunk = Math.min(MAX_CHUNK, Math.max(MIN_CHUNK, powerOfTwoFrom(length)));
    const chunks = ceilDiv(length, chunk);
    last = chunks === 1;
    const elements = rows * chunks * k;
    const kept: CallOperand = { kind: 'scratch', id: `kept${calls.length}`, elements };
    calls.push({
      shader: topKChunkShader({ type, largest, chunk, first: candidates === undefined, last }),
      operands: [x, ...(candidates ? [candidates] : []), ...(last ? outputsOf(context, plan) : [kept])],
      params: { rows, n, inner, length, chunks, keep: k },
      workgroups: dispatch1d(rows * chunks, 1, device),
    });
    candidates = kept;
    length = chunks * k;
  }
  return calls;
}

function sortCalls(context: LowerContext<'TopK'>, plan: Rows): Call[] {
  const { node, device } = context;
  const { rows, n, inner, k } = plan;
  const width = powerOfTwoFrom(n);
  const type = wgslScalar(required(context, 0).dtype);
  const { largest } = node.attributes;
  const x = value(node.inputs[0]);
  const order: CallOperand = { kind: 'scratch', id: 'order', elements: rows * width };
  const call = (phase: TopKSortSpec['phase'], operands: CallOperand[], params: Record<string, number>): Call => ({
    shader: topKSortShader({ type, largest, phase }),
    operands,
    params,
    workgroups: dispatch1d(params.count ?? 0, TOP_K_SORT_WORKGROUP, device),
  });
  const calls = [call('fill', [order], { count: rows * width, n, width })];
  for (let run = 2; run <= width; run *= 2) {
    for (let step = run / 2; step >= 1; step /= 2) {
      calls.push(call('exchange', [x, order], { count: (rows * width) / 2, n, width, inner, run, step }));
    }
  }
  calls.push(call('emit', [x, order, ...outputsOf(context, plan)], { count: rows * k, n, width, inner, k }));
  return calls;
}

export const topK: KernelDefinition<'TopK'> = {
  kind: 'dispatch',
  variants: [
    variant(
      'chunks',
      (context) => {
        const plan = rowsOf(context);
        // Each pass must at least halve the candidates, unless one chunk holds them all.
        return plan.n <= MAX_CHUNK || plan.k <= MAX_CHUNK / 2 ? plan : undefined;
      },
      (context, plan) => (plan.rows * plan.k === 0 ? [] : chunkPasses(context, plan)),
    ),
    variant('sort', rowsOf, (context, plan) => (plan.rows * plan.k === 0 ? [] : sortCalls(context, plan))),
  ],
};

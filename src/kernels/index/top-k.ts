/** TopK → the best groups, then their best members (long rows); passes of chunk sorts; or a sort of whole rows (any k). */
import { TOP_K_SORT_WORKGROUP, topKSortShader, type TopKSortSpec } from '../../../shaders/index/top-k-sort.ts';
import { topKChunkShader, type TopKChunkSpec } from '../../../shaders/index/top-k-chunk.ts';
import { TOP_K_GROUP_WORKGROUP, topKGroupShader } from '../../../shaders/index/top-k-group.ts';
import { normalizeAxis } from '../../core/broadcast.ts';
import { wgslScalar } from '../../core/dtype.ts';
import { at, ceilDiv, product } from '../../util/arrays.ts';
import {
  PLAIN_TRAITS,
  dispatch1d,
  required,
  result,
  value,
  variant,
  type CallOperand,
  type KernelCall,
  type KernelDefinition,
  type LowerContext,
} from '../definition.ts';

/** Largest chunk a workgroup sorts: 8 KiB of workgroup memory, half of what every device has; or all of it, where that keeps more. */
const MAX_CHUNK = 1024;
const WIDE_CHUNK = 2048;
const MIN_CHUNK = 64;
/** Most neighbours of which `groups` looks at the best only, at first. */
const MAX_GROUP = 64;
/** Groups pay from rows of this many chunks on. */
const MANY_CHUNKS = 8;

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

/** Each pass must at least halve the candidates, unless one chunk holds them all. */
const keepsHalf = (k: number): boolean => k <= WIDE_CHUNK / 2;

const largestChunk = (k: number): number => (k <= MAX_CHUNK / 2 ? MAX_CHUNK : WIDE_CHUNK);

/** Sorted are the best of n / g groups, and g members of k of them: least where g is the root of n / k. */
const groupOf = ({ n, k }: Rows): number => Math.min(MAX_GROUP, 2 ** Math.round(Math.log2(n / Math.max(1, k)) / 2));

const powerOfTwoFrom = (n: number): number => 2 ** Math.ceil(Math.log2(Math.max(1, n)));

/** Where values and indices go; an unused output goes to scratch memory. */
function outputsOf({ node }: LowerContext<'TopK'>, { rows, k }: Rows): CallOperand[] {
  return [0, 1].map((i) => {
    const name = node.outputs[i];
    return name ? value(name) : { kind: 'scratch', id: `unused${i}`, elements: rows * k };
  });
}

/** Candidates of a pass: where they are listed (every position when absent), and how many a row has. */
interface Candidates {
  readonly kind: TopKChunkSpec['candidates'];
  readonly listed?: CallOperand;
  readonly length: number;
  /** Of `members`: how many each listed group has. */
  readonly group?: number;
}

/** Passes of chunk sorts until one chunk a row is left; `finalTo` are its values and indices, or a list to keep. */
function chunkPasses(
  context: LowerContext<'TopK'>,
  { rows, n, inner, k }: Rows,
  from: Candidates,
  finalTo: { readonly list: CallOperand } | { readonly results: readonly CallOperand[] },
): Call[] {
  const { node, device } = context;
  const type = wgslScalar(required(context, 0).dtype);
  const { largest } = node.attributes;
  const calls: Call[] = [];
  let candidates = from;
  for (let done = false; !done;) {
    const { kind, listed, length } = candidates;
    const chunk = Math.min(largestChunk(k), Math.max(MIN_CHUNK, powerOfTwoFrom(length)));
    const chunks = ceilDiv(length, chunk);
    done = chunks === 1;
    const last = done && 'results' in finalTo;
    const id = `${from.kind} kept ${calls.length}`;
    const kept: CallOperand =
      done && 'list' in finalTo ? finalTo.list : { kind: 'scratch', id, elements: rows * chunks * k };
    calls.push({
      shader: topKChunkShader({ type, largest, chunk, candidates: kind, last }),
      operands: [
        value(node.inputs[0]),
        ...(listed ? [listed] : []),
        ...(done && 'results' in finalTo ? finalTo.results : [kept]),
      ],
      params: { rows, n, inner, length, chunks, keep: k, group: candidates.group ?? 1 },
      workgroups: dispatch1d(rows * chunks, 1, device),
    });
    candidates = { kind: 'listed', listed: kept, length: chunks * k };
  }
  return calls;
}

/**
 * The k best elements of a row lie in the k groups whose best elements are best. So: the best of each group, the best
 * k of those, then the best k of the members of their groups. Reads the whole row once and sorts little.
 */
function groupCalls(context: LowerContext<'TopK'>, plan: Rows): Call[] {
  const { node, device } = context;
  const { rows, n, inner, k } = plan;
  const group = groupOf(plan);
  const groups = ceilDiv(n, group);
  const best: CallOperand = { kind: 'scratch', id: 'best of groups', elements: rows * groups };
  const chosen: CallOperand = { kind: 'scratch', id: 'chosen groups', elements: rows * k };
  const type = wgslScalar(required(context, 0).dtype);
  const count = rows * groups;
  return [
    {
      shader: topKGroupShader({ type, largest: node.attributes.largest }),
      operands: [value(node.inputs[0]), best],
      params: { count, n, inner, groups, group },
      workgroups: dispatch1d(count, TOP_K_GROUP_WORKGROUP, device),
    },
    ...chunkPasses(context, plan, { kind: 'listed', listed: best, length: groups }, { list: chosen }),
    ...chunkPasses(
      context,
      plan,
      { kind: 'members', listed: chosen, length: k * group, group },
      { results: outputsOf(context, plan) },
    ),
  ];
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
  ...PLAIN_TRAITS,
  chooses: () => [0],
  variants: [
    variant(
      'groups',
      (context) => {
        const plan = rowsOf(context);
        const few = keepsHalf(plan.k) && 2 * plan.k * groupOf(plan) <= plan.n;
        return few && plan.n >= MANY_CHUNKS * MAX_CHUNK ? plan : undefined;
      },
      (context, plan) => (plan.rows * plan.k === 0 ? [] : groupCalls(context, plan)),
    ),
    variant(
      'chunks',
      (context) => {
        const plan = rowsOf(context);
        return plan.n <= WIDE_CHUNK || keepsHalf(plan.k) ? plan : undefined;
      },
      (context, plan) => {
        if (plan.rows * plan.k === 0) return [];
        return chunkPasses(context, plan, { kind: 'positions', length: plan.n }, { results: outputsOf(context, plan) });
      },
    ),
    variant('sort', rowsOf, (context, plan) => (plan.rows * plan.k === 0 ? [] : sortCalls(context, plan))),
  ],
};

/** TopK → the best groups, then their best members (long rows); passes that keep the best of each chunk; or a selection by digits, sorted (any k). */
import { TOP_K_DIGITS, topKDigitShader } from '../../../shaders/index/top-k-digit.ts';
import { TOP_K_GROUP_WORKGROUP, topKGroupShader } from '../../../shaders/index/top-k-group.ts';
import { TOP_K_MERGED, TOP_K_MERGE_WORKGROUP, topKMergeShader } from '../../../shaders/index/top-k-merge.ts';
import { TOP_K_RUN, topKRankShader } from '../../../shaders/index/top-k-rank.ts';
import { TOP_K_ROOMS, topKSelectShader, type TopKSelectSpec } from '../../../shaders/index/top-k-select.ts';
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

/** How many invocations have a chunk, and how many vectors of candidates each: what takes more takes seconds to compile. */
const LONGEST = { lanes: 256, quads: 4 } as const;
const CHUNKS = [{ lanes: 64, quads: 1 }, { lanes: 64, quads: 4 }, LONGEST] as const;

/** Most results that one workgroup ranks. */
const MOST = Math.max(...TOP_K_ROOMS);

/** Most neighbours of which `groups` looks at the best only, at first. */
const MAX_GROUP = 64;
/** Elements of a row from which on groups pay. */
const LONG = 8192;

/** Fewest elements of a part of a row that a workgroup counts digits of, and most parts: each workgroup adds up those of all. */
const PARTS = { software: { least: 16_384, most: 8 }, others: { least: 4096, most: 64 } } as const;

/** Elements of which a workgroup chooses at once. */
const WHOLE = LONGEST.lanes * LONGEST.quads * 4;
/** Neighbours of a group up to which software adapters gain nothing by groups. */
const SMALL_GROUP = 4;

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

/** Candidates are the best of n / g groups, and g members of k of them: fewest where g is the root of n / k. */
const groupOf = ({ n, k }: Rows): number => Math.min(MAX_GROUP, 2 ** Math.round(Math.log2(n / Math.max(1, k)) / 2));

/** Where values and indices go; an unused output goes to scratch memory. */
function outputsOf({ node }: LowerContext<'TopK'>, { rows, k }: Rows): CallOperand[] {
  return [0, 1].map((i) => {
    const name = node.outputs[i];
    return name ? value(name) : { kind: 'scratch', id: `unused${i}`, elements: rows * k };
  });
}

/** Candidates of a pass: where they are listed (every position when absent), and how many a row has. */
interface Candidates {
  readonly kind: TopKSelectSpec['candidates'];
  readonly listed?: CallOperand;
  readonly length: number;
  /** Of `members`: how many each listed group has, a power of two. */
  readonly group?: number;
}

/** Passes that keep the best of each chunk until one chunk a row is left: its best are the results, or kept in `list`. */
function selectCalls(context: LowerContext<'TopK'>, plan: Rows, from: Candidates, list?: CallOperand): Call[] {
  const { node, device } = context;
  const { rows, n, inner, k } = plan;
  const type = wgslScalar(required(context, 0).dtype);
  const { largest } = node.attributes;
  const room = TOP_K_ROOMS.find((words) => k <= words) ?? MOST;
  const calls: Call[] = [];
  let candidates = from;
  for (let done = false; !done;) {
    const { kind, listed, length } = candidates;
    const { lanes, quads } = CHUNKS.find((c) => length <= c.lanes * c.quads * 4) ?? LONGEST;
    const chunks = ceilDiv(length, lanes * quads * 4);
    done = chunks === 1;
    const last = done && list === undefined;
    const id = `${from.kind} kept ${calls.length}`;
    const kept: CallOperand = done && list ? list : { kind: 'scratch', id, elements: rows * chunks * k };
    calls.push({
      shader: topKSelectShader({ type, largest, lanes, quads, candidates: kind, ...(last ? { room } : {}) }),
      operands: [value(node.inputs[0]), ...(listed ? [listed] : []), ...(last ? outputsOf(context, plan) : [kept])],
      params: {
        rows,
        n,
        inner,
        length,
        chunks,
        keep: k,
        bits: 32,
        each: 4 * quads,
        shift: Math.log2(candidates.group ?? 1),
      },
      workgroups: dispatch1d(rows * chunks, 1, device),
    });
    candidates = { kind: 'listed', listed: kept, length: chunks * k };
  }
  return calls;
}

/**
 * The k best elements of a row lie in the k groups whose best elements are best. So: the best of each group, the best
 * k of those, then the best k of the members of their groups. Reads the whole row once and counts little.
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
    ...selectCalls(context, plan, { kind: 'listed', listed: best, length: groups }, chosen),
    ...selectCalls(context, plan, { kind: 'members', listed: chosen, length: k * group, group }),
  ];
}

/** Keys and positions of a row's elements in lists. */
interface Lists {
  readonly length: number;
  /** Absent: all elements, as they lie. */
  readonly lists: readonly CallOperand[];
}

const words = (id: string, elements: number): CallOperand => ({ kind: 'scratch', id, elements, storage: 'u32' });
const listsOf = (id: string, elements: number): CallOperand[] =>
  ['keys', 'ids'].map((name) => words(`${id} ${name}`, elements));

/** The k best of each row, in the order of their positions. */
function digitCalls(context: LowerContext<'TopK'>, { rows, n, inner, k }: Rows): [Call[], Lists] {
  const { node, device } = context;
  const type = wgslScalar(required(context, 0).dtype);
  const { largest } = node.attributes;
  const { least, most } = device.adapterClass === 'software' ? PARTS.software : PARTS.others;
  const parts = Math.min(most, ceilDiv(n, least));
  const each = ceilDiv(n, parts * TOP_K_DIGITS);
  const counts = [0, 1].map((i) => words(`digits ${i}`, rows * parts * TOP_K_DIGITS));
  const states = words('states', rows * parts * 4);
  const lists = listsOf('selected', rows * k);
  const calls = [24, 16, 8, 0, -1].map((shift, pass): Call => {
    const last = shift < 0;
    const results = last ? lists : counts.slice(pass % 2, (pass % 2) + 1);
    return {
      shader: topKDigitShader({ type, largest, last }),
      operands: [value(node.inputs[0]), at(counts, 1 - (pass % 2)), states, ...results],
      params: { rows, n, inner, parts, each, keep: k, shift: Math.max(0, shift) },
      workgroups: dispatch1d(rows * parts, 1, device),
    };
  });
  return [calls, { length: k, lists }];
}

/** Selects the k best, where that leaves much away; sorts them chunk by chunk; merges the chunks four by four. */
function sortCalls(context: LowerContext<'TopK'>, plan: Rows): Call[] {
  const { node, device } = context;
  const { rows, n, inner, k } = plan;
  const type = wgslScalar(required(context, 0).dtype);
  const { largest } = node.attributes;
  const x = value(node.inputs[0]);
  const [calls, { length, lists }] = 2 * k <= n ? digitCalls(context, plan) : [[], { length: n, lists: [] }];
  const chunks = ceilDiv(length, TOP_K_RUN);
  const resultsOf = (last: boolean): CallOperand[] =>
    last ? outputsOf(context, plan) : listsOf(`sorted ${calls.length}`, rows * length);
  let sorted = resultsOf(chunks === 1);
  calls.push({
    shader: topKRankShader({ type, largest, listed: lists.length > 0, last: chunks === 1 }),
    operands: [...(chunks === 1 || lists.length === 0 ? [x] : []), ...lists, ...sorted],
    params: { rows, n, inner, length, chunks, keep: k },
    workgroups: dispatch1d(rows * chunks, 1, device),
  });
  for (let run = TOP_K_RUN; run < length; run *= TOP_K_MERGED) {
    const last = run * TOP_K_MERGED >= length;
    const results = resultsOf(last);
    calls.push({
      shader: topKMergeShader({ type, last }),
      operands: [...(last ? [x] : []), ...sorted, ...results],
      params: { count: rows * length, n, inner, length, keep: k, run },
      workgroups: dispatch1d(rows * length, TOP_K_MERGE_WORKGROUP, device),
    });
    sorted = results;
  }
  return calls;
}

export const topK: KernelDefinition<'TopK'> = {
  kind: 'dispatch',
  ...PLAIN_TRAITS,
  chooses: () => [0],
  // Processor time of 1000 of 8400 as groups and sorted: 1.55 and 1.22 ms on lavapipe, 9.1 and 6.9 on SwiftShader; of 20 000 2.6 and
  // 2.2, 18 and 13; of 50 000, in groups of eight, 3.3 and 4.5, 24 and 34. The kernels of the others take seconds to compile.
  preferred: (context) => {
    const plan = rowsOf(context);
    const few = context.device.adapterClass === 'software' && plan.n > WHOLE && groupOf(plan) <= SMALL_GROUP;
    return few ? ['sort'] : [];
  },
  variants: [
    variant(
      'groups',
      (context) => {
        const plan = rowsOf(context);
        return plan.k <= MOST && 2 * plan.k * groupOf(plan) <= plan.n && plan.n >= LONG ? plan : undefined;
      },
      (context, plan) => (plan.rows * plan.k === 0 ? [] : groupCalls(context, plan)),
    ),
    variant(
      'select',
      (context) => {
        const plan = rowsOf(context);
        return plan.k <= MOST ? plan : undefined;
      },
      (context, plan) =>
        plan.rows * plan.k === 0 ? [] : selectCalls(context, plan, { kind: 'positions', length: plan.n }),
    ),
    variant('sort', rowsOf, (context, plan) => (plan.rows * plan.k === 0 ? [] : sortCalls(context, plan))),
  ],
};

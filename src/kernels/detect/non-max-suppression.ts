/** NonMaxSuppression → candidates sorted in chunks, chunks merged, blocks of greedy suppression, rows; or soft suppression. */
import { BEST_CLASS_WORKGROUP, bestClassShader } from '../../../shaders/detect/best-class.ts';
import { candidatesShader, type CandidateSpec } from '../../../shaders/detect/candidates.ts';
import { EMIT_WORKGROUP, emitShader } from '../../../shaders/detect/emit.ts';
import { MERGE_WORKGROUP, mergeShader } from '../../../shaders/detect/merge.ts';
import { LIST_WORKGROUP, listShader } from '../../../shaders/detect/list.ts';
import { rankShader } from '../../../shaders/detect/rank.ts';
import { softShader } from '../../../shaders/detect/soft.ts';
import { SUPPRESS_FEW_ROOM, suppressFewShader } from '../../../shaders/detect/suppress-few.ts';
import { suppressShader } from '../../../shaders/detect/suppress.ts';
import { selectScanShader } from '../../../shaders/index/select-scan.ts';
import { OVERLAP_VALUES, type OverlapSpec } from '../../../shaders/lib/overlap.ts';
import { SELECT_WORKGROUP } from '../../../shaders/lib/select.ts';
import { tensorOf } from '../../core/tensor.ts';
import type { Storage } from '../../core/storage.ts';
import { at, ceilDiv } from '../../util/arrays.ts';
import {
  dispatch1d,
  PLAIN_TRAITS,
  required,
  result,
  value,
  variant,
  type CallOperand,
  type KernelCall,
  type KernelDefinition,
  type LowerContext,
} from '../definition.ts';

/** Largest chunk a workgroup sorts: 8 KiB of workgroup memory, half of what every device has. */
const MAX_CHUNK = 1024;
const MIN_CHUNK = 64;

/** Workgroups that share chunks of which few have candidates: starting one costs more. Odd, so that the first of all segments are not one's. */
const SPREAD = 63;

type Context = LowerContext<'NonMaxSuppression'>;
type Call = Omit<KernelCall, 'variant'>;

/** What suppression runs over: `segments` lists of n scores, `classes` for each batch. */
interface Segments {
  readonly segments: number;
  readonly classes: number;
  readonly n: number;
  readonly keep: number;
  readonly scores: CallOperand;
  /** The class of each box, where boxes stand once. */
  readonly labels?: CallOperand;
  /** What makes the scores. */
  readonly calls: readonly Call[];
}

/** What suppression leaves behind. */
interface Kept {
  readonly calls: readonly Call[];
  readonly ids: CallOperand;
  readonly counts: CallOperand;
  /** Decayed scores. */
  readonly scores?: CallOperand;
}

const scratch = (id: string, elements: number, storage: Storage = 'u32'): CallOperand => ({
  kind: 'scratch',
  id,
  elements,
  storage,
});

function segmentsOf(context: Context): Segments {
  const { node, device } = context;
  const [batches = 0, classes = 0, n = 0] = required(context, 1).shape;
  const once = node.attributes.classAgnostic && classes > 1;
  const segments = batches * (once ? 1 : classes);
  const keep = segments === 0 ? 0 : at(result(context).shape, 0) / segments;
  const scores = value(node.inputs[1]);
  if (!once) return { segments, classes, n, keep, scores, calls: [] };
  const [best, labels] = [scratch('best', batches * n), scratch('labels', batches * n)];
  const call = {
    shader: bestClassShader(),
    operands: [scores, best, labels],
    params: { count: batches * n, classes, n },
    workgroups: dispatch1d(batches * n, BEST_CLASS_WORKGROUP, device),
  };
  return { segments, classes: 1, n, keep, scores: best, labels, calls: [call] };
}

/** A threshold that is given, else zero. */
function threshold({ node }: Context, index: number): CallOperand {
  const name = node.inputs[index];
  return name ? value(name) : { kind: 'constant', tensor: tensorOf('float32', [1], [0]) };
}

function candidateSpec({ node }: Context): CandidateSpec {
  const { scoreInclusive, ties } = node.attributes;
  return { filtered: Boolean(node.inputs[4]), inclusive: scoreInclusive, highest: ties === 'higher' };
}

function overlapSpec({ node }: Context): OverlapSpec {
  const { centerPointBox, offset, inclusive } = node.attributes;
  return { centerPointBox, offset: offset === 1, inclusive };
}

/** Where candidates lie: by segment, in chunks that are sorted. */
interface Chunks {
  readonly chunk: number;
  readonly chunks: number;
  readonly keys: CallOperand;
  readonly ids: CallOperand;
  readonly counts: CallOperand;
}

function chunksOf({ segments, n }: Segments): Chunks {
  const chunk = Math.min(MAX_CHUNK, Math.max(MIN_CHUNK, 2 ** Math.ceil(Math.log2(n))));
  const chunks = ceilDiv(n, chunk);
  const elements = segments * chunks * chunk;
  const [keys, ids] = [scratch('keys', elements), scratch('ids', elements)];
  return { chunk, chunks, keys, ids, counts: scratch('counts', segments * chunks) };
}

/** Finds and sorts the candidates of each chunk at once. */
function wideCandidates(context: Context, plan: Segments, to: Chunks): Call[] {
  const { segments, n, scores } = plan;
  const { chunk, chunks, keys, ids, counts } = to;
  return [
    {
      shader: candidatesShader({ ...candidateSpec(context), chunk }),
      operands: [scores, threshold(context, 4), keys, ids, counts],
      params: { segments, n, chunks },
      workgroups: dispatch1d(segments * chunks, 1, context.device),
    },
  ];
}

/** Lists the candidates of each segment, then sorts them in chunks, of which few have any. */
function fewCandidates(context: Context, plan: Segments, to: Chunks): Call[] {
  const { segments, n, scores } = plan;
  const { chunk, chunks, keys, ids, counts } = to;
  const spec = candidateSpec(context);
  const elements = segments * chunks * chunk;
  const listed = ['listed keys', 'listed ids'].map((id) => scratch(id, elements));
  const groups = segments * chunks;
  const spread = Math.min(groups, SPREAD);
  return [
    {
      shader: listShader({ ...spec, chunk, vector: n % 4 === 0 }),
      operands: [scores, threshold(context, 4), ...listed, counts],
      params: { segments, n, chunks, each: 32 * ceilDiv(n, 32 * LIST_WORKGROUP) },
      workgroups: dispatch1d(segments, 1, context.device),
    },
    {
      shader: rankShader({ chunk, highest: spec.highest }),
      operands: [...listed, counts, keys, ids],
      params: { groups, spread },
      workgroups: dispatch1d(spread, 1, context.device),
    },
  ];
}

/** Sorts what is enough, then suppresses in blocks. */
function hardCalls(context: Context, plan: Segments, wide: boolean): Kept {
  const { segments, classes, n, keep } = plan;
  const { node, device } = context;
  const found = chunksOf(plan);
  const { chunk, chunks, keys, ids, counts } = found;
  const stride = chunks * chunk;
  const merged = chunks === 1 ? ids : scratch('merged', segments * stride);
  const kept = scratch('kept', segments * keep);
  const keptCounts = scratch('kept counts', segments);
  const room = keep + (wide ? 0 : SUPPRESS_FEW_ROOM);
  const [keptBoxes, keptAreas] = [
    scratch('kept boxes', segments * room * 4, 'f32'),
    scratch('kept areas', segments * room, 'f32'),
  ];
  const groups = segments * chunks;
  const parts = wide ? chunk / MERGE_WORKGROUP : 1;
  const spread = wide ? groups * parts : Math.min(groups, SPREAD);
  const merge: Call = {
    shader: mergeShader({ chunk, highest: candidateSpec(context).highest }),
    operands: [keys, ids, counts, merged],
    params: { groups, parts, chunks, spread },
    workgroups: dispatch1d(spread, 1, device),
  };
  const overlap = overlapSpec(context);
  return {
    ids: kept,
    counts: keptCounts,
    calls: [
      ...(wide ? wideCandidates : fewCandidates)(context, plan, found),
      ...(chunks === 1 ? [] : [merge]),
      {
        shader: wide ? suppressShader(overlap) : suppressFewShader(overlap),
        operands: [
          merged,
          counts,
          value(node.inputs[0]),
          threshold(context, 3),
          kept,
          keptBoxes,
          keptAreas,
          keptCounts,
        ],
        params: { segments, classes, n, stride, chunks, keep, ...OVERLAP_VALUES },
        workgroups: dispatch1d(segments, 1, device),
      },
    ],
  };
}

function softCalls(context: Context, { segments, classes, n, keep, scores }: Segments): Kept {
  const { node, device } = context;
  const { soft, sigma } = node.attributes;
  const linear = soft === 'linear';
  const [kept, counts] = [scratch('kept', segments * keep), scratch('kept counts', segments)];
  const keptScores = scratch('kept scores', segments * keep, 'f32');
  const spec = { linear, overlap: overlapSpec(context), candidates: candidateSpec(context) };
  const call: Call = {
    shader: softShader(spec),
    operands: [
      scores,
      value(node.inputs[0]),
      threshold(context, 3),
      threshold(context, 4),
      scratch('left', segments * n),
      kept,
      keptScores,
      counts,
    ],
    params: { segments, classes, n, keep, scale: linear ? 0 : -0.5 / sigma, ...OVERLAP_VALUES },
    workgroups: dispatch1d(segments, 1, device),
  };
  return { calls: [call], ids: kept, counts, scores: keptScores };
}

function scanCall(context: Context, counts: CallOperand, chunks: number): Call {
  return {
    shader: selectScanShader(),
    operands: [counts, value(context.node.outputs[1])],
    params: { chunks, each: ceilDiv(chunks, SELECT_WORKGROUP) },
    workgroups: [1, 1, 1],
  };
}

function lowered(context: Context, wide: boolean): readonly Call[] {
  const { node, device } = context;
  const plan = segmentsOf(context);
  const { segments, classes, n, keep, labels } = plan;
  if (segments * keep === 0) return [scanCall(context, scratch('none', 1), 0)];
  const soft = node.attributes.soft !== 'none';
  const kept = soft ? softCalls(context, plan) : hardCalls(context, plan, wide);
  const chosen = node.outputs[2];
  const scored = Boolean(chosen);
  return [
    ...plan.calls,
    ...kept.calls,
    scanCall(context, kept.counts, segments),
    {
      shader: emitShader({ labelled: Boolean(labels), scored, soft: soft && scored }),
      operands: [
        kept.ids,
        kept.counts,
        value(node.outputs[1]),
        value(node.outputs[0]),
        ...(labels ? [labels] : []),
        ...(chosen ? [kept.scores ?? plan.scores, value(chosen)] : []),
      ],
      params: { segments, classes, n, keep },
      workgroups: dispatch1d(segments * keep, EMIT_WORKGROUP, device),
    },
  ];
}

export const nonMaxSuppression: KernelDefinition<'NonMaxSuppression'> = {
  kind: 'dispatch',
  ...PLAIN_TRAITS,
  chooses: () => [0, 1, 3, 4],
  // On software adapters a load costs as much as ten overlaps: boxes stay in registers. Others have more invocations than candidates.
  preferred: ({ device }) => (device.adapterClass === 'software' ? ['whole'] : ['sliced']),
  variants: [
    variant(
      'sliced',
      ({ node }) => (node.attributes.soft === 'none' ? true : undefined),
      (context) => lowered(context, true),
    ),
    variant(
      'whole',
      () => true,
      (context) => lowered(context, false),
    ),
  ],
};

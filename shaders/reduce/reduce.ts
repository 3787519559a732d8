/**
 * Folds the elements of x along some dimensions into one result each.
 *
 * Layout: result i, at coordinates c over the kept extents d, folds x[Σ c·s + Σ k·f] over all k below the folded
 * extents e. y is dense over d. With width 4 the innermost kept dimension is contiguous and counted in vectors.
 * Bindings: 0 x read, 1 y read_write (scalars of the type; vec4 when width is 4).
 * Workgroup: 64 × 1 × 1. Serial: one result, or four, per invocation. Tree: one result per workgroup, each invocation
 * folds every 64th element and the 64 partial results are folded in workgroup memory.
 * Dispatch: dispatch1d(count, 64) serial, dispatch1d(count · 64, 64) tree.
 * Spec: kind; type of x; result, the dtype of y; width (1 for tree); kept and folded ranks; tree; long, for sums of floats of
 *   which an invocation adds thousands: by parts of 1024, since each addition rounds to a share of what was added before;
 *   byDigits, for means of integers whose sum may not fit 32 bits: x is folded once for each digit.
 * Limits: tree uses 256 bytes of workgroup storage.
 */
import type { DType } from '../../src/core/dtype.ts';
import type { ReduceKind } from '../../src/ir/ops.ts';
import { range } from '../../src/util/arrays.ts';
import { linearIndex } from '../lib/index.ts';
import { meanDigits, meanFunction } from '../lib/integer-mean.ts';
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { boolType, extremeFunctions, isNanFunction, vectorType, type Scalar } from '../lib/numbers.ts';
import { isFiniteFunction, wrapped } from '../lib/special-numbers.ts';
import { coordinates, listFields, stridedOffset } from '../lib/strided.ts';

/** Invocations per workgroup. */
export const REDUCE_WORKGROUP = 64;

export interface ReduceSpec {
  readonly kind: ReduceKind;
  readonly type: Scalar;
  readonly result: DType;
  readonly width: 1 | 4;
  readonly kept: number;
  readonly folded: number;
  readonly tree: boolean;
  readonly long: boolean;
  readonly byDigits: boolean;
}

/** Terms of a part. */
const PART = 1024;

/** How elements `v` fold into `acc`, and what becomes of the fold. Partial folds combine as `combine` says. */
interface Fold {
  readonly element: string;
  readonly combine: (a: string, b: string) => string;
  readonly finish: string;
}

const add = (a: string, b: string): string => `${a} + ${b}`;

const FOLDS: { readonly [K in ReduceKind]: Fold } = {
  sum: { element: 'v', combine: add, finish: 'acc' },
  mean: { element: 'v', combine: add, finish: 'acc / T(S(params.terms))' },
  max: { element: 'v', combine: (a, b) => `max(${a}, ${b})`, finish: 'acc' },
  min: { element: 'v', combine: (a, b) => `min(${a}, ${b})`, finish: 'acc' },
  prod: { element: 'v', combine: (a, b) => `${a} * ${b}`, finish: 'acc' },
  l1: { element: 'abs(v)', combine: add, finish: 'acc' },
  l2: { element: 'v * v', combine: add, finish: 'sqrt(acc)' },
  sumSquare: { element: 'v * v', combine: add, finish: 'acc' },
  // Shifted by the largest element, found by a first fold, so that exp cannot overflow.
  logSumExp: { element: 'exp(v - peak)', combine: add, finish: 'select(peak, peak + log(acc), is_finite(peak))' },
};

/** Extremes of floats pass over NaN, unless it is the first element (src/ops/reduce/reduce-loop.ts says why). */
const OVER_NAN = {
  element: 'select(v, T(params.start), is_nan(v))',
  finish: 'select(acc, x[base], is_nan(x[base]) & B(params.terms > 0u))',
};

const passesNan = (kind: ReduceKind, type: Scalar): boolean => type === 'f32' && (kind === 'max' || kind === 'min');

/** What finding the peak folds with, which NaN passes through. */
const PEAK = { element: 'v', combine: (a: string, b: string): string => `greater(${a}, ${b})` };

/** WGSL that folds all elements of one result into `var <name>`, starting from `start`. */
type Folding = (name: string, start: string, fold: Pick<Fold, 'element' | 'combine'>) => string;

export function reduceShader(spec: ReduceSpec): ShaderModule {
  const { kind, type, result, width, kept, folded, tree, long, byDigits } = spec;
  const vector = vectorType(type, width);
  const fold = { ...FOLDS[kind], ...(passesNan(kind, type) ? OVER_NAN : {}) };
  const digits = byDigits ? meanDigits(type, width) : [];
  const mean = `mean_of(${digits.map(({ name }) => name).join(', ')}, params.terms)`;
  const ofDigits = digits.map(({ name, element }) => [name, { element, combine: add }] as const);
  const folds = byDigits ? ofDigits : [['acc', fold] as const];
  const finish = wrapped(byDigits ? mean : fold.finish, result, width);
  const folding = tree ? treeFolding(folded, long) : serialFolding(folded, long);
  const typed = (text: string): string =>
    text.replaceAll(/\bT\b/g, vector).replaceAll(/\bS\b/g, type).replaceAll(/\bB\b/g, boolType(width));
  const peaked = kind === 'logSumExp';
  const start = peaked ? 'T(S(0))' : 'T(params.start)';
  return shaderModule({
    bindings: [
      { name: 'x', access: 'read', element: vector },
      { name: 'y', access: 'read_write', element: vector },
    ],
    params: {
      count: 'u32',
      terms: 'u32',
      start: type,
      ...listFields('d', kept),
      ...listFields('s', kept),
      ...listFields('e', folded),
      ...listFields('f', folded),
    },
    workgroupSize: [REDUCE_WORKGROUP, 1, 1],
    declarations: declarations(spec),
    body: typed(wgsl`
#if ${tree}
  let i = wid.y * groups.x + wid.x;
#else
  ${linearIndex(REDUCE_WORKGROUP)}
#endif
  if (i >= params.count) { return; }
  ${coordinates(kept)}
  let base = ${stridedOffset(kept, 's')};
#if ${peaked}
  ${folding('peak', 'T(params.start)', PEAK)}
#endif
  ${folds.map(([name, each]) => folding(name, start, each)).join('\n')}
#if ${tree}
  if (local_index == 0u) { y[i] = ${finish}; }
#else
  y[i] = ${finish};
#endif`),
  });
}

/** Functions that the fold calls, and where workgroups keep parts of it. */
function declarations({ kind, type, width, tree, byDigits }: ReduceSpec): string {
  return wgsl`
#if ${passesNan(kind, type)}
${isNanFunction(width)}
#endif
#if ${kind === 'logSumExp'}
${extremeFunctions(type, width)}
${isFiniteFunction(width)}
#endif
#if ${tree}
var<workgroup> partial: array<${vectorType(type, width)}, ${u32(REDUCE_WORKGROUP)}>;
#endif
#if ${byDigits}
${meanFunction(type, width)}
#endif`;
}

/** Lets a sum be a part where it is long: what to declare, to do after each term where `isWhole`, and at last. */
function parts(name: string, isWhole: string): readonly [string, string, string] {
  return [
    ` var whole = ${name};`,
    ` if (${isWhole}) { whole = whole + ${name}; ${name} = T(S(0)); }`,
    ` ${name} = ${name} + whole;`,
  ];
}

const NO_PARTS = ['', '', ''] as const;

/** Nested loops over the folded dimensions. */
const serialFolding =
  (rank: number, long: boolean): Folding =>
  (name, start, { element, combine }) => {
    const open = range(rank).map((axis) => `for (var k${axis} = 0u; k${axis} < params.e${axis}; k${axis}++) {`);
    const inParts = long && combine === add;
    const [begin, each, end] = inParts ? parts(name, `terms % ${u32(PART)} == 0u`) : NO_PARTS;
    return wgsl`
  var ${name} = ${start};${begin}${inParts ? ' var terms = 0u;' : ''}
  ${open.join(' ')}
    let v = x[base + ${stridedOffset(rank, 'f', 'k')}];
    ${name} = ${combine(name, element)};${inParts ? ' terms++;' : ''}${each}
  ${'}'.repeat(rank)}${end}`;
  };

/** Each invocation folds its share, then halves of the workgroup fold into each other. */
const treeFolding =
  (rank: number, long: boolean): Folding =>
  (name, start, { element, combine }) => {
    const isWhole = `term % ${u32(PART * REDUCE_WORKGROUP)} < ${u32(REDUCE_WORKGROUP)}`;
    const [begin, each, end] = long && combine === add ? parts(name, isWhole) : NO_PARTS;
    return wgsl`
  var ${name} = ${start};${begin}
  for (var term = local_index; term < params.terms; term += ${u32(REDUCE_WORKGROUP)}) {
    ${coordinates(rank, 'term', 'e', 'k')}
    let v = x[base + ${stridedOffset(rank, 'f', 'k')}];
    ${name} = ${combine(name, element)};${each}
  }${end}
  workgroupBarrier();
  partial[local_index] = ${name};
  workgroupBarrier();
  for (var half = ${u32(REDUCE_WORKGROUP / 2)}; half > 0u; half /= 2u) {
    if (local_index < half) {
      partial[local_index] = ${combine('partial[local_index]', 'partial[local_index + half]')};
    }
    workgroupBarrier();
  }
  ${name} = partial[0];`;
  };

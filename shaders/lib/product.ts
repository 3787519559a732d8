/** What the shaders of matrix products have in common: operands, batches, steps of four along the depth, and the tail. */
import type { FloatStorage, Storage } from '../../src/core/storage.ts';
import { range } from '../../src/util/arrays.ts';
import { biasVector, epilogueBindings, epilogueParams, outputBinding, type EpilogueSpec } from './epilogue.ts';
import { u32 } from './literal.ts';
import type { Binding, ParamFields } from './module.ts';
import { elementOf, vectorType } from './numbers.ts';
import { coordinates, listFields, stridedOffset } from './strided.ts';
import { loadWeights } from './weights.ts';

/** Structure of the operands of a product y = a·b, and of its tail. */
export interface ProductSpec extends EpilogueSpec {
  readonly aType: FloatStorage;
  readonly bType: Storage;
  /** Stored as [depth][rows] instead of [rows][depth]; then aVector is 1. */
  readonly transA: boolean;
  /** Stored as [columns][depth] instead of [depth][columns]. */
  readonly transB: boolean;
  /** Elements per load along the depth: 4 where depth, pitch, offset and batch strides of a are multiples of 4. */
  readonly aVector: 1 | 4;
  /** The same for b, along its columns, or along the depth with transB. */
  readonly bVector: 1 | 4;
  /** 4 where y and the residual are written in vectors; then columns are in fours. */
  readonly outVector: 1 | 4;
  /** The depth is no multiple of 4: the last step is masked. */
  readonly ragged: boolean;
  /** The bias has a value for every row, or one for all; otherwise one for each column. */
  readonly biasRows: boolean;
  /** Dimensions over which batches broadcast. */
  readonly batchRank: number;
  /** y = alpha·a·b + beta·bias. */
  readonly scaled: boolean;
  /**
   * Factors of a's columns, gate[image][k], before they are multiplied (a squeeze-and-excite block): `one` for all rows,
   * or those of its image for every row.
   */
  readonly gate: 'none' | 'one' | 'images';
  readonly gateType: FloatStorage;
}

/** a, b, gate?, bias?, residual?, y. */
export function productBindings(spec: ProductSpec): Binding[] {
  return [...operandBindings(spec), ...epilogueBindings(spec, spec.outVector), outputBinding(spec, spec.outVector)];
}

/** a, b and the gate. */
export function operandBindings(spec: ProductSpec): Binding[] {
  const { aType, aVector, bType, bVector, gate, gateType } = spec;
  const bindings: Binding[] = [
    { name: 'a', access: 'read', element: vectorType(aType, aVector) },
    { name: 'b', access: 'read', element: elementOf({ storage: bType, width: bVector }) },
  ];
  if (gate !== 'none') bindings.push({ name: 'gate', access: 'read', element: vectorType(gateType, gateVector(spec)) });
  return bindings;
}

/** The gate is dense. */
function gateVector({ ragged }: ProductSpec): 1 | 4 {
  return ragged ? 1 : 4;
}

/**
 * Extents and strides: `rows`·`depth` by `depth`·`width`, where b holds `width` of the columns from `first` on; b_pitch
 * is b's innermost stride but one, in elements; gate_rows are the rows of an image; d, s and t are extents of the batch
 * and strides of a and b.
 */
export function operandParams({ transA, batchRank, gate }: ProductSpec): ParamFields {
  return {
    rows: 'u32',
    depth: 'u32',
    first: 'u32',
    width: 'u32',
    b_pitch: 'u32',
    ...(transA ? {} : ({ a_offset: 'u32', a_pitch: 'u32' } as const)),
    ...(gate === 'images' ? ({ gate_rows: 'u32' } as const) : {}),
    ...listFields('d', batchRank),
    ...listFields('s', batchRank),
    ...listFields('t', batchRank),
  };
}

/** The part of a spec that the tail asks for. */
export type ProductTail = EpilogueSpec & Pick<ProductSpec, 'outVector' | 'scaled'>;

/** What the tail adds. */
export function tailParams(spec: ProductTail): ParamFields {
  return {
    ...(spec.bias ? ({ bias_row: 'u32', bias_column: 'u32' } as const) : {}),
    ...(spec.scaled ? ({ alpha: 'f32', beta: 'f32' } as const) : {}),
    ...epilogueParams(spec),
  };
}

/** Declares `a_base` and `b_base`, the elements where the matrices of batch `batch` start. */
export function batchBases({ batchRank, transA }: ProductSpec): string {
  const start = transA ? '' : ' + params.a_offset';
  return `${coordinates(batchRank, 'batch')}
  let a_base = ${stridedOffset(batchRank, 's')}${start};
  let b_base = ${stridedOffset(batchRank, 't')};`;
}

/** Declares where row `row` of a starts, in elements of the binding, and its part of the gate: see `aQuad`. */
export function declareRow(spec: ProductSpec, name: string | number, row: string): string {
  const { transA, aVector, gate } = spec;
  const at = transA ? `a_base + ${row}` : `a_base + ${row} * params.a_pitch`;
  const start = `let a_at${name} = ${aVector === 4 ? `(${at}) / 4u` : at};`;
  return gate === 'images' ? `${start} let gate_at${name} = ${row} / params.gate_rows * params.depth;` : start;
}

/** Declares what all rows share of a step: to come before `aQuad` and `aOne`. */
export function declareStep({ gate, ragged }: ProductSpec, k = 'k'): string {
  if (gate !== 'one') return '';
  const one = (d: number): string => `f32(gate[${k} + ${u32(d)}])`;
  return `let gate_quad = ${ragged ? `vec4<f32>(${range(4).map(one).join(', ')})` : `vec4<f32>(gate[${k} / 4u])`};`;
}

/** Four neighbours along the depth, from `k` on (a multiple of 4), of the declared row `name` of a. */
export function aQuad(spec: ProductSpec, name: string | number, k = 'k'): string {
  const { aVector, gate } = spec;
  if (aVector === 1) {
    const ones = range(4).map((d) => {
      const factor = gate === 'one' ? `gate_quad.${'xyzw'.charAt(d)}` : undefined;
      return aOne(spec, name, `(${k} + ${u32(d)})`, factor);
    });
    return `vec4<f32>(${ones.join(', ')})`;
  }
  const load = `vec4<f32>(a[a_at${name} + ${k} / 4u])`;
  if (gate === 'none') return load;
  return `${load} * ${gate === 'one' ? 'gate_quad' : `vec4<f32>(gate[(gate_at${name} + ${k}) / 4u])`}`;
}

/** One element of that row, zero past the depth; `factor` when the gate's is loaded already. */
export function aOne(spec: ProductSpec, name: string | number, k: string, factor?: string): string {
  const { transA, ragged, gate } = spec;
  const load = `f32(a[a_at${name} + ${k}${transA ? ' * params.rows' : ''}])`;
  const value = gate === 'none' ? load : `${load} * ${factor ?? gateOne(spec, name, k)}`;
  return ragged ? `select(0.0, ${value}, ${k} < params.depth)` : value;
}

function gateOne(spec: ProductSpec, name: string | number, k: string): string {
  const at = spec.gate === 'one' ? k : `(gate_at${name} + ${k})`;
  return gateVector(spec) === 4 ? `f32(gate[${at} / 4u][${at} % 4u])` : `f32(gate[${at}])`;
}

/** Where column `column` of b starts, in elements of the binding; `column` is a multiple of 4 without transB. */
export function bStart({ transB, bVector }: ProductSpec, column: string): string {
  const at = transB ? `b_base + ${column} * params.b_pitch` : `b_base + ${column}`;
  return bVector === 4 ? `(${at}) / 4u` : at;
}

/**
 * Four columns of b from the one that starts at `start`, at depths k … k+3, as four vectors: with wide loads of a
 * transposed b vector i holds column i, otherwise depth k + i. `accumulate` knows.
 */
export function bQuads(spec: ProductSpec, start: string, k = 'k'): string[] {
  if (isByColumn(spec)) {
    return range(4).map((j) => bAt(spec, `${start} + ${u32(j)} * (params.b_pitch / 4u) + ${k} / 4u`));
  }
  return range(4).map((d) => bRow(spec, start, `(${k} + ${u32(d)})`));
}

/** What b holds at an index, of elements or vectors. */
export function bAt({ bType, bVector }: ProductSpec, index: string): string {
  return loadWeights(bType, bVector, 'b', index);
}

/** Four columns of b at depth `depth`, zero past its end; not for wide loads of a transposed b. */
export function bRow(spec: ProductSpec, start: string, depth: string): string {
  const { transB, bVector, ragged } = spec;
  const one = (j: number): string =>
    bAt(
      spec,
      transB ? `${start} + ${u32(j)} * params.b_pitch + ${depth}` : `${start} + ${depth} * params.b_pitch + ${u32(j)}`,
    );
  const load =
    bVector === 4
      ? bAt(spec, `${start} + ${depth} * (params.b_pitch / 4u)`)
      : `vec4<f32>(${range(4).map(one).join(', ')})`;
  return ragged ? `select(vec4<f32>(), ${load}, ${depth} < params.depth)` : load;
}

/** Adds to `sum`, four columns of a row, the product of four depths: x of a, and the vectors that `bQuads` gave. */
export function accumulate(spec: ProductSpec, sum: string, x: string, b: readonly string[]): string {
  if (isByColumn(spec)) return `${sum} += vec4<f32>(${b.map((column) => `dot(${x}, ${column})`).join(', ')});`;
  // Next to each other, so that the sum stays in a register.
  return b.map((row, d) => `${sum} = fma(vec4<f32>(${x}.${'xyzw'.charAt(d)}), ${row}, ${sum});`).join(' ');
}

/** True where each vector of `bQuads` is a column. */
export function isByColumn({ transB, bVector }: ProductSpec): boolean {
  return transB && bVector === 4;
}

/** The bias of four columns from `column` on, of a row. */
export function productBias(row: string, column: string): string {
  return biasVector(`${row} * params.bias_row + ${column} * params.bias_column`, 'params.bias_column');
}

/** A sum, scaled and with its bias, both expressions. */
export function withBias({ scaled, bias }: ProductTail, sum: string, addend: string): string {
  const product = scaled ? `${sum} * params.alpha` : sum;
  if (!bias) return product;
  return `${product} + ${addend}${scaled ? ' * params.beta' : ''}`;
}

/** Lines for 0 … n−1, joined. */
export function lines(n: number, line: (i: number) => string): string {
  return range(n).map(line).join('\n');
}

/** Name of the sum of row `r` and column quad `q` of an invocation. */
export function sumName(r: number, q: number): string {
  return `sum${r}_${q}`;
}

/** Declares the sums of `rows` rows × `quads` column quads, all zero. */
export function declareSums(rows: number, quads: number, type = 'vec4<f32>'): string {
  return lines(rows * quads, (i) => `  var ${sumName(Math.floor(i / quads), i % quads)} = ${type}();`);
}

/** Names of the four vectors of b that belong to column quad `q` (see `bQuads`). */
export function bNames(q: number): string[] {
  return range(4).map((d) => `b${q}_${d}`);
}

/** Declares them. */
export function loadB(spec: ProductSpec, q: number): string {
  const loads = bQuads(spec, `b_at${q}`);
  return bNames(q)
    .map((name, d) => `    let ${name} = ${loads[d] ?? ''};`)
    .join('\n');
}

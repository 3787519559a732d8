/**
 * Products of 8-bit integers through workgroup memory, for GPUs: convolutions without groups and products with constant
 * weights, brought to another scale. What a sum is made of, and its layout, is as in q-linear-conv.ts.
 *
 * Layout: x [rows, in_c], or [N, in_h, in_w, in_c] of which row (n·out_h + oy)·out_w + ox is a window; w[word · blocks +
 *   block], words of four input channels tap by tap; channels, of each the constant, multiplier, shift and zw; y [rows,
 *   out_c]. With `split`, words are cut into parts, and what is written is partial[split][row][blocks], for
 *   q-linear-sum.ts: Σ x·w − zw·Σ x of each.
 * Bindings: x read, w read vec4<u32>, channels read vec4<i32> (split: where zeroPoints); y read_write, or partial read_write.
 * Workgroup: tileColumns / (4·quads) × tileRows / rows × 1; invocation (i, j) makes row quads j, j + size_y, … and channel
 *   blocks i, i + size_x, ….
 * Dispatch: [⌈blocks / (tileColumns / 4)⌉, ⌈rows / tileRows⌉, splits].
 * Spec: tileRows, tileColumns, tileDepth and rows in fours, quads; reader of x; source of x; dot4; rule of rescaling;
 *   zeroPoints, where some zw is not 0; ragged, where channels end within a word; split; how y is stored, packed only where
 *   out_c % 4 = 0.
 * Limits: workgroup storage `quantisedStorage`; the invocations divide the words of four columns of a block, and the words
 *   of four rows where they are no more than these.
 */
import type { Storage } from '../../src/core/storage.ts';
import { range } from '../../src/util/arrays.ts';
import type { RescaleRule } from '../lib/fixed-point.ts';
import { dot4Function, xWordFunction, type Dot4, type WordSource } from '../lib/int8.ts';
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type Binding, type ParamFields, type ShaderModule } from '../lib/module.ts';
import { declareSums, lines, sumName } from '../lib/product.ts';
import {
  aPitch,
  aSlot,
  loadWordFunction,
  sharers,
  weightWordReader,
  wordReader,
  wordShares,
  wordsOf,
  type QuantisedReaderSpec,
} from '../lib/quantised-readers.ts';
import {
  finishedFunction,
  loadChannels,
  QUANTISED_RESULT_PARAMS,
  resultBinding,
  writeFunction,
} from '../lib/quantised-results.ts';
import { elementOf } from '../lib/numbers.ts';
import { tiledBody, tiledWorkgroup, type ProductTile } from '../lib/tiled.ts';
import { WINDOW_PARAMS, WINDOW_SHAPE_PARAMS } from '../lib/window.ts';

export interface QLinearTiledSpec extends QuantisedReaderSpec {
  readonly source: WordSource;
  readonly dot4: Dot4;
  readonly rule: RescaleRule;
  readonly split: boolean;
  readonly y: Storage;
}

/** Bytes of workgroup memory. */
export function quantisedStorage(tile: ProductTile): number {
  return (aPitch(tile) + tile.tileColumns / 4) * wordsOf(tile) * 16;
}

/** Adds the products of a word of row j of row quad p to the sums of column quad q. */
function addWord(p: number, j: number, q: number): string {
  const products = ['x', 'y', 'z', 'w'].map((lane) => `dot4(x${p}.${'xyzw'.charAt(j)}, w${q}.${lane})`);
  return `      ${sumName(p * 4 + j, q)} += vec4<i32>(${products.join(', ')});`;
}

/** Multiplies a word of every row and column: words lie side by side along rows and columns. */
function multiply(spec: QLinearTiledSpec): string {
  const { rows, quads, tileColumns } = spec;
  const [sizeX, sizeY] = tiledWorkgroup(spec);
  const loadB = (q: number): string =>
    `      let w${q} = b_tile[k_word * ${u32(tileColumns / 4)} + lid.x + ${u32(q * sizeX)}];`;
  const rowQuad = (p: number): string =>
    `      let x${p} = a_tile[k_word * ${u32(aPitch(spec))} + lid.y + ${u32(p * sizeY)}];
${lines(4, (j) => lines(quads, (q) => addWord(p, j, q)))}`;
  return `${lines(quads, loadB)}\n${lines(rows / 4, rowQuad)}`;
}

/** Declares Σ x of an invocation's rows, which those who brought their words added up. */
function rowSums(spec: QLinearTiledSpec): string {
  const [, sizeY] = tiledWorkgroup(spec);
  const put = (i: number): string => `      a_tile[${aSlot(spec, i)}] = bitcast<vec4<u32>>(inputs${i});`;
  const add = (p: number): string =>
    `    row_inputs${p} += bitcast<vec4<i32>>(a_tile[k_word * ${u32(aPitch(spec))} + lid.y + ${u32(p * sizeY)}]);`;
  return `${sharers(spec, lines(wordShares(spec).a, put))}
  workgroupBarrier();
${lines(spec.rows / 4, (p) => `  var row_inputs${p} = vec4<i32>();`)}
  for (var k_word = 0u; k_word < ${u32(wordsOf(spec))}; k_word++) {
${lines(spec.rows / 4, add)}
  }`;
}

/** Writes the sums of a channel block: results, or this part of them. */
function tail(spec: QLinearTiledSpec, q: number): string {
  const { rows, split, zeroPoints } = spec;
  const [sizeX, sizeY] = tiledWorkgroup(spec);
  const channels = range(4).map((k) => `c${k}_${q}`);
  const zw = `vec4<i32>(${channels.map((c) => `${c}.w`).join(', ')})`;
  const write = (r: number): string => {
    const [p, j] = [Math.floor(r / 4), r % 4];
    const row = `(first_row + (lid.y + ${u32(p * sizeY)}) * 4u + ${u32(j)})`;
    const sum = `${sumName(r, q)}${zeroPoints ? ` - zw${q} * row_inputs${p}[${j}]` : ''}`;
    const partial = `partial[(wid.z * params.rows + ${row}) * params.blocks + block${q}] = ${sum};`;
    const whole = `write(${row}, block${q}, finished(${sum}, ${channels.join(', ')}));`;
    return `    if (${row} < params.rows) { ${split ? partial : whole} }`;
  };
  return wgsl`
  let block${q} = first_block + lid.x + ${u32(q * sizeX)};
  if (block${q} < params.blocks) {
${split && !zeroPoints ? '' : loadChannels(`block${q}`, `_${q}`)}
${zeroPoints ? `    let zw${q} = ${zw};` : ''}
${lines(rows, write)}
  }`;
}

function bindings({ source, y, split, zeroPoints }: QLinearTiledSpec): Binding[] {
  return [
    { name: 'x', access: 'read', element: elementOf({ storage: source.x, width: 1 }) },
    { name: 'w', access: 'read', element: 'vec4<u32>' },
    ...(split && !zeroPoints ? [] : [{ name: 'channels', access: 'read', element: 'vec4<i32>' } as const]),
    split ? { name: 'partial', access: 'read_write', element: 'vec4<i32>' } : resultBinding(y),
  ];
}

/** Extents in words, and what x is read by. */
function params({ reader, split }: QLinearTiledSpec): ParamFields {
  const { out_c: _, ...window } = WINDOW_PARAMS;
  return {
    ...(reader === 'window' ? { ...window, ...WINDOW_SHAPE_PARAMS, pad_word: 'u32' } : { in_c: 'u32' }),
    words: 'u32',
    depth: 'u32',
    tail: 'u32',
    ...(split ? ({ rows: 'u32', blocks: 'u32', split_depth: 'u32' } as const) : QUANTISED_RESULT_PARAMS),
  };
}

export function qLinearTiledShader(spec: QLinearTiledSpec): ShaderModule {
  const { tileRows, tileColumns, rows, quads, source, dot4, rule, zeroPoints, split, y } = spec;
  const words = wordsOf(spec);
  return shaderModule({
    bindings: bindings(spec),
    params: params(spec),
    workgroupSize: [...tiledWorkgroup(spec), 1],
    declarations: wgsl`
var<workgroup> a_tile: array<vec4<u32>, ${u32(aPitch(spec) * words)}>;
var<workgroup> b_tile: array<vec4<u32>, ${u32((tileColumns / 4) * words)}>;
${xWordFunction(source)}
${dot4Function(dot4)}
${loadWordFunction(spec)}
#if ${!split}
${finishedFunction(rule)}
${writeFunction(y)}
#endif`,
    body: tiledBody({
      tile: spec,
      begin: wgsl`
#if ${split}
  let k_first = wid.z * params.split_depth;
  let k_end = min(k_first + params.split_depth, params.depth);
#else
  let k_first = 0u;
  let k_end = params.depth;
#endif
  let first_row = wid.y * ${u32(tileRows)};
  let first_block = wid.x * ${u32(tileColumns / 4)};`,
      a: wordReader(spec),
      b: weightWordReader(spec),
      sums: declareSums(rows, quads, 'vec4<i32>'),
      step: words,
      index: 'k_word',
      multiply: multiply(spec),
      end: `${zeroPoints ? rowSums(spec) : ''}\n${lines(quads, (q) => tail(spec, q))}`,
    }),
  });
}

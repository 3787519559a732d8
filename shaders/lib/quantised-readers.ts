/**
 * Readers of products of 8-bit integers through workgroup memory: x as a matrix or by windows, in words of four along the
 * depth, and weights. In a block a word's four rows, or columns, lie side by side.
 */
import { range } from '../../src/util/arrays.ts';
import { u32 } from './literal.ts';
import { wgsl } from './module.ts';
import { lines } from './product.ts';
import { tiledInvocations, type ProductTile, type TileReader } from './tiled.ts';

export interface QuantisedReaderSpec extends ProductTile {
  /** Rows of x are its own, or windows of a picture. */
  readonly reader: 'matrix' | 'window';
  /** Some zero point of the weights is not 0: sums of x are needed. */
  readonly zeroPoints: boolean;
  /** Then: channels end within a word. */
  readonly ragged: boolean;
}

/** Words along the depth of a block. */
export const wordsOf = ({ tileDepth }: ProductTile): number => tileDepth / 4;

/** Row quads of a block, and one more: words that are stored beside each other then lie in other banks. */
export const aPitch = ({ tileRows }: ProductTile): number => tileRows / 4 + 1;

/** Quads of words that each invocation brings; of a, where there are fewer than invocations, only some bring one. */
export function wordShares(tile: ProductTile): { readonly a: number; readonly b: number } {
  const threads = tiledInvocations(tile);
  const words = wordsOf(tile);
  return {
    a: Math.max(1, ((tile.tileRows / 4) * words) / threads),
    b: ((tile.tileColumns / 4) * words) / threads,
  };
}

/** What only invocations with a share of a do. */
export function sharers(tile: ProductTile, body: string): string {
  const count = (tile.tileRows / 4) * wordsOf(tile);
  return count < tiledInvocations(tile) ? `    if (local_index < ${u32(count)}) {\n${body}\n    }` : body;
}

/** Where share i of a lies in its block. */
export function aSlot(tile: ProductTile, i: number): string {
  const words = wordsOf(tile);
  const after = (i * tiledInvocations(tile)) / words;
  return `local_index % ${u32(words)} * ${u32(aPitch(tile))} + local_index / ${u32(words)} + ${u32(after)}`;
}

/** Declares `fn load_word(…) -> u32`: four channels of a row of x, those past the end zero where sums of x are needed. */
export function loadWordFunction({ reader, zeroPoints, ragged }: QuantisedReaderSpec): string {
  const kept = (word: string, c: string, inside: string): string => {
    if (!zeroPoints) return word;
    const masked = ragged ? `(${word} & select(0xffffffffu, params.tail * 255u, ${c} + 1u == params.words))` : word;
    return `select(0u, ${masked}, ${inside})`;
  };
  if (reader === 'matrix')
    return wgsl`
fn load_word(k: u32, start: u32) -> u32 {
  return ${kept('x_word(start + k * 4u)', 'k', 'k < params.words')};
}`;
  return wgsl`
struct Place { c: u32, kx: u32, ky: u32 }
fn place_of(k: u32) -> Place {
  let position = k / params.words;
  let ky = position / params.kernel_w;
  return Place(k - position * params.words, position - ky * params.kernel_w, ky);
}
fn load_word(at: u32, row: u32, column: u32, place: Place) -> u32 {
  let word = select(params.pad_word, x_word(at), row < params.in_h && column < params.in_w);
  return ${kept('word', 'place.c', 'place.ky < params.kernel_h')};
}`;
}

/** Declares row j of share i, and where it starts; rows past the end repeat the last. */
function rowOrigin(spec: QuantisedReaderSpec, i: number, j: number): string {
  const words = wordsOf(spec);
  const after = (i * tiledInvocations(spec)) / words;
  const id = `${i}_${j}`;
  const row = `  let row${id} = min(first_row + (local_index / ${u32(words)} + ${u32(after)}) * 4u + ${u32(j)}, params.rows - 1u);`;
  if (spec.reader === 'matrix') return `${row}\n  let start${id} = row${id} * params.in_c;`;
  return `${row}
  let out_line${id} = row${id} / params.out_w;
  let n${id} = out_line${id} / params.out_h;
  let x${id} = (row${id} - out_line${id} * params.out_w) * params.stride_w - params.pad_left;
  let y${id} = (out_line${id} - n${id} * params.out_h) * params.stride_h - params.pad_top;
  let start${id} = ((n${id} * params.in_h + y${id}) * params.in_w + x${id}) * params.in_c;`;
}

/** How far the word of an invocation's shares moves on by a block. */
function cursor(spec: QuantisedReaderSpec): NonNullable<TileReader['cursor']> {
  const words = u32(wordsOf(spec));
  const start = `k_first + local_index % ${words}`;
  if (spec.reader === 'matrix') return { declare: `  var k = ${start};`, advance: `    k += ${words};` };
  return {
    declare: `  var place = place_of(${start});`,
    advance: `    place.c += ${words};
    while (place.c >= params.words) {
      place.c -= params.words;
      place.kx++;
      if (place.kx == params.kernel_w) {
        place.kx = 0u;
        place.ky++;
      }
    }`,
  };
}

/** Declares where the word of `place` lies from where a window starts. */
const TAP = `      let tap_y = place.ky * params.dilation_h;
      let tap_x = place.kx * params.dilation_w;
      let tap_start = (tap_y * params.in_w + tap_x) * params.in_c + place.c * 4u;`;

/** Reads x: a share is a word of each of four rows, whose sums of x it adds up. */
export function wordReader(spec: QuantisedReaderSpec): TileReader {
  const { a } = wordShares(spec);
  const { reader, zeroPoints } = spec;
  const loaded = (i: number): string => {
    const word = (j: number): string => {
      const id = `${i}_${j}`;
      if (reader === 'matrix') return `load_word(k, start${id})`;
      return `load_word(start${id} + tap_start, y${id} + tap_y, x${id} + tap_x, place)`;
    };
    return `      next_a${i} = vec4<u32>(${range(4).map(word).join(', ')});`;
  };
  const stored = (i: number): string => {
    const ones = ['x', 'y', 'z', 'w'].map((j) => `dot4(next_a${i}.${j}, 0x01010101u)`);
    const sum = zeroPoints ? `\n      inputs${i} += vec4<i32>(${ones.join(', ')});` : '';
    return `      a_tile[${aSlot(spec, i)}] = next_a${i};${sum}`;
  };
  return {
    origins: lines(a, (i) => lines(4, (j) => rowOrigin(spec, i, j))),
    shares: lines(a, (i) => `  var next_a${i} = vec4<u32>();${zeroPoints ? `\n  var inputs${i} = vec4<i32>();` : ''}`),
    load: sharers(spec, [...(reader === 'window' ? [TAP] : []), lines(a, loaded)].join('\n')),
    store: sharers(spec, lines(a, stored)),
    cursor: cursor(spec),
  };
}

/** Reads the weights: a share is a word of each of four columns. */
export function weightWordReader(spec: QuantisedReaderSpec): TileReader {
  const columns = u32(spec.tileColumns / 4);
  const threads = tiledInvocations(spec);
  const { b } = wordShares(spec);
  const load = (i: number): string => {
    const word = `(k_start + local_index / ${columns} + ${u32((i * threads * 4) / spec.tileColumns)})`;
    return `      next_b${i} = select(vec4<u32>(), w[${word} * params.blocks + b_block], (${word} < params.depth) & (b_block < params.blocks));`;
  };
  return {
    origins: `  let b_block = first_block + local_index % ${columns};`,
    shares: lines(b, (i) => `  var next_b${i} = vec4<u32>();`),
    load: lines(b, load),
    store: lines(b, (i) => `    b_tile[local_index + ${u32(i * threads)}] = next_b${i};`),
  };
}

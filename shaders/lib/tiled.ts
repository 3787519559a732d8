/**
 * The skeleton of products through workgroup memory, of floats and of integers: readers bring a block of a and a block of b,
 * whatever these are made of (a matrix, the patches of a window), and every invocation multiplies its rows and columns of
 * them, while the next blocks are on their way.
 */
import { u32 } from './literal.ts';
import { lines } from './product.ts';

/** The block of a workgroup, and the part of an invocation; `tileDepth` in elements. */
export interface ProductTile {
  readonly tileRows: number;
  readonly tileColumns: number;
  readonly tileDepth: number;
  readonly rows: number;
  readonly quads: number;
}

/** Extents of the workgroup. */
export function tiledWorkgroup({ tileRows, tileColumns, rows, quads }: ProductTile): readonly [number, number] {
  return [tileColumns / (4 * quads), tileRows / rows];
}

/** Its invocations. */
export function tiledInvocations(tile: ProductTile): number {
  const [x, y] = tiledWorkgroup(tile);
  return x * y;
}

/** What brings an operand into workgroup memory, as statements. `local_index` and the first row and column are in scope. */
export interface TileReader {
  /** Declares where the shares of an invocation come from. */
  readonly origins: string;
  /** Declares the variables that hold its shares. */
  readonly shares: string;
  /** Loads them from depth `k_start` on; zero past the end. */
  readonly load: string;
  /** Puts them into the block. */
  readonly store: string;
  /** Declares where along the depth it stands at `k_first`, and moves that on when `k_start` has moved by a block. */
  readonly cursor?: { readonly declare: string; readonly advance: string };
}

/** A product: statements, but for `step`, which is what `k_start` counts of a block, and `index`, of four of its depths. */
export interface TiledSkeleton {
  readonly tile: ProductTile;
  /** Declares `k_first` and `k_end`, where the sums start and end, and what the readers need. */
  readonly begin: string;
  readonly a: TileReader;
  readonly b: TileReader;
  readonly sums: string;
  readonly step: number;
  readonly index: string;
  /** Multiplies four depths of the blocks. */
  readonly multiply: string;
  readonly end: string;
}

/** The statements of the kernel. */
export function tiledBody({ tile, begin, a, b, sums, step, index, multiply, end }: TiledSkeleton): string {
  const load = `${a.load}\n${b.load}`;
  return `${begin}
${a.origins}
${[b.origins, a.cursor?.declare, sums].filter(Boolean).join('\n')}
${a.shares}
${b.shares}
  var k_start = k_first;
  if (k_start < k_end) {
${load}
  }
  while (k_start < k_end) {
${a.store}
${b.store}
    workgroupBarrier();
    k_start += ${u32(step)};
${[a.cursor?.advance, '    if (k_start < k_end) {'].filter(Boolean).join('\n')}
${load}
    }
    for (var ${index} = 0u; ${index} < ${u32(tile.tileDepth / 4)}; ${index}++) {
${multiply}
    }
    workgroupBarrier();
  }
${end}`;
}

/** How the sums of floats are made: names of the vectors of b, at depth d of column quad q, and what adds them to a sum. */
export interface FloatSteps {
  readonly index: string;
  readonly bName: (d: number, q: number) => string;
  /** Adds the product of `x<r>`, four depths of row r, to the sum of that row and column quad q. */
  readonly add: (r: number, q: number) => string;
}

/** Multiplies four depths of floats: a lies row by row in vectors along the depth, b depth by depth. */
export function multiplyFloats(tile: ProductTile, { index, bName, add }: FloatSteps): string {
  const { rows, quads, tileDepth, tileColumns } = tile;
  const [sizeX, sizeY] = tiledWorkgroup(tile);
  const loadB = (q: number): string =>
    lines(4, (d) => {
      const at = `(${index} * 4u + ${u32(d)}) * ${u32(tileColumns / 4)} + lid.x + ${u32(q * sizeX)}`;
      return `      let ${bName(d, q)} = b_tile[${at}];`;
    });
  const row = (r: number): string =>
    `      let x${r} = a_tile[(lid.y + ${u32(r * sizeY)}) * ${u32(tileDepth / 4)} + ${index}];
${lines(quads, (q) => add(r, q))}`;
  return `${lines(quads, loadB)}\n${lines(rows, row)}`;
}

/** Declares the blocks of floats. */
export function floatBlocks({ tileRows, tileColumns, tileDepth }: ProductTile): string {
  return `var<workgroup> a_tile: array<vec4<f32>, ${u32((tileRows * tileDepth) / 4)}>;
var<workgroup> b_tile: array<vec4<f32>, ${u32((tileColumns * tileDepth) / 4)}>;`;
}

/**
 * The transforms of Winograd convolution F(m×m, 3×3) (Lavin & Gray, arXiv:1509.09308) as WGSL: polynomials of the pixels
 * and of the weights are evaluated at m + 2 points, multiplied point by point, and interpolated again (Toom–Cook).
 */
import { at, range } from '../../src/util/arrays.ts';
import { f32, u32 } from './literal.ts';

/** Output pixels of a tile along one side. */
export type TileOutputs = 2 | 4;

/** Input pixels of a tile along one side, which is also its number of points: 4 or 6. */
export function tileExtent(outputs: TileOutputs): number {
  return outputs + 2;
}

/** Points of a tile in both directions: the matrix products of the transformed domain. */
export function tilePoints(outputs: TileOutputs): number {
  return tileExtent(outputs) ** 2;
}

/**
 * The finite points, 0 first, then in pairs ±p; the last point is ∞. For F(4, 3) the usual choice is ±1, ±2; with ±1/√2,
 * ±√2 the transforms' entries are smaller and closer to each other: simulated in float32 on rectified normal pixels and
 * He-normal weights, 64 and 512 channels, the error against float64 is 6e-7 and 1.6e-6 of the result's magnitude (root
 * mean square) instead of 1.5e-6 and 4.9e-6, where the plain sum has 3e-7 and 9e-7. F(2, 3), which only adds and halves,
 * has 2e-7 and 6e-7.
 */
const POINTS: { readonly [K in TileOutputs]: readonly number[] } = {
  2: [0, 1, -1],
  4: [0, Math.SQRT1_2, -Math.SQRT1_2, Math.SQRT2, -Math.SQRT2],
};

/** Coefficients of ∏ (x − root), the constant one first. */
function polynomial(roots: readonly number[]): number[] {
  let c = [1];
  for (const root of roots) c = range(c.length + 1).map((i) => (c[i - 1] ?? 0) - root * (c[i] ?? 0));
  return c;
}

/** Bᵀ, extent × extent: a row for each point, the polynomial that is zero at all other finite points. */
export function pixelMatrix(outputs: TileOutputs): number[][] {
  const points = POINTS[outputs];
  const rows = [...points.map((p) => polynomial(points.filter((q) => q !== p))), polynomial(points)];
  return rows.map((row) => range(tileExtent(outputs)).map((i) => row[i] ?? 0));
}

/** G, extent × 3: the weights' polynomial at each point, divided by what `pixelMatrix` has there. */
export function weightMatrix(outputs: TileOutputs): number[][] {
  const points = POINTS[outputs];
  const rows = points.map((p) => {
    const scale = points.reduce((n, q) => (q === p ? n : n * (p - q)), 1);
    return [1 / scale, p / scale, (p * p) / scale];
  });
  return [...rows, [0, 0, 1]];
}

/** Aᵀ, outputs × extent: powers of the points; ∞ counts for the highest only. */
export function resultMatrix(outputs: TileOutputs): number[][] {
  return range(outputs).map((i) => [...POINTS[outputs].map((p) => p ** i), i === outputs - 1 ? 1 : 0]);
}

/** A sum of terms with float32 coefficients, as a WGSL expression; factors of ±1 are left out. */
function combination(coefficients: readonly number[], terms: readonly string[]): string {
  let text = '';
  coefficients.forEach((coefficient, i) => {
    const c = Math.fround(coefficient);
    if (c === 0) return;
    const size = Math.abs(c) === 1 ? at(terms, i) : `${f32(Math.abs(c))} * ${at(terms, i)}`;
    const sign = c < 0 ? '-' : '+';
    text += text === '' ? (c < 0 ? `-${size}` : size) : ` ${sign} ${size}`;
  });
  return text === '' ? '0.0' : text;
}

const parity = (row: readonly number[], odd: number): number[] => row.map((c, i) => (i % 2 === odd ? c : 0));

/**
 * WGSL declarations `let out = …;` of the points of one line of pixels or of weights (`matrix` from above). Points ±p have
 * the even and, but for the sign, the odd part in common. `out` begins the names of results and temporaries.
 */
export function toPoints(matrix: readonly (readonly number[])[], terms: readonly string[], out: string): string {
  const line = (i: number): string => `let ${out}${i} = ${combination(at(matrix, i), terms)};`;
  const last = matrix.length - 1;
  const pairs = range((last - 1) / 2).map((i) => {
    const row = at(matrix, 2 * i + 1);
    return `let ${out}_even${i} = ${combination(parity(row, 0), terms)};
  let ${out}_odd${i} = ${combination(parity(row, 1), terms)};
  let ${out}${2 * i + 1} = ${out}_even${i} + ${out}_odd${i};
  let ${out}${2 * i + 2} = ${out}_even${i} - ${out}_odd${i};`;
  });
  return [line(0), ...pairs, line(last)].join('\n  ');
}

/** WGSL declarations `let out = …;` of one line of results from its points. Points ±p enter as sum and difference. */
export function fromPoints(outputs: TileOutputs, terms: readonly string[], out: string): string {
  const points = POINTS[outputs];
  const pairs = range((points.length - 1) / 2);
  const sums = pairs.map((i) => {
    const [plus, minus] = [at(terms, 2 * i + 1), at(terms, 2 * i + 2)];
    return `let ${out}_sum${i} = ${plus} + ${minus}; let ${out}_difference${i} = ${plus} - ${minus};`;
  });
  const names = (power: number): string[] => [
    at(terms, 0),
    ...pairs.map((i) => `${out}_${power % 2 === 0 ? 'sum' : 'difference'}${i}`),
    at(terms, points.length),
  ];
  const lines = resultMatrix(outputs).map((row, i) => {
    const coefficients = [at(row, 0), ...pairs.map((k) => at(row, 2 * k + 1)), at(row, points.length)];
    return `let ${out}${i} = ${combination(coefficients, names(i))};`;
  });
  return [...sums, ...lines].join('\n  ');
}

/** `prefix` and a number, for each number. */
export function names(prefix: string, numbers: readonly number[]): string[] {
  return numbers.map((i) => `${prefix}${i}`);
}

/** Which tiles a dispatch works on: `tiles` from tile `first` on, of tiles_h × tiles_w in each image. */
export const TILE_PARAMS = { count: 'u32', first: 'u32', tiles: 'u32', tiles_h: 'u32', tiles_w: 'u32' } as const;

/** Declares `tx`, `ty`, `n`: column, row and image of tile `first + tile`. */
export const TILE_POSITION = `let tile_row = (params.first + tile) / params.tiles_w;
  let tx = params.first + tile - tile_row * params.tiles_w;
  let n = tile_row / params.tiles_h;
  let ty = tile_row - n * params.tiles_h;`;

/** Parameters of a dilated convolution: outputs a dilation apart make images of their own, `phases` of them in each direction. */
export const DILATED_TILE_PARAMS = { phases_h: 'u32', phases_w: 'u32', dilation_h: 'u32', dilation_w: 'u32' } as const;

/** Where the tile `t` (an expression) starts along an axis: tile t / phases of phase t % phases, where the outputs are dilated. */
export function tileStart(t: string, axis: 'h' | 'w', outputs: TileOutputs, dilated: boolean): string {
  if (!dilated) return `${t} * ${u32(outputs)}`;
  const phases = `params.phases_${axis}`;
  return `${t} % ${phases} + ${t} / ${phases} * ${u32(outputs)} * params.dilation_${axis}`;
}

/** `n` (an expression) pixels of a tile along an axis, in pixels of the image. */
export function apart(n: string, axis: 'h' | 'w', dilated: boolean): string {
  return dilated ? `${n} * params.dilation_${axis}` : n;
}

/** The parameter that bounds loops where they must stay loops; see `LineQueue`. */
export const SIDE_PARAM = { side: 'u32' } as const;

/**
 * `lines` lines of `length` vectors, as WGSL text: the transform in one direction puts its lines in, the one in the other
 * direction takes a vector of each out. So both can be loops, and of every load and store there is one in the text for a
 * whole line of them: unrolled, lavapipe took 1 to 4 seconds for one shader of F(4, 3), and takes a fifth of that so.
 * The compiler of a GPU unrolls the loops, as their bounds are literals there, and the moves between lines vanish.
 */
export class LineQueue {
  readonly #lines: number;
  readonly #length: number;

  constructor(lines: number, length: number) {
    this.#lines = lines;
    this.#length = length;
  }

  /** Its variables. */
  get declarations(): string {
    const one = (line: number) => (i: number) => `var ${this.#name(line, i)} = vec4<f32>();`;
    return this.#each((line) => range(this.#length).map(one(line)).join(' '));
  }

  /** Puts a line in at the end; the first one leaves. */
  push(line: readonly string[]): string {
    const last = this.#lines - 1;
    const moved = (to: number, i: number): string => (to === last ? at(line, i) : this.#name(to + 1, i));
    return this.#each((to) => line.map((_, i) => `${this.#name(to, i)} = ${moved(to, i)};`).join(' '));
  }

  /** The first vector of every line. */
  get heads(): string[] {
    return range(this.#lines).map((line) => this.#name(line, 0));
  }

  /** Drops the first vector of every line. */
  get advance(): string {
    const move = (line: number) => (i: number) => `${this.#name(line, i)} = ${this.#name(line, i + 1)};`;
    return this.#each((line) =>
      range(this.#length - 1)
        .map(move(line))
        .join(' '),
    );
  }

  #name(line: number, i: number): string {
    return `line${line}_${i}`;
  }

  #each(text: (line: number) => string): string {
    return range(this.#lines).map(text).join('\n    ');
  }
}

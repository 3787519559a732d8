/**
 * The operators of MediaPipe by which its attention mesh looks again at lips and eyes (Grishchenko et al., arXiv:2006.10962): version 2
 * of each, as `mediapipe/util/tflite/operations` defines them. A matrix `[1, 4, 4]` takes points x, y of a part to those of the whole.
 */
import { tensorOf } from '../../../core/tensor.ts';
import { NO_ACTIVATION } from '../../../ir/ops.ts';
import { range } from '../../../util/arrays.ts';
import type { OperatorContext, TfliteTranslation } from '../context.ts';
import type { FlexOptions } from '../flexbuffer.ts';
import { customOptionsOf, partAlong } from './custom.ts';

/** Extents and lists that are longer are asked for by damaged files alone. */
const MOST = 2 ** 12;

/** Options of an operator; those that are not there, or that make no sense, are a damaged file's. */
class Settings {
  readonly #c: OperatorContext;
  readonly #given: FlexOptions;

  constructor(c: OperatorContext) {
    this.#c = c;
    this.#given = customOptionsOf(c);
  }

  number(key: string, holds: (value: number) => boolean = Number.isFinite): number {
    const value = this.#given.numbers.get(key) ?? this.#c.fail(`has no ${key}`);
    return holds(value) ? value : this.#c.fail(`has ${key} ${value}`);
  }

  extent(key: string): number {
    return this.number(key, (value) => Number.isInteger(value) && value > 0 && value <= MOST);
  }

  factor(key: string): number {
    return this.number(key, (value) => value > 0 && value < Infinity);
  }

  /** Indices of points. */
  points(key: string, count: number): readonly number[] {
    const list = this.#given.lists.get(key) ?? [];
    const bad = list.find((value) => !isIndex(value, count));
    if (bad !== undefined) this.#c.fail(`has ${bad} among ${key} of ${count} points`);
    return list.length > 0 && list.length <= MOST ? list : this.#c.fail(`has ${list.length} ${key}`);
  }

  point(key: string, count: number): number {
    return this.number(key, (value) => isIndex(value, count));
  }
}

function isIndex(value: number, count: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < count;
}

/** The extents of an input of version 2. The first has four of them, and other formulas. */
function extentsOf(c: OperatorContext, index: number, rank: number): readonly number[] {
  const shape = c.shape(index);
  if (shape.length !== rank) c.refuse(`version 1, or an input of ${shape.length} dimensions`);
  return shape[0] === 1 ? shape : c.refuse('several pictures');
}

/**
 * Landmarks `[1, N, 3]` → the matrix by which a part of `output_width` × `output_height` lies around some of them: turned so that the way
 * from one to another has a given angle, and as large as they reach, times `scale_x` and `scale_y`.
 */
export const landmarksToTransformMatrix: TfliteTranslation = (c) => {
  const [, count = 0, dimensions = 0] = extentsOf(c, 0, 3);
  if (dimensions !== 3) c.fail(`has landmarks of ${dimensions} numbers`);
  const s = new Settings(c);
  const ends = ['left_rotation_idx', 'right_rotation_idx'].map((key) => s.point(key, count));
  const subset = s.points('subset_idxs', count);
  const size = [s.extent('output_width'), s.extent('output_height')];
  const scale = [s.factor('scale_x') / (size[0] ?? 1), s.factor('scale_y') / (size[1] ?? 1)];
  const rows = c.one('Gather', [c.reshape(c.input(0), [count, 3]), c.ints([...ends, ...subset])], { axis: 0 });
  const flat = partAlong(c, rows, 0, 2, 1);
  const { there, back } = turns(c, partAlong(c, flat, 0, 2, 0), s.number('target_rotation_radians'));
  const turned = product(c, partAlong(c, flat, 2, 2 + subset.length, 0), there);
  const [most, least] = (['max', 'min'] as const).map((kind) =>
    c.one('Reduce', [turned], { kind, axes: [0], keepDims: true }),
  ) as [string, string];
  const middle = c.binary('mul', c.binary('add', most, least), c.scalar('float32', 0.5));
  const reach = c.binary('mul', c.binary('sub', most, least), matrix(c, [1, 2], scale));
  const axes = c.binary('mul', there, reach);
  const corner = product(c, axes, matrix(c, [2, 1], [-(size[0] ?? 0) / 2, -(size[1] ?? 0) / 2]));
  const place = c.binary('add', c.reshape(product(c, middle, back), [2, 1]), corner);
  const upper = c.one('Concat', [axes, matrix(c, [2, 1], [0, 0]), place], { axis: 1 });
  const whole = c.one('Concat', [upper, matrix(c, [2, 4], [0, 0, 1, 0, 0, 0, 0, 1])], { axis: 0 });
  return [c.reshape(whole, [1, 4, 4])];
};

/** What turns rows x, y so that the way from the first of two points to the second has the angle `target`, and what turns them back: `[2, 2]` both. */
function turns(c: OperatorContext, ends: string, target: number): { readonly there: string; readonly back: string } {
  const way = product(c, matrix(c, [1, 2], [-1, 1]), ends);
  const length = c.one('Reduce', [way], { kind: 'l2', axes: [1], keepDims: true });
  // Two points at one place are level, as atan2 has it.
  const moved = c.binary('greater', length, c.scalar('float32', 0));
  const unit = c.one('Where', [moved, c.binary('div', way, length), matrix(c, [1, 2], [1, 0])], {});
  const [cos, sin] = [Math.cos(target), Math.sin(target)];
  // Cosine and sine of the target less the way's own angle, from those of that: rows [cos, sin; −sin, cos], for points are rows.
  const there = c.reshape(product(c, unit, matrix(c, [2, 4], [cos, sin, -sin, cos, sin, -cos, cos, sin])), [2, 2]);
  return { there, back: c.one('Transpose', [there], { perm: [1, 0] }) };
}

/** Features `[1, H, W, C]`, matrix → `[1, output_height, output_width, C]`: interpolated between pixels; 0 beyond the middles of the outermost. */
export const transformTensorBilinear: TfliteTranslation = (c) => {
  const [, height = 0, width = 0] = extentsOf(c, 0, 4);
  const s = new Settings(c);
  const [down, across] = [s.extent('output_height'), s.extent('output_width')];
  const middles = range(down).flatMap((y) => range(across).flatMap((x) => [x + 0.5, y + 0.5]));
  const places = transformed(c, matrix(c, [down * across, 2], middles), c.input(1));
  const grid = c.binary(
    'sub',
    c.binary('mul', places, matrix(c, [2], [2 / width, 2 / height])),
    c.scalar('float32', 1),
  );
  const rules = { mode: 'linear', padding: 'border', alignCorners: false } as const;
  const sampled = c.main('GridSample', [c.input(0), c.reshape(grid, [1, down, across, 2])], rules);
  const half = c.scalar('float32', 0.5);
  const [near, far] = [
    c.binary('sub', places, half),
    c.binary('sub', matrix(c, [2], [width - 0.5, height - 0.5]), places),
  ];
  const inside = c.one('Reduce', [c.binary('min', near, far)], { kind: 'min', axes: [1], keepDims: true });
  const holds = c.binary('greaterOrEqual', c.reshape(inside, [1, down, across, 1]), c.scalar('float32', 0));
  return [c.one('Where', [holds, sampled, c.scalar('float32', 0)], {})];
};

/** Points `[1, N, 2]`, or `[1, N, 3]` whose z stays; matrix → those points in the whole. */
export const transformLandmarks: TfliteTranslation = (c) => {
  const [, count = 0, dimensions = 0] = extentsOf(c, 0, 3);
  if (dimensions !== 2 && dimensions !== 3) c.fail(`has points of ${dimensions} numbers`);
  const points = c.reshape(c.input(0), [count, dimensions]);
  const flat = dimensions === 2 ? points : partAlong(c, points, 0, 2, 1);
  const moved = transformed(c, flat, c.input(1));
  const all = dimensions === 2 ? [moved] : [moved, partAlong(c, points, 2, 3, 1)];
  return [c.reshape(all.length === 1 ? moved : c.one('Concat', all, { axis: 1 }), [1, count, dimensions])];
};

/** Rows x, y by a matrix `[1, 4, 4]`, of which z is 0. */
function transformed(c: OperatorContext, points: string, by: string): string {
  const rows = partAlong(c, c.reshape(by, [4, 4]), 0, 2, 0);
  const turn = c.one('Transpose', [partAlong(c, rows, 0, 2, 1)], { perm: [1, 0] });
  return c.binary('add', product(c, points, turn), c.reshape(partAlong(c, rows, 3, 4, 1), [1, 2]));
}

function product(c: OperatorContext, a: string, b: string): string {
  return c.one('MatMul', [a, b], { transA: false, transB: false, activation: NO_ACTIVATION });
}

function matrix(c: OperatorContext, shape: readonly number[], values: readonly number[]): string {
  return c.constant(tensorOf('float32', shape, values));
}

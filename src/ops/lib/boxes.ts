/** What the definitions of box operators share: checks of operands, and anchors in one form. */
import { ShapeError } from '../../core/errors.ts';
import { shapeText, type TensorDesc } from '../../core/tensor.ts';
import type { BoxCode } from '../../ir/ops.ts';
import type { Operands } from '../definition.ts';
import { broadcastBound } from './bounded.ts';

/** Centre and size, and where the corners lie. */
export interface Anchor {
  readonly corners: readonly [number, number, number, number];
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** Throws ShapeError unless the operand is float32, with rows of so many numbers. */
export function checkRows({ dtype, shape }: TensorDesc, what: string, length: number): void {
  if (dtype !== 'float32') throw new ShapeError(`${what} are ${dtype}, not float32; cast them`);
  if (shape.at(-1) !== length) {
    throw new ShapeError(
      `${what} of this coding have ${length} numbers in their last dimension, not ${shapeText(shape)}`,
    );
  }
}

/** Throws ShapeError for attributes of a code that are out of range. */
export function checkCode({ factors, anchorExtent, boxExtent }: BoxCode): void {
  if (factors.length !== 4 || !factors.every((f) => Number.isFinite(f) && f !== 0)) {
    throw new ShapeError(`factors are four numbers other than 0, not [${factors.join(', ')}]`);
  }
  if (!Number.isFinite(anchorExtent) || !Number.isFinite(boxExtent)) {
    throw new ShapeError(`extents of pixels are 0 or 1, not ${anchorExtent} and ${boxExtent}`);
  }
}

/** Rows go on as broadcasting says; their numbers cannot depend on data. */
export function boundOfRows(node: unknown, input: number, axis: number, inputs: Operands): number | undefined {
  const rank = inputs[input]?.shape.length ?? 0;
  return axis === rank - 1 ? undefined : broadcastBound(node, input, axis, inputs);
}

/** The anchor that four numbers are, in either form. */
export function anchorOf(
  [a, b, c, d]: readonly [number, number, number, number],
  { anchorForm, anchorExtent }: Pick<BoxCode, 'anchorForm' | 'anchorExtent'>,
): Anchor {
  if (anchorForm === 'centers') {
    const corners = [a - c / 2, b - d / 2, a + c / 2 - anchorExtent, b + d / 2 - anchorExtent] as const;
    return { x: a, y: b, w: c, h: d, corners };
  }
  const [w, h] = [c - a + anchorExtent, d - b + anchorExtent];
  return { x: a + w / 2, y: b + h / 2, w, h, corners: [a, b, c, d] };
}

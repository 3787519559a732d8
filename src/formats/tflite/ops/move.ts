/** Translations of operators that move elements without computing. */
import type { OperatorContext, TfliteTranslation } from '../context.ts';

/** Paddings are `[R, 2]` (begin, end) pairs; the engine takes all begins, then all ends. */
function pads(c: OperatorContext): string {
  const constant = c.constantInput(1);
  if (!constant) return c.reshape(c.one('Transpose', [c.int64Input(1)], { perm: [1, 0] }), [-1]);
  const values = Array.from(constant.data);
  return c.ints([...values.filter((_, i) => i % 2 === 0), ...values.filter((_, i) => i % 2 === 1)]);
}

/** Pads with a value, 0 where none is given. */
export function padWith(c: OperatorContext, value?: string): string {
  return c.one('Pad', [c.input(0), pads(c), ...(value ? [value] : [])], { mode: 'constant' });
}

/** PADV2 has the value as a third input. */
const pad: TfliteTranslation = (c) => padWith(c, c.has(2) ? c.input(2) : undefined);

const concatenation: TfliteTranslation = (c) => {
  const { axis, activation } = c.options('Concatenation');
  return c.activate(c.one('Concat', c.inputs(), { axis }), c.fused(activation));
};

const transpose: TfliteTranslation = (c) => c.one('Transpose', [c.input(0)], { perm: c.knownInts(1, 'a permutation') });

/** Rows of the operator table. */
export const MOVE = { CONCATENATION: concatenation, PAD: pad, PADV2: pad, TRANSPOSE: transpose };

/** MIRROR_PAD without the border elements, or with them: each axis is then put between parts of it that run backwards. */
export const mirrorPad: TfliteTranslation = (c) => {
  const { mode } = c.options('MirrorPad');
  if (mode === 0) return c.one('Pad', [c.input(0), pads(c)], { mode: 'reflect' });
  if (mode !== 1) c.fail(`has mode ${mode}, which is none`);
  const pairs = c.knownInts(1, 'paddings');
  let y = c.input(0);
  for (let axis = 0; 2 * axis < pairs.length; axis++) {
    const [before = 0, after = 0] = pairs.slice(2 * axis, 2 * axis + 2);
    // Backwards from the last one before the border, or of all, to where no number is below 0.
    const part = (from: number, to: number): string =>
      c.one('Slice', [y, c.ints([from]), c.ints([to]), c.ints([axis]), c.ints([-1])], {});
    const parts = [
      ...(before > 0 ? [part(before - 1, -(2 ** 31))] : []),
      y,
      ...(after > 0 ? [part(-1, -1 - after)] : []),
    ];
    if (parts.length > 1) y = c.one('Concat', parts, { axis });
  }
  return y === c.input(0) ? c.one('Identity', [y], {}) : y;
};

export const tile: TfliteTranslation = (c) => c.one('Tile', [c.input(0), c.int64Input(1)], {});

/** REVERSE_V2(x, axes). */
export const reverse: TfliteTranslation = (c) => {
  const axes = c.knownInts(1, 'axes');
  if (axes.length === 0) return c.one('Identity', [c.input(0)], {});
  const all = (value: number): string => c.ints(axes.map(() => value));
  return c.one('Slice', [c.input(0), all(-1), all(-(2 ** 31)), c.ints(axes), all(-1)], {});
};

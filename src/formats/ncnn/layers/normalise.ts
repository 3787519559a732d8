/** Factors and offsets of channels, which are the outermost dimension of a blob, and softmax. */
import { tensorOf } from '../../../core/tensor.ts';
import { NO_ACTIVATION } from '../../../ir/ops.ts';
import { range } from '../../../util/arrays.ts';
import { WHOLE, type NcnnContext } from '../context.ts';

/** The shape in which numbers, one for each channel, meet a value: `[C, 1…]`. */
function perChannel(c: NcnnContext, x: string, count: number): number[] {
  const known = c.extents(x)[1];
  if (known !== undefined && known !== count) c.fail(`has ${count} numbers for ${known} channels`);
  return [count, ...range(c.dims(x) - 1).map(() => 1)];
}

function batchNorm(c: NcnnContext): string {
  const x = c.input();
  const [channels] = perChannel(c, x, c.intFrom(1, 0, 0));
  const shape = [channels ?? 0];
  const [slope, mean] = ['slope', 'mean'].map((what) => c.plain(shape, what));
  const variance = c.numbers(shape, 'variance');
  const bias = c.plain(shape, 'bias');
  const epsilon = c.float(1, 0);
  // ncnn divides by this square's root where it would divide by 0.
  const kept =
    epsilon === 0
      ? tensorOf(
          'float32',
          shape,
          variance.data.map((v) => (v === 0 ? 1e-8 : v)),
        )
      : variance;
  const operands = [x, slope ?? '', bias, mean ?? '', c.constant(kept, 'variance')];
  return c.one('BatchNormalization', operands, { axis: 1, epsilon, activation: NO_ACTIVATION });
}

/** Factors, which may be a blob, and an offset. */
function scale(c: NcnnContext): string {
  const x = c.input();
  const size = c.int(0, 0);
  const isBlob = size === WHOLE;
  const count = isBlob ? (c.extents(x)[1] ?? c.extents(c.input(1))[1]) : size;
  const shape = perChannel(c, x, count ?? c.refuse('factors of as many channels as a picture decides'));
  const factor = isBlob ? c.reshape(c.input(1), [0, ...shape]) : c.plain(shape, 'scale');
  const y = c.binary('mul', x, factor);
  return c.flag(1) ? c.binary('add', y, c.plain(shape, 'bias')) : y;
}

function bias(c: NcnnContext): string {
  const x = c.input();
  return c.binary('add', x, c.plain(perChannel(c, x, c.int(0, 0)), 'bias'));
}

function prelu(c: NcnnContext): string {
  const x = c.input();
  const slopes = c.int(0, 0);
  return c.one('PRelu', [x, c.plain(slopes > 1 ? perChannel(c, x, slopes) : [slopes], 'slope')], {});
}

function softmax(c: NcnnContext): string {
  const x = c.input();
  const axis = c.int(0, 0);
  // Files of before have another axis in mind; ncnn does not take them either.
  if (!c.flag(1) && axis !== 0) c.refuse('an axis as older files have it: convert the model again');
  return c.one('Softmax', [x], { axes: [c.axisOf(x, axis)], log: false });
}

/** Rows. */
export const NORMALISE = { BatchNorm: batchNorm, Scale: scale, Bias: bias, PReLU: prelu, Softmax: softmax };

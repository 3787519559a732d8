/** Convolutions and pools over volumes, and convolutions whose taps are moved. */
import { NO_ACTIVATION, type Window } from '../../../ir/ops.ts';
import { product, range } from '../../../util/arrays.ts';
import { channelsFirst, toLast, weightsToLast } from '../../lib/channels-first.ts';
import type { NcnnContext, NcnnTranslation } from '../context.ts';
import { fused } from './activation.ts';
import { convShape } from './conv.ts';

/** Depth, height and width by three parameters, of which the width stands for what the file does not give. */
function triple(c: NcnnContext, ids: readonly [number, number, number], least: number, fallback: number): number[] {
  const width = c.intFrom(least, ids[2], fallback);
  return [c.intFrom(least, ids[0], width), c.intFrom(least, ids[1], width), width];
}

/** Pads in front, at the top and to the left, then behind, at the bottom and to the right. */
function volumePads(c: NcnnContext, [left, right, top, bottom, front, behind]: readonly number[]): number[] {
  const pad = (id: number | undefined, fallback: number): number => {
    const value = c.int(id ?? 0, fallback);
    return value >= 0 ? value : c.refuse('pads of a volume that follow from its extents');
  };
  const own = pad(left, 0);
  const [x1, y0, z0] = [pad(right, own), pad(top, own), pad(front, own)];
  return [z0, y0, own, pad(behind, z0), pad(bottom, y0), x1];
}

function volumeOf(c: NcnnContext): string {
  const x = c.input();
  return c.dims(x) === 4 ? x : c.refuse(`a blob of ${c.dims(x)} dimensions`);
}

/** A convolution over volumes. */
function volumeConvolution(grouped: boolean): NcnnTranslation {
  return (c) => {
    const outputs = c.intFrom(1, 0, 0);
    const kernel = triple(c, [21, 11, 1], 1, 0);
    const group = grouped ? c.intFrom(1, 7, 1) : 1;
    const size = c.int(6, 0);
    const inputs = size / outputs / product(kernel);
    if (!Number.isInteger(inputs) || inputs < 1 || outputs % group !== 0) {
      c.fail(`${size} weights do not fit ${outputs} outputs, ${group} groups and a kernel of ${kernel.join('×')}`);
    }
    if (c.float(18, 0) !== 0) c.refuse('a border of another number than 0 around a volume');
    const window: Window = {
      strides: triple(c, [23, 13, 3], 1, 1),
      dilations: triple(c, [22, 12, 2], 1, 1),
      pads: volumePads(c, [4, 15, 14, 16, 24, 17]),
      padMode: 'explicit',
    };
    const x = volumeOf(c);
    const known = c.extents(x)[1] ?? inputs * group;
    if (known !== inputs * group) c.fail(`takes ${inputs * group} channels instead of ${known}`);
    const weights = c.weights([outputs, inputs, ...kernel]);
    const bias = c.flag(5) ? [c.plain([outputs], 'bias')] : [];
    const w = c.one('Transpose', [weights], { perm: weightsToLast(5) });
    const attributes = { ...window, group, activation: NO_ACTIVATION };
    return fused(
      c,
      c.aroundLast(x, (last) => c.main('Conv', [last, w, ...bias], attributes)),
    );
  };
}

/** A pool over volumes. */
function volumePooling(c: NcnnContext): string {
  const kind = (['max', 'average'] as const)[c.int(0, 0)] ?? c.refuse(`pooling ${c.int(0, 0)}`);
  const isGlobal = c.flag(4);
  c.refuseFlag(7, 'as many positions of a volume as are wanted');
  const x = volumeOf(c);
  if (isGlobal) {
    c.ignore(1, 2, 3, 5, 6, 11, 12, 13, 14, 15, 16, 17, 21, 22, 23);
    const y = c.aroundLast(x, (last) => c.main(kind === 'max' ? 'GlobalMaxPool' : 'GlobalAveragePool', [last], {}));
    return c.one('Squeeze', [y], { axes: [2, 3, 4] });
  }
  if (c.int(5, 0) !== 1) c.refuse(`pad mode ${c.int(5, 0)} of a volume`);
  const window = {
    kernel: triple(c, [21, 11, 1], 1, 0),
    strides: triple(c, [22, 12, 2], 1, 1),
    dilations: range(3).map(() => 1),
    pads: volumePads(c, [3, 14, 13, 15, 23, 16]),
    padMode: 'explicit',
    ceilMode: false,
  } as const;
  const countIncludePad = c.flag(6);
  return c.aroundLast(x, (last) =>
    kind === 'max' ? c.main('MaxPool', [last], window) : c.main('AveragePool', [last], { ...window, countIncludePad }),
  );
}

/** A convolution whose taps are moved by the second blob, y before x, and weighed by the third. */
function deformableConvolution(c: NcnnContext): string {
  const { outputs, inputs, window } = convShape(c, 2, false);
  if (window.padMode !== 'explicit') c.refuse('pads that follow from the extents');
  const weights = c.weights([outputs, inputs, ...window.kernel]);
  const bias = c.flag(5) ? c.plain([outputs], 'bias') : '';
  const [x, offset, mask] = range(c.inputCount).map((i) => c.one('Transpose', [c.input(i)], { perm: toLast(4) }));
  if (x === undefined || offset === undefined) return c.fail(`reads ${c.inputCount} blobs`);
  const w = c.one('Transpose', [weights], { perm: weightsToLast(4) });
  const { strides, dilations, pads } = window;
  const attributes = { strides, dilations, pads, group: 1, offsetGroup: 1, activation: NO_ACTIVATION };
  const operands = [x, w, offset, bias, ...(mask === undefined ? [] : [mask])];
  return fused(c, channelsFirst(c, c.main('DeformConv', operands, attributes), 4));
}

/** Volumes, and taps that move. */
export const VOLUME = {
  Convolution3D: volumeConvolution(false),
  ConvolutionDepthWise3D: volumeConvolution(true),
  Pooling3D: volumePooling,
  DeformableConv2D: deformableConvolution,
} satisfies Record<string, NcnnTranslation>;

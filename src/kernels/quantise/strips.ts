/** The integer convolution in registers: strips of pixels by four channels, or any four neighbours of the output. */
import { FLAT_WORKGROUP } from '../../../shaders/lib/flat.ts';
import { qLinearConvShader, type QLinearConvSpec } from '../../../shaders/quantise/q-linear-conv.ts';
import type { DeviceProfile } from '../../core/limits.ts';
import { ceilDiv } from '../../util/arrays.ts';
import { dispatch1d } from '../definition.ts';
import { packWeights } from '../lib/int8-weights.ts';
import { dot4Of } from '../lib/quantised.ts';
import {
  heldIn,
  resultsOfConv,
  wordSource,
  writesWords,
  type QuantisedCall,
  type QuantisedConv,
  type QuantisedKernel,
} from '../lib/quantised-conv.ts';
import { stripPixels } from '../lib/window.ts';

/** Strips of pixels, of what can be written in words. */
export const STRIP: QuantisedKernel = {
  name: 'strip',
  calls: (conv, device) =>
    writesWords(conv) ? stripCalls(conv, stripPixels(conv.window.params.out_w), device) : undefined,
};

/** Neighbours of the output: takes every convolution. */
export const NEIGHBOURS: QuantisedKernel = {
  name: 'neighbours',
  calls: (conv, device) => stripCalls(conv, 0, device),
};

function stripCalls(
  conv: QuantisedConv,
  pixels: QLinearConvSpec['pixels'],
  device: DeviceProfile,
): readonly QuantisedCall[] {
  const { x, y, storage, window } = conv;
  const { params, batch, spec } = window;
  const elements = resultsOfConv(conv);
  if (elements === 0) return [];
  const { words, channels, rule, zeroPoints, params: packed } = packWeights(conv.weights());
  const strips = ceilDiv(params.out_w, Math.max(1, pixels));
  const count = pixels === 0 ? ceilDiv(elements, 4) : batch * params.out_h * strips * packed.blocks;
  return [
    {
      shader: qLinearConvShader({
        window: spec,
        source: wordSource(conv),
        dot4: dot4Of(device),
        rule,
        pixels,
        zeroPoints,
        y: storage.y,
      }),
      operands: [x, words, channels, y],
      params: {
        ...params,
        ...packed,
        count,
        strips,
        last: elements - 1,
        ...heldIn(conv),
      },
      workgroups: dispatch1d(count, FLAT_WORKGROUP, device),
    },
  ];
}

/** Translations of the layers that few networks have. */
import { tensorOf } from '../../../core/tensor.ts';
import { NO_ACTIVATION } from '../../../ir/ops.ts';
import type { Rows } from '../../lib/translate.ts';
import type { LayerContext, LayerTranslation } from './context.ts';
import { mergeAll, identity, merge } from './pointwise.ts';
import { bias, depthwiseOf, globalPooling, layoutProblems } from './spatial.ts';

const separable: LayerTranslation = (c) => {
  const depth = depthwiseOf(c, c.x, [], NO_ACTIVATION);
  const pointwise = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], padMode: 'explicit', group: 1 } as const;
  return c.withActivation(c.activation(), (activation) =>
    c.one('Conv', [depth, c.weight('pointwise_kernel'), ...bias(c)], { ...pointwise, activation }),
  );
};

const cropping: LayerTranslation = (c) => {
  c.refuseAll(layoutProblems(c));
  const [top, bottom, left, right] = c.margins('cropping');
  return c.one('Pad', [c.x, c.ints([0, -top, -left, 0, 0, -bottom, -right, 0])], { mode: 'constant' });
};

/** As TensorFlow.js computes it: coordinates are divided by the factor, without half-pixel centres. */
const upSampling: LayerTranslation = (c) => {
  const interpolation = c.string('interpolation', 'nearest');
  const problems = layoutProblems(c);
  if (interpolation !== 'nearest' && interpolation !== 'bilinear') problems.push(`interpolation ${interpolation}`);
  c.refuseAll(problems);
  const mode = interpolation === 'bilinear' ? 'linear' : 'nearest';
  const scales = c.constant(tensorOf('float32', [2], c.pair('size', [2, 2])));
  return c.one('Resize', [c.x, scales], { mode, coordinateMode: 'asymmetric', nearestMode: 'floor' });
};

const elu: LayerTranslation = (c) => c.activate(c.x, { kind: 'elu', alpha: c.number('alpha', 1), beta: 0 });

const average: LayerTranslation = (c) => c.binary('div', mergeAll(c, 'add'), c.scalar('float32', c.operands.length));

const permute: LayerTranslation = (c) => c.one('Transpose', [c.x], { perm: [0, ...c.list('dims')] });

/** Rows of the layer table. */
export const FURTHER_LAYERS: Rows<LayerContext> = {
  SeparableConv2D: separable,
  SeparableConvolution2D: separable,
  GlobalMaxPooling2D: globalPooling('GlobalMaxPool'),
  GlobalMaxPool2D: globalPooling('GlobalMaxPool'),
  Cropping2D: cropping,
  UpSampling2D: upSampling,
  PReLU: (c) => c.one('PRelu', [c.x, c.weight('alpha')], {}),
  ELU: elu,
  Subtract: merge('sub'),
  Average: average,
  Maximum: merge('max'),
  Minimum: merge('min'),
  Permute: permute,
  SpatialDropout2D: identity,
  AlphaDropout: identity,
  GaussianDropout: identity,
  GaussianNoise: identity,
  ActivityRegularization: identity,
};

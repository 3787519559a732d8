/** Writes recurrent networks: as ONNX has them, with all that it would take for granted. */
import type { NodeOf, Recurrent, RecurrentKind } from '../../../ir/ops.ts';
import type { OnnxAttributes } from './model.ts';
import { GIVE_EXTENTS, type OnnxWriter } from './writer.ts';

/** ONNX's names, and which parameters a function has. */
const FUNCTIONS: { readonly [K in RecurrentKind]: readonly [name: string, alpha: boolean, beta: boolean] } = {
  relu: ['Relu', false, false],
  tanh: ['Tanh', false, false],
  sigmoid: ['Sigmoid', false, false],
  affine: ['Affine', true, true],
  leakyRelu: ['LeakyRelu', true, false],
  thresholdedRelu: ['ThresholdedRelu', true, false],
  scaledTanh: ['ScaledTanh', true, true],
  hardSigmoid: ['HardSigmoid', true, true],
  elu: ['Elu', true, false],
  softsign: ['Softsign', false, false],
  softplus: ['Softplus', false, false],
};

function written({ direction, functions, clip }: Recurrent): OnnxAttributes {
  const alphas = functions.flatMap(({ kind, alpha }) => (FUNCTIONS[kind][1] ? [alpha] : []));
  const betas = functions.flatMap(({ kind, beta }) => (FUNCTIONS[kind][2] ? [beta] : []));
  return {
    direction: { s: direction },
    activations: { strings: functions.map(({ kind }) => FUNCTIONS[kind][0]) },
    ...(alphas.length > 0 ? { activation_alpha: { floats: alphas } } : {}),
    ...(betas.length > 0 ? { activation_beta: { floats: betas } } : {}),
    ...(clip === Infinity ? {} : { clip: { f: clip } }),
  };
}

/** Writes LSTM, GRU or RNN. */
export function writeRecurrent(w: OnnxWriter, n: NodeOf<'LSTM'> | NodeOf<'GRU'> | NodeOf<'RNN'>): void {
  const { attributes } = n;
  const units = w.shape(n.inputs[2] ?? '')?.at(-1) ?? w.refuse('weights that are computed', GIVE_EXTENTS);
  const own: OnnxAttributes = {
    ...written(attributes),
    hidden_size: { i: units },
    ...('inputForget' in attributes ? { input_forget: { i: attributes.inputForget ? 1 : 0 } } : {}),
    ...('linearBeforeReset' in attributes ? { linear_before_reset: { i: attributes.linearBeforeReset ? 1 : 0 } } : {}),
  };
  w.many(n.op, n.inputs, own, n.outputs);
}

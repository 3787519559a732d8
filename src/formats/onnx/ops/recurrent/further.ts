/** Recurrent networks: LSTM, GRU and RNN, whose cells have functions that the file may choose. */
import type { Recurrent, RecurrentFunction, RecurrentKind } from '../../../../ir/ops.ts';
import type { OnnxNode } from '../../node.ts';

/**
 * A function, and what its parameters are where the file leaves them out: as the operator of its name has them. None where it has
 * no such parameter; NaN where ONNX says nothing.
 */
interface NamedFunction {
  readonly kind: RecurrentKind;
  readonly alpha?: number;
  readonly beta?: number;
}

/** By ONNX's names in lower case, as which they are compared. */
const FUNCTIONS: Readonly<Record<string, NamedFunction | undefined>> = {
  relu: { kind: 'relu' },
  tanh: { kind: 'tanh' },
  sigmoid: { kind: 'sigmoid' },
  affine: { kind: 'affine', alpha: 1, beta: 0 },
  leakyrelu: { kind: 'leakyRelu', alpha: 0.01 },
  thresholdedrelu: { kind: 'thresholdedRelu', alpha: 1 },
  scaledtanh: { kind: 'scaledTanh', alpha: NaN, beta: NaN },
  hardsigmoid: { kind: 'hardSigmoid', alpha: 0.2, beta: 0.5 },
  elu: { kind: 'elu', alpha: 1 },
  softsign: { kind: 'softsign' },
  softplus: { kind: 'softplus' },
};

/** The next parameter of the list, for a function that usually has `usual`; 0 for one that has none. */
function taken(given: number[] | undefined, usual: number | undefined): number {
  return usual === undefined ? 0 : (given?.shift() ?? usual);
}

/** The functions of all directions. Parameters are handed out in order, to those functions that have some. */
function functionsOf(n: OnnxNode, usual: readonly string[], directions: number): RecurrentFunction[] {
  const given = n.attr.get('activations', 'strings')?.strings.map((name) => new TextDecoder().decode(name));
  const names = given ?? Array.from({ length: directions }, () => usual).flat();
  if (names.length !== directions * usual.length) {
    n.fail(`${names.length} activations are given for ${directions} directions of ${usual.length} each`);
  }
  const [alphas, betas] = ['activation_alpha', 'activation_beta'].map((name) => [...(n.attr.floats(name) ?? [])]);
  return names.map((name) => {
    const { kind, alpha, beta } = FUNCTIONS[name.toLowerCase()] ?? n.refuse(`activation "${name}"`);
    const own = { kind, alpha: taken(alphas, alpha), beta: taken(betas, beta) };
    if (Number.isNaN(own.alpha) || Number.isNaN(own.beta)) n.refuse(`activation "${name}" without its parameters`);
    return own;
  });
}

function recurrent(n: OnnxNode, usual: readonly string[]): Recurrent {
  const direction = n.attr.choice('direction', 'forward', ['forward', 'reverse', 'bidirectional']);
  const functions = functionsOf(n, usual, direction === 'bidirectional' ? 2 : 1);
  const clip = n.attr.float('clip', Infinity);
  if (!(clip > 0)) n.fail(`clip = ${clip}`);
  const hidden = n.attr.int('hidden_size', 0);
  const units = n.constantInput(2)?.shape.at(-1) ?? hidden;
  if (hidden !== 0 && hidden !== units) n.fail(`hidden_size = ${hidden}, R has ${units} columns`);
  // Before opset 7; a result that is not wanted has no name.
  n.attr.ignore('output_sequence');
  return { direction, functions, clip };
}

/** With layout 1 the batch is the first dimension of all but weights; the engine has it behind steps and directions. */
function arranged(
  n: OnnxNode,
  outputs: number,
  emit: (x: string, states: readonly string[]) => readonly string[],
): readonly string[] {
  const batchFirst = n.attr.flag('layout', false);
  const moved = (value: string, perm: readonly number[]): string =>
    batchFirst && value !== '' ? n.one('Transpose', [value], { perm }) : value;
  const states = Array.from({ length: outputs - 1 }, (_, i) => moved(n.optional(5 + i), [1, 0, 2]));
  const [y = '', ...last] = emit(moved(n.input(0), [1, 0, 2]), states);
  const results = [y, ...last].map((value, i) =>
    n.wants(i) ? moved(value, i === 0 ? [2, 0, 1, 3] : [1, 0, 2]) : value,
  );
  return results.slice(0, n.outputs.length);
}

/** W, R, B and sequence_lens, which all three have. */
function weights(n: OnnxNode): string[] {
  return [n.input(1), n.input(2), n.optional(3), n.optional(4)];
}

export function lstm(n: OnnxNode): readonly string[] {
  const attributes = {
    ...recurrent(n, ['Sigmoid', 'Tanh', 'Tanh']),
    inputForget: n.attr.flag('input_forget', false),
  };
  return arranged(n, 3, (x, states) => n.many('LSTM', [x, ...weights(n), ...states, n.optional(7)], attributes, 3));
}

export function gru(n: OnnxNode): readonly string[] {
  const attributes = {
    ...recurrent(n, ['Sigmoid', 'Tanh']),
    linearBeforeReset: n.attr.flag('linear_before_reset', false),
  };
  return arranged(n, 2, (x, states) => n.many('GRU', [x, ...weights(n), ...states], attributes, 2));
}

export function rnn(n: OnnxNode): readonly string[] {
  const attributes = recurrent(n, ['Tanh']);
  return arranged(n, 2, (x, states) => n.many('RNN', [x, ...weights(n), ...states], attributes, 2));
}

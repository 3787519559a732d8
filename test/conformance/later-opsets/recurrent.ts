/** LSTM, GRU and RNN in their form of opset 14 as it stands in opset 18 to 21, and in that of opset 22. */
import type { Tensor } from '../../../src/core/tensor.ts';
import type { OnnxAttribute } from '../../helpers/onnx-bytes.ts';
import { node, wave } from '../../helpers/onnx-models.ts';
import { tensorOf } from '../../../src/core/tensor.ts';
import { alsoIn, type LaterCase, type LaterCases } from './later.ts';

/** Steps, batch, elements and units of every case. */
const [T, N, I, H] = [4, 3, 5, 6];

interface Form {
  readonly opset: number;
  readonly direction?: 'forward' | 'reverse' | 'bidirectional';
  readonly lengths?: boolean;
  readonly states?: boolean;
  readonly bias?: boolean;
  readonly peepholes?: boolean;
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
  /** Outputs that have a name. */
  readonly outputs?: string;
}

/** Half the wave: sums stay where functions are not flat. */
function small(shape: readonly number[]): Tensor {
  const { data } = wave(shape);
  return tensorOf(
    'float32',
    shape,
    Array.from(data, (v) => v / 4),
  );
}

function recurrent(op: 'LSTM' | 'GRU' | 'RNN', name: string, form: Form): LaterCase {
  const { opset, direction = 'forward', lengths = false, states = false, bias = true, peepholes = false } = form;
  const gates = { LSTM: 4, GRU: 3, RNN: 1 }[op];
  const directions = direction === 'bidirectional' ? 2 : 1;
  const state = wave([directions, N, H]);
  const constants: Record<string, Tensor> = {
    w: small([directions, gates * H, I]),
    r: small([directions, gates * H, H]),
    ...(bias ? { b: small([directions, 2 * gates * H]) } : {}),
    ...(peepholes ? { p: small([directions, 3 * H]) } : {}),
  };
  const inputs: Record<string, Tensor> = {
    x: wave([T, N, I]),
    ...(lengths ? { lengths: tensorOf('int32', [N], [T, 1, 3]) } : {}),
    ...(states ? { h: state, ...(op === 'LSTM' ? { c: state } : {}) } : {}),
  };
  const given = (input: string): string => (input in constants || input in inputs ? input : '');
  const slots = ['x', 'w', 'r', 'b', 'lengths', 'h', 'c', 'p'].slice(0, op === 'LSTM' ? 8 : 6).map(given);
  while (slots.at(-1) === '') slots.pop();
  const outputs = form.outputs ?? (op === 'LSTM' ? 'y yh yc' : 'y yh');
  const attributes = { hidden_size: { i: H }, direction: { s: direction }, ...form.attributes };
  return { name, opset, node: node(op, slots.join(' '), outputs, attributes), inputs, constants, terms: T * H };
}

const both = { direction: 'bidirectional', lengths: true, states: true } as const;

export const LATER_RECURRENT: LaterCases = {
  LSTM: alsoIn(
    [22],
    [
      recurrent('LSTM', 'forward', { opset: 18 }),
      recurrent('LSTM', 'backwards with states', { opset: 19, direction: 'reverse', states: true }),
      recurrent('LSTM', 'both directions, lengths, states', { opset: 21, ...both }),
      recurrent('LSTM', 'peepholes without bias', { opset: 22, peepholes: true, bias: false, states: true }),
      recurrent('LSTM', 'y alone, clipped', { opset: 22, attributes: { clip: { f: 0.4 } }, outputs: 'y' }),
      recurrent('LSTM', 'the last states alone', { opset: 23, outputs: ' yh yc', states: true }),
      recurrent('LSTM', 'functions, and one forget gate', {
        opset: 24,
        attributes: {
          activations: { strings: ['HardSigmoid', 'Softsign', 'ScaledTanh'] },
          activation_alpha: { floats: [0.3, 0.9] },
          activation_beta: { floats: [0.4, 1.1] },
          input_forget: { i: 1 },
        },
      }),
    ],
  ),
  GRU: alsoIn(
    [22],
    [
      recurrent('GRU', 'forward', { opset: 18 }),
      recurrent('GRU', 'backwards with a state', { opset: 20, direction: 'reverse', states: true }),
      recurrent('GRU', 'both directions, lengths, states', { opset: 21, ...both }),
      recurrent('GRU', 'reset behind the product', { opset: 22, attributes: { linear_before_reset: { i: 1 } } }),
      recurrent('GRU', 'reset behind the product, all of it', {
        opset: 23,
        ...both,
        attributes: { linear_before_reset: { i: 1 }, clip: { f: 0.5 } },
      }),
      recurrent('GRU', 'without bias, the last state alone', { opset: 24, bias: false, outputs: ' yh' }),
    ],
  ),
  RNN: alsoIn(
    [22],
    [
      recurrent('RNN', 'forward', { opset: 18 }),
      recurrent('RNN', 'backwards with a state', { opset: 20, direction: 'reverse', states: true }),
      recurrent('RNN', 'both directions, lengths, states', { opset: 21, ...both }),
      recurrent('RNN', 'relu, clipped', {
        opset: 22,
        attributes: { activations: { strings: ['Relu'] }, clip: { f: 0.7 } },
      }),
      recurrent('RNN', 'each direction has its function', {
        opset: 23,
        direction: 'bidirectional',
        attributes: {
          activations: { strings: ['LeakyRelu', 'Elu'] },
          activation_alpha: { floats: [0.2, 0.5] },
        },
      }),
      recurrent('RNN', 'without bias, y alone', { opset: 24, bias: false, outputs: 'y' }),
    ],
  ),
};

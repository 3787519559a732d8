/** How recurrent operators are read: old opsets, the other layout, functions and their parameters; and what is refused. */
import { describe, expect, it } from 'vitest';
import { ImportError, ShapeError, UnsupportedError } from '../../../src/core/errors.ts';
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import { Session } from '../../../src/session/session.ts';
import { importOnnx } from '../../helpers/import-onnx.ts';
import { encodeModel, type OnnxAttribute, type OnnxModel } from '../../helpers/onnx-bytes.ts';
import { agreesWithOrt, node, wave } from '../../helpers/onnx-models.ts';

type Attributes = Readonly<Record<string, OnnxAttribute>>;

const [T, N, I, H] = [3, 2, 4, 5];

function model(op: 'LSTM' | 'GRU' | 'RNN', attributes: Attributes, opset = 14, x = [T, N, I]): OnnxModel {
  const gates = { LSTM: 4, GRU: 3, RNN: 1 }[op];
  const directions = 'direction' in attributes ? 2 : 1;
  return {
    opset,
    inputs: [{ name: 'x', dtype: 'float32', shape: x }],
    outputs: ['y', 'h'],
    nodes: [node(op, 'x w r', 'y h', { hidden_size: { i: H }, ...attributes })],
    initializers: [
      ['w', wave([directions, gates * H, I])],
      ['r', wave([directions, gates * H, H])],
    ],
  };
}

const x = wave([T, N, I]);

describe('recurrent operators', () => {
  it.each([
    ['LSTM', 7, {}],
    ['GRU', 7, { linear_before_reset: { i: 1 } }],
    ['RNN', 7, {}],
    // Names are told apart by their letters only, and parameters go to those functions that have some.
    ['GRU', 14, { activations: { strings: ['sigmoid', 'LEAKYRELU'] }, activation_alpha: { floats: [0.3] } }],
    [
      'LSTM',
      14,
      {
        activations: { strings: ['HardSigmoid', 'Affine', 'ScaledTanh'] },
        activation_alpha: { floats: [0.25, 0.5, 0.75] },
        activation_beta: { floats: [0.4, 0.1, 1.25] },
      },
    ],
    // What the file leaves out.
    ['LSTM', 14, { activations: { strings: ['HardSigmoid', 'Elu', 'LeakyRelu'] } }],
    ['RNN', 14, { direction: { s: 'bidirectional' }, activations: { strings: ['Softsign', 'Softplus'] } }],
  ] as const)('%s of opset %i is as onnxruntime has it: %o', async (op, opset, attributes) => {
    await agreesWithOrt(model(op, attributes, opset), { x });
  });

  it.each(['LSTM', 'GRU', 'RNN'] as const)('%s with the batch first is the same in another order', async (op) => {
    const direction = { direction: { s: 'bidirectional' } };
    const steps = await run(model(op, direction), x);
    const batches = await run(model(op, { ...direction, layout: { i: 1 } }, 14, [N, T, I]), swapped(x, [N, T, I]));
    expect(batches['y']?.shape).toEqual([N, T, 2, H]);
    expect(batches['h']?.shape).toEqual([N, 2, H]);
    for (let i = 0; i < T * N * 2 * H; i++) {
      const [t, n, d, j] = [Math.floor(i / (N * 2 * H)), Math.floor(i / (2 * H)) % N, Math.floor(i / H) % 2, i % H];
      expect(batches['y']?.data[((n * T + t) * 2 + d) * H + j]).toBe(steps['y']?.data[((t * 2 + d) * N + n) * H + j]);
      expect(batches['h']?.data[(n * 2 + d) * H + j]).toBe(steps['h']?.data[(d * N + n) * H + j]);
    }
  });

  it('takes for parameters that are left out what the operator of that name has', async () => {
    // onnxruntime takes 0 for each.
    const defaults = { ThresholdedRelu: { alpha: 1, beta: 0 }, Affine: { alpha: 1, beta: 0 } };
    for (const [name, own] of Object.entries(defaults)) {
      const graph = await importOnnx(encodeModel(model('RNN', { activations: { strings: [name] } })));
      expect(graph.nodes[0]?.attributes).toMatchObject({ functions: [own] });
    }
  });

  it('reads the attribute of opset 1 that says whether there is a sequence', async () => {
    const graph = await importOnnx(encodeModel(model('LSTM', { output_sequence: { i: 1 } }, 1)));
    expect(graph.nodes.map(({ op }) => op)).toEqual(['LSTM']);
  });

  it.each([
    ['a function that there is none of', { activations: { strings: ['Gelu'] } }, UnsupportedError],
    ['parameters that ONNX has no value for', { activations: { strings: ['ScaledTanh'] } }, UnsupportedError],
    ['too few functions', { activations: { strings: ['Tanh', 'Tanh'] } }, ImportError],
    ['a direction', { direction: { s: 'sideways' } }, UnsupportedError],
    ['a clip of nothing', { clip: { f: 0 } }, ImportError],
    ['another number of units', { hidden_size: { i: 7 } }, ImportError],
    ['an attribute of another kind', { activations: { ints: [1] } }, ImportError],
  ] as const)('refuses %s', async (_what, attributes, kind) => {
    const own = { ...attributes };
    const given = 'activations' in own && 'strings' in own.activations && own.activations.strings.length === 1;
    const wanted = model(given ? 'RNN' : 'LSTM', own);
    await expect(importOnnx(encodeModel(wanted))).rejects.toThrow(kind);
  });

  it('refuses weights of another shape', async () => {
    const wrong: OnnxModel = {
      ...model('LSTM', {}),
      initializers: [
        ['w', wave([1, 4 * H, I])],
        ['r', wave([1, 3 * H, H])],
      ],
    };
    await expect(run(wrong, x)).rejects.toThrow(ShapeError);
  });
});

function swapped({ data }: Tensor, shape: readonly number[]): Tensor {
  const values = Array.from(data, (_, i) => {
    const [n, t, k] = [Math.floor(i / (T * I)), Math.floor(i / I) % T, i % I];
    return data[(t * N + n) * I + k] ?? 0;
  });
  return tensorOf('float32', shape, values);
}

async function run(wanted: OnnxModel, fed: Tensor): Promise<Record<string, Tensor>> {
  using session = await Session.create(encodeModel(wanted), { backend: 'cpu', inputShapes: { x: fed.shape } });
  return await session.run({ x: fed });
}

/** NaN, infinities and what else has a rule of its own, through the importer: onnxruntime has the same. */
import { describe, it } from 'vitest';
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import { agreesWithOrt, floatPort, node } from '../../helpers/onnx-models.ts';

const VALUES = [NaN, Infinity, -Infinity, -0, 1e-38, 100, -100, 1e30, -1e30, 2, NaN, -3, 0.5, 7, 8, -9, NaN, 0];
const x = tensorOf('float32', [VALUES.length], VALUES);
const scalar = (value: number): Tensor => tensorOf('float32', [], [value]);
const inputs = [floatPort('x', 1)];
const halfPort = (name: string) => ({ ...floatPort(name, 1), dtype: 'float16' as const });

describe('NaN and infinities', () => {
  const FUNCTIONS =
    'Relu LeakyRelu PRelu Elu Selu Celu Sigmoid HardSigmoid HardSwish Tanh Softplus Softsign Mish Gelu ThresholdedRelu ' +
    'Sign Abs Neg Exp Log Sqrt Reciprocal Floor Ceil Round Sin Cos Erf';

  it.each(FUNCTIONS.split(' '))('%s', async (op) => {
    const nodes = [node(op, op === 'PRelu' ? 'x slope' : 'x', 'y')];
    const initializers = [['slope', scalar(0.5)]] as const;
    await agreesWithOrt({ opset: 20, inputs, outputs: [floatPort('y', 1)], nodes, initializers }, { x });
  });
});

describe('Clip', () => {
  const BOUNDS: Readonly<Record<string, readonly [low: number, high: number]>> = {
    'as usual': [-1, 6],
    'the wrong way round': [6, 0],
    infinite: [-Infinity, Infinity],
    'NaN below': [NaN, 6],
    'NaN above': [0, NaN],
  };
  const nodes = [node('Clip', 'x low high', 'y')];
  const outputs = [floatPort('y', 1)];

  it.each(Object.keys(BOUNDS))('bounds %s', async (name) => {
    const [low, high] = (BOUNDS[name] ?? []).map(scalar) as [Tensor, Tensor];
    await agreesWithOrt(
      {
        opset: 13,
        inputs,
        outputs,
        nodes,
        initializers: [
          ['low', low],
          ['high', high],
        ],
      },
      { x },
    );
  });

  it.each(['x', 'x low', 'x  high'])('a bound that is absent beside one known to a run only: %s', async (names) => {
    const fed = Object.fromEntries(
      names.split(' ').flatMap((name) => (/low|high/.test(name) ? [[name, scalar(3)]] : [])),
    );
    const ports = [...inputs, ...Object.keys(fed).map((name) => floatPort(name, 0))];
    await agreesWithOrt({ opset: 13, inputs: ports, outputs, nodes: [node('Clip', names, 'y')] }, { x, ...fed });
  });

  it('halves with one bound', async () => {
    const halves = tensorOf('float16', [4], [Infinity, -Infinity, 1, NaN]);
    const initializers = [['high', tensorOf('float16', [], [3])]] as const;
    const clip = {
      opset: 13,
      inputs: [halfPort('x')],
      outputs: [halfPort('y')],
      nodes: [node('Clip', 'x  high', 'y')],
    };
    await agreesWithOrt({ ...clip, initializers }, { x: halves });
  });

  it('bounds the wrong way round, known to a run only', async () => {
    const ports = [...inputs, floatPort('low', 0), floatPort('high', 0)];
    await agreesWithOrt({ opset: 13, inputs: ports, outputs, nodes }, { x, low: scalar(6), high: scalar(0) });
  });
});

describe('a norm of zero', () => {
  it.each([1, 2])('LpNormalization, p = %i', async (p) => {
    const rows = tensorOf('float32', [3, 3], [0, 0, 0, 3, -4, 0, NaN, 1, 2]);
    const nodes = [node('LpNormalization', 'x', 'y', { p: { i: p } })];
    await agreesWithOrt({ opset: 18, inputs: [floatPort('x', 2)], outputs: [floatPort('y', 2)], nodes }, { x: rows });
  });
});

/** `inspect` on models of which something is refused, or cannot be known yet: all at once, each with what may help. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tensorOf } from '../../src/core/tensor.ts';
import { inProcess } from '../helpers/command.ts';
import { encodeModel, type OnnxModel } from '../helpers/onnx-bytes.ts';
import { floatPort, node } from '../helpers/onnx-models.ts';

const scalars = (['int8', 'float32'] as const).map((dtype) => tensorOf(dtype, [], [1]));
const [zero = tensorOf('int8', [], [0]), one = zero] = scalars;
const bytes = (name: string, shape: readonly (number | string)[]) => ({ name, dtype: 'int8', shape }) as const;
const floats = (name: string, shape: readonly (number | string)[]) => ({ name, dtype: 'float32', shape }) as const;

/** Of a convolution of bytes whose weights are an input, and one of volumes. */
const onCpuOnly: OnnxModel = {
  opset: 13,
  inputs: [bytes('x', ['batch', 8, 5, 5]), bytes('w', [1, 8, 3, 3]), bytes('v', ['batch', 1, 3, 3, 3])],
  outputs: [
    { ...floatPort('planes', 4), dtype: 'int8' },
    { ...floatPort('volumes', 5), dtype: 'int8' },
  ],
  initializers: [
    ['s', one],
    ['z', zero],
    ['k', tensorOf('int8', [1, 1, 1, 1, 1], [2])],
  ],
  nodes: [node('QLinearConv', 'x s z w s z s z', 'planes'), node('QLinearConv', 'v s z k s z s z', 'volumes')],
};

const sequence = (more: Partial<OnnxModel> = {}): OnnxModel => ({
  opset: 18,
  inputs: [floats('x', ['batch', 'time', 4]), floats('state', [2, 'batch', 4])],
  outputs: [floatPort('y', 3), floatPort('z', 3)],
  nodes: [node('Relu', 'x', 'y'), node('Relu', 'state', 'z')],
  ...more,
});

/** Weights so few that a run makes them constants of its plan. */
const fewWeights: OnnxModel = {
  ...onCpuOnly,
  inputs: [bytes('x', [1, 1, 5, 5]), bytes('w', [1, 1, 3, 3])],
  outputs: onCpuOnly.outputs.slice(0, 1),
  nodes: onCpuOnly.nodes.slice(0, 1),
};

const reshaped: OnnxModel = {
  opset: 18,
  inputs: [floats('x', [2, 3]), { name: 'shape', dtype: 'int64', shape: [2] }],
  outputs: [floatPort('y', 2)],
  nodes: [node('Reshape', 'x shape', 'y')],
};

/** As many rounds as an input says. */
const looped: OnnxModel = {
  opset: 18,
  inputs: [floats('x', [2, 3]), { name: 'rounds', dtype: 'int64', shape: [1] }],
  outputs: [floatPort('y', 2)],
  nodes: [
    node('Loop', 'rounds  x', 'y', {
      body: {
        g: {
          inputs: [
            { name: 'i', dtype: 'int64', shape: [] },
            { name: 'go', dtype: 'bool', shape: [] },
            floats('a', [2, 3]),
          ],
          outputs: [{ name: 'more', dtype: 'bool', shape: [] }, floats('b', [2, 3])],
          nodes: [node('Identity', 'go', 'more'), node('Add', 'a a', 'b')],
        },
      },
    }),
  ],
};

const MODELS: Readonly<Record<string, OnnxModel>> = {
  'cpu-only.onnx': onCpuOnly,
  'few-weights.onnx': fewWeights,
  'reshaped.onnx': reshaped,
  'looped.onnx': looped,
  'open.onnx': sequence(),
  'open-and-refused.onnx': sequence({ nodes: [node('Bernoulli', 'x', 'y'), node('StringSplit', 'state', 'z')] }),
};

let dir = '';
const at = (name: string): string => join(dir, name);

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'tilewise-refusals-'));
  for (const [name, model] of Object.entries(MODELS)) writeFileSync(at(name), encodeModel(model));
});

afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function inspected(...argv: string[]): Promise<{ code: number | null; said: unknown }> {
  const { code, stdout } = await inProcess('inspect', ...argv, '--json');
  return { code, said: JSON.parse(stdout) };
}

describe('nodes that WebGPU kernels refuse', () => {
  it('are listed together, with what may help, beside what the model is made of', async () => {
    const { code, said } = await inspected(at('cpu-only.onnx'));
    expect(code).toBe(1);
    expect(said).toMatchObject({
      format: 'onnx',
      outputs: [{ shape: [1, 1, 3, 3] }, { shape: [1, 1, 3, 3, 3] }],
      multiplyAdds: 9 * 9 * 8 + 27,
      error: {
        code: 'UNSUPPORTED',
        detail: {
          file: at('cpu-only.onnx'),
          items: [
            { op: 'QLinearConv', what: /depends on the data.* constant/, remedy: /as a constant, .*--backend cpu/ },
            { op: 'QLinearConv', what: /rank 5/, remedy: /another number of dimensions, .*--backend cpu/ },
          ].map(({ op, what, remedy }) => ({
            op,
            what: expect.stringMatching(what),
            remedy: expect.stringMatching(remedy),
          })),
        },
      },
    });
    expect(said).not.toHaveProperty('dispatches');
  });

  it('stand below the table', async () => {
    const { code, stdout, stderr } = await inProcess('inspect', at('cpu-only.onnx'));
    expect(code).toBe(1);
    expect(stdout).toMatch(/refused +│ 2 on WebGPU, see below/);
    expect(stderr).toMatch(/^error: .*2 unsupported things:\n[\s\S]*What may help:\n(.*QLinearConv: Export.*\n){2}$/);
  });
});

it.each([
  ['few-weights.onnx', 'w', 'QLinearConv'],
  ['reshaped.onnx', 'shape', 'Reshape'],
  ['looped.onnx', 'rounds', 'Binary.add'],
])('what depends on what a run is fed is not refused: %s', async (file, input, op) => {
  const { code, said } = await inspected(at(file));
  expect(code).toBe(1);
  const message = expect.stringMatching(`depends on what is fed to "${input}"`);
  expect(said).toMatchObject({ operators: { [op]: 1 }, error: { code: 'INPUT_INVALID', message } });
});

describe('extents without a number', () => {
  it('do not keep from saying what reading the model refuses', async () => {
    const { code, said } = await inspected(at('open-and-refused.onnx'));
    expect(code).toBe(1);
    expect(said).toMatchObject({
      error: {
        code: 'UNSUPPORTED',
        detail: {
          items: [
            { op: 'Bernoulli', remedy: expect.stringContaining('evaluation mode') },
            { op: 'StringSplit', remedy: expect.stringContaining('outside the model') },
          ],
        },
      },
    });
  });

  it('that stay open are named, beside all that can be said without them', async () => {
    const { code, said } = await inspected(at('open.onnx'));
    expect(code).toBe(1);
    expect(said).toMatchObject({
      operators: { 'Activation.relu': 2 },
      inputs: [{ shape: ['batch', 'time', 4] }, { shape: [2, 'batch', 4] }],
      error: {
        code: 'INPUT_INVALID',
        message: expect.stringMatching(/"x" has the shape .*Pass --input-shape x=SHAPE$/),
      },
    });
    const { stdout } = await inProcess('inspect', at('open.onnx'));
    expect(stdout).toMatch(/refused +│ nothing when it is read; by WebGPU, not known: see below/);
  });

  it('are those of a shape that is given, wherever they have the same name', async () => {
    const { code, said } = await inspected(at('open.onnx'), '--input-shape', 'x=3x5x4');
    expect(code).toBe(0);
    expect(said).toMatchObject({ inputShapes: { x: [3, 5, 4], state: [2, 3, 4] }, dispatches: 2 });
    expect(said).not.toHaveProperty('error');
  });

  it('say that nothing is refused', async () => {
    const { stdout } = await inProcess('inspect', at('open.onnx'), '--input-shape', 'x=3x5x4');
    expect(stdout).toMatch(/refused +│ nothing/);
  });
});

/** Functions that a model defines itself, run on the CPU and by onnxruntime; and those that are refused. */
import { describe, expect, it } from 'vitest';
import { ImportError } from '../../../src/core/errors.ts';
import { importModel } from '../../../src/formats/detect.ts';
import { agreesWithOrt, floatPort, noFile, node, wave } from '../../helpers/onnx-models.ts';
import { encodeModel, type OnnxFunction, type OnnxModel } from '../../helpers/onnx-bytes.ts';

const opset = { '': 18, own: 1 };
const own = { domain: 'own' };

const scaled: OnnxFunction = {
  ...own,
  name: 'Scaled',
  inputs: ['x', 'bias'],
  outputs: ['y'],
  attributes: ['slope'],
  defaults: { low: { f: -1 } },
  nodes: [
    node('LeakyRelu', 'x', 'a', { alpha: { ref: 'slope', type: 1 } }),
    node('Constant', '', 'l', { value_float: { ref: 'low', type: 1 } }),
    node('Max', 'a l', 'y'),
  ],
  opset,
};

/** Calls Scaled twice, gives one of its own inputs back, and one value twice. */
const nested: OnnxFunction = {
  ...own,
  name: 'Nested',
  inputs: ['x', 'unused'],
  outputs: ['y', 'same', 'again'],
  attributes: ['slope'],
  nodes: [
    { ...node('Scaled', 'x', 'a', { slope: { ref: 'slope', type: 1 } }), ...own },
    { ...node('Scaled', 'a ', 'y', { slope: { f: 0.5 }, low: { f: -0.5 } }), ...own },
    node('Identity', 'x', 'same'),
    node('Identity', 'y', 'again'),
  ],
  opset,
};

function model(more: Partial<OnnxModel>): OnnxModel {
  const inputs = [{ name: 'x', dtype: 'float32', shape: [2, 3] }] as const;
  return { opset, inputs, outputs: [floatPort('y', 2)], nodes: [], functions: [scaled, nested], ...more };
}

const call = (op: string, inputs: string, outputs: string, slope: number): OnnxModel['nodes'][0] => {
  return { ...node(op, inputs, outputs, { slope: { f: slope } }), ...own };
};

const twice = (name: string, callee: string): OnnxFunction => {
  const nodes = [
    { ...node(callee, 'x', 'a'), ...own },
    { ...node(callee, 'a', 'y'), ...own },
  ];
  return { ...own, name, inputs: ['x'], outputs: ['y'], nodes, opset };
};

describe('functions of a model', () => {
  const x = wave([2, 3]);

  it('take attributes, and defaults where a call gives none', async () => {
    await agreesWithOrt(model({ nodes: [call('Scaled', 'x', 'y', 0.25)] }), { x });
  });

  it('call each other, and have names of their own', async () => {
    const nodes = [
      call('Nested', 'x', 'a same again', 0.25),
      call('Nested', 'a', 'y b c', 2),
      node('Add', 'same again', 'z'),
    ];
    await agreesWithOrt(model({ nodes, outputs: [floatPort('y', 2), floatPort('z', 2)] }), { x });
  });

  it('give an input as it came', async () => {
    const given: OnnxFunction = {
      ...own,
      name: 'Given',
      inputs: ['x'],
      outputs: ['x', 'y', 'y'],
      nodes: [node('Neg', 'x', 'y')],
      opset,
    };
    const nodes = [{ ...node('Given', 'x', 'p q r'), ...own }, node('Sum', 'p q r', 's'), node('Mul', 's q', 'y')];
    const { graph } = await load(model({ nodes, functions: [given] }));
    expect(graph.nodes.map(({ op }) => op)).toEqual(['Unary', 'Identity', 'Identity', 'Binary', 'Binary', 'Binary']);
  });

  it('import their own operator set: Softmax over one axis, or over all that follow', async () => {
    const flat: OnnxFunction = {
      ...own,
      name: 'Flat',
      inputs: ['x'],
      outputs: ['y'],
      nodes: [node('Softmax', 'x', 'y', { axis: { i: 0 } })],
      opset: { '': 11 },
    };
    const { graph } = await load(
      model({ nodes: [{ ...node('Flat', 'x', 'a'), ...own }, node('Softmax', 'a', 'y')], functions: [flat] }),
    );
    expect(graph.nodes.map((n) => (n.op === 'Softmax' ? n.attributes.axes : []))).toEqual([[0, 1], [-1]]);
  });

  it('are told apart by overload', async () => {
    const other = { ...scaled, overload: 'other', nodes: [node('Neg', 'x', 'y')] };
    const nodes = [call('Scaled', 'x', 'a', 0.5), { ...call('Scaled', 'a', 'y', 0.5), overload: 'other' }];
    const { graph } = await load(model({ nodes, functions: [scaled, other] }));
    expect(graph.nodes.map(({ name }) => name)).toEqual(['Scaled_a/LeakyRelu_a', 'Scaled_a/Max_y', 'Scaled_y/Neg_y']);
  });

  it('name the operators that they need in vain', async () => {
    const lacking: OnnxFunction = {
      ...own,
      name: 'Lacking',
      inputs: ['x'],
      outputs: ['y'],
      nodes: [node('Bernoulli', 'x', 'y')],
      opset,
    };
    const nodes = [
      { ...node('Lacking', 'x', 'a'), ...own },
      { ...node('Ghost', 'a', 'y'), domain: 'com.example' },
    ];
    const error = await load(model({ nodes, functions: [lacking] })).catch((e: unknown) => e);
    expect(String(error)).toMatch(/Bernoulli "Lacking_a\/Bernoulli_y": operator/);
    expect(String(error)).toMatch(/com\.example\.Ghost "Ghost_y": operator/);
  });

  const chain = (length: number): OnnxFunction[] => Array.from({ length }, (_, i) => twice(`f${i}`, `f${i + 1}`));

  it.each([
    ['that call themselves', [twice('f0', 'f1'), twice('f1', 'f0')], /calls itself/],
    ['that become any number of nodes', chain(40), /more than 50000 nodes/],
    ['that lie deep', chain(80), /nested deeper than 64|more than 50000 nodes/],
  ])('%s are refused', async (_, functions, message) => {
    const error = await load(model({ nodes: [{ ...node('f0', 'x', 'y'), ...own }], functions })).catch(
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(ImportError);
    expect(String(error)).toMatch(message);
  });
});

function load(model: OnnxModel): ReturnType<typeof importModel> {
  return importModel({ main: { name: 'm.onnx', bytes: encodeModel(model) }, read: noFile });
}

/**
 * Operators of com.microsoft on images with channels last, on both backends: onnxruntime-web lacks most of them, and is asked
 * for the same with ONNX's own between Transposes.
 */
import { describe, expect, it } from 'vitest';
import { ImportError, UnsupportedError } from '../../../src/core/errors.ts';
import { tensorOf } from '../../../src/core/tensor.ts';
import { Session } from '../../../src/session/session.ts';
import { range } from '../../../src/util/arrays.ts';
import { encodeModel, type OnnxModel, type OnnxNode } from '../../helpers/onnx-bytes.ts';
import { openBoth } from '../../helpers/onnx-both.ts';
import { feedsOfForm, modelOfForm, type NodeForm } from '../../helpers/onnx-forms.ts';
import { node, wave } from '../../helpers/onnx-models.ts';
import { ortRun } from '../../helpers/ort-oracle.ts';

const agrees = openBoth();

const TO_FIRST = { perm: { ints: [0, 3, 1, 2] } };
const TO_LAST = { perm: { ints: [0, 2, 3, 1] } };

/** The form with `op`, which has channels first, between Transposes; those of weights only where they have channels last. */
function between(form: NodeForm, op: string, domain: string): OnnxModel {
  const turned = form.op === 'NhwcConv' ? ['x', 'w'] : ['x', 'z'];
  const names = Object.keys(form.inputs);
  const to = (name: string): string => (turned.includes(name) ? `${name}_first` : name);
  const before = names
    .filter((name) => turned.includes(name))
    .map((name): OnnxNode => node('Transpose', name, to(name), TO_FIRST));
  const core = { ...node(op, names.map(to).join(' '), 'y_first', form.attributes ?? {}), domain };
  return { ...modelOfForm(form), nodes: [...before, core, node('Transpose', 'y_first', 'y', TO_LAST)] };
}

const WINDOW = { strides: { ints: [2, 1] }, pads: { ints: [1, 0, 0, 1] } };
const CONVS: Readonly<Record<string, readonly [NodeForm, string]>> = {
  NhwcConv: [{ op: 'NhwcConv', inputs: { x: [2, 7, 5, 3], w: [4, 3, 3, 3], b: [4] }, attributes: WINDOW }, 'Conv'],
  'NhwcConv of a kernel that is not square': [
    {
      op: 'NhwcConv',
      inputs: { x: [1, 7, 5, 3], w: [5, 1, 3, 3] },
      attributes: { kernel_shape: { ints: [1, 3] }, dilations: { ints: [1, 2] } },
    },
    'Conv',
  ],
  'NhwcConv of groups': [
    { op: 'NhwcConv', inputs: { x: [1, 5, 5, 6], w: [6, 3, 2, 3], b: [6] }, attributes: { group: { i: 2 } } },
    'Conv',
  ],
  'NhwcConv of each channel': [
    {
      op: 'NhwcConv',
      inputs: { x: [1, 5, 5, 5], w: [5, 3, 3, 1] },
      attributes: { group: { i: 5 }, auto_pad: { s: 'SAME_UPPER' } },
    },
    'Conv',
  ],
  NhwcFusedConv: [
    { op: 'NhwcFusedConv', inputs: { x: [2, 7, 5, 3], w: [4, 3, 3, 2] }, attributes: WINDOW },
    'FusedConv',
  ],
  'NhwcFusedConv, Relu': [
    {
      op: 'NhwcFusedConv',
      inputs: { x: [1, 5, 5, 4], w: [6, 2, 3, 3], b: [6] },
      attributes: { group: { i: 2 }, activation: { s: 'Relu' } },
    },
    'FusedConv',
  ],
  'NhwcFusedConv, a residual and LeakyRelu': [
    {
      op: 'NhwcFusedConv',
      inputs: { x: [1, 5, 4, 3], w: [2, 3, 1, 1], b: [2], z: [1, 5, 4, 2] },
      attributes: { activation: { s: 'LeakyRelu' }, activation_params: { floats: [0.2] } },
    },
    'FusedConv',
  ],
};

describe('channels last', () => {
  it.each(Object.keys(CONVS))('%s', async (name) => {
    const [form, op] = CONVS[name] ?? [{ op: '', inputs: {} }, ''];
    const feeds = feedsOfForm(form);
    const model = between(form, op, op === 'Conv' ? '' : 'com.microsoft');
    const plain = Object.fromEntries(await ortRun(encodeModel(model), new Map(Object.entries(feeds))));
    await agrees(modelOfForm(form), feeds, { terms: 64, plain });
  });

  it.each(['uint8', 'int8'] as const)('NhwcMaxPool of %s, as onnxruntime has it', async (dtype) => {
    const data = range(2 * 7 * 5 * 3).map((i) => ((i * 37) % 251) - (dtype === 'int8' ? 125 : 0));
    const form: NodeForm = {
      op: 'NhwcMaxPool',
      inputs: { x: tensorOf(dtype, [2, 7, 5, 3], data) },
      attributes: { ...WINDOW, kernel_shape: { ints: [3, 2] }, ceil_mode: { i: 1 } },
    };
    await agrees(modelOfForm(form), feedsOfForm(form));
  });

  it('NhwcMaxPool of floats', async () => {
    const attributes = { kernel_shape: { ints: [2, 3] }, auto_pad: { s: 'SAME_LOWER' } };
    const form: NodeForm = { op: 'NhwcMaxPool', inputs: { x: [1, 5, 7, 3] }, attributes };
    const feeds = feedsOfForm(form);
    const model = between(form, 'MaxPool', '');
    const plain = Object.fromEntries(await ortRun(encodeModel(model), new Map(Object.entries(feeds))));
    await agrees(modelOfForm(form), feeds, { plain });
  });
});

/** The model with weights of a shape in the file. */
function weights(form: NodeForm, shape: readonly number[]): Uint8Array {
  const model = modelOfForm(form);
  return encodeModel({ ...model, inputs: model.inputs.slice(0, 1), initializers: [['w', wave(shape)]] });
}

describe('refusals', () => {
  it('NhwcConv of weights with channels first', async () => {
    const attributes = { kernel_shape: { ints: [3, 3] } };
    const form: NodeForm = { op: 'NhwcConv', inputs: { x: [1, 5, 5, 4], w: [2, 4, 3, 3] }, attributes };
    await expect(Session.create(weights(form, [2, 4, 3, 3]), { backend: 'cpu' })).rejects.toThrow(UnsupportedError);
  });

  it('NhwcFusedConv of weights with channels last', async () => {
    const attributes = { kernel_shape: { ints: [3, 3] } };
    const form: NodeForm = { op: 'NhwcFusedConv', inputs: { x: [1, 5, 5, 4], w: [2, 3, 3, 4] }, attributes };
    await expect(Session.create(weights(form, [2, 3, 3, 4]), { backend: 'cpu' })).rejects.toThrow(ImportError);
  });

  it('NhwcMaxPool without a kernel', async () => {
    const form: NodeForm = { op: 'NhwcMaxPool', inputs: { x: [1, 5, 5, 4] } };
    await expect(Session.create(encodeModel(modelOfForm(form)), { backend: 'cpu' })).rejects.toThrow(ImportError);
  });
});

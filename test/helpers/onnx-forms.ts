/** Models of one node, of whichever domain, in few words. */
import type { Tensor } from '../../src/core/tensor.ts';
import type { OnnxAttribute, OnnxModel } from './onnx-bytes.ts';
import { node, wave } from './onnx-models.ts';

/** One node, what it is fed, and how it is told. */
export interface NodeForm {
  readonly op: string;
  /** What is fed; a list of extents is a wave of that shape. */
  readonly inputs: Readonly<Record<string, Tensor | readonly number[]>>;
  /** Names of the node's inputs, where they are not those that are fed. */
  readonly names?: string;
  readonly outputs?: string;
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
  /** ONNX's own. */
  readonly domain?: string;
}

const isTensor = (given: Tensor | readonly number[]): given is Tensor => 'dtype' in given;

/** What a run of the form is fed. */
export function feedsOfForm({ inputs }: NodeForm): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, given]) => [name, isTensor(given) ? given : wave(given)]),
  );
}

/** The model of opset 23, with an output for each of the node's. */
export function modelOfForm(form: NodeForm): OnnxModel {
  const {
    op,
    outputs = 'y',
    attributes = {},
    names = Object.keys(form.inputs).join(' '),
    domain = 'com.microsoft',
  } = form;
  return {
    opset: { '': 23, 'com.microsoft': 1 },
    irVersion: 12,
    inputs: Object.entries(feedsOfForm(form)).map(([name, { dtype, shape }]) => ({ name, dtype, shape })),
    outputs: outputs.split(' ').filter((name) => name !== ''),
    nodes: [{ ...node(op, names, outputs, attributes), domain }],
  };
}

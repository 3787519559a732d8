/** What graphs within a node name: values of their own and of those around, and nothing else. */
import { describe, expect, it } from 'vitest';
import { GraphError } from '../../../src/core/errors.ts';
import { tensorOf } from '../../../src/core/tensor.ts';
import { Session } from '../../../src/session/session.ts';
import { encodeModel, type OnnxGraph, type OnnxNode } from '../../helpers/onnx-bytes.ts';
import { agreesWithOrt, node } from '../../helpers/onnx-models.ts';

const x = tensorOf('float32', [3], [1, 2, 3]);
const row = (name: string) => ({ name, dtype: 'float32', shape: [3] }) as const;
const flag = (name: string) => ({ name, dtype: 'bool', shape: [] }) as const;

function branch(...nodes: OnnxNode[]): { readonly g: OnnxGraph } {
  return { g: { inputs: [], outputs: [row('q')], nodes } };
}

function model(nodes: readonly OnnxNode[], output: string) {
  const initializers = [['rounds', tensorOf('int64', [], [2])]] as const;
  return { opset: 16, inputs: [row('x'), flag('b')], outputs: [output], nodes, initializers } as const;
}

/** Its then_branch computes `t`, its else_branch `w`. */
const choice = node('If', 'b', 'y', {
  then_branch: branch(node('Add', 'x x', 't'), node('Neg', 't', 'q')),
  else_branch: branch(node('Abs', 'x', 'w'), node('Neg', 'w', 'q')),
});

const loop = node('Loop', 'rounds  x', 'y', {
  body: {
    g: {
      inputs: [{ name: 'i', dtype: 'int64', shape: [] }, flag('c'), row('v')],
      outputs: [flag('c'), row('sum')],
      nodes: [node('Add', 'v k', 'sum')],
      initializers: [['k', x]],
    },
  },
});

describe('is refused, since nothing that can be seen from there has the name', () => {
  it.each<[string, string, OnnxNode[]]>([
    ['a value of a branch, behind the If', 't', [choice, node('Sub', 't x', 'z')]],
    ['a value that a body takes, behind the Loop', 'v', [loop, node('Sub', 'v x', 'z')]],
    ['a constant of a body', 'k', [loop, node('Sub', 'k x', 'z')]],
    [
      'a value of the other branch',
      'w',
      [node('If', 'b', 'z', { then_branch: branch(node('Add', 'w x', 'q')), else_branch: choiceOf('else_branch') })],
    ],
    [
      'a result of the other branch',
      'u',
      [
        node('If', 'b', 'z', {
          then_branch: { g: { inputs: [], outputs: [row('u')], nodes: [] } },
          else_branch: branch(node('Neg', 'x', 'u'), node('Neg', 'u', 'q')),
        }),
      ],
    ],
  ])('%s', async (_, name, nodes) => {
    const created = Session.create(encodeModel(model(nodes, 'z')), { backend: 'cpu' });
    await expect(created).rejects.toThrow(GraphError);
    await expect(created).rejects.toThrow(`"${name}" is produced by no node`);
  });
});

function choiceOf(name: string): { readonly g: OnnxGraph } {
  const attribute = choice.attributes?.[name];
  if (!attribute || !('g' in attribute)) throw new Error(`no ${name}`);
  return attribute;
}

it.each([0, 1])('a name is the nearest value of that name, condition %i', async (b) => {
  const nodes = [choice, node('Exp', 'x', 't'), node('Sub', 't y', 'w'), node('Neg', 'w', 'z')];
  await agreesWithOrt(model(nodes, 'z'), { x, b: tensorOf('bool', [], [b]) });
});

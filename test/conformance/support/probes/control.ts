/** Branches, loops and sequences. */
import type { DType } from '../../../../src/core/dtype.ts';
import { lone, some, type Probe, type ProbeOf, type Probes } from './probe.ts';
import { node } from '../../../helpers/onnx-models.ts';
import type { OnnxGraph } from '../../../helpers/onnx-bytes.ts';

function body(
  inputs: readonly (readonly [string, DType, readonly number[]])[],
  ...nodes: OnnxGraph['nodes']
): OnnxGraph {
  const ports = inputs.map(([name, dtype, shape]) => ({ name, dtype, shape }));
  return { inputs: ports, outputs: nodes.flatMap(({ outputs }) => outputs), nodes };
}

const branch = (op: string): OnnxGraph => body([], node(op, 'x', `${op}_y`));

const ifOp: ProbeOf = (t) => ({
  inputs: { c: lone('bool', 1) },
  attributes: { then_branch: { g: branch('Identity') }, else_branch: { g: branch('Flatten') } },
  before: [node('Identity', 'given', 'x')],
  constants: {},
  extra: { given: some(t, 2, 3) },
});

const loop: ProbeOf = (t) => ({
  inputs: {},
  constants: { trips: lone('int64', 2), go: lone('bool', 1) },
  extra: { x: some(t, 2, 3) },
  given: 'trips go x',
  attributes: {
    body: {
      g: body(
        [
          ['i', 'int64', []],
          ['c', 'bool', []],
          ['v', t, [2, 3]],
        ],
        node('Identity', 'c', 'c2'),
        node('Identity', 'v', 'v2'),
      ),
    },
  },
});

const row: (t: DType) => OnnxGraph = (t) =>
  body(
    [
      ['s', t, [3]],
      ['e', t, [3]],
    ],
    node('Identity', 'e', 's2'),
    node('Identity', 's', 'y2'),
  );

/** Of opset 8 with lengths, which are left out, and a batch. */
const scan: ProbeOf = (t, opset): Probe => ({
  inputs:
    opset < 9 ? { lengths: undefined, s: some(t, 1, 3), x: some(t, 1, 2, 3) } : { s: some(t, 3), x: some(t, 2, 3) },
  attributes: { body: { g: row(t) }, num_scan_inputs: { i: 1 } },
  outputs: ['y', 'z'],
});

/** A list of two that is made and taken apart again. */
function sequence(inputs: string, constants: NonNullable<Probe['constants']>, after: Probe['after'] = []): ProbeOf {
  return (t) => ({
    inputs: {},
    constants,
    given: inputs,
    before: [node('SequenceConstruct', 'a b', 'list')],
    extra: { a: some(t, 2, 3), b: some(t, 2, 3) },
    ...(after.length > 0 ? { after, results: ['r'] } : {}),
  });
}

const taken = [node('ConcatFromSequence', 'y', 'r', { axis: { i: 0 } })];

export const CONTROL: Probes = {
  If: ifOp,
  Loop: loop,
  Scan: scan,
  SequenceConstruct: (t) => ({ inputs: { a: some(t, 2, 3), b: some(t, 2, 3) }, after: taken, results: ['r'] }),
  SequenceEmpty: (t) => ({
    inputs: {},
    extra: { a: some(t, 2, 3) },
    after: [node('SequenceInsert', 'y a', 'more'), node('ConcatFromSequence', 'more', 'r', { axis: { i: 0 } })],
    results: ['r'],
  }),
  SequenceInsert: sequence('list a', {}, taken),
  SequenceErase: sequence('list at', { at: lone('int64', 0) }, taken),
  SequenceAt: sequence('list at', { at: lone('int64', 1) }),
  SequenceLength: sequence('list', {}),
  ConcatFromSequence: (t) => ({
    ...sequence('list', {})(t, 11),
    attributes: { axis: { i: 0 } },
  }),
  SplitToSequence: (t) => ({ inputs: { x: some(t, 4, 3) }, after: taken, results: ['r'] }),
  SequenceMap: (t) => ({
    ...sequence('list', {}, taken)(t, 17),
    attributes: { body: { g: body([['e', t, [2, 3]]], node('Identity', 'e', 'e2')) } },
  }),
};

/** What definitions say of their operators beside the numbers: parameters, and what an output sees. */
import { describe, expect, it } from 'vitest';
import type { TensorDesc } from '../../src/core/tensor.ts';
import { CHANNELS_LAST } from '../../src/ir/facts.ts';
import type { Graph } from '../../src/ir/graph.ts';
import type { Node, OpKind } from '../../src/ir/ops.ts';
import type { Parameter } from '../../src/ops/definition.ts';
import { definitionOf } from '../../src/ops/registry.ts';
import { inferShapes } from '../../src/passes/infer-shapes.ts';
import { at } from '../../src/util/arrays.ts';
import { caseTables } from '../helpers/case-tables.ts';
import { buildCase } from '../helpers/op-case.ts';

interface Described {
  readonly node: Node;
  readonly inputs: readonly (TensorDesc | undefined)[];
  readonly outputs: readonly TensorDesc[];
}

function describedNode(graph: Graph): Described {
  const { values } = inferShapes(graph);
  const node = at(graph.nodes, 0);
  const outputs = node.outputs.map((name) => values.get(name)).filter((desc) => desc !== undefined);
  return { node, inputs: node.inputs.map((name) => values.get(name)), outputs };
}

const tables = await caseTables();
const nodes = tables.flatMap(({ cases }) => cases.map((c) => ({ name: c.name, ...describedNode(buildCase(c).graph) })));

function parametersOf({ node, inputs }: Described): readonly Parameter[] {
  return definitionOf(node.op).parameters?.(node, inputs) ?? [];
}

/** Operators whose weights usually are the second operand. */
const RIGHT_WEIGHTS: readonly OpKind[] = ['Conv', 'ConvTranspose', 'Gemm', 'MatMul'];

describe('parameters', () => {
  it('lie at different inputs, and have their channels', () => {
    for (const described of nodes) {
      const parameters = parametersOf(described);
      expect(new Set(parameters.map(({ slot }) => slot)).size).toBe(parameters.length);
      for (const { slot, channels } of parameters) {
        const shape = described.inputs[slot]?.shape;
        if (shape && channels !== undefined) expect(shape.at(channels), described.name).toBeDefined();
      }
    }
  });

  it.each(RIGHT_WEIGHTS)('%s: weights and bias have as many channels as the output, transposed or not', (op) => {
    let checked = 0;
    for (const described of nodes.filter(({ node }) => node.op === op)) {
      const [, w, bias] = described.inputs;
      if (!w || w.shape.length < 2) continue;
      const outC = at(described.outputs, 0).shape.at(-1);
      const channels = new Map(parametersOf(described).map((parameter) => [parameter.slot, parameter.channels]));
      expect(w.shape.at(channels.get(1) ?? Infinity), described.name).toBe(outC);
      const own = bias?.shape.at(channels.get(2) ?? Infinity);
      if (bias && bias.shape.length > 0) expect([1, outC], described.name).toContain(own);
      checked++;
    }
    expect(checked).toBeGreaterThan(0);
  });

  it('of arithmetic are vectors: no scalars, no whole maps', () => {
    for (const described of nodes.filter(({ node }) => node.op === 'Binary')) {
      for (const { slot } of parametersOf(described)) {
        expect(described.inputs[slot]?.shape.filter((extent) => extent > 1).length, described.name).toBe(1);
      }
    }
  });

  it('are none of the running statistics', () => {
    const described = nodes.find(({ node }) => node.op === 'BatchNormalization');
    expect(described && parametersOf(described).map(({ slot, role }) => [slot, role])).toEqual([
      [1, 'scale'],
      [2, 'bias'],
    ]);
  });
});

describe('sees', () => {
  it('has a window for each spatial dimension, whose outputs stride over the input', () => {
    let checked = 0;
    for (const { name, node, inputs, outputs } of nodes) {
      const steps = definitionOf(node.op).sees?.(node, inputs, outputs);
      if (!steps) continue;
      const [x, y] = [inputs[0]?.shape.slice(1, -1) ?? [], at(outputs, 0).shape.slice(1, -1)];
      expect(steps.length, name).toBe(x.length);
      steps.forEach(({ kernel, stride }, i) => {
        expect(kernel, name).toBeGreaterThan(0);
        // Without padding, the last output starts inside the input. A Resize may know its maps with channels first.
        if (!('pads' in node.attributes) && CHANNELS_LAST.has(node.op))
          expect((at(y, i) - 1) * stride, name).toBeLessThan(at(x, i));
      });
      checked++;
    }
    expect(checked).toBeGreaterThan(50);
  });
});

/** One operator case through onnxruntime and through our CPU reference. */
import { expect } from 'vitest';
import type { Tolerance } from '../../src/core/compare.ts';
import { isFloat } from '../../src/core/dtype.ts';
import type { Tensor } from '../../src/core/tensor.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { product } from '../../src/util/arrays.ts';
import { expectClose, floatTolerance } from '../helpers/close.ts';
import { buildCase, halved, type OpCase } from '../helpers/op-case.ts';
import { toOnnx } from '../../src/formats/onnx/write/to-onnx.ts';
import { ortRun } from '../helpers/ort-oracle.ts';
import { referenceRun } from '../helpers/reference.ts';

/** Fails unless every output of the case agrees, integers exactly and floats within the policy. */
export async function expectOracle(c: OpCase): Promise<void> {
  const built = buildCase(c);
  const feeds = halved(built.feeds);
  const graph = { ...built.graph, initializers: halved(built.graph.initializers) };
  const actual = referenceRun(graph, feeds);
  const expected = await ortRun(toOnnx(graph), feeds);
  for (const [name, e] of expected) {
    const a = actual.get(name);
    if (!a) throw new Error(`the reference gave no output ${name}`);
    expect(a.dtype).toBe(e.dtype);
    const exact = { rtol: 0, atol: 0 };
    expectClose(a, e, isFloat(e.dtype) ? (c.tolerance ?? policy(graph, feeds, e)) : exact, name);
  }
}

/** onnxruntime accumulates in float32: the tolerance grows with the number of terms behind one output element. */
function policy(graph: Graph, feeds: ReadonlyMap<string, Tensor>, output: Tensor): Tolerance {
  const [node] = graph.nodes;
  const shapeOf = (i: number): readonly number[] => {
    const name = node?.inputs[i] ?? '';
    return (feeds.get(name) ?? graph.initializers.get(name))?.shape ?? [];
  };
  switch (node?.op) {
    case 'Conv':
    case 'ConvTranspose':
      return floatTolerance(product(shapeOf(1).slice(0, -1)));
    case 'Gemm':
    case 'MatMul':
      return floatTolerance(Math.max(...shapeOf(0).slice(-2)));
    case 'MaxPool':
    case 'AveragePool':
    case 'LpPool':
    case 'Reduce':
    case 'GlobalAveragePool':
      return floatTolerance(Math.max(1, product(shapeOf(0)) / Math.max(1, output.data.length)));
    default:
      return floatTolerance();
  }
}

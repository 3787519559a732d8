/** Every row of the operator table: files of one operator, on the reference and on LiteRT.js. */
import { afterAll, describe, expect, it } from 'vitest';
import { runGraph } from '../../../src/runtime/cpu/run.ts';
import { compile } from '../../../src/passes/pipeline.ts';
import { TFLITE_OPERATORS } from '../../../src/formats/tflite/operators.ts';
import { encodeTflite } from '../../../src/formats/tflite/write/encode.ts';
import type { Tensor } from '../../../src/core/tensor.ts';
import { expectClose } from '../../helpers/close.ts';
import { Litert } from '../../helpers/litert-oracle.ts';
import { feedsOf, importOne, modelOf, type OneOperator } from '../../helpers/tflite-models.ts';
import { OPERATOR_CASES } from './cases.ts';

const litert = new Litert();
afterAll(() => litert[Symbol.dispose]());

async function runOne(one: OneOperator): Promise<Tensor[]> {
  const { graph } = await importOne(one);
  const feeds = feedsOf(one);
  const named = new Map(graph.inputs.map(({ name }, i) => [name, feeds[i] as Tensor]));
  return [...runGraph(compile(graph, { level: 'reference' }), named).values()];
}

/** float32 sums of a few dozen terms, in another order. */
const TOLERANCE = { rtol: 2e-5, atol: 2e-5 };

describe.each(Object.entries(OPERATOR_CASES))('%s', (op, cases) => {
  it.each(Object.entries(cases))('%s', async (_, { expected, ...given }) => {
    const one = { op, ...given };
    const actual = await runOne(one);
    const feeds = feedsOf(one).map(({ shape, data }) => ({ shape, data: data as Float32Array | Int32Array }));
    const wanted = expected?.map((data, i) => ({ data, shape: one.outputs[i]?.shape ?? [] }));
    const results = wanted ?? (await litert.run(encodeTflite(modelOf(one)), feeds));
    expect(actual.map(({ shape }) => shape)).toEqual(results.map(({ shape }) => shape));
    results.forEach(({ data }, i) => {
      const { dtype, shape } = actual[i] as Tensor;
      expectClose(
        actual[i] as Tensor,
        { dtype, shape, data: (actual[i] as Tensor).data.slice().map((__, k) => Number(data[k])) },
        TOLERANCE,
      );
    });
  });
});

it('has a case for every row but those of constants', async () => {
  const rows = [...Object.keys(TFLITE_OPERATORS.common), ...Object.keys(await TFLITE_OPERATORS.further.load())];
  const tested = new Set([...Object.keys(OPERATOR_CASES), 'DEQUANTIZE', 'DENSIFY']);
  expect(rows.filter((op) => !op.startsWith('quantised ') && !tested.has(op))).toEqual([]);
});

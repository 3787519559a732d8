/** Every row of the operator table: files of one operator, on the reference and on LiteRT.js. */
import { afterAll, describe, expect, it } from 'vitest';
import { TFLITE_OPERATORS } from '../../../src/formats/tflite/operators.ts';
import { encodeTflite } from '../../../src/formats/tflite/write/encode.ts';
import { tensorOf } from '../../../src/core/tensor.ts';
import { expectClose } from '../../helpers/close.ts';
import { Litert } from '../../helpers/litert-oracle.ts';
import { feedsOf, importOne, modelOf, runTflite } from '../../helpers/tflite-models.ts';
import { OPERATOR_CASES } from './cases.ts';

const litert = new Litert();
afterAll(() => litert[Symbol.dispose]());

/** float32 sums of a few dozen terms, in another order. */
const TOLERANCE = { rtol: 2e-5, atol: 2e-5 };

describe.each(Object.entries(OPERATOR_CASES))('%s', (op, cases) => {
  it.each(Object.entries(cases))('%s', async (_, { expected, ...given }) => {
    const one = { op, ...given };
    const feeds = feedsOf(one);
    const actual = runTflite(await importOne(one), feeds);
    const results = expected
      ? expected.map((data, i) => ({ data, shape: one.outputs[i]?.shape ?? [] }))
      : await litert.run(encodeTflite(modelOf(one)), feeds);
    expect(actual.map(({ shape }) => shape)).toEqual(results.map(({ shape }) => shape));
    actual.forEach((tensor, i) => {
      const wanted = tensorOf(tensor.dtype, tensor.shape, results[i]?.data ?? []);
      expectClose(tensor, wanted, TOLERANCE);
    });
  });
});

it('has a case for every row but those of constants', async () => {
  const rows = [...Object.keys(TFLITE_OPERATORS.common), ...Object.keys(await TFLITE_OPERATORS.further.load())];
  const tested = new Set([...Object.keys(OPERATOR_CASES), 'DEQUANTIZE', 'DENSIFY']);
  expect(rows.filter((op) => !op.startsWith('quantised ') && !tested.has(op))).toEqual([]);
});

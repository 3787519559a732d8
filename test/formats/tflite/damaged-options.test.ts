/** Options of a custom operator, a FlexBuffer of its own within the file, that are cut off or have a byte changed. */
import { expect, it } from 'vitest';
import { TilewiseError } from '../../../src/core/errors.ts';
import { compile } from '../../../src/passes/pipeline.ts';
import { at, range } from '../../../src/util/arrays.ts';
import { importOne } from '../../helpers/tflite-models.ts';
import { OPERATOR_CASES, type OperatorUse } from './cases.ts';

/** Whatever else is thrown than what says what is wrong. */
async function fault(op: string, use: OperatorUse, customOptions: Uint8Array): Promise<unknown> {
  try {
    compile((await importOne({ op, ...use, customOptions })).graph, { level: 'reference' });
    return undefined;
  } catch (error) {
    return error instanceof TilewiseError ? undefined : error;
  }
}

it.each([
  ['custom TFLite_Detection_PostProcess', 'fast'],
  ['custom Landmarks2TransformMatrix', 'turned'],
] as const)('are read, or refused as damaged: %s', async (op, name) => {
  const use = OPERATOR_CASES[op]?.[name];
  const options = use?.customOptions;
  if (!use || !options) throw new TypeError('no case');
  expect(options.length).toBeGreaterThan(100);
  const cut = range(options.length).map((length) => options.slice(0, length));
  // Bytes of types, widths, offsets and counts stand at the end.
  const changed = range(options.length).map((i) =>
    options.map((v, k) => (k === i ? v ^ at([1, 0x80, 0xff], i % 3) : v)),
  );
  const faults: unknown[] = [];
  for (const bytes of [...cut, ...changed]) faults.push(await fault(op, use, bytes));
  expect(faults.filter((error) => error !== undefined)).toEqual([]);
});

/** Options of a custom operator, a FlexBuffer of its own within the file, that are cut off or have a byte changed. */
import { expect, it } from 'vitest';
import { TilewiseError } from '../../../src/core/errors.ts';
import { compile } from '../../../src/passes/pipeline.ts';
import { at, range } from '../../../src/util/arrays.ts';
import { importOne } from '../../helpers/tflite-models.ts';
import { OPERATOR_CASES } from './cases.ts';

const OP = 'custom TFLite_Detection_PostProcess';

/** Whatever else is thrown than what says what is wrong. */
async function fault(customOptions: Uint8Array): Promise<unknown> {
  const use = OPERATOR_CASES[OP]?.['fast'];
  if (!use) throw new TypeError('no case');
  try {
    compile((await importOne({ op: OP, ...use, customOptions })).graph, { level: 'reference' });
    return undefined;
  } catch (error) {
    return error instanceof TilewiseError ? undefined : error;
  }
}

it('are read, or refused as damaged', async () => {
  const options = OPERATOR_CASES[OP]?.['fast']?.customOptions ?? new Uint8Array();
  expect(options.length).toBeGreaterThan(100);
  const cut = range(options.length).map((length) => options.slice(0, length));
  // Bytes of types, widths, offsets and counts stand at the end.
  const changed = range(options.length).map((i) =>
    options.map((v, k) => (k === i ? v ^ at([1, 0x80, 0xff], i % 3) : v)),
  );
  const faults: unknown[] = [];
  for (const bytes of [...cut, ...changed]) faults.push(await fault(bytes));
  expect(faults.filter((error) => error !== undefined)).toEqual([]);
});

/** The ONNX project's own tests on the GPU: a quarter of them by name, all of them in the full run. */
import { describe, it } from 'vitest';
import { FULL } from '../helpers/full.ts';
import { expectSuite, hasSuite } from './onnx-suite.ts';

describe.skipIf(!hasSuite)('ONNX operator tests', () => {
  it('pass on the GPU where they are listed, and are listed where they pass', async () => {
    await expectSuite('webgpu', FULL ? {} : { part: { index: 0, of: 4 } });
  });
});

/**
 * Layers of ncnn on both backends, against plain loops that follow its code. What is fed has other extents than the file
 * suggests, so that nothing of these may be left in the graph.
 */
import { afterAll, describe, expect, it } from 'vitest';
import { at } from '../../../src/util/arrays.ts';
import { expectClose, floatTolerance } from '../../helpers/close.ts';
import { closeGpu } from '../../helpers/gpu-device.ts';
import { linesOf } from '../../helpers/ncnn-case.ts';
import { ncnnFiles, runNcnn } from '../../helpers/ncnn-net.ts';
import { tensorOfBlob } from '../../helpers/ncnn-plain.ts';
import { NCNN_CASES } from './cases/index.ts';

afterAll(closeGpu);

describe.each(['cpu', 'webgpu'] as const)('%s', (backend) => {
  it.each(NCNN_CASES)('$name', async (own) => {
    const { inputs, weights = [], expected, terms = 1 } = own;
    const feeds = Object.fromEntries(inputs.map((x, i) => [`x${i}`, tensorOfBlob(x)]));
    const outputs = await runNcnn(ncnnFiles(linesOf(own), weights), feeds, backend);
    expect(Object.keys(outputs)).toEqual(expected.map((_, i) => `y${i}`));
    expected.forEach((blob, i) => {
      const [got, wanted] = [at(Object.values(outputs), i), tensorOfBlob(blob)];
      expect(got.shape).toEqual(wanted.shape);
      expectClose(got, wanted, floatTolerance(terms, 2));
    });
  });
});

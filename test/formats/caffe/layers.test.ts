/** Every row of the table of layers: small networks beside plain loops. */
import { describe, expect, it } from 'vitest';
import { floatTolerance } from '../../../src/core/compare.ts';
import { caffeImporter } from '../../../src/formats/caffe/index.ts';
import { CAFFE_LAYERS } from '../../../src/formats/caffe/operators.ts';
import { caffeFiles } from '../../helpers/caffe-models.ts';
import { expectClose } from '../../helpers/close.ts';
import { referenceRun } from '../../helpers/reference.ts';
import { LAYER_CASES } from './cases.ts';
import { inputNames, tensorsOf, textOf } from './layer-case.ts';

describe.each(Object.entries(LAYER_CASES))('%s', (_, cases) => {
  it.each(Object.entries(cases))('%s', async (_name, layers) => {
    const { inputs, blobs } = tensorsOf(layers);
    // The file says another batch and size than come: extents of files are suggestions.
    const files = caffeFiles(textOf(layers, 1), blobs.length > 0 ? { l: blobs } : {});
    const { graph } = await caffeImporter.load(files);
    expect(graph.inputs.every(({ suggested }) => suggested)).toBe(true);
    const names = inputNames(layers);
    const ports = inputs.map(({ dtype, shape }, i) => ({ name: names[i] ?? '', dtype, shape }));
    const results = referenceRun({ ...graph, inputs: ports }, new Map(inputs.map((t, i) => [names[i] ?? '', t])));
    const expected = layers.expected(inputs, blobs);
    expect(results.size).toBe(expected.length);
    [...results.values()].forEach((actual, i) => {
      const wanted = expected[i] ?? actual;
      expect(actual.shape).toEqual(wanted.shape);
      expectClose(actual, wanted, floatTolerance(50));
    });
  });
});

it('has a case for every common row', () => {
  const texts = Object.values(LAYER_CASES).flatMap((cases) => Object.values(cases).map(({ text }) => text));
  const rows = Object.keys(CAFFE_LAYERS.common);
  expect(rows.filter((type) => !texts.some((text) => text.includes(`"${type}"`)))).toEqual([]);
});

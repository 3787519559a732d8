/** Whole networks as they are published, against what LiteRT made of the same picture; and damaged copies of one. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { TilewiseError } from '../../../src/core/errors.ts';
import { importModel } from '../../../src/formats/detect.ts';
import { expectClose } from '../../helpers/close.ts';
import { randomSource } from '../../helpers/random.ts';
import { hasSharedData, readGolden, sharedModel, sharedPath } from '../../helpers/shared-data.ts';
import { importTflite, runTflite } from '../../helpers/tflite-models.ts';

/** The goldens' own tolerance: another runtime, other kernels, thousands of terms. */
const TOLERANCE = { rtol: 1e-3, atol: 2e-4 };

describe.skipIf(!hasSharedData)('float networks', () => {
  it.each(['resnet8_cifar10_float__cat', 'vww_96_float__grace_hopper'])('%s', async (name) => {
    const golden = readGolden(name);
    const model = await importModel(sharedModel(`tflite/${golden.model}`));
    const outputs = runTflite(
      model,
      golden.inputs.map(({ tensor }) => tensor),
    );
    golden.outputs.forEach(({ tensor }, i) => expectClose(outputs[i] ?? tensor, tensor, TOLERANCE));
  });

  it.each([
    ['selfie_segmentation', 136],
    ['prisma-net_fp16', 158],
  ])('%s has a node an operator: half-precision weights are folded', async (name, nodes) => {
    const { graph } = await importModel(sharedModel(`tflite/${name}.tflite`));
    expect(graph.nodes.filter(({ op }) => op !== 'Transpose' && op !== 'Reshape')).toHaveLength(nodes);
    expect([...graph.initializers.values()].filter(({ dtype }) => dtype === 'float16')).toEqual([]);
  });
});

/** A graph, or a typed error that names the file. */
async function outcome(bytes: Uint8Array): Promise<'graph' | 'error'> {
  try {
    await importTflite(bytes);
    return 'graph';
  } catch (error) {
    if (!(error instanceof TilewiseError)) throw error;
    expect(error.message).toContain('model.tflite');
    return 'error';
  }
}

describe.skipIf(!hasSharedData)('a damaged network', () => {
  const valid = hasSharedData
    ? new Uint8Array(readFileSync(sharedPath('tflite/resnet8_cifar10_float.tflite')))
    : new Uint8Array();
  const random = randomSource(31);

  it('is refused at 200 truncations', async () => {
    for (let i = 0; i < 200; i++) {
      const bytes = valid.subarray(0, 8 + Math.floor(random() * (valid.length - 8)));
      expect(await outcome(bytes)).toBe('error');
    }
  });

  it('is refused at every 64th', async () => {
    for (let i = 0; i < 64; i++) {
      const bytes = valid.subarray(0, Math.max(8, Math.floor((valid.length * i) / 64)));
      expect(await outcome(bytes)).toBe('error');
    }
  });

  it('survives 300 random single-byte corruptions', async () => {
    for (let i = 0; i < 300; i++) {
      const bytes = valid.slice();
      bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      await outcome(bytes);
    }
  });
});

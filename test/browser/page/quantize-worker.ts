/** A Worker that quantises the model at a URL by the given feeds of its one input, and runs what comes of it on the first. */
import { quantize, Session, tensorOf } from '../../../src/index.ts';

/** What the Worker is asked. */
export interface QuantizeRequest {
  readonly model: string;
  readonly shape: readonly number[];
  readonly examples: readonly (readonly number[])[];
}

/** What it answers. */
export type QuantizeAnswer =
  | {
      readonly file: readonly number[];
      readonly result: readonly number[];
      readonly calibrated: number;
      readonly stages: readonly string[];
    }
  | { readonly error: string };

async function answer({ model, shape, examples }: QuantizeRequest): Promise<QuantizeAnswer> {
  const float = await Session.create(model, { backend: 'webgpu' });
  const name = float.inputs[0]?.name ?? '';
  float.dispose();
  const feeds = examples.map((data) => ({ [name]: tensorOf('float32', shape, data) }));
  const stages = new Set<string>();
  const quantized = await quantize(model, {
    calibrate: feeds,
    perChannel: true,
    backend: 'webgpu',
    onProgress: ({ stage }) => void stages.add(stage),
  });
  const session = await Session.create(quantized.model, { backend: 'webgpu' });
  const results = await session.run(feeds[0] ?? {});
  session.dispose();
  const [result] = Object.values(results);
  return {
    file: [...quantized.model],
    result: [...(result?.data ?? [])],
    calibrated: quantized.report.calibrated,
    stages: [...stages],
  };
}

globalThis.addEventListener('message', ({ data }: MessageEvent<QuantizeRequest>) => {
  answer(data).then(
    (reply) => globalThis.postMessage(reply, { transfer: [] }),
    (error: unknown) => globalThis.postMessage({ error: String(error) }, { transfer: [] }),
  );
});

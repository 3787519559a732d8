/** tilewise itself, from the same ONNX bytes as onnxruntime-web. */
import { version } from '../../../package.json';
import { channelsFirst } from '../onnx-file.ts';
import type { ImportRuntime } from './runtime.ts';

export const importTilewise: ImportRuntime = async ({ backend }, host) => {
  const { Session } = await host.engine();
  return {
    load: async (files) => {
      const threads = backend === 'wasm' ? host.threads : 1;
      const started = host.startThread && { startThread: host.startThread };
      const session = await Session.create(
        files.onnx,
        backend === 'webgpu' ? { backend, gpu: host.adapter } : { backend, threads, ...started },
      );
      const shape = channelsFirst({ shape: files.inputShape });
      const feed = { dtype: 'float32', shape, data: files.inputFirst } as const;
      const input = session.inputs[0]?.name ?? '';
      const output = session.outputs[0]?.name ?? '';
      return {
        run: async () => Float32Array.from((await session.run({ [input]: feed }))[output]?.data ?? []),
        version: `tilewise ${version}`,
        threads,
        ...noted(session.report.byReference),
      };
    },
  };
};

/** What runs without kernels is no measure of them. */
function noted(byReference: readonly string[] = []): { readonly note?: string } {
  return byReference.length > 0 ? { note: `through references: ${byReference.join(', ')}` } : {};
}

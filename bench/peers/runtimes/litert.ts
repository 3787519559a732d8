/** LiteRT.js: TFLite models on ML Drift's WebGPU kernels or on XNNPACK. */
import { loadAndCompile, loadLiteRt, supportsFeature, Tensor } from '@litertjs/core';
import { version } from '@litertjs/core/package.json';
import type { ImportRuntime } from './runtime.ts';

export const importLitert: ImportRuntime = async ({ backend }, host) => {
  const accelerator = backend === 'webgpu' ? 'webgpu' : 'wasm';
  return {
    load: async (files) => {
      // Its threads start from a page's script, which a worker of Node does not have.
      const threadable = accelerator === 'wasm' && host.where === 'chromium' && host.threads > 1;
      const threaded = threadable && (await supportsFeature('threads'));
      await loadLiteRt(host.asset('@litertjs/core/wasm/'), { threads: threaded });
      const threads = threaded ? host.threads : 1;
      const model = await loadAndCompile(files.tflite, {
        accelerator,
        cpuOptions: { numThreads: threads },
        gpuOptions: { precision: 'fp32' },
      });
      return {
        run: async () => {
          const x = new Tensor(files.inputLast, [...files.inputShape]);
          const [y] = await model.run(x);
          if (!y) throw new TypeError('no output');
          const data = Float32Array.from(await y.data());
          x.delete();
          y.delete();
          return data;
        },
        version: `LiteRT.js ${version}`,
        threads,
        ...(model.isFullyAccelerated ? {} : { note: `not every operator runs on ${accelerator}` }),
      };
    },
  };
};

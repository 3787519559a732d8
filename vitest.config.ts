/**
 * Test projects: `unit` and `alone` need no GPU, `gpu` and `networks` run Dawn in Node, `browser` drives a real page through
 * puppeteer, `deno` runs wgpu in Deno, `package` the packed library. In the full run (`--mode full`, see test/helpers/full.ts)
 * only the files that have more to do in it than in `npm test`, and the last two.
 */
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { buildKernels } from './packaging/kernels.ts';
import { LongestFirst } from './test/helpers/longest-first.ts';

/** Two at a time, where there is a second core: left to itself, vitest keeps one of two for the editor. */
const maxWorkers = Math.max(1, Math.min(2, availableParallelism()));

/** Files that run in the full run only: what they guard seldom changes, and they take long. */
const ONLY_FULL = {
  unit: [
    'test/bench/peers-files.test.ts',
    'test/cli/hostile-files.test.ts',
    'test/conformance/touch.test.ts',
    'test/demo/imagenet.test.ts',
    'test/models/multiply-adds.test.ts',
    'test/models/parameters.test.ts',
    'test/models/tables.test.ts',
    'test/plan/memory.test.ts',
    'test/simd/flat.test.ts',
    'test/simd/reads.test.ts',
  ],
  gpu: [
    'test/bench/kernels.gpu.test.ts',
    'test/bench/models.gpu.test.ts',
    'test/bench/peers.gpu.test.ts',
    'test/conformance/mediapipe.gpu.test.ts',
    'test/formats/caffe/further-layers.gpu.test.ts',
    'test/formats/onnx/long-dft.gpu.test.ts',
    'test/kernels/detect-random.gpu.test.ts',
    'test/kernels/top-k-long.gpu.test.ts',
    'test/kernels/transposed-random.gpu.test.ts',
    'test/models/builders.gpu.test.ts',
    'test/node/flat.gpu.test.ts',
    'test/tasks/attention-mesh.gpu.test.ts',
    'test/tasks/follow.gpu.test.ts',
    'test/tasks/faces.gpu.test.ts',
    'test/tasks/instances.gpu.test.ts',
    'test/tasks/landmarks.gpu.test.ts',
    'test/tasks/poses-hands.gpu.test.ts',
  ],
  browser: [
    'test/browser/drawing.test.ts',
    'test/browser/quantize.test.ts',
    'test/browser/tasks.test.ts',
    'test/browser/tuning.test.ts',
    'test/browser/two-stage.test.ts',
    'test/browser/wasm-threads.test.ts',
    'test/browser/demo/accessibility.test.ts',
    'test/browser/demo/camera.test.ts',
    'test/browser/demo/measure.test.ts',
    'test/browser/demo/models.test.ts',
    'test/browser/demo/pictures.test.ts',
    'test/browser/demo/tasks.test.ts',
    'test/browser/watch.test.ts',
  ],
};

/** Those, and files that ask test/helpers/full.ts. */
const FULL = {
  unit: [
    ...ONLY_FULL.unit,
    'test/conformance/light-random.test.ts',
    'test/conformance/light.test.ts',
    'test/conformance/onnx-backend.test.ts',
    'test/formats/ncnn/graphs.test.ts',
    'test/formats/onnx/write-networks.test.ts',
    'test/formats/tflite/quantised-operators.test.ts',
    'test/fuzz/fuzz.test.ts',
    'test/kernels/shaders.test.ts',
    'test/models/builders-ort.test.ts',
    'test/models/deformable-resnet.test.ts',
    'test/models/detectors.test.ts',
    'test/models/rfcn.test.ts',
    'test/models/segmenters.test.ts',
    'test/passes/pipeline.test.ts',
    'test/plan/quantised-networks.test.ts',
    'test/plan/texts.test.ts',
    'test/simd/networks.test.ts',
    'test/simd/panels.test.ts',
    'test/simd/random.test.ts',
  ],
  gpu: [
    ...ONLY_FULL.gpu,
    'test/cli/commands.gpu.test.ts',
    'test/conformance/onnx-backend.gpu.test.ts',
    'test/conformance/ncnn-graphs.gpu.test.ts',
    'test/conformance/networks.gpu.test.ts',
    'test/conformance/random-networks.gpu.test.ts',
    'test/conformance/tfjs-models.gpu.test.ts',
    'test/formats/caffe/networks.gpu.test.ts',
    'test/formats/lib/detection-output.gpu.test.ts',
    'test/formats/ncnn/networks.gpu.test.ts',
    'test/formats/onnx/q-operator-ort.gpu.test.ts',
    'test/formats/onnx/quantised-ort.gpu.test.ts',
    'test/heads/hostile.gpu.test.ts',
    'test/kernels/operators-*.gpu.test.ts',
    'test/kernels/product.gpu.test.ts',
    'test/kernels/quantised-random.gpu.test.ts',
    'test/kernels/quantised-tiled.gpu.test.ts',
    'test/models/decode.gpu.test.ts',
    'test/models/one-stage.gpu.test.ts',
    'test/models/two-stage.gpu.test.ts',
    'test/passes/fuse-quantised.gpu.test.ts',
    'test/plan/precision.gpu.test.ts',
    'test/session/qdq-networks.gpu.test.ts',
    'test/session/weight-storage.gpu.test.ts',
    'test/tasks/detectors.gpu.test.ts',
    'test/tasks/mtcnn.gpu.test.ts',
    'test/tasks/segmenter.gpu.test.ts',
  ],
  browser: [...ONLY_FULL.browser, 'test/browser/wasm.test.ts'],
};

/** Unit files that need modules of their own: what is loaded by and by, or what stands for the system, is what they test. */
const ALONE = [
  'test/core/wgsl-features.test.ts',
  'test/formats/common.test.ts',
  'test/node/cache.test.ts',
  'test/plan/lazy-rows.test.ts',
];

/** GPU files of networks as people use them, which take longer to run than to compile. */
const NETWORKS = [
  'test/bench/kernels.gpu.test.ts',
  'test/bench/models.gpu.test.ts',
  'test/bench/peers.gpu.test.ts',
  'test/cli/commands.gpu.test.ts',
  'test/conformance/ncnn-graphs.gpu.test.ts',
  'test/conformance/networks.gpu.test.ts',
  'test/conformance/speech-and-text.gpu.test.ts',
  'test/conformance/tfjs-models.gpu.test.ts',
  'test/formats/ncnn/networks.gpu.test.ts',
  'test/models/builders.gpu.test.ts',
  'test/node/flat.gpu.test.ts',
  'test/node/imagenet.gpu.test.ts',
  'test/session/quantised.gpu.test.ts',
  'test/tasks/caffe-ncnn.gpu.test.ts',
  'test/tasks/detectors.gpu.test.ts',
  'test/tasks/follow.gpu.test.ts',
  'test/tasks/faces.gpu.test.ts',
  'test/tasks/landmarks.gpu.test.ts',
  'test/tasks/mtcnn.gpu.test.ts',
  'test/tasks/poses-hands.gpu.test.ts',
  'test/tasks/quantised.gpu.test.ts',
  'test/tasks/segmenter.gpu.test.ts',
  'test/tasks/tasks.gpu.test.ts',
];

/**
 * Of Mesa's lavapipe, without LLVM's optimisations: it compiles in half the time. A process has to have it before it opens a
 * GPU, since the driver reads it when it is loaded.
 */
const COMPILE_QUICKLY = { GALLIVM_PERF: process.env['GALLIVM_PERF'] ?? 'nopt' };

const MINUTE = 60_000;

/** Far beyond what anything takes on a slow machine that has other things to do: only what hangs is ended. */
const PATIENCE = { testTimeout: 20 * MINUTE, hookTimeout: 20 * MINUTE };

/** What installs the packed library: tools of others, the examples. And other engines, side by side. `npm test` leaves it out. */
const published = {
  test: {
    name: 'package',
    maxWorkers,
    globalSetup: ['test/package/setup.ts'],
    include: ['test/package/**/*.test.ts', 'test/examples/**/*.test.ts', 'test/browser/peers.test.ts'],
    ...PATIENCE,
  },
};

const alone = { test: { name: 'alone', maxWorkers, include: ALONE, ...PATIENCE } };

/** A second WebGPU engine, in processes of its own. `npm test` leaves it out. */
const deno = {
  test: {
    name: 'deno',
    maxWorkers,
    globalSetup: ['test/deno/setup.ts'],
    include: ['test/deno/**/*.test.ts'],
    ...PATIENCE,
  },
};

function onGpu(mode: string, full: boolean) {
  const shared = {
    maxWorkers,
    isolate: full,
    setupFiles: ['test/helpers/gpu-setup.ts'],
    // Cases of operators that go to the GPU together; in the full run one has hundreds of runs already.
    maxConcurrency: full ? 2 : 16,
    ...PATIENCE,
    ...(full ? { testTimeout: 60 * MINUTE } : {}),
  };
  const gpu = {
    ...shared,
    name: 'gpu',
    env: COMPILE_QUICKLY,
    include: full ? FULL.gpu : ['test/**/*.gpu.test.ts'],
    exclude: [...NETWORKS, ...(full ? [] : ONLY_FULL.gpu)],
  };
  const networks = {
    ...shared,
    name: 'networks',
    include: full ? NETWORKS.filter((file) => FULL.gpu.includes(file)) : NETWORKS,
    exclude: full ? [] : ONLY_FULL.gpu,
  };
  return [
    { mode, test: gpu },
    { mode, test: networks },
  ] as const;
}

export default defineConfig(async ({ mode }) => {
  await buildKernels();
  // Where `isolate` says so, files have modules of their own: for each short one, importing them takes longer than it does.
  const full = mode === 'full';
  const unit = {
    mode,
    test: {
      name: 'unit',
      maxWorkers,
      isolate: full,
      include: full ? FULL.unit : ['test/**/*.test.ts'],
      exclude: [
        'test/**/*.gpu.test.ts',
        'test/browser/**',
        'test/deno/**',
        'test/examples/**',
        'test/package/**',
        ...ALONE,
        ...(full ? [] : ONLY_FULL.unit),
      ],
      ...PATIENCE,
    },
  };
  const [gpu, networks] = onGpu(mode, full);
  const browser = {
    mode,
    test: {
      name: 'browser',
      maxWorkers,
      globalSetup: ['test/browser/demo/setup.ts'],
      include: full ? FULL.browser : ['test/browser/**/*.test.ts'],
      exclude: ['test/browser/peers.test.ts', ...(full ? [] : ONLY_FULL.browser)],
      ...PATIENCE,
    },
  };
  return {
    test: {
      reporters: ['default', './test/helpers/summary-reporter.ts'],
      sequence: { sequencer: LongestFirst },
      // The projects share most of what they transform, and so do the runs.
      experimental: { fsModuleCache: true },
      projects: full
        ? [unit, gpu, networks, browser, deno, published]
        : [unit, alone, gpu, networks, browser, deno, published],
    },
  };
});

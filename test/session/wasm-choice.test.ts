/** Where a session runs when it may choose, and what it says of it. Adapters are stand-ins: no GPU is needed. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { tensorOf } from '../../src/core/tensor.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { NO_ACTIVATION } from '../../src/ir/ops.ts';
import { inNode } from '../../src/node/environment.ts';
import { Session } from '../../src/session/session.ts';
import type { SessionOptions } from '../../src/session/options.ts';

/** y = x + x. */
function doubling(): Graph {
  const b = new GraphBuilder('doubling');
  const x = b.input('x', 'float32', [1, 3]);
  b.output(b.one('Binary', [x, x], { kind: 'add', activation: NO_ACTIVATION }, { outputs: ['y'] }));
  return b.build();
}

const refused = (): Promise<never> => Promise.reject(new Error('no device today'));

/** An adapter that says this of itself, and gives no device. */
function adapter(info: Partial<GPUAdapterInfo>): GPUAdapter {
  return { info, limits: {}, features: new Set(), requestDevice: refused } as unknown as GPUAdapter;
}

/** A page whose WebGPU offers this. */
function inPageWith(offered: GPUAdapter | null | undefined): void {
  vi.stubGlobal('navigator', offered === undefined ? {} : { gpu: { requestAdapter: async () => offered } });
}

const SWIFTSHADER = { vendor: 'google', architecture: 'swiftshader', description: 'SwiftShader driver' };
const HARDWARE = { vendor: 'nvidia', architecture: 'ada', description: 'NVIDIA GeForce' };

afterEach(() => void vi.unstubAllGlobals());

describe('a session that may choose', () => {
  it.each([
    ['no WebGPU', undefined, 'no WebGPU adapter was found'],
    ['no adapter', null, 'no WebGPU adapter was found'],
    ['a software adapter', adapter(SWIFTSHADER), 'the adapter "SwiftShader driver" is a program'],
    [
      'a fallback adapter',
      adapter({ ...HARDWARE, isFallbackAdapter: true }),
      'the adapter "NVIDIA GeForce" is a program',
    ],
    ['an adapter without a device', adapter(HARDWARE), 'the adapter "NVIDIA GeForce" gave no device'],
  ])('runs on WASM with %s', async (_, offered, why) => {
    inPageWith(offered);
    for (const options of [{}, { backend: 'auto', tune: 'off', precision: 'float32' }] as const) {
      using session = await Session.create(doubling(), options);
      expect(session.report).toMatchObject({ backend: 'wasm', adapter: 'WASM SIMD', choice: why });
      const { y } = await session.run({ x: tensorOf('float32', [1, 3], [1, 2, 3]) });
      expect([...(y?.data ?? [])]).toEqual([2, 4, 6]);
    }
  });

  it('means WebGPU where something is given that only it has, and does not fall back', async () => {
    inPageWith(adapter(SWIFTSHADER));
    const meaning: SessionOptions[] = [
      { backend: 'webgpu' },
      { gpu: adapter(SWIFTSHADER) },
      { gpu: async () => adapter(SWIFTSHADER) },
      { backend: 'auto', gpu: adapter(SWIFTSHADER) },
      { precision: 'float16' },
      { tune: 'cached' },
      { variants: {} },
    ];
    for (const options of meaning) {
      await expect(Session.create(doubling(), options)).rejects.toThrow(
        'the adapter "SwiftShader driver" gave no device',
      );
    }
  });

  it('leaves an explicit backend alone, of which no choice is reported', async () => {
    inPageWith(null);
    for (const backend of ['wasm', 'cpu'] as const) {
      using session = await Session.create(doubling(), { backend });
      expect(session.report).toMatchObject({ backend });
      expect(session.report).not.toHaveProperty('choice');
    }
    await expect(Session.create(doubling(), { backend: 'webgpu' })).rejects.toThrow(
      /no WebGPU adapter.*backend: 'wasm'/,
    );
  });
});

describe('where WebAssembly is refused', () => {
  it('a session that may choose takes the adapter there is, and else says what to allow', async () => {
    vi.resetModules();
    const { Session: Fresh } = await import('../../src/session/session.ts');
    vi.stubGlobal('DecompressionStream', undefined);
    inPageWith(adapter(SWIFTSHADER));
    // That adapter gives no device either: the error is of what was to run.
    await expect(Fresh.create(doubling())).rejects.toMatchObject({ code: 'NO_DEVICE', message: /wasm-unsafe-eval/ });
    inPageWith(null);
    await expect(Fresh.create(doubling())).rejects.toMatchObject({ code: 'NO_DEVICE', message: /wasm-unsafe-eval/ });
    await expect(Fresh.create(doubling(), { backend: 'wasm' })).rejects.toMatchObject({ message: /wasm-unsafe-eval/ });
  });
});

describe('calls that only a GPU has', () => {
  it.each(['wasm', 'cpu'] as const)('name the backend they need, on %s', async (backend) => {
    using session = await Session.create(doubling(), { backend });
    const feeds = { x: tensorOf('float32', [1, 3], [1, 2, 3]) };
    const needed = "needs a session with backend: 'webgpu'";
    await expect(session.run(feeds, { outputs: 'gpu' })).rejects.toThrow(`outputs: gpu ${needed}`);
    await expect(session.run(feeds, { keep: ['y'] })).rejects.toThrow(`keep ${needed}`);
    await expect(session.check(feeds)).rejects.toThrow(`check ${needed}`);
    await expect(session.profile(feeds)).rejects.toThrow(`profile ${needed}`);
    await expect(session.read({} as never)).rejects.toThrow(`read ${needed}`);
    expect(await session.device()).toBeUndefined();
  });
});

describe('in Node', () => {
  it('an adapter that is looked for is no word of the caller, one that is named is', () => {
    vi.stubEnv('TILEWISE_ADAPTER', '');
    expect(inNode({})).toMatchObject({ backend: 'auto' });
    expect(inNode({ backend: 'cpu' })).toMatchObject({ backend: 'cpu' });
    expect(inNode({ precision: 'float16' })).not.toHaveProperty('backend');
    vi.stubEnv('TILEWISE_ADAPTER', 'lavapipe');
    expect(inNode({})).toMatchObject({ backend: 'webgpu' });
    vi.unstubAllEnvs();
  });
});

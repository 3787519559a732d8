/** Finding an adapter: every choice that this machine can honour, errors for those it cannot, and the unpacked driver. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DeviceError, InputError } from '../../src/core/errors.ts';
import { PACKED_DOT } from '../../shaders/lib/int8.ts';
import { wgslFeatures } from '../../src/core/wgsl-features.ts';
import { openGpu, type OpenedGpu } from '../../src/node/adapter.ts';
import { installedSoftwareDrivers, swiftShaderIn } from '../../src/node/adapter-drivers.ts';
import { Session } from '../../src/node/session.ts';
import { encodeModel } from '../helpers/onnx-bytes.ts';

const packagedHere = process.platform === 'linux' && process.arch === 'x64';
const lavapipeHere = installedSoftwareDrivers().some((d) => d.kind === 'lavapipe');

/** Squares 0…3 on the device: an adapter that only answers is not enough. */
async function squares({ adapter }: OpenedGpu): Promise<number[]> {
  const device = await adapter.requestDevice();
  const code = `@group(0) @binding(0) var<storage, read_write> a: array<u32>;
    @compute @workgroup_size(4) fn main(@builtin(global_invocation_id) id: vec3u) { a[id.x] = id.x * id.x; }`;
  const pipeline = await device.createComputePipelineAsync({
    layout: 'auto',
    compute: { module: device.createShaderModule({ code }) },
  });
  const buffer = device.createBuffer({ size: 16, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC });
  const readback = device.createBuffer({ size: 16, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  const entries = [{ binding: 0, resource: { buffer } }];
  pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
  pass.dispatchWorkgroups(1);
  pass.end();
  encoder.copyBufferToBuffer(buffer, 0, readback, 0, 16);
  device.queue.submit([encoder.finish()]);
  await readback.mapAsync(GPUMapMode.READ);
  const result = [...new Uint32Array(readback.getMappedRange())];
  device.destroy();
  return result;
}

describe('openGpu', () => {
  it('finds an adapter that computes, without being told', async () => {
    const opened = await openGpu({ adapter: 'auto' });
    expect(opened.description.name).not.toBe('');
    expect(await squares(opened)).toEqual([0, 1, 4, 9]);
    expect([...wgslFeatures()]).toContain(PACKED_DOT);
  });

  it('is asked for by sessions, also where the option is undefined', async () => {
    const model = encodeModel({
      opset: 13,
      inputs: [{ name: 'x', dtype: 'float32', shape: [2] }],
      outputs: [{ name: 'y', dtype: 'float32', shape: [2] }],
      nodes: [{ op: 'Relu', inputs: ['x'], outputs: ['y'] }],
    });
    using session = await Session.create(model, { gpu: undefined } as object);
    const { y } = await session.run({ x: { shape: [2], data: Float32Array.of(-1, 2) } });
    expect([...(y?.data ?? [])]).toEqual([0, 2]);
  });

  it('leaves the environment as it was', async () => {
    const before = { ...process.env };
    await Promise.all([openGpu({ adapter: 'auto' }), openGpu({ adapter: 'auto' })]);
    if (packagedHere) await openGpu({ adapter: 'packaged' });
    expect({ ...process.env }).toEqual(before);
  });

  it.skipIf(!packagedHere)('opens the packaged driver, also when several ask at once', async () => {
    const all = await Promise.all([1, 2, 3].map(() => openGpu({ adapter: 'packaged' })));
    for (const opened of all) {
      expect(opened.description.kind).toBe('swiftshader');
      expect(opened.description.source).toMatch(/^packaged \(npm @sparticuz\/chromium \d/);
      expect(await squares(opened)).toEqual([0, 1, 4, 9]);
    }
  });

  it.skipIf(!lavapipeHere)('opens an installed lavapipe, by name and by its manifest', async () => {
    const named = await openGpu({ adapter: 'lavapipe' }).catch((error: unknown) => error);
    // Mesa before 23 is refused by Dawn: then that is what the error says.
    if (named instanceof DeviceError) return expect(named.message).toMatch(/not accepted by Dawn/);
    const manifest = installedSoftwareDrivers().find((d) => d.kind === 'lavapipe')?.manifest;
    const opened = await openGpu({ adapter: manifest });
    expect(opened.description).toMatchObject({ kind: 'lavapipe', source: `driver file ${manifest}` });
    return expect(await squares(opened)).toEqual([0, 1, 4, 9]);
  });

  it('takes the choice from TILEWISE_ADAPTER', async () => {
    const before = process.env['TILEWISE_ADAPTER'];
    process.env['TILEWISE_ADAPTER'] = 'nonsense';
    try {
      await expect(openGpu()).rejects.toThrow(/unknown adapter "nonsense".*auto, hardware, lavapipe/);
    } finally {
      if (before === undefined) delete process.env['TILEWISE_ADAPTER'];
      else process.env['TILEWISE_ADAPTER'] = before;
    }
  });

  it('says what was tried and what to install', async () => {
    await expect(openGpu({ adapter: '/nowhere/icd.json' })).rejects.toBeInstanceOf(InputError);
    const real = await openGpu({ adapter: 'hardware' }).catch((error: unknown) => error);
    if (real instanceof DeviceError) expect(real.message).toMatch(/Tried:\n {2}- system driver: .*Install/s);
    else expect(real).toHaveProperty('description.kind', 'hardware');
  });
});

describe.skipIf(!packagedHere)('the unpacked driver', () => {
  let cache: string;
  beforeEach(() => (cache = mkdtempSync(join(tmpdir(), 'tilewise-adapter-'))));
  afterEach(() => rmSync(cache, { recursive: true, force: true }));

  /** Unpacks in a process of its own, which has no memory of an earlier call; gives the driver's folder. */
  async function unpack(): Promise<string> {
    const script = `const { packagedDriver } = await import('./src/node/adapter-packaged.ts');
      const { dirname } = await import('node:path');
      process.stdout.write(dirname((await packagedDriver()).manifest));`;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '--eval', script],
      { env: { ...process.env, TILEWISE_CACHE: cache }, cwd: join(import.meta.dirname, '../..') },
    );
    return stdout;
  }

  it('is complete when several processes unpack at once, and leaves nothing else behind', async () => {
    const folders = await Promise.all([unpack(), unpack(), unpack()]);
    expect(new Set(folders).size).toBe(1);
    expect(swiftShaderIn(folders[0] ?? '')[0]?.loader).toMatch(/libvulkan\.so\.1$/);
    expect(readdirSync(cache)).toHaveLength(1);
  });

  it('is unpacked again when damaged', async () => {
    const folder = await unpack();
    const library = join(folder, 'libvk_swiftshader.so');
    writeFileSync(library, 'cut');
    expect(await unpack()).toBe(folder);
    rmSync(library);
    rmSync(join(folder, 'checksums.json'));
    await unpack();
    expect(readdirSync(folder).sort()).toEqual([
      'checksums.json',
      'libvk_swiftshader.so',
      'libvulkan.so.1',
      'vk_swiftshader_icd.json',
    ]);
    expect(readdirSync(cache)).toHaveLength(1);
  });
});

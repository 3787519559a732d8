/** `tilewise/ort` in a page: pictures to tensors and back as onnxruntime-common does it, and a session on WebGPU. */
import type { Browser, Page } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../../bench/lib/chromium.ts';
import { openPage, servePages, type PageServer } from '../helpers/page-server.ts';
import { scriptModels } from '../ort/models.ts';

let browser: Browser | undefined;
let server: PageServer | undefined;
let tab: Page | undefined;

beforeAll(async () => {
  browser = await launchChromium();
  server = await servePages(new Map([['network.onnx', scriptModels().network]]));
  tab = await openPage(browser, server);
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

/** Runs statements in the page with `ort`, `common` (onnxruntime-common) and `pixels`; gives what they return. */
async function inPage(body: string): Promise<unknown> {
  return tab?.evaluate(`(async () => {
    const ort = await import('/src/ort/index.ts');
    const common = await import('/node_modules/onnxruntime-common/dist/esm/index.js');
    const pixels = new ImageData(4, 3);
    pixels.data.forEach((_, i) => (pixels.data[i] = i % 4 === 3 ? 255 : (i * 37) % 256));
    ${body}
  })()`);
}

/** Statements that compare what both namespaces make, as text. */
const bothMake = (make: string): string => `
  const results = [];
  for (const { Tensor } of [ort, common]) {
    const made = await (async () => { ${make} })();
    results.push(JSON.stringify(made, (_, v) => (ArrayBuffer.isView(v) ? Array.from(v) : v)));
  }
  return results;`;

describe('pictures and tensors', () => {
  it.each([
    ['ImageData', `return plain(await Tensor.fromImage(pixels));`],
    ['ImageData, BGR', `return plain(await Tensor.fromImage(pixels, { tensorFormat: 'BGR' }));`],
    [
      'an ImageBitmap, normalised',
      `const norm = { mean: [255, 127.5, 100], bias: [0, -10, 5] };
       return plain(await Tensor.fromImage(await createImageBitmap(pixels), { tensorFormat: 'RGBA', norm: { mean: 2, bias: 1 } }))
         + plain(await Tensor.fromImage(await createImageBitmap(pixels), { norm }));`,
    ],
    [
      'an image element',
      `const canvas = document.createElement('canvas');
       Object.assign(canvas, { width: 4, height: 3 }).getContext('2d').putImageData(pixels, 0, 0);
       const image = new Image();
       image.src = canvas.toDataURL();
       await image.decode();
       return plain(await Tensor.fromImage(image)) + plain(await Tensor.fromImage(image.src));`,
    ],
    [
      'a tensor, back as pixels',
      `const tensor = await Tensor.fromImage(pixels);
       return Array.from(tensor.toImageData().data) + '';`,
    ],
  ])('%s', async (_, make) => {
    const [ours, theirs] = (await inPage(
      `const plain = ({ type, dims, data }) => JSON.stringify({ type, dims, data: Array.from(data) });${bothMake(make)}`,
    )) as string[];
    expect(ours).toBe(theirs);
    expect(ours?.length).toBeGreaterThan(40);
  });

  it('scales where onnxruntime-web crops, and makes data URLs', async () => {
    const made = await inPage(`
      const half = await ort.Tensor.fromImage(pixels, { resizedWidth: 2, resizedHeight: 3 });
      const shown = new Image();
      shown.src = (await ort.Tensor.fromImage(pixels)).toDataURL();
      await shown.decode();
      const again = await ort.Tensor.fromImage(shown, { tensorFormat: 'RGB' });
      const same = (await ort.Tensor.fromImage(pixels)).data.every((v, i) => v === again.data[i]);
      const refused = await ort.Tensor.fromImage(pixels, { tensorLayout: 'NHWC' }).catch((error) => error.code);
      return { dims: half.dims, varied: new Set(half.data).size > 10, same, refused };`);
    expect(made).toEqual({ dims: [1, 3, 3, 2], varied: true, same: true, refused: 'INPUT_INVALID' });
  });
});

describe('a session', () => {
  it('runs on WebGPU and WASM as on the CPU, from an address', async () => {
    const [gpu, wasm, cpu] = (await inPage(`
      const x = new ort.Tensor(Float32Array.from({ length: 108 }, (_, i) => Math.sin(i)), [1, 3, 6, 6]);
      const sums = [];
      for (const executionProviders of [['webgpu'], ['wasm'], ['cpu']]) {
        const session = await ort.InferenceSession.create('/files/network.onnx', { executionProviders });
        const { sum } = await session.run({ x }, ['sum']);
        sums.push(Array.from(sum.data));
        await session.release();
      }
      return sums;`)) as number[][];
    expect(cpu?.length).toBe(4);
    for (const sums of [gpu, wasm]) cpu?.forEach((value, i) => expect(sums?.[i]).toBeCloseTo(value, 5));
  });
});

/** Every kind of picture a page has, prepared on the GPU and on the CPU. */
import { plainPicture } from '../../../src/vision/plain-picture.ts';
import { GraphBuilder } from '../../../src/ir/builder.ts';
import type { Graph } from '../../../src/ir/graph.ts';
import { Session, type PictureSource, type Preprocessing } from '../../../src/index.ts';

/** How far the GPU's input is from the CPU's, in grey levels, and the spread of the picture, which must not be nothing. */
export interface PictureAgreement {
  readonly kind: string;
  readonly worst: number;
  readonly spread: number;
  /** How far it is from the first kind's. */
  readonly off: number;
}

const SPEC = plainPicture(21, 15, { fit: 'cover' });

function identity(dtype: Preprocessing['dtype'] = 'float32'): Graph {
  const b = new GraphBuilder('picture');
  const x = b.input('x', dtype, [1, SPEC.height, SPEC.width, 3]);
  b.output(b.one('Identity', [x], {}, { outputs: ['y'] }));
  return b.build();
}

/** Coloured tiles: smooth enough for a video's colour planes of half the size, and different everywhere. */
function paint(context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D): void {
  const { width, height } = context.canvas;
  const gradient = context.createLinearGradient(0, 0, width, height);
  gradient.addColorStop(0, 'rgb(250, 20, 40)');
  gradient.addColorStop(0.4, 'rgb(30, 200, 60)');
  gradient.addColorStop(1, 'rgb(10, 40, 230)');
  context.fillStyle = gradient;
  context.fillRect(0, 0, width, height);
}

function painted(width: number, height: number): OffscreenCanvas {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no context');
  paint(context);
  return canvas;
}

function element(width: number, height: number): HTMLCanvasElement {
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no context');
  paint(context);
  return canvas;
}

/** `density` pixels of the file make one of the element in each direction. */
async function image(canvas: OffscreenCanvas, density = 1): Promise<HTMLImageElement> {
  const loaded = new Image();
  loaded.srcset = `${URL.createObjectURL(await canvas.convertToBlob())} ${density}x`;
  await loaded.decode();
  return loaded;
}

async function video(canvas: HTMLCanvasElement): Promise<HTMLVideoElement> {
  const playing = Object.assign(document.createElement('video'), { muted: true, srcObject: canvas.captureStream(30) });
  // A canvas gives frames only while somebody draws on it.
  const context = canvas.getContext('2d');
  const drawing = setInterval(() => context && paint(context), 20);
  await playing.play();
  await new Promise((shown) => playing.requestVideoFrameCallback(shown));
  clearInterval(drawing);
  return playing;
}

async function sources(): Promise<Record<string, PictureSource>> {
  const canvas = painted(64, 48);
  const pixels = canvas.getContext('2d')?.getImageData(0, 0, 64, 48);
  if (!pixels) throw new Error('no pixels');
  const onPage = element(64, 48);
  return {
    ImageData: pixels,
    OffscreenCanvas: canvas,
    ImageBitmap: await createImageBitmap(canvas),
    HTMLCanvasElement: onPage,
    HTMLImageElement: await image(canvas),
    'dense HTMLImageElement': await image(canvas, 2),
    VideoFrame: new VideoFrame(canvas, { timestamp: 0 }),
    HTMLVideoElement: await video(onPage),
  };
}

function farthest(x: readonly number[], y: readonly number[]): number {
  return Math.max(...x.map((v, i) => Math.abs(v - (y[i] ?? NaN))));
}

/** Runs every kind of picture through both backends, as floats or as integers. */
export async function pictures(dtype: 'float32' | 'int8'): Promise<PictureAgreement[]> {
  const gpu = await Session.create(identity(dtype), { backend: 'webgpu' });
  const cpu = await Session.create(identity(dtype), { backend: 'cpu' });
  const preprocessing: Preprocessing = dtype === 'float32' ? SPEC : { ...SPEC, dtype, mean: [128, 128, 128] };
  const agreements: PictureAgreement[] = [];
  let first: readonly number[] | undefined;
  for (const [kind, picture] of Object.entries(await sources())) {
    const feeds = { x: { picture, preprocessing } };
    const [a, b] = [await gpu.run(feeds), await cpu.run(feeds)];
    const [x, y] = [[...(a['y']?.data ?? [])], [...(b['y']?.data ?? [])]];
    first ??= x;
    agreements.push({
      kind,
      worst: farthest(x, y),
      spread: Math.max(...x) - Math.min(...x),
      off: farthest(x, first),
    });
    if ('close' in picture) picture.close();
  }
  gpu.dispose();
  cpu.dispose();
  return agreements;
}

/** Bitmaps that a run with an image element closes: those it made of it. */
export async function bitmapsClosed(): Promise<number> {
  const session = await Session.create(identity(), { backend: 'webgpu' });
  const picture = await image(painted(8, 8));
  const { close } = ImageBitmap.prototype;
  let closed = 0;
  ImageBitmap.prototype.close = function (this: ImageBitmap) {
    closed++;
    close.call(this);
  };
  try {
    await session.run({ x: { picture, preprocessing: SPEC } });
  } finally {
    ImageBitmap.prototype.close = close;
    session.dispose();
  }
  return closed;
}

/** What a run says of a picture that is gone, and of a video that has no frame yet. */
export async function refusals(): Promise<string[]> {
  const session = await Session.create(identity(), { backend: 'webgpu' });
  const closed = await createImageBitmap(painted(4, 4));
  closed.close();
  const frame = new VideoFrame(painted(4, 4), { timestamp: 0 });
  frame.close();
  const refused = [closed, frame, document.createElement('video'), new Image()].map((picture) =>
    session.run({ x: { picture, preprocessing: SPEC } }).then(
      () => 'it ran',
      (error: unknown) => (error instanceof Error ? `${error.name}: ${error.message}` : 'no error'),
    ),
  );
  const answers = await Promise.all(refused);
  session.dispose();
  return answers;
}

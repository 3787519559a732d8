/** Picture files of every kind that a page has, decoded for a run. */
import { plainPicture } from '../../../src/vision/plain-picture.ts';
import { GraphBuilder } from '../../../src/ir/builder.ts';
import { Session, type PictureFile } from '../../../src/index.ts';

/** How the file at an address is handed over. */
export const FORMS: Readonly<Record<string, (url: string) => PictureFile | Promise<PictureFile>>> = {
  address: (url) => url,
  URL: (url) => new URL(url, location.href),
  Blob: async (url) => (await fetch(url)).blob(),
  File: async (url) => new File([await (await fetch(url)).blob()], 'chosen.bin'),
  ArrayBuffer: async (url) => (await fetch(url)).arrayBuffer(),
  Uint8Array: async (url) => new Uint8Array(await (await fetch(url)).arrayBuffer()),
};

/** What a network that changes nothing makes of a picture file of these extents, or the error; and the bitmaps left open. */
export async function pictureFile(
  url: string,
  form: string,
  { width, height, backend = 'webgpu' }: { width: number; height: number; backend?: 'webgpu' | 'cpu' },
): Promise<{ data: number[]; error: string; open: number }> {
  const b = new GraphBuilder('picture');
  const x = b.input('x', 'float32', [1, height, width, 3]);
  b.output(b.one('Identity', [x], {}, { outputs: ['y'] }));
  const session = await Session.create(b.build(), { backend });
  const preprocessing = plainPicture(width, height);
  const picture = (await FORMS[form]?.(url)) ?? url;
  const counting = countBitmaps();
  try {
    const { y } = await session.run({ x: { picture, preprocessing } });
    return { data: [...(y?.data ?? [])], error: '', open: counting.stop() };
  } catch (error) {
    return {
      data: [],
      error: error instanceof Error ? `${error.name}: ${error.message}` : 'no error',
      open: counting.stop(),
    };
  } finally {
    session.dispose();
  }
}

/** Counts bitmaps made and not closed. */
function countBitmaps(): { stop: () => number } {
  const make = globalThis.createImageBitmap;
  const made: ImageBitmap[] = [];
  globalThis.createImageBitmap = (async (...args: Parameters<typeof make>) => {
    const bitmap = await make(...args);
    made.push(bitmap);
    return bitmap;
  }) as typeof make;
  return {
    stop: () => {
      globalThis.createImageBitmap = make;
      return made.filter(({ width }) => width > 0).length;
    },
  };
}

/** What a run says that is given up while its picture is on its way. */
export async function givenUp(url: string): Promise<string> {
  const b = new GraphBuilder('given-up');
  b.output(b.one('Identity', [b.input('x', 'float32', [1, 2, 2, 3])], {}));
  const session = await Session.create(b.build(), { backend: 'cpu' });
  const controller = new AbortController();
  const feeds = { x: { picture: url, preprocessing: {} as never } };
  try {
    const running = session.run(feeds, { signal: controller.signal });
    controller.abort(new Error('enough'));
    await running;
    return 'it ran';
  } catch (error) {
    return String(error);
  } finally {
    session.dispose();
  }
}

/** A camera that is watched, by its video element or its stream, with frames that go through the GPU. */
import { GraphBuilder } from '../../../src/ir/builder.ts';
import { Session, type PictureSource } from '../../../src/index.ts';
import { Watching } from '../../../src/tasks/watch.ts';
import { plainPicture } from '../../../src/vision/plain-picture.ts';

/** What came of watching it for some frames. */
export interface CameraAnswer {
  readonly frames: number;
  readonly dropped: number;
  /** Whether each frame is later than the last. */
  readonly inOrder: boolean;
  /** The most frames that were looked at at a time. */
  readonly atOnce: number;
  /** Mean brightness of what arrived in the network, of each frame. */
  readonly means: readonly number[];
  /** Frames that are still open after `stop`. */
  readonly open: number;
  /** Whether the camera goes on after `stop`. */
  readonly live: boolean;
}

const SPEC = plainPicture(16, 12);

/** Watches the camera until there are five results. */
export async function watchCamera(by: 'video' | 'stream'): Promise<CameraAnswer> {
  const b = new GraphBuilder('picture');
  b.output(b.one('Identity', [b.input('x', 'float32', [1, 12, 16, 3])], {}, { outputs: ['y'] }));
  const session = await Session.create(b.build(), { backend: 'webgpu' });
  const stream = await navigator.mediaDevices.getUserMedia({ video: { width: 64, height: 48 } });
  const video = Object.assign(document.createElement('video'), { muted: true, srcObject: stream });
  document.body.append(video);
  await video.play();
  const taken: PictureSource[] = [];
  const [means, times]: [number[], number[]] = [[], []];
  let [running, atOnce] = [0, 0];
  const watching = new Watching(
    by === 'video' ? video : stream,
    async ({ picture }) => {
      taken.push(picture);
      atOnce = Math.max(atOnce, ++running);
      const { y } = await session.run({ x: { picture, preprocessing: SPEC } });
      running--;
      return [...(y?.data ?? [])];
    },
    async (values, { timestamp }) => {
      means.push(values.reduce((sum, value) => sum + value, 0) / values.length);
      times.push(timestamp);
      if (means.length === 5) watching.stop();
      // So slow that the camera has shown several frames meanwhile.
      for (let i = 0; i < 4; i++) await new Promise((shown) => video.requestVideoFrameCallback(shown));
    },
  );
  await watching.done;
  const live = stream.getTracks().every(({ readyState }) => readyState === 'live');
  for (const track of stream.getTracks()) track.stop();
  video.remove();
  session.dispose();
  const open = taken.filter((picture) => picture instanceof VideoFrame && picture.format !== null).length;
  const inOrder = times.every((time, i) => i === 0 || time > (times[i - 1] ?? Infinity));
  const { frames, dropped } = watching.stats;
  return { frames, dropped, inOrder, atOnce, means, open, live };
}

/** The camera: one frame in the Worker at a time. */
import { readFrames, type Frame } from '../frames.ts';
import { OneAtATime } from '../one-at-a-time.ts';
import { store } from '../state.ts';
import { ask, handOver, remote } from '../worker-client.ts';
import { lookAgain, noticeOf } from './look.ts';

/** The span over which answers are counted, unless it has fewer than two. */
const WINDOW_MS = 1000;

let stopReading: (() => void) | undefined;

/** Asks for the camera; refusals become a message. */
export async function startCamera(): Promise<void> {
  if (!('mediaDevices' in navigator)) return fail('This page may not use a camera: it needs https or localhost.');
  store.update({ camera: { status: 'starting' } });
  try {
    const video = { facingMode: 'environment', width: { ideal: 1280 }, height: { ideal: 720 } };
    const stream = await navigator.mediaDevices.getUserMedia({ video, audio: false });
    if (store.state.camera.status !== 'starting') return endTracks(stream);
    stream.getVideoTracks()[0]?.addEventListener('ended', stopCamera);
    store.update({ camera: { status: 'on', stream, fps: 0, latencyMs: 0 }, answer: { status: 'idle' } });
  } catch (error) {
    fail(refusal(error));
  }
}

/** Ends the camera; the picture from before comes back. */
export function stopCamera(): void {
  const { camera } = store.state;
  stopReading?.();
  stopReading = undefined;
  if (camera.status === 'off') return;
  if (camera.status === 'on') endTracks(camera.stream);
  store.update({ camera: { status: 'off' }, answer: { status: 'idle' } });
  void lookAgain();
}

/** Looks at frames from now on: called when the video element that plays the stream is there. */
export function watchFrames(stream: MediaStream, video: HTMLVideoElement): void {
  const answers: number[] = [];
  const frames = new OneAtATime<{ frame: Frame; arrived: number }>(
    async ({ frame, arrived }) => {
      if (store.state.model.status !== 'ready') return frame.close();
      const result = await ask(remote.look(handOver(frame), store.state.options));
      const { camera } = store.state;
      if (camera.status !== 'on' || camera.stream !== stream) return;
      if (!result.ok) return store.update({ answer: { status: 'failed', error: result.error } });
      const now = performance.now();
      answers.push(now);
      while (answers.length > 2 && (answers[0] ?? now) <= now - WINDOW_MS) answers.shift();
      const [first = now] = answers;
      const fps = answers.length > 1 ? ((answers.length - 1) * 1000) / (now - first) : 0;
      store.update({
        camera: { ...camera, fps, latencyMs: now - arrived },
        answer: { status: 'done', value: result.value },
        ...noticeOf(result.value.recovered),
      });
    },
    ({ frame }) => frame.close(),
  );
  const stop = readFrames(stream, video, (frame) => frames.offer({ frame, arrived: performance.now() }));
  stopReading = () => {
    stop();
    frames.stop();
  };
}

function endTracks(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

function fail(message: string): void {
  store.update({ camera: { status: 'failed', message } });
}

function refusal(error: unknown): string {
  const name = error instanceof Error ? error.name : '';
  if (name === 'NotAllowedError') return 'The camera was not allowed. Allow it in the address bar, then try again.';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'There is no camera here. A picture will do.';
  if (name === 'NotReadableError') return 'The camera is in use by another program. Close that, then try again.';
  return `The camera did not start: ${error instanceof Error ? error.message : String(error)}`;
}

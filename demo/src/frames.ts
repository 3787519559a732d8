/** Frames of a camera as the Worker can take them, by whatever means the browser has. */

/** Chromium's way to a track's frames; not in TypeScript's library. */
interface TrackProcessor {
  readonly readable: ReadableStream<VideoFrame>;
}
type TrackProcessorClass = new (init: { readonly track: MediaStreamTrack }) => TrackProcessor;

/** A frame; whoever has it closes it. */
export type Frame = VideoFrame | ImageBitmap;

/** Calls back with every new frame until the function it gives is called. `video` plays the stream. */
export function readFrames(stream: MediaStream, video: HTMLVideoElement, onFrame: (frame: Frame) => void): () => void {
  const [track] = stream.getVideoTracks();
  const Processor: TrackProcessorClass | undefined = Reflect.get(globalThis, 'MediaStreamTrackProcessor');
  return track && Processor ? fromTrack(new Processor({ track }), onFrame) : fromVideo(video, onFrame);
}

function fromTrack({ readable }: TrackProcessor, onFrame: (frame: Frame) => void): () => void {
  const reader = readable.getReader();
  const read = async (): Promise<void> => {
    for (let next = await reader.read(); !next.done; next = await reader.read()) onFrame(next.value);
  };
  read().catch(() => undefined); // the track ended
  return () => void reader.cancel();
}

function fromVideo(video: HTMLVideoElement, onFrame: (frame: Frame) => void): () => void {
  let stopped = false;
  const take = async (): Promise<void> => {
    const frame = 'VideoFrame' in globalThis ? new VideoFrame(video) : await createImageBitmap(video);
    if (stopped) frame.close();
    else onFrame(frame);
  };
  const next = (): void => {
    if (stopped) return;
    if (video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) take().catch(() => undefined); // a frame that is gone
    if ('requestVideoFrameCallback' in video) video.requestVideoFrameCallback(next);
    else requestAnimationFrame(next);
  };
  next();
  return () => {
    stopped = true;
  };
}

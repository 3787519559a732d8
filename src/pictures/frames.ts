/** The frames of what moves, one at a time: of a video, a camera's track, or whatever gives pictures. The newest counts. */
import { InputError } from '../core/errors.ts';
import { isPicture, type PictureSource } from './source.ts';

/** What can be watched: a video of the page, a camera's stream or track, or pictures as they come. */
export type WatchSource =
  HTMLVideoElement | MediaStream | MediaStreamTrack | AsyncIterable<PictureSource> | Iterable<PictureSource>;

/** One frame. */
export interface StreamFrame {
  readonly picture: PictureSource;
  /** Milliseconds: of a video its own time, else that at which the frame came, on the clock of `performance.now()`. */
  readonly timestamp: number;
  /** Lets go of it. */
  readonly release: () => void;
}

/** Frames as they are asked for. */
export interface FrameStream {
  /** How many were passed over, as newer ones had come when they could have been looked at. */
  readonly dropped: number;
  /** The newest frame that was not given yet, once there is one; undefined when no more come. Rejects as the source fails. */
  readonly next: () => Promise<StreamFrame | undefined>;
  /** Lets go of the source and of what was not given; a call of `next` that waits gives undefined. */
  readonly close: () => void;
}

/** Stops what feeds a stream. */
type Stop = () => void;

/** Holds one frame: the next that comes takes its place. */
class NewestFrame implements FrameStream {
  dropped = 0;
  #held: (() => StreamFrame) | undefined;
  #drop: Stop | undefined;
  #wake: Stop | undefined;
  #ended = false;
  #failure: { readonly error: unknown } | undefined;
  readonly #stop: Stop;

  /** `begin` feeds this stream from then on, and gives what stops that. */
  constructor(begin: (stream: NewestFrame) => Stop) {
    this.#stop = begin(this);
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** A frame has come; `drop` lets go of it where it is never taken. */
  put(take: () => StreamFrame, drop?: Stop): void {
    if (this.#ended) return drop?.();
    if (this.#held) this.dropped++;
    this.#drop?.();
    [this.#held, this.#drop] = [take, drop];
    this.#wake?.();
  }

  /** No more frames come: the one that is held is still given. */
  end(failure?: { readonly error: unknown }): void {
    this.#ended = true;
    this.#failure ??= failure;
    this.#wake?.();
  }

  async next(): Promise<StreamFrame | undefined> {
    while (!this.#held && !this.#ended) {
      await new Promise<void>((wake) => {
        this.#wake = wake;
      });
    }
    const held = this.#held;
    [this.#held, this.#drop] = [undefined, undefined];
    if (!held && this.#failure) throw this.#failure.error;
    return held?.();
  }

  close(): void {
    this.#drop?.();
    [this.#held, this.#drop] = [undefined, undefined];
    this.end();
    this.#stop();
  }
}

/**
 * Opens what is watched. Of what gives pictures by itself (an iterable), `every` one is looked at if it says so, each when the
 * last is done; else it is read on meanwhile, and all but the newest dropped. VideoFrames that it gives are closed here. Throws
 * InputError for what cannot be watched.
 */
export function openFrames(source: WatchSource, every: boolean): FrameStream {
  const given: object = Object(source);
  if ('videoWidth' in given) return new NewestFrame((stream) => fromVideo(source as HTMLVideoElement, stream));
  const track = 'getVideoTracks' in given ? (source as MediaStream).getVideoTracks()[0] : source;
  if (track && typeof track === 'object' && 'kind' in track) {
    if (track.kind === 'video') return new NewestFrame((stream) => fromTrack(track, stream));
  } else if (Symbol.asyncIterator in given) {
    return fromIterator((source as AsyncIterable<PictureSource>)[Symbol.asyncIterator](), every);
  } else if (Symbol.iterator in given && typeof source === 'object') {
    return fromIterator((source as Iterable<PictureSource>)[Symbol.iterator](), every);
  }
  throw new InputError('what was given to watch is no video', {
    hint: 'Watch a video element, a MediaStream with a video track, such a track, or an async iterable of pictures',
  });
}

function fromVideo(video: HTMLVideoElement, stream: NewestFrame): Stop {
  let handle = 0;
  let last: { readonly time: number; readonly count: number } | undefined;
  const show = (seconds: number, count: number): void => {
    // The page was too busy to be told of those between; a video that starts anew counts from there.
    stream.dropped += last ? Math.max(0, count - last.count - 1) : 0;
    last = { time: seconds, count };
    stream.put(() => snapshot(video, seconds * 1000));
  };
  const byFrame = 'requestVideoFrameCallback' in video;
  const onFrame = (_: number, { mediaTime, presentedFrames }: VideoFrameCallbackMetadata): void => {
    handle = video.requestVideoFrameCallback(onFrame);
    show(mediaTime, presentedFrames);
  };
  const onPaint = (): void => {
    handle = requestAnimationFrame(onPaint);
    const { currentTime, readyState } = video;
    if (readyState >= 2 && currentTime !== last?.time) show(currentTime, (last?.count ?? 0) + 1);
  };
  const onEnd = (): void => stream.end();
  const onError = (): void => stream.end({ error: unplayable(video.error?.message) });
  video.addEventListener('ended', onEnd);
  video.addEventListener('error', onError);
  // What stands still tells of no frame.
  if (byFrame && video.paused && video.readyState >= 2) show(video.currentTime, 0);
  if (video.ended) stream.end();
  handle = byFrame ? video.requestVideoFrameCallback(onFrame) : requestAnimationFrame(onPaint);
  return () => {
    if (byFrame) video.cancelVideoFrameCallback(handle);
    else cancelAnimationFrame(handle);
    video.removeEventListener('ended', onEnd);
    video.removeEventListener('error', onError);
  };
}

/** The frame that a video shows, to stay as it is while it is looked at: the video itself goes on. */
function snapshot(video: HTMLVideoElement, timestamp: number): StreamFrame {
  try {
    if (typeof VideoFrame !== 'undefined') return owned(new VideoFrame(video), timestamp);
  } catch {
    // Of another origin, or without a frame at this moment: who reads it says so.
  }
  return owned(video, timestamp);
}

function unplayable(why: string | undefined): InputError {
  return new InputError(`the video cannot be played${why ? `: ${why}` : ''}`);
}

/** A frame with what lets go of it. */
function owned(picture: PictureSource, timestamp: number): StreamFrame {
  return { picture, timestamp, release: () => closeFrame(picture) };
}

/** Closes a decoder's frame, of which there are few; other pictures stay their owner's. */
function closeFrame(picture: PictureSource): void {
  if (isPicture(picture) && 'displayWidth' in picture) picture.close();
}

/** Chromium's way to the frames of a track, in others a Worker's only. */
type TrackProcessor = new (init: { readonly track: MediaStreamTrack }) => {
  readonly readable: ReadableStream<VideoFrame>;
};

function fromTrack(track: MediaStreamTrack, stream: NewestFrame): Stop {
  const { MediaStreamTrackProcessor } = globalThis as { readonly MediaStreamTrackProcessor?: TrackProcessor };
  if (MediaStreamTrackProcessor) {
    const reader = new MediaStreamTrackProcessor({ track }).readable.getReader();
    const frames = {
      next: () => reader.read() as Promise<IteratorResult<PictureSource>>,
      return: () => reader.cancel(),
    };
    return pump(frames, stream);
  }
  if (typeof document === 'undefined') {
    throw new InputError('this browser gives a Worker no frames of a track', {
      hint: 'Watch a video element in the page',
    });
  }
  const video = document.createElement('video');
  Object.assign(video, { muted: true, playsInline: true, srcObject: new MediaStream([track]) });
  const stop = fromVideo(video, stream);
  video.play().catch((error: unknown) => stream.end({ error }));
  return () => {
    stop();
    video.srcObject = null;
  };
}

/** What iterables and readers have in common. */
interface Pictures {
  readonly next: () => Promise<IteratorResult<PictureSource>> | IteratorResult<PictureSource>;
  readonly return?: (() => unknown) | undefined;
}

function fromIterator(pictures: Pictures, every: boolean): FrameStream {
  return every ? new EveryFrame(pictures) : new NewestFrame((stream) => pump(pictures, stream));
}

/** Reads on as pictures come. */
function pump(pictures: Pictures, stream: NewestFrame): Stop {
  const read = async (): Promise<void> => {
    while (!stream.ended) {
      const { done, value } = await pictures.next();
      if (done) return stream.end();
      const timestamp = timeOf(value);
      stream.put(
        () => owned(value, timestamp),
        () => closeFrame(value),
      );
      // What never waits for anything would not let others have a turn.
      await new Promise((resolve) => setTimeout(resolve));
    }
  };
  read().catch((error: unknown) => stream.end({ error }));
  return () => finish(pictures);
}

/** Gives each picture when it is asked for. */
class EveryFrame implements FrameStream {
  readonly dropped = 0;
  readonly #pictures: Pictures;
  #closed = false;
  #wake: Stop | undefined;

  constructor(pictures: Pictures) {
    this.#pictures = pictures;
  }

  next(): Promise<StreamFrame | undefined> {
    return new Promise((resolve, reject) => {
      this.#wake = () => resolve(undefined);
      this.#read().then(resolve, reject);
    });
  }

  close(): void {
    this.#closed = true;
    this.#wake?.();
    finish(this.#pictures);
  }

  async #read(): Promise<StreamFrame | undefined> {
    const { done, value } = await this.#pictures.next();
    if (done) return undefined;
    if (!this.#closed) return owned(value, timeOf(value));
    closeFrame(value);
    return undefined;
  }
}

/** The decoder's time of a frame, which is in microseconds, or now. */
function timeOf(picture: PictureSource): number {
  return isPicture(picture) && 'displayWidth' in picture ? picture.timestamp / 1000 : performance.now();
}

/** Tells the source that nobody asks any more. It may answer late, or fail: that is nobody's then. */
function finish(pictures: Pictures): void {
  void Promise.resolve()
    .then(() => pictures.return?.())
    .catch(() => undefined);
}

/** The picture or camera, what was found over it, and where pictures come from. */
import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { startCamera, stopCamera, watchFrames } from '../actions/camera.ts';
import { chooseSample, takeFiles } from '../actions/picture.ts';
import { rate, time } from '../format.ts';
import { SAMPLES } from '../site.ts';
import { store } from '../state.ts';
import { useStore } from '../store.ts';
import { Annotations } from './annotations.tsx';
import { FileButton } from './file-button.tsx';
import { MattedPicture } from './matted-picture.tsx';

/** The left side of "Try it". */
export function Stage(): VNode {
  return (
    <section class="stage card" aria-labelledby="stage-title">
      <h2 id="stage-title" class="visually-hidden">
        Picture
      </h2>
      <View />
      <Sources />
    </section>
  );
}

function View(): VNode {
  const camera = useStore(store, (state) => state.camera);
  const still = useStore(store, (state) => state.still);
  const answer = useStore(store, (state) => state.answer);
  const shown = answer.status === 'done' ? answer.value : undefined;
  return (
    <div class="view" data-testid="view">
      {camera.status === 'on' ? (
        <CameraView stream={camera.stream} />
      ) : still ? (
        <img src={still.url} alt={still.alt} decoding="async" />
      ) : (
        <div class="view-empty skeleton" />
      )}
      {shown?.finding.kind === 'boxes' && <Annotations {...shown} boxes={shown.finding.boxes} />}
      {shown?.finding.kind === 'matte' && <MattedPicture picture={shown.finding.picture} />}
      {camera.status === 'on' && (
        <p class="camera-figures" data-testid="camera-figures">
          <span>{rate(camera.fps, 'fps')}</span>
          <span>{time(camera.latencyMs)}</span>
        </p>
      )}
    </div>
  );
}

function CameraView({ stream }: { readonly stream: MediaStream }): VNode {
  const element = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const video = element.current;
    if (!video) return undefined;
    video.srcObject = stream;
    video.play().catch(() => undefined); // stopped before it began
    watchFrames(stream, video);
    return stopCamera;
  }, [stream]);
  return <video ref={element} muted playsInline aria-label="Camera" />;
}

function Sources(): VNode {
  const camera = useStore(store, (state) => state.camera);
  const still = useStore(store, (state) => state.still);
  const busy = camera.status === 'starting';
  const on = camera.status === 'on';
  return (
    <div class="sources">
      <div class="samples" role="group" aria-label="Sample pictures">
        {SAMPLES.map((sample) => (
          <button
            key={sample.path}
            type="button"
            class="sample"
            aria-label={`Sample: ${sample.name}`}
            aria-pressed={!on && still?.name === sample.name}
            onClick={() => chooseSample(sample)}
          >
            <img src={sample.path} alt="" width="64" height="64" loading="lazy" decoding="async" />
          </button>
        ))}
      </div>
      <div class="actions">
        <FileButton accept="image/*" testId="picture-input" onFiles={takeFiles}>
          Choose a picture
        </FileButton>
        <button
          type="button"
          class="button"
          data-testid="camera-button"
          disabled={busy}
          onClick={() => (on ? stopCamera() : void startCamera())}
        >
          {on ? 'Stop the camera' : busy ? 'Asking …' : 'Use the camera'}
        </button>
      </div>
      <p class="hint" role="status" data-testid="camera-message">
        {camera.status === 'failed' ? (
          <span class="problem">{camera.message}</span>
        ) : (
          'Or drop or paste a picture anywhere, or drop the files of a model.'
        )}
      </p>
    </div>
  );
}

/** Sessions in Node: models by path and by name, too, on the adapter that `openGpu` finds. */
import type { OptionRules } from '../core/option-rules.ts';
import { checkOptions } from '../core/options.ts';
import { SESSION_OPTIONS, type SessionOptions } from '../session/options.ts';
import { Session as PageSession } from '../session/session.ts';
import type { TaskSource } from '../tasks/picture-model.ts';
import type { OpenGpuOptions } from './adapter.ts';
import { inNode, placeInNode, isNamed, opener } from './environment.ts';
import type { ModelSourceOptions } from './model-source.ts';

/** A loaded model. `run` may be called concurrently; calls are queued. */
export class Session extends PageSession {
  /**
   * Loads a model as in a page; the source may be a path, a file: URL or a name of the catalogue, too, and without `gpu` the adapter
   * is the one that `openGpu` finds. Rejects as `Session.create` in a page and `openModel` do.
   */
  static override async create(source: TaskSource, options: SessionOptions = {}): Promise<Session> {
    const given = await checkOptions('Session.create', options, SESSION_OPTIONS);
    return super.create(isNamed(source) ? opener(source) : source, inNode(given));
  }

  /** Sessions of tasks, and of `tilewise`, are sessions too. */
  static override [Symbol.hasInstance](value: unknown): value is PageSession {
    return value instanceof PageSession;
  }
}

/** Options of `openSession`: those of a session, and where its adapter and its files come from. */
export interface OpenSessionOptions extends SessionOptions, OpenGpuOptions {
  /** Where files that a catalogue name or URL stands for come from and are kept. */
  readonly files?: ModelSourceOptions;
}

const OPEN_SESSION_OPTIONS: OptionRules<OpenSessionOptions> = { ...SESSION_OPTIONS, adapter: 'text', files: 'object' };

/**
 * Opens a model by catalogue name, path or URL as `Session.create` does, on an adapter that is named, and with files from where
 * `files` says. Rejects with LoadError when there is no such model, DeviceError NO_DEVICE when there is no adapter, and with what
 * `Session.create` rejects with.
 */
export async function openSession(model: string, options: OpenSessionOptions = {}): Promise<Session> {
  const { adapter, files, ...session } = await checkOptions('openSession', options, OPEN_SESSION_OPTIONS);
  return Session.create(opener(model, files), { ...placeInNode(session, adapter), ...session });
}

/**
 * Which addresses a model may name: files beside or below its main one, and what lies on hosts that the caller allows. A model
 * is a stranger's file, and must not choose what is fetched with the caller's rights.
 */
import { InputError, LoadError } from '../core/errors.ts';

/** Spellings of `.`, `/`, `\` and NUL that servers decode after the browser has looked for them. */
const ENCODED = /%(?:2e|2f|5c|00)/i;

/** Throws InputError unless these are names of hosts, `cdn.example.org` or `localhost:8080`. */
export function checkHosts(allowHosts: unknown): void {
  if (allowHosts === undefined) return;
  const hosts: readonly unknown[] = Array.isArray(allowHosts) ? allowHosts : [allowHosts];
  const wrong = hosts.find((host) => typeof host !== 'string' || !isHost(host));
  if (Array.isArray(allowHosts) && wrong === undefined) return;
  throw new InputError(
    `allowHosts must be an array of hosts, and ${JSON.stringify(String(wrong ?? allowHosts))} is none`,
    {
      hint: "As in ['cdn.example.org', 'localhost:8080']: without https:// and without a path",
    },
  );
}

function isHost(text: string): boolean {
  return text !== '' && !/[/\\?#@\s]/.test(text) && parsed(`https://${text}`)?.pathname === '/';
}

/**
 * The address of a file that the model at `main` names. Throws LoadError for one that is neither below the folder of
 * `main`, nor on a host of `allowHosts`.
 */
export function companionAddress(name: string, main: URL, allowHosts: readonly string[] = []): URL {
  const folder = parsed('.', main)?.href;
  const address = parsed(name, main);
  const file = printed(name);
  if (folder === undefined) {
    throw new LoadError('the model names this file, and its own address has no folder', {
      file,
      hint: 'Pass all files of the model at once',
    });
  }
  const beside = name !== '' && address?.href.startsWith(folder) && address.href !== folder;
  if (address && beside && !ENCODED.test(name) && !name.includes('\0')) return address;
  const isWeb = address !== undefined && /^https?:$/.test(address.protocol);
  if (address && isWeb && isAllowed(address, allowHosts)) return address;
  if (address && isWeb && address.host !== main.host) {
    throw new LoadError(`the model names this file on another host, ${address.host}`, { file, hint: hintFor(address) });
  }
  throw outsideFolder(folder, name);
}

/** The refusal of a name that leads out of the model's folder. */
export function outsideFolder(folder: string, name: string): LoadError {
  return new LoadError(`lies outside the model's folder ${folder}`, {
    file: printed(name),
    hint: 'A model may only read files beside or below its main file',
  });
}

/**
 * Throws LoadError when the answer to a request for `asked` came from a host that neither the model's own files come from,
 * nor the caller allows.
 */
export function checkAnswer(
  asked: URL,
  answered: string,
  own: readonly (URL | string)[],
  allowHosts: readonly string[] = [],
): void {
  const address = parsed(answered) ?? asked; // Answers from nowhere have no address.
  if (address.host === asked.host || own.some((place) => parsed(place)?.host === address.host)) return;
  if (isAllowed(address, allowHosts)) return;
  throw new LoadError(`the server sent the request on to another host, ${address.host}`, {
    file: asked.href,
    hint: hintFor(address),
  });
}

/** An address; undefined for what is none. `URL.canParse` is newer than WebGPU. */
function parsed(place: URL | string, base?: URL): URL | undefined {
  try {
    return new URL(place, base);
  } catch {
    return undefined;
  }
}

function isAllowed({ protocol, host }: URL, allowHosts: readonly string[]): boolean {
  // Parsed, so that letter case and the usual port make no difference.
  return allowHosts.some((allowed) => new URL(`${protocol}//${allowed}`).host === host);
}

function hintFor({ host }: URL): string {
  return `If you trust it, pass allowHosts: [${JSON.stringify(host)}] (--allow-host ${host})`;
}

/** A name of any length, for a message. */
function printed(name: string): string {
  return name.length > 200 ? `${name.slice(0, 200)}…` : name;
}

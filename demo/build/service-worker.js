/**
 * The service worker of a built site: keeps the page's own files, and each model from its first use on, so that the page
 * works without a network. The build puts `SITE` before it: version, shell files, model files, all relative to here.
 */
/* global SITE */
const SHELL = `tilewise-shell-${SITE.version}`;
/** Keyed by the version too: a model's file may change under its name. */
const MODELS = `tilewise-models-${SITE.version}`;
const urlOf = (path) => new URL(path, self.location).href;
const modelUrls = new Set(SITE.models.map(urlOf));

self.addEventListener('install', (event) => event.waitUntil(keepShell()));
self.addEventListener('activate', (event) => event.waitUntil(tidy()));

async function keepShell() {
  const cache = await caches.open(SHELL);
  await cache.addAll(SITE.shell.map(urlOf));
  await self.skipWaiting();
}

/** Removes what earlier versions kept, and takes charge of pages that are open. */
async function tidy() {
  const stale = (await caches.keys()).filter((name) => name.startsWith('tilewise-') && ![SHELL, MODELS].includes(name));
  await Promise.all(stale.map((name) => caches.delete(name)));
  await self.clients.claim();
}

/** A page that loaded a model before this worker was in charge of it says which. */
self.addEventListener('message', (event) => {
  const wanted = SITE.models.filter((path) => path.startsWith(`models/${event.data?.keepModel}/`)).map(urlOf);
  const keep = async () => {
    const cache = await caches.open(MODELS);
    for (const url of wanted) if (!(await cache.match(url))) await cache.add(url);
  };
  event.waitUntil(keep());
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const here = request.url.startsWith(urlOf('./')) && !request.url.startsWith(urlOf('api/'));
  if (request.method === 'GET' && here) event.respondWith(answer(event));
});

async function answer(event) {
  const { request } = event;
  const kept = await caches.match(request, { ignoreSearch: true, ignoreVary: true });
  if (kept) return kept;
  const response = await fetch(request);
  const url = request.url.replace(/[?#].*$/, '');
  if (response.ok && modelUrls.has(url)) {
    const copy = response.clone();
    event.waitUntil(caches.open(MODELS).then((cache) => cache.put(url, copy)));
  }
  return response;
}

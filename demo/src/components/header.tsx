/** Name, one sentence, the adapter, the theme. */
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { store } from '../state.ts';
import { useStore } from '../store.ts';
import type { SeatBackend } from '../worker/protocol.ts';

/** The top of the page. */
export function Header(): VNode {
  return (
    <header class="header">
      <div class="header-row">
        <a class="brand" href="./" aria-label="tilewise, start page">
          <Mark />
          <span>tilewise</span>
        </a>
        <nav class="header-links" aria-label="Documents">
          <a href="./api/">API reference</a>
        </nav>
        <ThemeButton />
      </div>
      <h1>Vision networks on your own GPU</h1>
      <p class="lead">
        tilewise reads the ONNX, TensorFlow.js and TensorFlow Lite models you already have and runs them with WebGPU, in
        this page. Pictures stay on this device.
      </p>
      <AdapterChip />
    </header>
  );
}

function Mark(): VNode {
  return (
    <svg class="mark" viewBox="0 0 16 16" width="28" height="28" aria-hidden="true">
      <rect x="1" y="1" width="6" height="6" rx="1.5" />
      <rect x="9" y="1" width="6" height="6" rx="1.5" class="faint" />
      <rect x="1" y="9" width="6" height="6" rx="1.5" class="faint" />
      <rect x="9" y="9" width="6" height="6" rx="1.5" />
    </svg>
  );
}

const BACKEND_NAMES: { readonly [B in SeatBackend]: string } = { webgpu: 'WebGPU', wasm: 'WASM', cpu: 'CPU' };

function AdapterChip(): VNode {
  const seat = useStore(store, (state) => state.seat);
  const text = seat ? seat.adapter : 'Looking for a GPU …';
  return (
    <p class={`chip ${seat?.backend === 'webgpu' ? 'chip-on' : ''}`} data-testid="adapter">
      <span class="dot" aria-hidden="true" />
      <span class="chip-kind">{seat ? BACKEND_NAMES[seat.backend] : ' '}</span>
      <span class="chip-text">{text}</span>
    </p>
  );
}

function ThemeButton(): VNode {
  const [theme, setTheme] = useState(document.documentElement.dataset['theme'] ?? 'light');
  useEffect(() => {
    document.documentElement.dataset['theme'] = theme;
  }, [theme]);
  useEffect(() => {
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const follow = (): void => {
      if (chosenTheme() === null) setTheme(dark.matches ? 'dark' : 'light');
    };
    dark.addEventListener('change', follow);
    return () => dark.removeEventListener('change', follow);
  }, []);
  const toggle = (): void => {
    const next = theme === 'dark' ? 'light' : 'dark';
    try {
      localStorage.setItem('tilewise-theme', next);
    } catch {
      // Storage may be switched off: then the choice lasts as long as the page.
    }
    setTheme(next);
  };
  return (
    <button type="button" class="icon-button" onClick={toggle} aria-pressed={theme === 'dark'} aria-label="Dark theme">
      <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
        {theme === 'dark' ? (
          <path d="M20 14.5A8 8 0 0 1 9.5 4a8 8 0 1 0 10.5 10.5Z" />
        ) : (
          <path d="M12 7a5 5 0 1 0 0 10 5 5 0 0 0 0-10Zm0-5v2m0 16v2M2 12h2m16 0h2M5 5l1.4 1.4m11.2 11.2L19 19M5 19l1.4-1.4M17.6 6.4 19 5" />
        )}
      </svg>
    </button>
  );
}

function chosenTheme(): string | null {
  try {
    return localStorage.getItem('tilewise-theme');
  } catch {
    return null;
  }
}

/** Starts the page. */
import { render } from 'preact';
import { start } from './actions/start.ts';
import { App } from './app.tsx';
import './styles/base.css';
import './styles/layout.css';
import './styles/parts.css';
import './styles/hood.css';

const root = document.getElementById('app');
// In a task of its own: the one that runs this module also lays the document out, and no task should be long.
setTimeout(() => {
  void start();
  if (root) render(<App />, root);
});

// Without it the page works as long as there is a network, which is all that a failure here means.
if (import.meta.env.PROD && 'serviceWorker' in navigator) {
  addEventListener('load', () => void navigator.serviceWorker.register('./sw.js').catch(() => undefined));
}

/** Formats, licences, links. */
import type { VNode } from 'preact';
import { SITE_MODELS } from '../site.ts';

/** The bottom of the page. */
export function Footer(): VNode {
  return (
    <footer class="footer">
      <div>
        <h2>Formats</h2>
        <p>
          ONNX (<code>.onnx</code>, with external data), TensorFlow.js (<code>model.json</code> with its shards, graph
          and layers models) and TensorFlow Lite (<code>.tflite</code>).
        </p>
      </div>
      <div>
        <h2>Models here</h2>
        <ul>
          {SITE_MODELS.map(({ name, source, licence }) => (
            <li key={name}>
              {name}: {source.kind === 'npm' ? source.package : 'web'}, {licence}
            </li>
          ))}
        </ul>
      </div>
      <div>
        <h2>tilewise</h2>
        <p>
          MIT licence. <a href="./api/">API reference</a>. The cup and the class names are from
          @tensorflow-models/mobilenet, Apache-2.0; the table is from @vladmandic/human, MIT.
        </p>
      </div>
    </footer>
  );
}

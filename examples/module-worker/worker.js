/** Classifies pictures off the page's thread. Workers have no import maps, so the module is named by its file. */
import { createClassifier } from './node_modules/tilewise/dist/index.js';

const loading = createClassifier('nsfw-mobilenet-v2', { modelBase: 'models' });

addEventListener('message', async ({ data: bitmap }) => {
  try {
    const [best] = await (await loading).classify(bitmap);
    postMessage(`${best.label} ${best.score.toFixed(4)}`);
  } catch (error) {
    postMessage(String(error));
  } finally {
    bitmap.close();
  }
});

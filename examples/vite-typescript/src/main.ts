/** Classifies the picture of the page. */
import { createClassifier, TilewiseError, type Ranked } from 'tilewise';

const picture = document.querySelector<HTMLImageElement>('#picture');
const answer = document.querySelector<HTMLOutputElement>('#answer');

async function classify(image: HTMLImageElement): Promise<Ranked[]> {
  await image.decode();
  const classifier = await createClassifier('nsfw-mobilenet-v2', { modelBase: 'models' });
  try {
    return await classifier.classify(image, { topK: 1 });
  } finally {
    classifier.dispose();
  }
}

if (picture && answer) {
  try {
    const [best] = await classify(picture);
    answer.textContent = `${best?.label ?? 'nothing'} ${best?.score.toFixed(4) ?? ''}`;
  } catch (error) {
    answer.textContent = error instanceof TilewiseError ? `${error.code}: ${error.message}` : String(error);
  }
}

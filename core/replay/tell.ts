import { inEnglish, type KeyOf, type Sentence, type Values } from '../sentence';
import { TOLD } from './sentences';

/** A sentence in English, and as data by its key in TOLD. */
export interface Told extends Sentence {
  sentence: string;
}

export function tell(key: KeyOf<typeof TOLD>, values: Values = {}): Sentence {
  return { key, values };
}

export function told(sentence: Sentence): Told {
  return { sentence: english(sentence), ...sentence };
}

export function english(sentence: Sentence): string {
  return inEnglish(TOLD, sentence);
}

import { useCoreWords } from '../../parts/use-core-words';
import type { Told } from './place-findings';

interface FindingWords {
  message: string;
  hint: string | undefined;
  /** As the server says it: the viewer's language has no words for it, or is English. */
  english: boolean;
}

/** What is wrong and how to mend it, in the viewer's language. */
export function useFindingWords(): (told: Pick<Told, 'message' | 'hint' | 'key' | 'values'>) => FindingWords {
  const say = useCoreWords('lint');
  return ({ key, values, message, hint }) => {
    const said = say({ key, values });
    if (said === null) return { message, hint, english: true };
    return { message: said, hint: say({ key: `${key}.hint`, values }) ?? undefined, english: false };
  };
}

import { useTranslation } from 'react-i18next';
import type { Change } from '../../../core/flow-diff';
import type { FlowDefinition } from '../../../schemas/flow';
import { useCoreWords } from '../../parts/use-core-words';
import { fieldName, valueInText } from './field-words';

/** What differs, in the viewer's language, its fields and values in the words of the wizard; null as in `useCoreWords`. */
export function useChangeWords(before: FlowDefinition, after: FlowDefinition): (change: Change) => string | null {
  const { t } = useTranslation(['trial', 'vocabulary']);
  const say = useCoreWords('differences');
  return ({ key, values, from, to }) => {
    const { field } = values;
    if (!Array.isArray(field)) return say({ key, values });
    const path = field as readonly string[];
    const inText = (value: unknown, { budget }: FlowDefinition, text: unknown) =>
      valueInText(t, path, value, budget?.currency ?? 'EUR', String(text));
    return say({
      key,
      values: {
        ...values,
        field: fieldName(t, path),
        before: inText(from, before, values.before),
        now: inText(to, after, values.now),
      },
    });
  };
}

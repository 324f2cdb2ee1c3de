import { useTranslation } from 'react-i18next';
import type { Channel } from '../../../schemas/vocabulary';

/** A step by its name, with its channel where that says more. */
export function useStepName(): (of: { step: string; channel: Channel | null }) => string {
  const { t } = useTranslation('vocabulary');
  return ({ step, channel }) => {
    if (channel === null) return step;
    const words = t(`channel.${channel}`);
    return words.toLowerCase() === step.toLowerCase() ? words : `${step} (${words})`;
  };
}

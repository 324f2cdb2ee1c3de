import { useTranslation } from 'react-i18next';
import type { Channel, Purpose } from '../../../schemas/vocabulary';
import { duration, money, share, whole } from '../../parts/amounts';
import { locale } from '../../words/words';
import type { GroupKey, Metric } from './comparison';
import { useStepName } from './step-name';

/** Such as “wf_otp, version 3” or “Italy”. */
export function useGroupName(): (group: GroupKey) => string {
  const { t } = useTranslation(['insight', 'vocabulary']);
  return ({ flow, workflowId, version, channel, country, purpose, hour, day }) => {
    const names = [
      flow !== undefined && (workflowId ?? flow),
      version !== undefined && (version === null ? t('version.none') : t('version.of', { version })),
      channel !== undefined && (channel === null ? t('channel.none') : t(`vocabulary:channel.${channel as Channel}`)),
      country !== undefined && countryName(country, t('country.none')),
      purpose !== undefined && (purpose === null ? t('purpose.none') : t(`vocabulary:purpose.${purpose as Purpose}`)),
      hour !== undefined && moment(hour),
      day !== undefined && dayName(day),
    ];
    return names.filter(Boolean).join(', ');
  };
}

export function countryName(code: string | null, none: string): string {
  if (code === null) return none;
  return new Intl.DisplayNames(locale(), { type: 'region', fallback: 'code' }).of(code) ?? code;
}

function moment(at: string): string {
  return new Intl.DateTimeFormat(locale(), {
    day: 'numeric',
    month: 'short',
    hour: 'numeric',
    minute: '2-digit',
  }).format(new Date(at));
}

/** A date has no zone: it is said as it is. */
function dayName(date: string): string {
  const format = new Intl.DateTimeFormat(locale(), { day: 'numeric', month: 'short', timeZone: 'UTC' });
  return format.format(new Date(`${date}T00:00:00Z`));
}

export const useSubjectName = useStepName;

/** A figure as people write it; a dash where there is none. */
export function useMetricText(): (metric: Metric, value: number | null, currency: string | null) => string {
  return ({ form }, value, currency) => {
    if (value === null) return '–';
    if (form === 'share') return share(value);
    if (form === 'time') return duration(value);
    if (form === 'money') return currency ? money(value, currency) : '–';
    return whole(value);
  };
}

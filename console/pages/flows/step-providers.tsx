import { useTranslation } from 'react-i18next';
import { FLOW_LIMITS, type SendStep } from '../../../schemas/flow';
import { PROVIDERS } from '../../../schemas/vocabulary';
import { Button } from '../../parts/button';
import { Select } from '../../parts/field';
import { useAccounts } from './flow-data';
import styles from './steps.module.css';
import { useFindingsAt, useWizard } from './wizard-state';

const SANDBOX = '';

/** Who carries a step; of several, the next takes over where the one before surely did not send. */
export function StepProviders({ step, pointer }: { step: SendStep; pointer: string }) {
  const { t } = useTranslation('flows');
  const { readOnly, edit } = useWizard();
  const findings = useFindingsAt()(`${pointer}/provider`);
  const accounts = useAccounts();
  const named = Array.isArray(step.provider) ? step.provider : step.provider === undefined ? [] : [step.provider];
  const write = (next: readonly string[]) => {
    const filled = next.filter((one) => one !== SANDBOX);
    const value = filled.length > 1 ? filled : filled[0];
    edit({ kind: 'put', pointer: `${pointer}/provider`, value });
  };
  const known = [
    ...PROVIDERS.map((value) => ({ value: value as string, words: value as string })),
    ...accounts.map(({ id, name, provider }) => ({ value: `${provider}:${id}`, words: `${provider} · ${name}` })),
  ];
  const choices = (at: number) => {
    const own = named[at];
    const free = known.filter(({ value }) => value === own || !named.includes(value));
    const unknown = own === undefined || known.some(({ value }) => value === own) ? [] : [{ value: own, words: own }];
    return [{ value: SANDBOX, words: at === 0 ? t('provider.none') : t('provider.remove') }, ...unknown, ...free];
  };
  const rows = named.length === 0 ? [SANDBOX] : named;
  const next = known.find(({ value }) => !named.includes(value))?.value;
  return (
    <>
      {rows.map((value, at) => (
        <Select
          // biome-ignore lint/suspicious/noArrayIndexKey: a provider is known by its place in the list.
          key={at}
          label={at === 0 ? t('provider') : t('provider.next', { place: at + 1 })}
          value={value}
          disabled={readOnly}
          findings={at === 0 ? findings : []}
          choices={choices(at)}
          onChange={(chosen) => write(rows.map((one, place) => (place === at ? chosen : one)))}
        />
      ))}
      {!readOnly && named.length > 0 && named.length < FLOW_LIMITS.providers && next && (
        <div className={styles.row}>
          <Button quiet onClick={() => write([...named, next])}>
            {t('provider.add')}
          </Button>
        </div>
      )}
    </>
  );
}

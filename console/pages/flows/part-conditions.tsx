import { useTranslation } from 'react-i18next';
import { FLOW_LIMITS, isParallel, type ParallelStep, type SendStep } from '../../../schemas/flow';
import { type Reason, SUCCESS_STATUSES, type SuccessStatus } from '../../../schemas/vocabulary';
import { duration } from '../../parts/amounts';
import { Checkbox, NumberField, Select } from '../../parts/field';
import { Card } from '../../parts/page';
import { allSteps } from './edit-definition';
import { ReasonChoice } from './reason-choice';
import styles from './wizard.module.css';
import { useFindingsAt, useValueAt, useWizard } from './wizard-state';

/** How long each step waits, what it counts as success, and what it does when it cannot be sent at once. */
export function PartConditions() {
  const { t } = useTranslation(['flows', 'vocabulary']);
  const { definition } = useWizard();
  return allSteps(definition).map(({ step, pointer }) => (
    <Card key={pointer} title={isParallel(step) ? t('parallel.named', { name: step.name }) : step.name}>
      {isParallel(step) ? <Together step={step} pointer={pointer} /> : <Send step={step} pointer={pointer} />}
    </Card>
  ));
}

function Timeout({ step, pointer }: { step: SendStep | ParallelStep; pointer: string }) {
  const { t } = useTranslation('flows');
  const at = useValueAt();
  const seconds = step.timeoutSeconds;
  const about = isParallel(step) ? t('timeout.parallel') : t('timeout.hint');
  return (
    <NumberField
      label={t('timeout')}
      unit={t('seconds')}
      required
      min={FLOW_LIMITS.timeoutSecondsMin}
      max={FLOW_LIMITS.timeoutSecondsMax}
      hint={seconds >= 60 ? `${about} ${duration(seconds * 1_000)}` : about}
      value={seconds ?? null}
      {...at(`${pointer}/timeoutSeconds`)}
    />
  );
}

const AT_ONCE: readonly Reason[] = ['rate_limited', 'provider_unavailable'];

function Send({ step, pointer }: { step: SendStep; pointer: string }) {
  const { t } = useTranslation(['flows', 'vocabulary']);
  const at = useValueAt();
  const findingsAt = useFindingsAt();
  const recall = at(`${pointer}/recall`);
  return (
    <div className={styles.fields}>
      <Timeout step={step} pointer={pointer} />
      <Select<SuccessStatus>
        label={t('success')}
        hint={t('success.hint')}
        value={step.successOn ?? 'delivered'}
        choices={SUCCESS_STATUSES.map((value) => ({ value, words: t(`vocabulary:status.${value}`) }))}
        {...at(`${pointer}/successOn`)}
      />
      {AT_ONCE.map((reason) => (
        <ReasonChoice
          key={reason}
          step={step}
          pointer={pointer}
          reason={reason}
          label={t('retry.when', { reason: t(`vocabulary:reason.${reason}`) })}
        />
      ))}
      <div>
        <Checkbox
          label={t('recall')}
          hint={t('recall.hint')}
          checked={step.recall ?? false}
          disabled={recall.disabled}
          onChange={(on) => recall.onChange(on || undefined)}
        />
        {findingsAt(`${pointer}/recall`).map(({ words }) => (
          <p key={words} className={styles.soft}>
            {words}
          </p>
        ))}
      </div>
    </div>
  );
}

function Together({ step, pointer }: { step: ParallelStep; pointer: string }) {
  const { t } = useTranslation('flows');
  const at = useValueAt();
  return (
    <div className={styles.fields}>
      <Timeout step={step} pointer={pointer} />
      <Select<'any' | 'all'>
        label={t('require')}
        hint={t('require.hint')}
        value={step.require ?? 'any'}
        choices={[
          { value: 'any', words: t('require.any') },
          { value: 'all', words: t('require.all') },
        ]}
        {...at(`${pointer}/require`)}
      />
    </div>
  );
}

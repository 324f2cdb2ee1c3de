import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FLOW_LIMITS, type ParallelStep } from '../../../schemas/flow';
import { CHANNELS, type Channel } from '../../../schemas/vocabulary';
import { Button } from '../../parts/button';
import { Select } from '../../parts/field';
import styles from './steps.module.css';
import { useWizard } from './wizard-state';

/** Branches that run at once, each a ladder of its own, which `branch` draws. */
export function StepBranches({
  step,
  pointer,
  branch,
}: {
  step: ParallelStep;
  pointer: string;
  branch(track: string): ReactNode;
}) {
  const { t } = useTranslation('flows');
  const { readOnly } = useWizard();
  const { parallel } = step;
  return (
    <>
      <p className={styles.soft}>{t('parallel.hint')}</p>
      {parallel.map((_branch, at) => {
        const track = `${pointer}/parallel/${at}`;
        return (
          <section
            key={track}
            className={styles.branch}
            aria-label={t('branch.of', { branch: at + 1, name: step.name })}
          >
            <h3>{t('branch', { branch: at + 1 })}</h3>
            {branch(track)}
            {!readOnly && <AddInBranch track={track} words={t('branch.addStep', { branch: at + 1 })} />}
          </section>
        );
      })}
      {!readOnly && parallel.length < FLOW_LIMITS.branches && (
        <AddInBranch track={`${pointer}/parallel/${parallel.length}`} words={t('branch.add')} />
      )}
    </>
  );
}

function AddInBranch({ track, words }: { track: string; words: string }) {
  const { t } = useTranslation(['flows', 'vocabulary']);
  const { edit } = useWizard();
  const [channel, setChannel] = useState<Channel>('sms');
  return (
    <div className={styles.row}>
      <Select<Channel>
        bare
        label={`${words}: ${t('add.channel')}`}
        value={channel}
        choices={CHANNELS.map((value) => ({ value, words: t(`vocabulary:channel.${value}`) }))}
        onChange={setChannel}
      />
      <Button onClick={() => edit({ kind: 'addStep', track, channel })}>{words}</Button>
    </div>
  );
}

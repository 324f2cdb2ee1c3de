import { useTranslation } from 'react-i18next';
import type { SendStep } from '../../../schemas/flow';
import { ACTIONS, type Action, DEFAULT_ACTIONS, type Reason } from '../../../schemas/vocabulary';
import { Select } from '../../parts/field';
import styles from './wizard.module.css';
import { useFindingsAt, useWizard } from './wizard-state';

const USUAL = '';

/** What a step does for a reason: as usual, or otherwise. */
export function ReasonChoice({
  step,
  pointer,
  reason,
  label,
  bare,
}: {
  step: SendStep;
  pointer: string;
  reason: Reason;
  label: string;
  bare?: boolean;
}) {
  const { t } = useTranslation(['flows', 'vocabulary']);
  const { readOnly, edit } = useWizard();
  const findingsAt = useFindingsAt();
  const rules: Partial<Record<Reason, Action>> = step.onReason ?? {};
  const chosen = rules[reason] ?? USUAL;
  const choose = (action: Action | typeof USUAL) => {
    const { [reason]: _before, ...others } = rules;
    const next = action === USUAL ? others : { ...others, [reason]: action };
    const value = Object.keys(next).length === 0 ? undefined : next;
    edit({ kind: 'put', pointer: `${pointer}/onReason`, value });
  };
  const usual = t('action.usual', { action: t(`vocabulary:action.${DEFAULT_ACTIONS[reason]}`) });
  return (
    <div className={chosen === USUAL ? undefined : styles.changed}>
      <Select<Action | typeof USUAL>
        label={label}
        bare={bare ?? false}
        disabled={readOnly}
        value={chosen}
        findings={findingsAt(`${pointer}/onReason/${reason}`)}
        choices={[
          { value: USUAL, words: usual },
          ...ACTIONS.map((value) => ({ value, words: t(`vocabulary:action.${value}`) })),
        ]}
        onChange={choose}
      />
    </div>
  );
}

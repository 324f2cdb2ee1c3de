import { useTranslation } from 'react-i18next';
import { Checkbox, NumberField, Select, TextField } from '../../parts/field';
import styles from './wizard.module.css';
import { useValueAt, useWizard } from './wizard-state';

const MICROS = 1_000_000;

/** What one run may cost at most, and what becomes of it then. */
export function BudgetFields() {
  const { t } = useTranslation('flows');
  const { definition, readOnly, edit } = useWizard();
  const at = useValueAt();
  const { budget } = definition;
  const most = at('/budget/maxCostMicros');
  const put = (value: unknown) => edit({ kind: 'put', pointer: '/budget', value });
  return (
    <>
      <Checkbox
        label={t('budget.on')}
        hint={t('budget.hint')}
        checked={budget !== undefined}
        disabled={readOnly}
        onChange={(on) =>
          put(on ? { maxCostMicros: MICROS / 10, currency: 'EUR', onExceeded: 'skip_step' } : undefined)
        }
      />
      {budget && (
        <div className={styles.fields}>
          <NumberField
            {...most}
            label={t('budget.most')}
            min={0}
            step="any"
            value={budget.maxCostMicros === undefined ? null : budget.maxCostMicros / MICROS}
            onChange={(amount) => most.onChange(amount === null ? undefined : Math.round(amount * MICROS))}
          />
          <TextField
            {...at('/budget/currency')}
            label={t('budget.currency')}
            maxLength={3}
            value={budget.currency ?? ''}
            onChange={(currency) => at('/budget/currency').onChange(currency.toUpperCase())}
          />
          <Select<'skip_step' | 'stop_flow'>
            label={t('budget.exceeded')}
            value={budget.onExceeded}
            choices={[
              { value: 'skip_step', words: t('budget.skip_step') },
              { value: 'stop_flow', words: t('budget.stop_flow') },
            ]}
            {...at('/budget/onExceeded')}
          />
        </div>
      )}
    </>
  );
}

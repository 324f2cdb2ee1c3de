import { useTranslation } from 'react-i18next';
import { REASONS, type Reason } from '../../../schemas/vocabulary';
import { Checkbox, Select } from '../../parts/field';
import { Card } from '../../parts/page';
import { type Column, Table } from '../../parts/table';
import { BudgetFields } from './budget-fields';
import { sendSteps } from './edit-definition';
import { useCallbackProfiles } from './flow-data';
import { QuietHoursFields } from './quiet-hours-fields';
import { ReasonChoice } from './reason-choice';
import styles from './wizard.module.css';
import { useValueAt, useWizard } from './wizard-state';

/** What holds for the whole ladder: what a failure leads to, when and to whom it sends, for how much, whom it tells. */
export function PartRules() {
  const { t } = useTranslation('flows');
  const { definition } = useWizard();
  const at = useValueAt();
  const consent = at('/requireConsent');
  return (
    <>
      <Card title={t('fallback')}>
        <p className={styles.soft}>{t('fallback.hint')}</p>
        <Matrix />
      </Card>
      <Card title={t('quietHours')}>
        <QuietHoursFields />
      </Card>
      <Card title={t('consent')}>
        <Checkbox
          label={t('consent.require')}
          hint={t('consent.hint')}
          checked={definition.requireConsent ?? false}
          disabled={consent.disabled}
          onChange={consent.onChange}
        />
      </Card>
      <Card title={t('budget')}>
        <BudgetFields />
      </Card>
      <Card title={t('callback')}>
        <CallbackProfile />
      </Card>
    </>
  );
}

/** A row for each reason, a column for each step. */
function Matrix() {
  const { t } = useTranslation(['flows', 'vocabulary']);
  const { definition } = useWizard();
  const columns = sendSteps(definition).map(({ step, pointer }, at): Column<Reason> => {
    const name = `${at + 1}. ${step.name}`;
    return {
      name,
      cell: (reason) => (
        <ReasonChoice
          bare
          step={step}
          pointer={pointer}
          reason={reason}
          label={t('fallback.cell', { reason: t(`vocabulary:reason.${reason}`), step: name })}
        />
      ),
    };
  });
  const reasons: Column<Reason> = { name: t('reason'), cell: (reason) => t(`vocabulary:reason.${reason}`) };
  return (
    <Table<Reason> caption={t('fallback')} rows={REASONS} rowKey={(reason) => reason} columns={[reasons, ...columns]} />
  );
}

const NONE = '';

function CallbackProfile() {
  const { t } = useTranslation('flows');
  const { definition } = useWizard();
  const at = useValueAt();
  const chosen = definition.callbackProfile ?? NONE;
  const profiles = useCallbackProfiles();
  const known = profiles.some(({ id }) => id === chosen) || chosen === NONE;
  return (
    <Select
      label={t('callback.profile')}
      hint={t('callback.hint')}
      value={chosen}
      choices={[
        { value: NONE, words: t('callback.none') },
        ...(known ? [] : [{ value: chosen, words: chosen }]),
        ...profiles.map(({ id, name }) => ({ value: id, words: `${name} (${id})` })),
      ]}
      {...at('/callbackProfile')}
    />
  );
}

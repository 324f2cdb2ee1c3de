import { useTranslation } from 'react-i18next';
import { PURPOSES, type Purpose } from '../../../schemas/vocabulary';
import { Checkbox, Select, TextField } from '../../parts/field';
import styles from './wizard.module.css';
import { useFindingsAt, useValueAt, useWizard } from './wizard-state';

const RECIPIENT = 'recipient';

/** Between two times of day nothing is sent, or only what does not wait. */
export function QuietHoursFields() {
  const { t } = useTranslation(['flows', 'vocabulary']);
  const { definition, readOnly, edit } = useWizard();
  const at = useValueAt();
  const { quietHours } = definition;
  const zones = Intl.supportedValuesOf('timeZone');
  const zone = quietHours?.timezone ?? RECIPIENT;
  const put = (value: unknown) => edit({ kind: 'put', pointer: '/quietHours', value });
  return (
    <>
      <Checkbox
        label={t('quietHours.on')}
        hint={t('quietHours.hint')}
        checked={quietHours !== undefined}
        disabled={readOnly}
        onChange={(on) => put(on ? { from: '21:00', to: '08:00' } : undefined)}
      />
      {quietHours && (
        <>
          <div className={styles.fields}>
            <TextField
              label={t('quietHours.from')}
              type="time"
              value={quietHours.from ?? ''}
              {...at('/quietHours/from')}
            />
            <TextField label={t('quietHours.to')} type="time" value={quietHours.to ?? ''} {...at('/quietHours/to')} />
            <Select
              label={t('quietHours.timezone')}
              value={zone}
              choices={[
                { value: RECIPIENT, words: t('quietHours.recipient') },
                ...(zone === RECIPIENT || zones.includes(zone) ? [] : [zone]).map((value) => ({ value, words: value })),
                ...zones.map((value) => ({ value, words: value })),
              ]}
              {...at('/quietHours/timezone')}
            />
          </div>
          <QuietPurposes />
        </>
      )}
    </>
  );
}

function QuietPurposes() {
  const { t } = useTranslation(['flows', 'vocabulary']);
  const { definition, readOnly, edit } = useWizard();
  const findings = useFindingsAt()('/quietHours/purposes');
  const purposes: readonly Purpose[] = definition.quietHours?.purposes ?? [];
  const toggle = (purpose: Purpose, on: boolean) => {
    const next = PURPOSES.filter((one) => (one === purpose ? on : purposes.includes(one)));
    edit({ kind: 'put', pointer: '/quietHours/purposes', value: next.length > 0 ? next : undefined });
  };
  return (
    <fieldset className={styles.group}>
      <legend>{t('quietHours.purposes')}</legend>
      <p className={styles.soft}>{t('quietHours.purposes.hint')}</p>
      <div className={styles.row}>
        {PURPOSES.map((purpose) => (
          <Checkbox
            key={purpose}
            label={t(`vocabulary:purpose.${purpose}`)}
            checked={purposes.includes(purpose)}
            disabled={readOnly}
            onChange={(on) => toggle(purpose, on)}
          />
        ))}
      </div>
      {findings.map(({ words }) => (
        <p key={words}>{words}</p>
      ))}
    </fieldset>
  );
}

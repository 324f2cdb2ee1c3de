import { useTranslation } from 'react-i18next';
import { PURPOSES, type Purpose } from '../../../schemas/vocabulary';
import { duration } from '../../parts/amounts';
import { NumberField, Select, TextField } from '../../parts/field';
import { JsonField } from '../../parts/json-field';
import { Card } from '../../parts/page';
import { VariablesTable } from './variables-table';
import styles from './wizard.module.css';
import { useFindingsAt, useValueAt, useWizard } from './wizard-state';

/** What the flow is called and for, what an invocation brings, and until when it is of use. */
export function PartBasics() {
  const { t } = useTranslation(['flows', 'vocabulary']);
  const { definition, readOnly, edit } = useWizard();
  const at = useValueAt();
  const findingsAt = useFindingsAt();
  const { expiresAfterSeconds } = definition;
  return (
    <>
      <Card title={t('basics')}>
        <div className={styles.fields}>
          <TextField
            label={t('name')}
            required
            maxLength={120}
            hint={t('name.hint')}
            value={definition.name ?? ''}
            {...at('/name')}
          />
          <Select<Purpose>
            label={t('purpose')}
            hint={t('purpose.hint')}
            value={definition.purpose}
            choices={PURPOSES.map((value) => ({ value, words: t(`vocabulary:purpose.${value}`) }))}
            {...at('/purpose')}
          />
          <NumberField
            label={t('expiry')}
            unit={t('seconds')}
            min={1}
            max={2_592_000}
            hint={
              expiresAfterSeconds ? t('expiry.is', { time: duration(expiresAfterSeconds * 1_000) }) : t('expiry.none')
            }
            value={expiresAfterSeconds ?? null}
            {...at('/expiresAfterSeconds')}
          />
        </div>
      </Card>
      <Card title={t('variables')}>
        <p className={styles.soft}>{t('variables.hint')}</p>
        <VariablesTable />
        <details>
          <summary>{t('variables.schema')}</summary>
          <JsonField
            key={JSON.stringify(Object.keys(definition.variables ?? {}))}
            label={t('variables.schema.label')}
            disabled={readOnly}
            value={definition.variables}
            findings={findingsAt('/variables')}
            onChange={(value) => {
              // Other text is said to be no JSON where it stands, and is not taken into the draft.
              if (typeof value !== 'string') edit({ kind: 'put', pointer: '/variables', value });
            }}
          />
        </details>
      </Card>
    </>
  );
}

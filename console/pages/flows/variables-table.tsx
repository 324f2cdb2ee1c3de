import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../parts/button';
import { Checkbox, type Finding, NumberField, Select, TextField } from '../../parts/field';
import { Table } from '../../parts/table';
import {
  exampleFrom,
  VARIABLE_TYPES,
  type Variable,
  type VariableType,
  variablesOf,
  withoutVariable,
  withVariable,
} from './edit-variables';
import styles from './wizard.module.css';
import { useFindingsAt, useWizard } from './wizard-state';

const token = (name: string) => name.replaceAll('~', '~0').replaceAll('/', '~1');

/** The variables of the flow; what the JSON Schema says beyond the table stays as it is. */
export function VariablesTable() {
  const { t } = useTranslation('flows');
  const { definition, readOnly, edit } = useWizard();
  const findingsAt = useFindingsAt();
  const rows = variablesOf(definition).map((variable, at) => ({ variable, key: String(at) }));
  const names = rows.map(({ variable }) => variable.name);
  const write = (value: unknown) => edit({ kind: 'put', pointer: '/variables', value });
  const change = (was: string, variable: Variable) => write(withVariable(definition.variables, was, variable));
  const add = () => {
    let name = 'variable';
    for (let n = 2; names.includes(name); n++) name = `variable${n}`;
    const fresh: Variable = { name, type: 'string', required: true, maxLength: 40, example: undefined };
    write(withVariable(definition.variables, null, fresh));
  };
  type Row = (typeof rows)[number];
  return (
    <>
      <Table<Row>
        caption={t('variables')}
        rows={rows}
        rowKey={({ key }) => key}
        empty={t('variables.none')}
        columns={[
          {
            name: t('variable.name'),
            cell: ({ variable }) => (
              <VariableName
                key={variable.name}
                variable={variable}
                taken={names}
                disabled={readOnly}
                findings={findingsAt(`/variables/properties/${token(variable.name)}`)}
                onRename={(name) => change(variable.name, { ...variable, name })}
              />
            ),
          },
          {
            name: t('variable.type'),
            cell: ({ variable }) => (
              <TypeChoice variable={variable} disabled={readOnly} onChange={(next) => change(variable.name, next)} />
            ),
          },
          {
            name: t('variable.required'),
            cell: ({ variable }) => (
              <Checkbox
                bare
                label={t('variable.required.of', { name: variable.name })}
                checked={variable.required}
                disabled={readOnly}
                onChange={(required) => change(variable.name, { ...variable, required })}
              />
            ),
          },
          {
            name: t('variable.maxLength'),
            cell: ({ variable }) => (
              <NumberField
                bare
                label={t('variable.maxLength.of', { name: variable.name })}
                min={1}
                disabled={readOnly || variable.type !== 'string'}
                value={variable.maxLength}
                onChange={(maxLength) => change(variable.name, { ...variable, maxLength })}
              />
            ),
          },
          {
            name: t('variable.example'),
            cell: ({ variable }) => (
              <TextField
                bare
                label={t('variable.example.of', { name: variable.name })}
                disabled={readOnly}
                value={shownOf(variable.example)}
                onChange={(text) => change(variable.name, { ...variable, example: exampleFrom(text, variable.type) })}
              />
            ),
          },
          {
            name: t('variable.remove'),
            cell: ({ variable }) => (
              <Button
                quiet
                disabled={readOnly}
                aria-label={t('variable.remove.of', { name: variable.name })}
                onClick={() => write(withoutVariable(definition.variables, variable.name))}
              >
                {t('variable.remove')}
              </Button>
            ),
          },
        ]}
      />
      {!readOnly && (
        <div className={styles.row}>
          <Button onClick={add}>{t('variable.add')}</Button>
        </div>
      )}
    </>
  );
}

function shownOf(example: unknown): string {
  if (example === undefined) return '';
  return typeof example === 'string' ? example : JSON.stringify(example);
}

const OTHER = 'other';

function TypeChoice({
  variable,
  disabled,
  onChange,
}: {
  variable: Variable;
  disabled: boolean;
  onChange(variable: Variable): void;
}) {
  const { t } = useTranslation('flows');
  const known = VARIABLE_TYPES.map((value) => ({ value, words: t(`type.${value}`) }));
  return (
    <Select<VariableType | typeof OTHER>
      bare
      label={t('variable.type.of', { name: variable.name })}
      disabled={disabled}
      value={variable.type ?? OTHER}
      choices={variable.type === null ? [{ value: OTHER, words: t('type.other') }, ...known] : known}
      onChange={(type) => onChange({ ...variable, type: type === OTHER ? null : type })}
    />
  );
}

/** A name is taken once one has gone on: half of it may be another's, and would be put into the schema. */
function VariableName({
  variable: { name },
  taken,
  disabled,
  findings,
  onRename,
}: {
  variable: Variable;
  taken: readonly string[];
  disabled: boolean;
  findings: readonly Finding[];
  onRename(name: string): void;
}) {
  const { t } = useTranslation('flows');
  const [typed, setTyped] = useState(name);
  const clash = typed !== name && (typed.trim() === '' || taken.includes(typed));
  return (
    <TextField
      bare
      label={t('variable.name.of', { name })}
      disabled={disabled}
      value={typed}
      findings={clash ? [{ tone: 'bad', words: t('variable.clash') }, ...findings] : findings}
      onChange={setTyped}
      onBlur={() => typed !== name && !clash && onRename(typed)}
      onKeyDown={({ key }) => key === 'Enter' && typed !== name && !clash && onRename(typed)}
    />
  );
}

import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../parts/button';
import { Checkbox, type Finding, NumberField, Select, TextField } from '../../parts/field';
import { type Column, Table } from '../../parts/table';
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
  const rows = variablesOf(definition).map((variable, at) => ({ variable, key: String(at) }));
  const names = rows.map(({ variable }) => variable.name);
  const columns = useColumns(names);
  const add = () => {
    let name = 'variable';
    for (let n = 2; names.includes(name); n++) name = `variable${n}`;
    const fresh: Variable = { name, type: 'string', required: true, maxLength: 40, example: undefined };
    edit({ kind: 'put', pointer: '/variables', value: withVariable(definition.variables, null, fresh) });
  };
  return (
    <>
      <Table<Row>
        caption={t('variables')}
        rows={rows}
        rowKey={({ key }) => key}
        empty={t('variables.none')}
        columns={columns}
      />
      {!readOnly && (
        <div className={styles.row}>
          <Button onClick={add}>{t('variable.add')}</Button>
        </div>
      )}
    </>
  );
}

interface Row {
  variable: Variable;
  key: string;
}

interface Cell {
  variable: Variable;
  disabled: boolean;
  onChange(variable: Variable): void;
}

function useColumns(names: readonly string[]): Column<Row>[] {
  const { t } = useTranslation('flows');
  const { definition, readOnly, edit } = useWizard();
  const findingsAt = useFindingsAt();
  const write = (value: unknown) => edit({ kind: 'put', pointer: '/variables', value });
  const cell = (variable: Variable): Cell => ({
    variable,
    disabled: readOnly,
    onChange: (next) => write(withVariable(definition.variables, variable.name, next)),
  });
  return [
    {
      name: t('variable.name'),
      cell: ({ variable }) => (
        <VariableName
          key={variable.name}
          {...cell(variable)}
          taken={names}
          findings={findingsAt(`/variables/properties/${token(variable.name)}`)}
        />
      ),
    },
    { name: t('variable.type'), cell: ({ variable }) => <TypeChoice {...cell(variable)} /> },
    { name: t('variable.required'), cell: ({ variable }) => <Required {...cell(variable)} /> },
    { name: t('variable.maxLength'), cell: ({ variable }) => <Longest {...cell(variable)} /> },
    { name: t('variable.example'), cell: ({ variable }) => <Example {...cell(variable)} /> },
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
  ];
}

function Required({ variable, disabled, onChange }: Cell) {
  const { t } = useTranslation('flows');
  return (
    <Checkbox
      bare
      label={t('variable.required.of', { name: variable.name })}
      checked={variable.required}
      disabled={disabled}
      onChange={(required) => onChange({ ...variable, required })}
    />
  );
}

function Longest({ variable, disabled, onChange }: Cell) {
  const { t } = useTranslation('flows');
  return (
    <NumberField
      bare
      label={t('variable.maxLength.of', { name: variable.name })}
      min={1}
      disabled={disabled || variable.type !== 'string'}
      value={variable.maxLength}
      onChange={(maxLength) => onChange({ ...variable, maxLength })}
    />
  );
}

function Example({ variable, disabled, onChange }: Cell) {
  const { t } = useTranslation('flows');
  return (
    <TextField
      bare
      label={t('variable.example.of', { name: variable.name })}
      disabled={disabled}
      value={shownOf(variable.example)}
      onChange={(text) => onChange({ ...variable, example: exampleFrom(text, variable.type) })}
    />
  );
}

function shownOf(example: unknown): string {
  if (example === undefined) return '';
  return typeof example === 'string' ? example : JSON.stringify(example);
}

const OTHER = 'other';

function TypeChoice({ variable, disabled, onChange }: Cell) {
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
  variable,
  taken,
  disabled,
  findings,
  onChange,
}: Cell & { taken: readonly string[]; findings: readonly Finding[] }) {
  const { name } = variable;
  const { t } = useTranslation('flows');
  const [typed, setTyped] = useState(name);
  const clash = typed !== name && (typed.trim() === '' || taken.includes(typed));
  const take = () => {
    if (typed !== name && !clash) onChange({ ...variable, name: typed });
  };
  return (
    <TextField
      bare
      label={t('variable.name.of', { name })}
      disabled={disabled}
      value={typed}
      findings={clash ? [{ tone: 'bad', words: t('variable.clash') }, ...findings] : findings}
      onChange={setTyped}
      onBlur={take}
      onKeyDown={({ key }) => key === 'Enter' && take()}
    />
  );
}

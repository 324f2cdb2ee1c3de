import { useTranslation } from 'react-i18next';
import { contentVariables } from '../../../core/template-variables';
import type { TemplateContent } from '../../../schemas/template';
import { TextField } from '../../parts/field';
import { exampleFrom, type Variable, variablesOf, withVariable } from './edit-variables';
import styles from './wizard.module.css';
import { useFindingsAt, useWizard } from './wizard-state';

/** What a template takes from whoever invokes the flow; an example given here is one of the flow's variables. */
export function TemplateVariables({ content }: { content: TemplateContent }) {
  const { t } = useTranslation('flows');
  const { definition, readOnly, edit } = useWizard();
  const findingsAt = useFindingsAt();
  const read = contentVariables(content);
  const outer = read.ok ? read.variables.filter(({ section }) => section === null) : [];
  const names = [...new Set(outer.map(({ name }) => name))];
  if (names.length === 0) return null;
  const known = variablesOf(definition);
  const write = (name: string, text: string) => {
    const before = known.find((one) => one.name === name);
    const fresh: Variable = { name, type: 'string', required: true, maxLength: null, example: undefined };
    const variable = before ?? fresh;
    const value = withVariable(definition.variables, before ? name : null, {
      ...variable,
      example: exampleFrom(text, variable.type),
    });
    edit({ kind: 'put', pointer: '/variables', value });
  };
  return (
    <fieldset className={styles.group}>
      <legend>{t('template.variables')}</legend>
      <div className={styles.fields}>
        {names.map((name) => {
          const example = known.find((one) => one.name === name)?.example;
          const shown = example === undefined ? '' : typeof example === 'string' ? example : JSON.stringify(example);
          return (
            <TextField
              key={name}
              label={t('variable.example.of', { name })}
              disabled={readOnly}
              value={shown}
              findings={findingsAt(`/variables/properties/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`)}
              onChange={(text) => write(name, text)}
            />
          );
        })}
      </div>
    </fieldset>
  );
}

import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../parts/button';
import { type Finding, TextArea } from '../../parts/field';
import { Card } from '../../parts/page';
import { readDefinition, type TextFault, textOf } from './definition-text';
import { sameJson } from './edit-definition';
import { keepText, keptText } from './kept-draft';
import { useWizard } from './wizard-state';

/** The whole definition as text. What fits is the draft at once; what does not is kept as it was typed, and told where. */
export function DefinitionJson() {
  const { t } = useTranslation('flows');
  const { flow, definition, readOnly, edit } = useWizard();
  const [text, setText] = useState(() => keptText(flow.id) ?? textOf(definition));
  const read = readDefinition(text);
  const applied = useRef(definition);
  // Changed from elsewhere, as by taking over what another has saved.
  useEffect(() => {
    if (sameJson(applied.current, definition)) return;
    applied.current = definition;
    if (keptText(flow.id) === null) setText(textOf(definition));
  }, [definition, flow.id]);
  const type = (next: string) => {
    setText(next);
    const nextRead = readDefinition(next);
    keepText(flow.id, nextRead.ok ? null : next);
    if (!nextRead.ok) return;
    applied.current = nextRead.definition;
    edit({ kind: 'replace', definition: nextRead.definition });
  };
  return (
    <Card
      title={t('json')}
      actions={
        !read.ok && (
          <Button
            onClick={() => {
              keepText(flow.id, null);
              setText(textOf(definition));
            }}
          >
            {t('json.anew')}
          </Button>
        )
      }
    >
      <TextArea
        code
        label={t('json.label')}
        hint={read.ok ? t('json.fits') : t('json.kept')}
        rows={28}
        readOnly={readOnly}
        value={text}
        findings={read.ok ? [] : read.faults.slice(0, 5).map((fault) => findingOf(fault))}
        onChange={type}
      />
    </Card>
  );

  function findingOf({ kind, line, column, pointer, detail }: TextFault): Finding {
    const words =
      kind === 'syntax' ? t('json.syntax', { line, column, detail }) : t('json.shape', { line, pointer, detail });
    return { tone: 'bad', words };
  }
}

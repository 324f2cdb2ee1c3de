import { useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import type { FlowCreate } from '../../../schemas/flow';
import { PURPOSES, type Purpose } from '../../../schemas/vocabulary';
import { answer, api } from '../../client/api';
import { ApiProblem } from '../../client/problem';
import { useRights } from '../../client/session';
import { Button } from '../../parts/button';
import { type Finding, Select, TextArea, TextField } from '../../parts/field';
import { useKept } from '../../parts/kept';
import { Note } from '../../parts/note';
import { Card, Page } from '../../parts/page';
import { ProblemNote } from '../../parts/problem-note';
import { type ReadText, readDefinition } from './definition-text';
import { STARTING_POINTS, type StartingPoint, startingDefinition } from './starting-points';
import styles from './wizard.module.css';

interface Typed {
  name: string;
  purpose: Purpose;
  from: StartingPoint;
  json: string;
}

const NOTHING: Typed = { name: '', purpose: 'otp', from: 'whatsappSms', json: '' };

/** Where a flow begins; the wizard goes on from there. */
export default function NewFlow() {
  const { t } = useTranslation('flows');
  const mayEdit = useRights().edits('flows');
  return (
    <Page title={t('new')} about={t('new.about')}>
      {mayEdit ? <Form /> : <Note>{t('readOnly')}</Note>}
    </Page>
  );
}

function Form() {
  const { t } = useTranslation(['flows', 'vocabulary']);
  const [typed, setTyped, forget] = useKept<Typed>('onward.new-flow', NOTHING);
  const put = (change: Partial<Typed>) => setTyped((before) => ({ ...before, ...change }));
  const pasted = typed.from === 'json' ? readDefinition(typed.json, 'create') : null;
  const { busy, error, create } = useCreate(forget);
  const faults = error instanceof ApiProblem ? error.faults : [];
  const nameFaults = faults.filter(({ pointer }) => pointer === '/name');
  return (
    <form
      className={styles.stack}
      onSubmit={(event) => {
        event.preventDefault();
        const { from, name, purpose } = typed;
        if (from !== 'json') void create(startingDefinition(from, { name, purpose }));
        else if (pasted?.ok) void create(pasted.definition);
      }}
    >
      <StartingPoints chosen={typed.from} onChoose={(from) => put({ from })} />
      <Card title={typed.from === 'json' ? t('new.json') : t('basics')}>
        {typed.from === 'json' ? (
          <TextArea
            code
            required
            rows={16}
            label={t('json.label')}
            hint={t('new.json.hint')}
            value={typed.json}
            findings={typed.json === '' ? [] : findingsOf(pasted)}
            onChange={(json) => put({ json })}
          />
        ) : (
          <div className={styles.fields}>
            <TextField
              label={t('name')}
              required
              maxLength={120}
              hint={t('name.hint')}
              value={typed.name}
              findings={nameFaults.map(({ message }) => ({ tone: 'bad', words: message }))}
              onChange={(name) => put({ name })}
            />
            <Select<Purpose>
              label={t('purpose')}
              hint={t('purpose.hint')}
              value={typed.purpose}
              choices={PURPOSES.map((value) => ({ value, words: t(`vocabulary:purpose.${value}`) }))}
              onChange={(purpose) => put({ purpose })}
            />
          </div>
        )}
      </Card>
      {error !== null && <ProblemNote error={error} />}
      <div className={styles.row}>
        <Button type="submit" primary busy={busy} disabled={pasted?.ok === false}>
          {t('new.create')}
        </Button>
      </div>
    </form>
  );

  function findingsOf(read: ReadText<FlowCreate> | null): Finding[] {
    if (read === null || read.ok) return [];
    return read.faults.slice(0, 5).map(({ kind, line, column, pointer, detail }) => ({
      tone: 'bad',
      words:
        kind === 'syntax' ? t('json.syntax', { line, column, detail }) : t('json.shape', { line, pointer, detail }),
    }));
  }
}

function useCreate(onCreated: () => void) {
  const client = useQueryClient();
  const [, go] = useLocation();
  const [state, setState] = useState<{ busy: boolean; error: unknown }>({ busy: false, error: null });
  const create = async (definition: FlowCreate) => {
    setState({ busy: true, error: null });
    try {
      const flow = await answer(api.POST('/v1/flows', { body: definition }));
      onCreated();
      void client.invalidateQueries({ queryKey: ['flows'] });
      go(`/flows/${flow.id}?part=basics`);
    } catch (error) {
      setState({ busy: false, error });
    }
  };
  return { ...state, create };
}

function StartingPoints({ chosen, onChoose }: { chosen: StartingPoint; onChoose(from: StartingPoint): void }) {
  const { t } = useTranslation('flows');
  const name = useId();
  return (
    <Card>
      <fieldset className={styles.group}>
        <legend>{t('new.from')}</legend>
        <div className={styles.fields}>
          {STARTING_POINTS.map((from) => (
            <label key={from} className={styles.choice} data-chosen={from === chosen}>
              <input type="radio" name={name} value={from} checked={from === chosen} onChange={() => onChoose(from)} />
              <span>
                <strong>{t(`from.${from}`)}</strong>
                <span className={styles.soft}>{t(`from.${from}.hint`)}</span>
              </span>
            </label>
          ))}
        </div>
      </fieldset>
    </Card>
  );
}

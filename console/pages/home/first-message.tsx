import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { answer, api } from '../../client/api';
import { useDefinition } from '../../client/definition';
import { useRights } from '../../client/session';
import { duration } from '../../parts/amounts';
import { Button } from '../../parts/button';
import { Select, TextField } from '../../parts/field';
import { Loading } from '../../parts/loading';
import { Note } from '../../parts/note';
import { Card } from '../../parts/page';
import { ProblemNote } from '../../parts/problem-note';
import { ENDINGS, type Ending, firstVariables, scriptsFor, secondsOf, typedVariables } from './first-runs';
import styles from './home.module.css';
import { invokeTest } from './invoke';

interface Typed {
  workflowId: string | null;
  phone: string;
  ending: Ending;
  /** What was changed, by the variable's name. */
  variables: Record<string, string>;
}

const KEY = 'onward.first-message';
const BEGINNING: Typed = { workflowId: null, phone: '+393351230001', ending: 'fallsBack', variables: {} };
const EXAMPLE = 'wf_otp';

/** Everything is filled in: one button sends a first message. */
export function FirstMessage({ onSent, again }: { onSent(id: string): void; again: boolean }) {
  const { t } = useTranslation('home');
  const { edits } = useRights();
  const flows = useQuery({
    queryKey: ['flows', 'published'],
    queryFn: async ({ signal }) => {
      const page = await answer(api.GET('/v1/flows', { params: { query: { limit: 200 } }, signal }));
      return page.items.filter(({ publishedVersion }) => publishedVersion !== null);
    },
  });
  if (!edits('invoke')) return <Note title={t('first.notYours')}>{t('first.notYours.hint')}</Note>;
  if (flows.error && !flows.data) return <ProblemNote error={flows.error} onRetry={() => void flows.refetch()} />;
  if (!flows.data) return <Loading />;
  if (flows.data.length === 0) {
    return <Note title={t('first.noFlow')}>{edits('flows') && <Link href="/flows/new">{t('next.flow')}</Link>}</Note>;
  }
  return <Form flows={flows.data} onSent={onSent} again={again} />;
}

interface Given {
  flows: { workflowId: string; name: string; publishedVersion: number | null }[];
  onSent(id: string): void;
  again: boolean;
}

function Form({ flows, onSent, again }: Given) {
  const { t } = useTranslation('home');
  const [typed, setTyped] = useKept();
  const [state, setState] = useState<{ busy: boolean; error: unknown }>({ busy: false, error: null });
  const chosen =
    flows.find(({ workflowId }) => workflowId === typed.workflowId) ??
    flows.find(({ workflowId }) => workflowId === EXAMPLE) ??
    flows[0];
  const definition = useDefinition(chosen?.workflowId, chosen?.publishedVersion ?? undefined);
  const variables = definition
    ? { ...firstVariables(definition), ...pick(typed.variables, firstVariables(definition)) }
    : {};
  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (!definition || !chosen) return;
    setState({ busy: true, error: null });
    try {
      const { id } = await invokeTest(chosen.workflowId, {
        recipient: { phone: typed.phone.trim(), email: 'ann@example.com' },
        variables: typedVariables(definition, variables),
        sandbox: scriptsFor(typed.ending, definition),
      });
      setState({ busy: false, error: null });
      onSent(id);
    } catch (error) {
      setState({ busy: false, error });
    }
  };
  const set = (part: Partial<Typed>) => setTyped({ ...typed, ...part });
  return (
    <Card title={t(again ? 'first.another' : 'first.card')}>
      <form className={styles.form} onSubmit={(event) => void send(event)}>
        <div className={styles.fields}>
          <Select
            label={t('first.flow')}
            value={chosen?.workflowId ?? ''}
            choices={flows.map(({ workflowId, name }) => ({ value: workflowId, words: name }))}
            onChange={(workflowId) => set({ workflowId, variables: {} })}
          />
          <TextField
            label={t('first.phone')}
            type="tel"
            dir="ltr"
            required
            value={typed.phone}
            onChange={(phone) => set({ phone })}
            hint={t('first.phone.hint')}
          />
          {Object.entries(variables).map(([name, value]) => (
            <TextField
              key={name}
              label={t('first.variable', { name })}
              dir="auto"
              value={value}
              onChange={(text) => set({ variables: { ...typed.variables, [name]: text } })}
            />
          ))}
        </div>
        <fieldset className={styles.endings}>
          <legend>{t('first.ending')}</legend>
          {ENDINGS.map((ending) => (
            <label key={ending} className={styles.ending}>
              <input type="radio" name="ending" checked={typed.ending === ending} onChange={() => set({ ending })} />
              <span>
                {t(`ending.${ending}`)}
                {definition && (
                  <small> {t('ending.takes', { time: duration(secondsOf(ending, definition) * 1_000) })}</small>
                )}
              </span>
            </label>
          ))}
        </fieldset>
        {state.error !== null && <ProblemNote error={state.error} />}
        <div>
          <Button primary type="submit" busy={state.busy} disabled={!definition}>
            {t('first.send')}
          </Button>
        </div>
      </form>
    </Card>
  );
}

/** Only what the chosen flow knows. */
function pick(texts: Record<string, string>, known: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).filter(([name]) => Object.hasOwn(known, name)));
}

/** What was typed outlives a reload of the page, and no more than the window: a number may be somebody's. */
function useKept(): [Typed, (typed: Typed) => void] {
  const [typed, setTyped] = useState<Typed>(() => {
    try {
      return { ...BEGINNING, ...(JSON.parse(sessionStorage.getItem(KEY) ?? '{}') as Partial<Typed>) };
    } catch {
      return BEGINNING;
    }
  });
  useEffect(() => sessionStorage.setItem(KEY, JSON.stringify(typed)), [typed]);
  return [typed, setTyped];
}

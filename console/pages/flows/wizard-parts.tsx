import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams, useSearch } from 'wouter';
import type { FlowDefinition } from '../../../schemas/flow';
import { ApiProblem } from '../../client/problem';
import { Button, LinkButton } from '../../parts/button';
import { Badge, Note } from '../../parts/note';
import { Page } from '../../parts/page';
import { Tabs } from '../../parts/tabs';
import { DefinitionJson } from './definition-json';
import type { Stored } from './draft-saver';
import { DraftStatus } from './draft-status';
import { type FlowHead, useLint } from './flow-data';
import { FlowTabs } from './flow-tabs';
import { keptText } from './kept-draft';
import { PartBasics } from './part-basics';
import { PartChannels } from './part-channels';
import { PartConditions } from './part-conditions';
import { PartRules } from './part-rules';
import { distinct, PARTS, type Part, placeOfFinding, type Told, toldOfFaults } from './place-findings';
import { Review } from './review';
import { type Draft, useDraft } from './use-draft';
import styles from './wizard.module.css';
import { useToldWords, WizardContext } from './wizard-state';

interface Given {
  flow: FlowHead;
  /** What the server has. */
  base: Stored;
  /** What one begins with. */
  first: FlowDefinition;
  readOnly: boolean;
}

/** The parts of the wizard around one draft, each with an address of its own. */
export function WizardParts({ flow, base, first, readOnly }: Given) {
  const { t } = useTranslation('flows');
  const draft = useDraft(flow.id, base, first, readOnly);
  const part = usePart();
  const hrefOf = useHref();
  const linted = useLint(flow.id, draft.definition);
  const [json, setJson] = useState(() => keptText(flow.id) !== null);
  const told = distinct([...refusedOf(draft), ...(linted?.told ?? [])]);
  const { definition, edit } = draft;
  return (
    <WizardContext value={{ flow, definition, edit, readOnly, told }}>
      <Page
        title={definition.name || t('wizard')}
        about={<code dir="ltr">{flow.workflowId}</code>}
        actions={
          <Button aria-pressed={json} onClick={() => setJson(!json)}>
            {json ? t('json.hide') : t('json.show')}
          </Button>
        }
      >
        <FlowTabs flowId={flow.id} workflowId={flow.workflowId} current="design" />
        {readOnly ? <Note>{t('readOnly')}</Note> : <DraftStatus draft={draft} />}
        <Tabs
          label={t('parts')}
          tabs={PARTS.map((one) => ({
            href: hrefOf(one),
            words: <PartName part={one} told={told} />,
            current: one === part,
          }))}
        />
        <WholeFindings part={part} told={told} />
        {json ? <DefinitionJson /> : <PartBody part={part} draft={draft} flow={flow} />}
        {!json && <Onwards part={part} />}
      </Page>
    </WizardContext>
  );
}

function usePart(): Part {
  const wanted = new URLSearchParams(useSearch()).get('part');
  return PARTS.find((part) => part === wanted) ?? 'basics';
}

/** What the server could not take of the last save. */
function refusedOf({ state }: Draft): Told[] {
  if (state.kind !== 'refused') return [];
  const { problem } = state;
  const faults = problem.faults.length > 0 ? problem.faults : [{ pointer: '', message: problem.message }];
  return problem instanceof ApiProblem ? toldOfFaults(faults) : [];
}

/** The address of a part; the flow is called as it is called now. */
function useHref(): (part: Part) => string {
  const { id = '' } = useParams();
  return (part) => `/flows/${id}?part=${part}`;
}

function PartName({ part, told }: { part: Part; told: readonly Told[] }) {
  const { t } = useTranslation('flows');
  const here = told.filter(({ pointer }) => placeOfFinding(pointer).part === part);
  const errors = here.filter(({ level }) => level === 'error').length;
  const warnings = here.length - errors;
  return (
    <>
      {t(`part.${part}`)}
      {errors > 0 && (
        <>
          {' '}
          <Badge tone="bad">{t('told.errors', { count: errors })}</Badge>
        </>
      )}
      {warnings > 0 && (
        <>
          {' '}
          <Badge tone="wait">{t('told.warnings', { count: warnings })}</Badge>
        </>
      )}
    </>
  );
}

/** What no field of this part can show. */
function WholeFindings({ part, told }: { part: Part; told: readonly Told[] }) {
  const words = useToldWords();
  const whole = told.filter(({ pointer }) => {
    const place = placeOfFinding(pointer);
    return place.part === null || (place.part === part && place.field === null);
  });
  if (whole.length === 0) return null;
  return (
    <Note tone={whole.some(({ level }) => level === 'error') ? 'bad' : 'wait'}>
      <ul className={styles.plainList}>
        {whole.map((one) => (
          <li key={one.pointer + one.message}>{words(one)}</li>
        ))}
      </ul>
    </Note>
  );
}

function PartBody({ part, draft, flow }: { part: Part; draft: Draft; flow: FlowHead }) {
  const { definition, etag, state } = draft;
  switch (part) {
    case 'basics':
      return <PartBasics />;
    case 'channels':
      return <PartChannels />;
    case 'conditions':
      return <PartConditions />;
    case 'rules':
      return <PartRules />;
    case 'review':
      return <Review flowId={flow.id} definition={definition} etag={etag} dirty={state.kind !== 'saved'} />;
  }
}

/** The part before and the part after. */
function Onwards({ part }: { part: Part }) {
  const { t } = useTranslation('flows');
  const hrefOf = useHref();
  const at = PARTS.indexOf(part);
  const before = PARTS[at - 1];
  const after = PARTS[at + 1];
  return (
    <div className={styles.onwards}>
      {before ? <LinkButton href={hrefOf(before)}>{t('back', { part: t(`part.${before}`) })}</LinkButton> : <span />}
      {after && (
        <LinkButton primary href={hrefOf(after)}>
          {t('next', { part: t(`part.${after}`) })}
        </LinkButton>
      )}
    </div>
  );
}

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'wouter';
import type { FlowDefinition } from '../../../schemas/flow';
import { useRights } from '../../client/session';
import { Loading } from '../../parts/loading';
import { Page } from '../../parts/page';
import { ProblemNote } from '../../parts/problem-note';
import type { Stored } from './draft-saver';
import { sameJson } from './edit-definition';
import type { FlowHead } from './flow-data';
import { forgetDraft, keptDraft } from './kept-draft';
import { UnsavedOffer } from './unsaved-offer';
import { readSettledDraft } from './use-draft';
import { WizardParts } from './wizard-parts';

/** Builds a flow step by step. */
export default function Wizard() {
  const { id = '' } = useParams();
  return <Loaded key={id} id={id} />;
}

function Loaded({ id }: { id: string }) {
  const { t } = useTranslation('flows');
  // Once: from then on the draft is under the person's hands, and is compared when it is saved.
  const { data, error, refetch } = useQuery({
    queryKey: ['flow-draft', id],
    queryFn: ({ signal }) => readSettledDraft(id, signal),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnMount: 'always',
  });
  if (data) return <Chosen stored={data} />;
  return (
    <Page title={t('wizard')}>
      {error ? <ProblemNote error={error} onRetry={() => void refetch()} /> : <Loading />}
    </Page>
  );
}

/** First asks about edits that this browser has kept, where there are some that the server does not have. */
function Chosen({ stored }: { stored: Stored & FlowHead }) {
  const readOnly = !useRights().edits('flows');
  const [base, setBase] = useState<Stored>(stored);
  const [first, setFirst] = useState<FlowDefinition | null>(() => {
    const kept = readOnly ? null : keptDraft(stored.id);
    return kept && !sameJson(kept.definition, stored.definition) ? null : stored.definition;
  });
  const kept = first === null ? keptDraft(stored.id) : null;
  if (first === null && kept) {
    return (
      <UnsavedOffer
        kept={kept}
        stored={stored}
        onTake={() => {
          // On what they were made on: where the draft has changed since, that is told when they are saved.
          setBase({ definition: kept.base, etag: kept.etag });
          setFirst(kept.definition);
        }}
        onForget={() => {
          forgetDraft(stored.id);
          setFirst(stored.definition);
        }}
      />
    );
  }
  return <WizardParts flow={stored} base={base} first={first ?? stored.definition} readOnly={readOnly} />;
}

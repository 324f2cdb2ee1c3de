import { defineSearchAttributeKey, type SearchAttributePair, SearchAttributeType } from '@temporalio/common';
import { upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { NONE, rungAt } from '../core/ladder';
import type { Run } from './run';

const STATUS = defineSearchAttributeKey('OnwardStatus', SearchAttributeType.KEYWORD);
const CHANNEL = defineSearchAttributeKey('OnwardChannel', SearchAttributeType.KEYWORD);
const FELL_BACK = defineSearchAttributeKey('OnwardFellBack', SearchAttributeType.BOOL);

/** How the run ended, for the Temporal UI and CLI. Once: each change is an event in the history. */
export function showInSearch({ state }: Run): void {
  if (state.status === 'running' || state.status === 'new') return;
  if (workflowInfo().typedSearchAttributes.get(STATUS) !== 'running') return;
  const shown: SearchAttributePair[] = [
    { key: STATUS, value: state.status },
    { key: FELL_BACK, value: fellBack(state) },
  ];
  const reached = state.reachedStep === NONE ? null : rungAt(state.ladder, state.reachedStep);
  if (reached?.kind === 'send') shown.push({ key: CHANNEL, value: reached.channel });
  upsertSearchAttributes(shown);
}

/** More than one step was tried. */
function fellBack({ steps, ladder }: Run['state']): boolean {
  return steps.some((step, index) => rungAt(ladder, index).parent === NONE && index > 0 && step.phase !== 'pending');
}

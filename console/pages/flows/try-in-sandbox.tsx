import { useMutation, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { DEFAULT_SANDBOX_SCRIPT } from '../../../schemas/sandbox-script';
import { answer, api } from '../../client/api';
import { useRights } from '../../client/session';
import { Button } from '../../parts/button';
import { ProblemNote } from '../../parts/problem-note';
import { exampleRecipient, exampleVariables } from './example-invocation';
import { sendsOf } from './flow-steps';
import type { Outcomes } from './outcomes';
import { versionQuery } from './trial-queries';

/** One real run of the published version, carried by the sandbox with the outcomes that were chosen; leads to its page. */
export function TryInSandbox({
  flowId,
  workflowId,
  version,
  outcomes,
}: {
  flowId: string;
  workflowId: string;
  version: number;
  outcomes: Outcomes;
}) {
  const { t } = useTranslation('trial');
  const mayInvoke = useRights().edits('invoke');
  const [, go] = useLocation();
  const { data: definition, error } = useQuery(versionQuery(flowId, version));
  const run = useMutation({
    mutationFn: () => {
      if (!definition) throw new Error('the version is not there yet');
      // Every step has a script: a run that were not a test would be refused for it, and never sent.
      const scripts = sendsOf(definition).map(({ name }) => [name, outcomes[name] ?? DEFAULT_SANDBOX_SCRIPT]);
      const asked = {
        params: { path: { workflowId }, query: { mode: 'test' } },
        body: {
          recipient: exampleRecipient(definition),
          variables: exampleVariables(definition),
          sandbox: Object.fromEntries(scripts),
        },
      } as const;
      return answer(api.POST('/v1/workflows/{workflowId}/invocations', asked));
    },
    onSuccess: ({ id }) => go(`/runs/${id}?mode=test`),
  });
  return (
    <>
      <p>{t(mayInvoke ? 'try.about' : 'try.mayNot')}</p>
      <div>
        <Button
          primary
          disabled={!mayInvoke || definition === undefined}
          busy={run.isPending}
          onClick={() => run.mutate()}
        >
          {t('try.do')}
        </Button>
      </div>
      {(run.error ?? error) !== null && <ProblemNote error={run.error ?? error} />}
    </>
  );
}

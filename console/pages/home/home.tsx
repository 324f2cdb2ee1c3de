import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useLocation, useSearch } from 'wouter';
import type { InvocationStatus, Mode } from '../../../schemas/vocabulary';
import { answer, api } from '../../client/api';
import { useRights, useSession } from '../../client/session';
import { Button, LinkButton } from '../../parts/button';
import { Loading } from '../../parts/loading';
import { ModeChoice } from '../../parts/mode-choice';
import { Page } from '../../parts/page';
import { ProblemNote } from '../../parts/problem-note';
import { FirstMessage } from './first-message';
import { FirstRun } from './first-run';
import { LiveBrief } from './live-brief';

const LOOK_MS = 5_000;
const SHOWN = 8;

/** Where one begins: with a first message, and later with what is going on. */
export default function Home() {
  const { t } = useTranslation('home');
  const search = new URLSearchParams(useSearch());
  const [, navigate] = useLocation();
  const { sees } = useRights();
  const session = useSession();
  const mode: Mode = search.get('mode') === 'test' ? 'test' : 'live';
  const sent = search.get('sent');
  const last = useRuns(mode, undefined, sees('invocations'));
  const failed = useRuns(mode, 'failed', sees('invocations'));
  const onSent = (id: string) => navigate(`/?mode=test&sent=${id}`);
  const empty = session?.firstStart === true || last.data?.length === 0;
  if (sent !== null || search.has('try') || (last.data && empty)) {
    return (
      <Page
        title={t('first.title')}
        about={t('first.about')}
        actions={!empty && <LinkButton href={mode === 'test' ? '/?mode=test' : '/'}>{t('first.leave')}</LinkButton>}
      >
        {sent !== null && <FirstRun id={sent} key={sent} />}
        <FirstMessage onSent={onSent} again={sent !== null} />
        {mode === 'live' && last.data?.length === 0 && session?.firstStart === false && (
          <div>
            <Button quiet onClick={() => navigate('/?mode=test')}>
              {t('first.toTest')}
            </Button>
          </div>
        )}
      </Page>
    );
  }
  return (
    <Page
      title={t('title')}
      about={t('about')}
      actions={<ModeChoice mode={mode} onChange={(next) => navigate(next === 'test' ? '/?mode=test' : '/')} />}
    >
      {last.error && <ProblemNote error={last.error} onRetry={() => void last.refetch()} />}
      {last.data ? (
        <LiveBrief mode={mode} last={last.data} failed={failed.data ?? []} />
      ) : (
        !last.error && <Loading lines={6} />
      )}
    </Page>
  );
}

function useRuns(mode: Mode, status: InvocationStatus | undefined, enabled: boolean) {
  return useQuery({
    queryKey: ['runs', 'home', mode, status],
    queryFn: async ({ signal }) => {
      const query = { mode, limit: SHOWN, ...(status && { status }) };
      return (await answer(api.GET('/v1/invocations', { params: { query }, signal }))).items;
    },
    refetchInterval: LOOK_MS,
    enabled,
  });
}

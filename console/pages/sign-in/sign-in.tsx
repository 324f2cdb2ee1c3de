import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Redirect, useSearchParams } from 'wouter';
import { answer, api } from '../../client/api';
import { ApiProblem } from '../../client/problem';
import { type Session, sessionQuery, useSessionChanged } from '../../client/session';
import { Button } from '../../parts/button';
import { Code } from '../../parts/copy';
import { TextField } from '../../parts/field';
import { Form } from '../../parts/form';
import { Loading } from '../../parts/loading';
import { Note } from '../../parts/note';
import { Card } from '../../parts/page';
import { ProblemNote } from '../../parts/problem-note';
import { OpenIdLink } from './open-id-link';
import { Outside } from './outside';
import { returnTo } from './return-to';

export default function SignIn() {
  const { t } = useTranslation('sign-in');
  const [search] = useSearchParams();
  const { data, error, refetch } = useQuery(sessionQuery);
  const target = returnTo(search.get('returnTo'));
  if (data?.person) return <Redirect to={target} replace />;
  return (
    <Outside title={t('title')}>
      <Problem problem={search.get('problem')} />
      {error && !data && <ProblemNote error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data && <Ways signIn={data.signIn} target={target} />}
    </Outside>
  );
}

/** What went wrong on the way here, and what to do. */
function Problem({ problem }: { problem: string | null }) {
  const { t } = useTranslation('sign-in');
  if (problem !== 'link' && problem !== 'unknown') return null;
  return (
    <Note tone="bad" title={t(`problem.${problem}`)}>
      <p>{t(`problem.${problem}.hint`)}</p>
      {problem === 'link' && <Code text="onward sign-in" label={t('problem.link.command')} />}
    </Note>
  );
}

function Ways({ signIn, target }: { signIn: Session['signIn']; target: string }) {
  return (
    <Card>
      {signIn.openId && <OpenIdLink name={signIn.openId.name} target={target} alone={!signIn.password} />}
      {signIn.password && <ByPassword />}
    </Card>
  );
}

function ByPassword() {
  const { t } = useTranslation('sign-in');
  const changed = useSessionChanged();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const entering = useMutation({
    mutationFn: () => answer(api.POST('/v1/session', { body: { email, password } })),
    onSuccess: changed,
    onError: () => setPassword(''),
  });
  return (
    <Form onSubmit={() => entering.mutate()} label={t('title')}>
      <TextField
        label={t('email')}
        type="email"
        autoComplete="username"
        required
        dir="ltr"
        value={email}
        onChange={setEmail}
      />
      <TextField
        label={t('password')}
        type="password"
        autoComplete="current-password"
        required
        dir="ltr"
        value={password}
        onChange={setPassword}
      />
      {entering.error && <Refused error={entering.error} />}
      <Button primary type="submit" busy={entering.isPending}>
        {t('enter')}
      </Button>
      <p>{t('forgotten')}</p>
    </Form>
  );
}

function Refused({ error }: { error: Error }) {
  const { t } = useTranslation('sign-in');
  if (!(error instanceof ApiProblem)) return <ProblemNote error={error} />;
  if (error.status === 429) {
    const seconds = error.retryAfterSeconds ?? 60;
    return <Note tone="bad" title={t('tooMany', { count: seconds })} />;
  }
  if (error.status === 401) return <Note tone="bad" title={t('wrong')} />;
  return <ProblemNote error={error} />;
}

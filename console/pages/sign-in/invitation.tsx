import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation, useSearchParams } from 'wouter';
import { answer, api, type Schemas } from '../../client/api';
import { ApiProblem } from '../../client/problem';
import { useSessionChanged } from '../../client/session';
import { Time } from '../../parts/amounts';
import { Button } from '../../parts/button';
import { TextField } from '../../parts/field';
import { Form } from '../../parts/form';
import { useKept } from '../../parts/kept';
import { Loading } from '../../parts/loading';
import { NewPassword } from '../../parts/new-password';
import { Note } from '../../parts/note';
import { Card } from '../../parts/page';
import { ProblemNote } from '../../parts/problem-note';
import { Outside } from './outside';

export default function Invitation() {
  const { t } = useTranslation('sign-in');
  const [search] = useSearchParams();
  const token = search.get('token') ?? '';
  const { data, error, refetch } = useQuery({
    queryKey: ['invitation', token],
    queryFn: ({ signal }) => answer(api.GET('/v1/invitations/{token}', { params: { path: { token } }, signal })),
    enabled: token !== '',
    staleTime: Number.POSITIVE_INFINITY,
  });
  const gone = token === '' || (error instanceof ApiProblem && error.status === 404);
  return (
    <Outside title={data ? t('welcome', { name: data.name }) : t('invitation')}>
      {gone && <Gone />}
      {error && !gone && <ProblemNote error={error} onRetry={() => void refetch()} />}
      {!data && !error && !gone && <Loading />}
      {data && !gone && <Accept invited={data} token={token} />}
    </Outside>
  );
}

function Gone() {
  const { t } = useTranslation('sign-in');
  return (
    <Note tone="bad" title={t('invitation.gone')}>
      <p>{t('invitation.gone.hint')}</p>
      <Link href="/sign-in">{t('title')}</Link>
    </Note>
  );
}

function Accept({ invited, token }: { invited: Schemas['Invitation']; token: string }) {
  const { t } = useTranslation(['sign-in', 'vocabulary']);
  const changed = useSessionChanged();
  const [, go] = useLocation();
  const [name, setName, forget] = useKept(`onward.invitation.${token.slice(0, 8)}`, invited.name);
  const [password, setPassword] = useState('');
  const accepting = useMutation({
    mutationFn: () => {
      const body = { name: name.trim(), password };
      return answer(api.POST('/v1/invitations/{token}', { params: { path: { token } }, body }));
    },
    onSuccess: (session) => {
      forget();
      changed(session);
      go('/', { replace: true });
    },
  });
  return (
    <Card>
      <p>
        {t('invitation.about', { email: invited.email, role: t(`vocabulary:role.${invited.role}`) })}{' '}
        {t('invitation.until')} <Time at={invited.expiresAt} />.
      </p>
      <Form onSubmit={() => accepting.mutate()} label={t('invitation')}>
        {/* For the browser's keeper of passwords, which wants to know whose it is. */}
        <input type="email" name="username" autoComplete="username" value={invited.email} readOnly hidden />
        <TextField label={t('name')} autoComplete="name" required maxLength={120} value={name} onChange={setName} />
        <NewPassword label={t('newPassword')} own={[invited.email, name]} value={password} onChange={setPassword} />
        {accepting.error && <ProblemNote error={accepting.error} />}
        <Button primary type="submit" busy={accepting.isPending}>
          {t('invitation.accept')}
        </Button>
      </Form>
    </Card>
  );
}

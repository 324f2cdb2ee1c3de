import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../client/api';
import { useSession } from '../../../client/session';
import { Button } from '../../../parts/button';
import { findingsAt } from '../../../parts/faults';
import { TextField } from '../../../parts/field';
import { Actions, Form } from '../../../parts/form';
import { NewPassword } from '../../../parts/new-password';
import { Card } from '../../../parts/page';
import { ProblemNote } from '../../../parts/problem-note';
import { toast } from '../../../parts/toasts';

export function OwnPassword() {
  const { t } = useTranslation('settings');
  const person = useSession()?.person;
  const [current, setCurrent] = useState('');
  const [password, setPassword] = useState('');
  const changing = useMutation({
    mutationFn: () => api.PUT('/v1/session/password', { body: { ...(current && { current }), password } }),
    onSuccess: () => {
      setCurrent('');
      setPassword('');
      toast(t('you.password.changed'));
    },
  });
  return (
    <Card title={t('you.password')}>
      <p>{t('you.password.hint')}</p>
      <Form onSubmit={() => changing.mutate()} label={t('you.password')}>
        <TextField
          label={t('you.password.current')}
          hint={t('you.password.current.hint')}
          type="password"
          autoComplete="current-password"
          dir="ltr"
          value={current}
          findings={findingsAt(changing.error, '/current')}
          onChange={setCurrent}
        />
        <NewPassword
          label={t('you.password.new')}
          own={person ? [person.name, person.email] : []}
          value={password}
          onChange={setPassword}
        />
        {changing.error && <ProblemNote error={changing.error} />}
        <Actions>
          <Button primary type="submit" busy={changing.isPending}>
            {t('you.password.set')}
          </Button>
        </Actions>
      </Form>
    </Card>
  );
}

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../../client/api';
import { useSession } from '../../../client/session';
import { Button } from '../../../parts/button';
import { Dialog } from '../../../parts/dialog';
import { findingsAt } from '../../../parts/faults';
import { TextField } from '../../../parts/field';
import { Actions, Form, Group } from '../../../parts/form';
import { ProblemNote } from '../../../parts/problem-note';
import { toast } from '../../../parts/toasts';
import styles from '../settings.module.css';
import type { Invited } from './invitation-once';
import type { Person } from './person';
import { RoleChoice } from './role-choice';

interface Given {
  person: Person;
  onInvited(invited: Invited): void;
  onClose(): void;
}

/** Everything that can be done about one person. */
export function PersonDialog({ person, onInvited, onClose }: Given) {
  const { t } = useTranslation('settings');
  return (
    <Dialog title={t('person.manageIt', { name: person.name })} onClose={onClose}>
      <Standing person={person} onClose={onClose} />
      <Access person={person} onInvited={onInvited} onClose={onClose} />
    </Dialog>
  );
}

function Standing({ person, onClose }: Pick<Given, 'person' | 'onClose'>) {
  const { t } = useTranslation('settings');
  const client = useQueryClient();
  const [name, setName] = useState(person.name);
  const [role, setRole] = useState(person.role);
  const saving = useMutation({
    mutationFn: () => api.PUT('/v1/people/{id}', { params: { path: { id: person.id } }, body: { name, role } }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['people'] });
      void client.invalidateQueries({ queryKey: ['session'] });
      toast(t('saved', { name }));
      onClose();
    },
  });
  return (
    <Form onSubmit={() => saving.mutate()} label={t('person.manageIt', { name: person.name })}>
      <TextField
        label={t('name')}
        required
        maxLength={120}
        value={name}
        findings={findingsAt(saving.error, '/name')}
        onChange={setName}
      />
      <RoleChoice value={role} findings={findingsAt(saving.error, '/role')} onChange={setRole} />
      {saving.error && <ProblemNote error={saving.error} />}
      <Actions>
        <Button primary type="submit" busy={saving.isPending}>
          {t('save')}
        </Button>
      </Actions>
    </Form>
  );
}

type Deed = 'newLink' | 'sessions' | 'disable' | 'enable' | 'remove';

/** What each does is said beside it; what cannot be taken back is pressed twice. */
function Access({ person, onInvited, onClose }: Given) {
  const { t } = useTranslation('settings');
  const client = useQueryClient();
  const own = useSession()?.person?.id === person.id;
  const [sure, setSure] = useState(false);
  const params = { path: { id: person.id } };
  const doing = useMutation({
    mutationFn: async (deed: Deed) => {
      if (deed === 'newLink') {
        const link = await answer(api.POST('/v1/people/{id}/invitation', { params }));
        onInvited({ name: person.name, ...link });
      } else if (deed === 'sessions') await api.DELETE('/v1/people/{id}/sessions', { params });
      else if (deed === 'remove') await api.DELETE('/v1/people/{id}', { params });
      else await api.PUT('/v1/people/{id}', { params, body: { disabled: deed === 'disable' } });
    },
    onSuccess: (_nothing, deed) => {
      void client.invalidateQueries({ queryKey: ['people'] });
      if (deed === 'newLink') return;
      toast(t(`person.${deed}.done`, { name: person.name }));
      onClose();
    },
  });
  const deeds: Deed[] = ['newLink', 'sessions', person.status === 'disabled' ? 'enable' : 'disable', 'remove'];
  const press = (deed: Deed) => {
    if (deed === 'remove' && !sure) setSure(true);
    else doing.mutate(deed);
  };
  return (
    <Group legend={t('person.access')}>
      {own && <p className={styles.soft}>{t('person.own')}</p>}
      {deeds.map((deed) => (
        <div key={deed} className={styles.row}>
          <Button
            danger={deed === 'remove' || deed === 'disable'}
            busy={doing.isPending && doing.variables === deed}
            onClick={() => press(deed)}
          >
            {t(deed === 'remove' && sure ? 'person.remove.sure' : `person.${deed}`)}
          </Button>
          <span className={styles.soft}>{t(`person.${deed}.hint`)}</span>
        </div>
      ))}
      {doing.error && <ProblemNote error={doing.error} />}
    </Group>
  );
}

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { PersonRole } from '../../../../schemas/vocabulary';
import { answer, api } from '../../../client/api';
import { Button } from '../../../parts/button';
import { findingsAt } from '../../../parts/faults';
import { TextField } from '../../../parts/field';
import { Actions, Form, Pair } from '../../../parts/form';
import { useKept } from '../../../parts/kept';
import { Card } from '../../../parts/page';
import { ProblemNote } from '../../../parts/problem-note';
import type { Invited } from './invitation-once';
import { RoleChoice } from './role-choice';

const NOBODY = { email: '', name: '', role: 'analyst' as PersonRole };

export function InviteForm({ onInvited, onClose }: { onInvited(invited: Invited): void; onClose(): void }) {
  const { t } = useTranslation('settings');
  const client = useQueryClient();
  const [draft, setDraft, forget] = useKept('onward.invite', NOBODY);
  const inviting = useMutation({
    mutationFn: () => answer(api.POST('/v1/people', { body: draft })),
    onSuccess: ({ name, invitation }) => {
      forget();
      void client.invalidateQueries({ queryKey: ['people'] });
      onInvited({ name, ...invitation });
    },
  });
  const close = () => {
    forget();
    onClose();
  };
  return (
    <Card title={t('person.invite')}>
      <Form onSubmit={() => inviting.mutate()} label={t('person.invite')}>
        <Pair>
          <TextField
            label={t('person.email')}
            type="email"
            required
            dir="ltr"
            value={draft.email}
            findings={findingsAt(inviting.error, '/email')}
            onChange={(email) => setDraft({ ...draft, email })}
          />
          <TextField
            label={t('name')}
            required
            maxLength={120}
            value={draft.name}
            findings={findingsAt(inviting.error, '/name')}
            onChange={(name) => setDraft({ ...draft, name })}
          />
        </Pair>
        <RoleChoice value={draft.role} onChange={(role) => setDraft({ ...draft, role })} />
        {inviting.error && <ProblemNote error={inviting.error} />}
        <Actions>
          <Button primary type="submit" busy={inviting.isPending}>
            {t('person.invite.do')}
          </Button>
          <Button onClick={close}>{t('cancel')}</Button>
        </Actions>
      </Form>
    </Card>
  );
}

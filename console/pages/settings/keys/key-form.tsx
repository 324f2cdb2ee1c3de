import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { type Mode, ROLES, type Role } from '../../../../schemas/vocabulary';
import { answer, api } from '../../../client/api';
import { useSession } from '../../../client/session';
import { Button } from '../../../parts/button';
import { findingsAt } from '../../../parts/faults';
import { Select, TextField } from '../../../parts/field';
import { Actions, Form, Pair } from '../../../parts/form';
import { useKept } from '../../../parts/kept';
import { Card } from '../../../parts/page';
import { ProblemNote } from '../../../parts/problem-note';
import { instantOf } from '../filters';
import { FlowChoice } from '../flow-choice';
import { type KeyDraft, type MadeKey, NEW_KEY } from './key';

export function KeyForm({ onMade, onClose }: { onMade(key: MadeKey): void; onClose(): void }) {
  const { t } = useTranslation('settings');
  const client = useQueryClient();
  const [draft, setDraft, forget] = useKept<KeyDraft>('onward.key', NEW_KEY);
  const making = useMutation({
    mutationFn: () => {
      const { name, role, mode, flows, expiresAt } = draft;
      const expiry = instantOf(expiresAt);
      const body = { name, role, mode, ...(flows.length > 0 && { flows }), ...(expiry && { expiresAt: expiry }) };
      return answer(api.POST('/v1/keys', { body }));
    },
    onSuccess: (key) => {
      forget();
      void client.invalidateQueries({ queryKey: ['keys'] });
      onMade(key);
    },
  });
  const close = () => {
    forget();
    onClose();
  };
  return (
    <Card title={t('key.new')}>
      <Form onSubmit={() => making.mutate()} label={t('key.new')}>
        <Fields draft={draft} error={making.error} onChange={setDraft} />
        {making.error && <ProblemNote error={making.error} />}
        <Actions>
          <Button primary type="submit" busy={making.isPending}>
            {t('key.make')}
          </Button>
          <Button onClick={close}>{t('cancel')}</Button>
        </Actions>
      </Form>
    </Card>
  );
}

function Fields({ draft, error, onChange }: { draft: KeyDraft; error: unknown; onChange(draft: KeyDraft): void }) {
  const { t } = useTranslation(['settings', 'vocabulary']);
  const own = useSession()?.person?.role;
  const roles = ROLES.filter((role) => role !== 'owner' || own === 'owner');
  return (
    <>
      <Pair>
        <TextField
          label={t('name')}
          hint={t('key.name.hint')}
          required
          maxLength={120}
          value={draft.name}
          findings={findingsAt(error, '/name')}
          onChange={(name) => onChange({ ...draft, name })}
        />
        <Select<Role>
          label={t('role')}
          hint={t(`role.${draft.role}.may`)}
          value={draft.role}
          choices={roles.map((value) => ({ value, words: t(`vocabulary:role.${value}`) }))}
          findings={findingsAt(error, '/role')}
          onChange={(role) =>
            onChange({ ...draft, role, ...((role === 'owner' || role === 'admin') && { mode: 'live' }) })
          }
        />
        <Select<Mode>
          label={t('mode')}
          hint={t(`mode.${draft.mode}.hint`)}
          value={draft.mode}
          choices={(['live', 'test'] as const).map((value) => ({ value, words: t(`mode.${value}`) }))}
          disabled={draft.role === 'owner'}
          findings={findingsAt(error, '/mode')}
          onChange={(mode) => onChange({ ...draft, mode })}
        />
        <TextField
          label={t('key.expires')}
          hint={t('key.expires.hint')}
          type="datetime-local"
          value={draft.expiresAt}
          findings={findingsAt(error, '/expiresAt')}
          onChange={(expiresAt) => onChange({ ...draft, expiresAt })}
        />
      </Pair>
      <FlowChoice chosen={draft.flows} onChange={(flows) => onChange({ ...draft, flows })} />
    </>
  );
}

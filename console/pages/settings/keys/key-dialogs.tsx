import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../../client/api';
import { Button } from '../../../parts/button';
import { Confirm, Dialog } from '../../../parts/dialog';
import { findingsAt } from '../../../parts/faults';
import { TextField } from '../../../parts/field';
import { Actions, Form } from '../../../parts/form';
import { ProblemNote } from '../../../parts/problem-note';
import { toast } from '../../../parts/toasts';
import { instantOf, localOf } from '../filters';
import { type Overlap, OverlapChoice } from '../overlap';
import type { Key, MadeKey } from './key';

const MOST_SECONDS = 2_592_000;

interface Given {
  of: Key;
  onClose(): void;
}

export function EditKey({ of, onClose }: Given) {
  const { t } = useTranslation('settings');
  const client = useQueryClient();
  const [name, setName] = useState(of.name);
  const [expiresAt, setExpiresAt] = useState(localOf(of.expiresAt));
  const saving = useMutation({
    mutationFn: () => {
      const body = { name, expiresAt: instantOf(expiresAt) ?? null };
      return api.PUT('/v1/keys/{id}', { params: { path: { id: of.id } }, body });
    },
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['keys'] });
      toast(t('saved', { name }));
      onClose();
    },
  });
  return (
    <Dialog title={t('key.editIt', { name: of.name })} onClose={onClose}>
      <Form onSubmit={() => saving.mutate()}>
        <TextField label={t('name')} required maxLength={120} value={name} onChange={setName} />
        <TextField
          label={t('key.expires')}
          hint={t('key.expires.hint')}
          type="datetime-local"
          value={expiresAt}
          findings={findingsAt(saving.error, '/expiresAt')}
          onChange={setExpiresAt}
        />
        {saving.error && <ProblemNote error={saving.error} />}
        <Actions>
          <Button primary type="submit" busy={saving.isPending}>
            {t('save')}
          </Button>
        </Actions>
      </Form>
    </Dialog>
  );
}

export function RotateKey({ of, onClose, onRotated }: Given & { onRotated(key: MadeKey): void }) {
  const { t } = useTranslation('settings');
  const client = useQueryClient();
  const [overlap, setOverlap] = useState<Overlap>('86400');
  const rotate = async () => {
    const body = { overlapSeconds: Number(overlap) };
    onRotated(await answer(api.POST('/v1/keys/{id}/rotate', { params: { path: { id: of.id } }, body })));
    void client.invalidateQueries({ queryKey: ['keys'] });
  };
  return (
    <Confirm
      title={t('key.rotateIt', { name: of.name })}
      action={t('key.rotate.do')}
      onConfirm={rotate}
      onClose={onClose}
    >
      <p>{t('key.rotate.hint')}</p>
      <OverlapChoice value={overlap} most={MOST_SECONDS} onChange={setOverlap} />
    </Confirm>
  );
}

export function DeleteKey({ of, onClose }: Given) {
  const { t } = useTranslation('settings');
  const client = useQueryClient();
  const remove = async () => {
    await api.DELETE('/v1/keys/{id}', { params: { path: { id: of.id } } });
    void client.invalidateQueries({ queryKey: ['keys'] });
    toast(t('deleted', { name: of.name }));
  };
  return (
    <Confirm title={t('key.deleteIt', { name: of.name })} action={t('key.delete')} onConfirm={remove} onClose={onClose}>
      <p>{t('key.delete.hint')}</p>
    </Confirm>
  );
}

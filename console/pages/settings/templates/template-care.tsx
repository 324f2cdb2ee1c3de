import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { TEMPLATE_STATUSES, type Template } from '../../../../schemas/template';
import { answer, api } from '../../../client/api';
import { Button } from '../../../parts/button';
import { Confirm, Dialog } from '../../../parts/dialog';
import { findingsAt } from '../../../parts/faults';
import { Select, TextField } from '../../../parts/field';
import { Actions, Form } from '../../../parts/form';
import { Card } from '../../../parts/page';
import { ProblemNote } from '../../../parts/problem-note';
import { toast } from '../../../parts/toasts';

/** Where it stands, and what can be done about that. */
export function TemplateCare({ template }: { template: Template }) {
  const { t } = useTranslation('settings');
  const [open, setOpen] = useState<'status' | 'delete' | null>(null);
  const standing = useStanding(template);
  const submitting = useMutation({
    mutationFn: () => answer(api.POST('/v1/templates/{id}/submit', { params: { path: { id: template.id } } })),
    onSuccess: standing,
  });
  const close = () => setOpen(null);
  return (
    <Card
      title={t('template.approval')}
      actions={
        <>
          <Button busy={submitting.isPending} onClick={() => submitting.mutate()}>
            {t('template.submit')}
          </Button>
          <Button onClick={() => setOpen('status')}>{t('template.byHand')}</Button>
          <Button danger onClick={() => setOpen('delete')}>
            {t('template.delete')}
          </Button>
        </>
      }
    >
      <p>{t('template.approval.hint')}</p>
      {submitting.error && <ProblemNote error={submitting.error} />}
      {open === 'status' && <StatusByHand template={template} onDone={standing} onClose={close} />}
      {open === 'delete' && <DeleteTemplate template={template} onClose={close} />}
    </Card>
  );
}

function useStanding(template: Template): (after: Template) => void {
  const { t } = useTranslation('templates');
  const client = useQueryClient();
  return (after) => {
    client.setQueryData(['templates', 'one', template.id], after);
    void client.invalidateQueries({ queryKey: ['templates', 'list'] });
    toast(t(`status.${after.status}`));
  };
}

type Status = Template['status'];

function StatusByHand({
  template,
  onDone,
  onClose,
}: {
  template: Template;
  onDone(after: Template): void;
  onClose(): void;
}) {
  const { t } = useTranslation(['settings', 'templates']);
  const [status, setStatus] = useState<Status>('approved');
  const [reason, setReason] = useState('');
  const setting = useMutation({
    mutationFn: () => {
      const path = { id: template.id };
      return answer(api.POST('/v1/templates/{id}/status', { params: { path }, body: { status, reason } }));
    },
    onSuccess: (after) => {
      onDone(after);
      onClose();
    },
  });
  return (
    <Dialog title={t('template.byHand')} onClose={onClose}>
      <p>{t('template.byHand.hint')}</p>
      <Form onSubmit={() => setting.mutate()} label={t('template.byHand')}>
        <Select<Status>
          label={t('status')}
          value={status}
          choices={TEMPLATE_STATUSES.map((value) => ({ value, words: t(`templates:status.${value}`) }))}
          onChange={setStatus}
        />
        <TextField
          label={t('reason')}
          hint={t('template.reason.hint')}
          required
          maxLength={500}
          value={reason}
          findings={findingsAt(setting.error, '/reason')}
          onChange={setReason}
        />
        {setting.error && <ProblemNote error={setting.error} />}
        <Actions>
          <Button primary type="submit" busy={setting.isPending}>
            {t('template.byHand.do')}
          </Button>
        </Actions>
      </Form>
    </Dialog>
  );
}

function DeleteTemplate({ template, onClose }: { template: Template; onClose(): void }) {
  const { t } = useTranslation('settings');
  const client = useQueryClient();
  const [, go] = useLocation();
  const remove = async () => {
    await api.DELETE('/v1/templates/{id}', { params: { path: { id: template.id } } });
    toast(t('deleted', { name: template.name }));
    go('/settings/templates');
    client.removeQueries({ queryKey: ['templates', 'one', template.id] });
    void client.invalidateQueries({ queryKey: ['templates', 'list'] });
  };
  return (
    <Confirm
      title={t('template.delete.title', { name: template.name })}
      action={t('template.delete')}
      onConfirm={remove}
      onClose={onClose}
    >
      <p>{t('template.delete.hint')}</p>
    </Confirm>
  );
}

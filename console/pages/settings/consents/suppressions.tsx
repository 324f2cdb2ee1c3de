import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CHANNELS, type Channel, type Mode } from '../../../../schemas/vocabulary';
import { answer, api, type Schemas } from '../../../client/api';
import { useRights } from '../../../client/session';
import { Time } from '../../../parts/amounts';
import { Button } from '../../../parts/button';
import { Confirm } from '../../../parts/dialog';
import { findingsAt } from '../../../parts/faults';
import { Select, TextField } from '../../../parts/field';
import { Actions, Form, Pair } from '../../../parts/form';
import { useKept } from '../../../parts/kept';
import { Card } from '../../../parts/page';
import { ProblemNote } from '../../../parts/problem-note';
import { type Column, Table } from '../../../parts/table';
import { toast } from '../../../parts/toasts';
import { Listed } from '../listed';
import { usePages } from '../pages-of';

type Suppression = Schemas['Suppression'];

/** Why somebody is put on the list by hand. */
const REASONS = ['opted_out', 'blocked', 'invalid_address', 'unregistered', 'landline'] as const;

const NOTHING = { address: '', channel: '' as Channel | '', reason: 'opted_out' as (typeof REASONS)[number] };

export function Suppressions({ mode }: { mode: Mode }) {
  const { t } = useTranslation('settings');
  const { edits } = useRights();
  const [lifted, setLifted] = useState<Suppression | null>(null);
  const [typed, setTyped] = useState('');
  const [address, setAddress] = useState('');
  const list = usePages(['suppressions', mode], { mode, address }, (query, signal) =>
    answer(api.GET('/v1/suppressions', { params: { query }, signal })),
  );
  const columns = useColumns(edits('consents') ? setLifted : null);
  return (
    <Card title={t(`suppressions.${mode}`)}>
      <p>{t('suppressions.about')}</p>
      {edits('consents') && <Add mode={mode} />}
      <Form onSubmit={() => setAddress(typed.trim())} label={t('suppression.look')}>
        <TextField
          label={t('suppression.look')}
          hint={t('suppression.look.hint')}
          type="search"
          dir="ltr"
          value={typed}
          onChange={setTyped}
        />
        <Actions>
          <Button type="submit" busy={list.isFetching}>
            {t('consent.look')}
          </Button>
        </Actions>
      </Form>
      <Listed of={list}>
        {(items) => (
          <Table
            caption={t(`suppressions.${mode}`)}
            columns={columns}
            rows={items}
            rowKey={({ id }) => id}
            empty={<p>{t(address ? 'suppressions.notThis' : 'suppressions.none')}</p>}
          />
        )}
      </Listed>
      {lifted && <Lift of={lifted} mode={mode} onClose={() => setLifted(null)} />}
    </Card>
  );
}

function useColumns(onLift: ((of: Suppression) => void) | null): Column<Suppression>[] {
  const { t } = useTranslation(['settings', 'vocabulary']);
  const columns: Column<Suppression>[] = [
    { name: t('suppression.address'), cell: ({ addressHint }) => <span dir="ltr">{addressHint}</span> },
    { name: t('channel'), cell: ({ channel }) => (channel ? t(`vocabulary:channel.${channel}`) : t('channel.all')) },
    { name: t('reason'), cell: ({ reason }) => t(`vocabulary:reason.${reason}`) },
    { name: t('since'), cell: ({ createdAt }) => <Time at={createdAt} /> },
  ];
  if (!onLift) return columns;
  const lift: Column<Suppression> = {
    name: t('actions'),
    cell: (of) => (
      <Button quiet aria-label={t('suppression.liftIt', { address: of.addressHint })} onClick={() => onLift(of)}>
        {t('suppression.lift')}
      </Button>
    ),
  };
  return [...columns, lift];
}

function Add({ mode }: { mode: Mode }) {
  const { t } = useTranslation(['settings', 'vocabulary']);
  const client = useQueryClient();
  const [draft, setDraft, forget] = useKept(`onward.suppression.${mode}`, NOTHING);
  const adding = useMutation({
    mutationFn: () => api.POST('/v1/suppressions', { body: { ...draft, channel: draft.channel || null, mode } }),
    onSuccess: () => {
      forget(NOTHING);
      void client.invalidateQueries({ queryKey: ['suppressions', mode] });
      toast(t('suppression.added'));
    },
  });
  return (
    <Form wide onSubmit={() => adding.mutate()} label={t('suppression.add')}>
      <Pair>
        <TextField
          label={t('suppression.address')}
          hint={t('suppression.address.hint')}
          required
          dir="ltr"
          value={draft.address}
          findings={findingsAt(adding.error, '/address')}
          onChange={(address) => setDraft({ ...draft, address })}
        />
        <Select<Channel | ''>
          label={t('channel')}
          value={draft.channel}
          choices={(['', ...CHANNELS] as const).map((value) => {
            return { value, words: value ? t(`vocabulary:channel.${value}`) : t('channel.all') };
          })}
          onChange={(channel) => setDraft({ ...draft, channel })}
        />
        <Select
          label={t('reason')}
          value={draft.reason}
          choices={REASONS.map((value) => ({ value, words: t(`vocabulary:reason.${value}`) }))}
          onChange={(reason) => setDraft({ ...draft, reason })}
        />
      </Pair>
      {adding.error && <ProblemNote error={adding.error} />}
      <Actions>
        <Button primary type="submit" busy={adding.isPending}>
          {t('suppression.add')}
        </Button>
      </Actions>
    </Form>
  );
}

function Lift({ of, mode, onClose }: { of: Suppression; mode: Mode; onClose(): void }) {
  const { t } = useTranslation('settings');
  const client = useQueryClient();
  const lift = async () => {
    await api.DELETE('/v1/suppressions/{id}', { params: { path: { id: of.id } } });
    void client.invalidateQueries({ queryKey: ['suppressions', mode] });
    toast(t('suppression.lifted'));
  };
  return (
    <Confirm
      title={t('suppression.liftIt', { address: of.addressHint })}
      action={t('suppression.lift')}
      onConfirm={lift}
      onClose={onClose}
    >
      <p>{t('suppression.lift.hint')}</p>
    </Confirm>
  );
}

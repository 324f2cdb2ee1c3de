import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CHANNELS, type Channel, type Mode, PURPOSES, type Purpose } from '../../../../schemas/vocabulary';
import { ask } from '../../../client/ask';
import { useRights } from '../../../client/session';
import { Time } from '../../../parts/amounts';
import { Button } from '../../../parts/button';
import { Select, TextField } from '../../../parts/field';
import { Actions, Form, Pair } from '../../../parts/form';
import { Loading } from '../../../parts/loading';
import { Badge } from '../../../parts/note';
import { Card } from '../../../parts/page';
import { ProblemNote } from '../../../parts/problem-note';
import { Table } from '../../../parts/table';
import { toast } from '../../../parts/toasts';

interface Consent {
  recipientId: string;
  purpose: Purpose;
  channel: Channel | null;
  granted: boolean;
  updatedAt: string;
}

/** What one recipient agreed to or refused. An address is never put into this page's own. */
export function RecipientConsents({ mode }: { mode: Mode }) {
  const { t } = useTranslation('settings');
  const { edits } = useRights();
  const [typed, setTyped] = useState('');
  const [recipientId, setRecipientId] = useState('');
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ['consents', mode, recipientId],
    queryFn: ({ signal }) => {
      const search = new URLSearchParams({ recipientId, mode });
      return ask<{ items: Consent[] }>('GET', `/v1/consents?${search}`, undefined, signal);
    },
    enabled: recipientId !== '',
  });
  return (
    <Card title={t('consents.recipient')}>
      <Form onSubmit={() => setRecipientId(typed.trim())} label={t('consents.recipient')}>
        <TextField
          label={t('consent.recipient')}
          hint={t('consent.recipient.hint')}
          type="search"
          required
          dir="ltr"
          maxLength={128}
          value={typed}
          onChange={setTyped}
        />
        <Actions>
          <Button type="submit" busy={isFetching}>
            {t('consent.look')}
          </Button>
        </Actions>
      </Form>
      {error && <ProblemNote error={error} onRetry={() => void refetch()} />}
      {isFetching && !data && <Loading lines={2} />}
      <div aria-live="polite">{data && <Found consents={data.items} recipientId={recipientId} />}</div>
      {recipientId !== '' && edits('consents') && <Write recipientId={recipientId} mode={mode} />}
    </Card>
  );
}

function Found({ consents, recipientId }: { consents: Consent[]; recipientId: string }) {
  const { t } = useTranslation(['settings', 'vocabulary']);
  return (
    <Table<Consent>
      caption={t('consents.of', { recipient: recipientId })}
      rows={consents}
      rowKey={({ purpose, channel }) => `${purpose} ${channel}`}
      empty={<p>{t('consents.none', { recipient: recipientId })}</p>}
      columns={[
        { name: t('purpose'), cell: ({ purpose }) => t(`vocabulary:purpose.${purpose}`) },
        {
          name: t('channel'),
          cell: ({ channel }) => (channel ? t(`vocabulary:channel.${channel}`) : t('channel.all')),
        },
        {
          name: t('consent.word'),
          cell: ({ granted }) => (
            <Badge tone={granted ? 'good' : 'bad'}>{t(granted ? 'consent.granted' : 'consent.refused')}</Badge>
          ),
        },
        { name: t('since'), cell: ({ updatedAt }) => <Time at={updatedAt} /> },
      ]}
    />
  );
}

function Write({ recipientId, mode }: { recipientId: string; mode: Mode }) {
  const { t } = useTranslation(['settings', 'vocabulary']);
  const client = useQueryClient();
  const [purpose, setPurpose] = useState<Purpose>('marketing');
  const [channel, setChannel] = useState<Channel | ''>('');
  const writing = useMutation({
    mutationFn: (granted: boolean) =>
      ask('PUT', '/v1/consents', { recipientId, purpose, channel: channel || null, granted, mode }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['consents', mode, recipientId] });
      toast(t('consent.written'));
    },
  });
  return (
    <Form onSubmit={() => writing.mutate(true)} label={t('consent.write')}>
      <Pair>
        <Select<Purpose>
          label={t('purpose')}
          value={purpose}
          choices={PURPOSES.map((value) => ({ value, words: t(`vocabulary:purpose.${value}`) }))}
          onChange={setPurpose}
        />
        <Select<Channel | ''>
          label={t('consent.channel')}
          value={channel}
          choices={(['', ...CHANNELS] as const).map((value) => {
            return { value, words: value ? t(`vocabulary:channel.${value}`) : t('channel.all') };
          })}
          onChange={setChannel}
        />
      </Pair>
      {writing.error && <ProblemNote error={writing.error} />}
      <Actions>
        <Button type="submit" busy={writing.isPending}>
          {t('consent.grant')}
        </Button>
        <Button busy={writing.isPending} onClick={() => writing.mutate(false)}>
          {t('consent.refuse')}
        </Button>
      </Actions>
    </Form>
  );
}

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Provider } from '../../../../schemas/vocabulary';
import { answer, api } from '../../../client/api';
import { Button } from '../../../parts/button';
import { Field, TextArea } from '../../../parts/field';
import { Actions, Form } from '../../../parts/form';
import { useKept } from '../../../parts/kept';
import { Note } from '../../../parts/note';
import { Card } from '../../../parts/page';
import { ProblemNote } from '../../../parts/problem-note';
import { toast } from '../../../parts/toasts';

const EXAMPLE = 'provider,account,channel,country,currency,costMicros\ntwilio,,sms,IT,EUR,52000';

/** Replaces the table, or one provider's part of it, by CSV: from a file, or as it is typed. */
export function PriceUpload({ provider }: { provider: Provider | '' }) {
  const { t } = useTranslation('settings');
  const client = useQueryClient();
  const [csv, setCsv, forget] = useKept('onward.prices', '');
  const [unread, setUnread] = useState(false);
  const writing = useMutation({
    mutationFn: () => {
      const asCsv = { headers: { 'content-type': 'text/csv' }, body: csv, bodySerializer: String };
      return answer(api.PUT('/v1/prices', { params: { query: provider ? { provider } : {} }, ...asCsv }));
    },
    onSuccess: ({ rows }) => {
      forget('');
      void client.invalidateQueries({ queryKey: ['prices'] });
      toast(t('prices.written', { count: rows }));
    },
  });
  const read = async (file: File | undefined) => {
    try {
      if (file) setCsv(await file.text());
      setUnread(false);
    } catch {
      setUnread(true);
    }
  };
  return (
    <Card title={t('prices.upload')}>
      <p>{provider ? t('prices.upload.part', { provider: t(`provider.${provider}`) }) : t('prices.upload.whole')}</p>
      <Form onSubmit={() => writing.mutate()} label={t('prices.upload')}>
        <Field label={t('prices.file')}>
          {(wired) => (
            <input
              {...wired}
              type="file"
              accept=".csv,text/csv"
              onChange={({ target }) => void read(target.files?.[0])}
            />
          )}
        </Field>
        {unread && <Note tone="bad" title={t('prices.unread')} />}
        <TextArea
          label={t('prices.csv')}
          hint={t('prices.csv.hint')}
          code
          required
          placeholder={EXAMPLE}
          value={csv}
          onChange={setCsv}
        />
        {writing.error && <ProblemNote error={writing.error} />}
        <Actions>
          <Button primary type="submit" busy={writing.isPending}>
            {t('prices.replace')}
          </Button>
        </Actions>
      </Form>
    </Card>
  );
}

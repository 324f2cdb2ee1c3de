import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../../client/api';
import { Button } from '../../../parts/button';
import { Card, Page } from '../../../parts/page';
import { Table } from '../../../parts/table';
import { Listed } from '../listed';
import { usePages } from '../pages-of';
import { SecretOnce } from '../secret-once';
import type { MadeKey } from './key';
import { type KeyAct, useKeyColumns } from './key-columns';
import { DeleteKey, EditKey, RotateKey } from './key-dialogs';
import { KeyForm } from './key-form';

export default function Keys() {
  const { t } = useTranslation('settings');
  const keys = usePages(['keys'], {}, (query, signal) => answer(api.GET('/v1/keys', { params: { query }, signal })));
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<MadeKey | null>(null);
  const [act, setAct] = useState<KeyAct | null>(null);
  const columns = useKeyColumns(setAct);
  const close = () => setAct(null);
  const show = (key: MadeKey) => {
    setMaking(false);
    setMade(key);
  };
  return (
    <Page
      title={t('section.keys')}
      about={t('keys.about')}
      actions={
        <Button primary aria-expanded={making} onClick={() => setMaking(!making)}>
          {t('key.add')}
        </Button>
      }
    >
      {making && <KeyForm onMade={show} onClose={() => setMaking(false)} />}
      <Card>
        <Listed of={keys}>
          {(items) => (
            <Table
              caption={t('section.keys')}
              columns={columns}
              rows={items}
              rowKey={({ id }) => id}
              empty={<p>{t('keys.none')}</p>}
            />
          )}
        </Listed>
      </Card>
      {act?.what === 'edit' && <EditKey of={act.of} onClose={close} />}
      {act?.what === 'rotate' && <RotateKey of={act.of} onRotated={setMade} onClose={close} />}
      {act?.what === 'delete' && <DeleteKey of={act.of} onClose={close} />}
      {made && (
        <SecretOnce
          title={t('key.secret', { name: made.name })}
          label={t('key.secret', { name: made.name })}
          text={made.secret}
          onClose={() => setMade(null)}
        >
          <p>{t('key.secret.hint')}</p>
        </SecretOnce>
      )}
    </Page>
  );
}

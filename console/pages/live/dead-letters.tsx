import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../client/api';
import { useRights } from '../../client/session';
import { Time, whole } from '../../parts/amounts';
import { Button } from '../../parts/button';
import { Confirm } from '../../parts/dialog';
import { Disclosure } from '../../parts/disclosure';
import { Loading } from '../../parts/loading';
import { Badge, Note } from '../../parts/note';
import { Card } from '../../parts/page';
import { ProblemNote } from '../../parts/problem-note';
import styles from './live.module.css';

const SHOWN = 50;

function askLetters(signal: AbortSignal) {
  return answer(api.GET('/v1/receipts/dead', { params: { query: { limit: SHOWN } }, signal }));
}

function askRedrive(id: string | null) {
  return answer(api.POST('/v1/receipts/dead/redrive', { body: id === null ? {} : { id } }));
}

type Letter = Awaited<ReturnType<typeof askLetters>>['items'][number];
type Redriven = Awaited<ReturnType<typeof askRedrive>>;

/** Receipts that no run could be given: why, as they came, and another try for one or all. */
export function DeadLetters({ count }: { count: number | null }) {
  const { t } = useTranslation('insight');
  const { edits } = useRights();
  return (
    <Card title={t('dead')}>
      <p>
        {count === null
          ? t('dead.notKnown')
          : count === 0
            ? t('dead.none')
            : t('dead.count', { count, shown: whole(count) })}
      </p>
      {edits('receipts') ? (
        count !== 0 && <Letters count={count} />
      ) : (
        <p className={styles.quiet}>{t('dead.noRight')}</p>
      )}
    </Card>
  );
}

function Letters({ count }: { count: number | null }) {
  const { t } = useTranslation('insight');
  const client = useQueryClient();
  const [asking, setAsking] = useState<'all' | Letter | null>(null);
  const [told, tell] = useState<Redriven | null>(null);
  const { data, error, refetch } = useQuery({
    // How many there are belongs to the name: when it changes, they are others.
    queryKey: ['dead-letters', count],
    queryFn: async ({ signal }) => (await askLetters(signal)).items,
    placeholderData: (before) => before,
  });
  const redrive = async () => {
    tell(await askRedrive(asking === 'all' || asking === null ? null : asking.id));
    await client.invalidateQueries({ queryKey: ['dead-letters'] });
    void client.invalidateQueries({ queryKey: ['live'] });
  };
  return (
    <>
      <div role="status">{told && <Result {...told} />}</div>
      <div>
        <Button danger onClick={() => setAsking('all')}>
          {t('dead.redriveAll')}
        </Button>
      </div>
      {error && <ProblemNote error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data && (
        <ul className={styles.letters} aria-label={t('dead')}>
          {data.map((letter) => (
            <LetterItem key={letter.id} letter={letter} onRedrive={() => setAsking(letter)} />
          ))}
        </ul>
      )}
      {data && data.length > 0 && count !== null && data.length < count && (
        <p className={styles.quiet}>{t('dead.more', { shown: whole(data.length), total: whole(count) })}</p>
      )}
      {asking && (
        <Confirm
          title={t(asking === 'all' ? 'dead.redriveAll' : 'dead.redriveOne')}
          action={t('dead.redrive')}
          onConfirm={redrive}
          onClose={() => setAsking(null)}
        >
          <p>{t(asking === 'all' ? 'dead.confirmAll' : 'dead.confirmOne')}</p>
        </Confirm>
      )}
    </>
  );
}

function Result({ redriven, left }: Redriven) {
  const { t } = useTranslation('insight');
  return (
    <Note tone={left > 0 ? 'wait' : 'good'}>
      <p>
        {t('dead.redriven', { count: redriven, shown: whole(redriven) })}{' '}
        {left > 0 && t('dead.left', { count: left, shown: whole(left) })}
      </p>
    </Note>
  );
}

function LetterItem({ letter, onRedrive }: { letter: Letter; onRedrive(): void }) {
  const { t } = useTranslation('insight');
  const { cause, at, value, characters, redriven, source } = letter;
  return (
    <li>
      {/* The server says it in English. */}
      <strong lang="en" dir="ltr">
        {cause}
      </strong>
      <span className={styles.quiet}>
        {at ? <Time at={at} seconds /> : t('dead.noTime')}{' '}
        {redriven && <Badge tone="good">{t('dead.triedAgain')}</Badge>}
      </span>
      <Disclosure title={t('dead.record')}>
        {value === null ? <p>{t('dead.hidden')}</p> : <pre dir="ltr">{value}</pre>}
        {characters !== null && <p className={styles.quiet}>{t('dead.cut', { shown: whole(characters) })}</p>}
        <p className={styles.quiet}>
          {t('dead.source')} <code dir="ltr">{JSON.stringify(source)}</code>
        </p>
      </Disclosure>
      {characters === null && !redriven && <Button onClick={onRedrive}>{t('dead.redriveOne')}</Button>}
    </li>
  );
}

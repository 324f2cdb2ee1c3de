import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { ask } from '../../client/ask';
import { useSession } from '../../client/session';
import { Button } from '../../parts/button';
import { Confirm } from '../../parts/dialog';
import { ProblemNote } from '../../parts/problem-note';
import { toast } from '../../parts/toasts';
import { type Filters, readFilters, searchOf } from './filters';
import { type SavedView, SaveView } from './save-view';
import styles from './saved-views.module.css';

const KEY = ['saved-views'];

interface Page {
  items: SavedView[];
  nextCursor: string | null;
}

/** One's own and those that others share, of this page; each is a link. */
export function SavedViews({ filters }: { filters: Filters }) {
  const { t } = useTranslation('insight');
  const client = useQueryClient();
  const person = useSession()?.person?.id;
  const [saving, setSaving] = useState(false);
  const { data, error, refetch } = useQuery({
    queryKey: KEY,
    queryFn: async ({ signal }) => (await ask<Page>('GET', '/v1/saved-views?limit=200', undefined, signal)).items,
    staleTime: 60_000,
  });
  const views = (data ?? []).filter(({ page }) => page === 'analytics');
  const current = views.find(({ search }) => searchOf(readFilters(search)) === searchOf(filters));
  const again = () => client.invalidateQueries({ queryKey: KEY });
  return (
    <section className={styles.views} aria-label={t('views')}>
      <h2>{t('views')}</h2>
      {error && !data ? (
        <ProblemNote error={error} onRetry={() => void refetch()} />
      ) : (
        <ul className={styles.list}>
          {views.map((view) => (
            <li key={view.id}>
              <Link href={`/analytics${view.search}`} aria-current={view === current ? 'true' : undefined}>
                {view.name}
                {view.shared && <span> · {t('views.shared')}</span>}
              </Link>
            </li>
          ))}
        </ul>
      )}
      <div className={styles.actions}>
        <Button quiet onClick={() => setSaving(true)}>
          {t('views.save')}
        </Button>
        {current && current.ownerId === person && <Own key={current.id} view={current} onChanged={again} />}
      </div>
      {saving && <SaveView search={searchOf(filters)} views={views} onClose={() => setSaving(false)} onSaved={again} />}
    </section>
  );
}

/** What the owner may do with the view that is open. */
function Own({ view, onChanged }: { view: SavedView; onChanged(): Promise<unknown> }) {
  const { t } = useTranslation('insight');
  const [deleting, setDeleting] = useState(false);
  const remove = async () => {
    await ask('DELETE', `/v1/saved-views/${view.id}`);
    toast(t('views.deleted', { name: view.name }));
    await onChanged();
  };
  return (
    <>
      <Button quiet onClick={() => setDeleting(true)}>
        {t('views.delete', { name: view.name })}
      </Button>
      {deleting && (
        <Confirm
          title={t('views.delete', { name: view.name })}
          action={t('views.delete.action')}
          onConfirm={remove}
          onClose={() => setDeleting(false)}
        >
          <p>{t(view.shared ? 'views.delete.shared' : 'views.delete.own')}</p>
        </Confirm>
      )}
    </>
  );
}

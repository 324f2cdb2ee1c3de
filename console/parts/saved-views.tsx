import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { removeView, type SavedView, savedViewsQuery } from '../client/saved-views';
import { useSession } from '../client/session';
import { Button } from './button';
import { Confirm } from './dialog';
import { SaveView } from './save-view';
import styles from './saved-views.module.css';

/**
 * The views that were saved of a page, as links, and the way to save the one that is shown.
 * @param search of the address, what is usual left out
 */
export function SavedViews({ page, search }: { page: SavedView['page']; search: string }) {
  const { t } = useTranslation('parts');
  const me = useSession()?.person?.id;
  const found = useQuery(savedViewsQuery);
  const [saving, setSaving] = useState(false);
  const [removing, setRemoving] = useState<SavedView | null>(null);
  const views = (found.data ?? []).filter((view) => view.page === page);
  const here = new URLSearchParams(search).toString();
  const isHere = (view: SavedView) => sorted(view.search) === sorted(here);
  // Views are a convenience: where they cannot be had, the page is whole without them.
  if (!found.data) return null;
  return (
    <nav aria-label={t('views')} className={styles.views}>
      {views.map((view) => (
        <span key={view.id} className={styles.view}>
          <Link href={`/${page}${view.search}`} aria-current={isHere(view) ? 'page' : undefined}>
            {view.name}
            {view.shared && <small> · {t('views.shared')}</small>}
          </Link>
          {view.ownerId === me && (
            <button type="button" aria-label={t('views.remove', { name: view.name })} onClick={() => setRemoving(view)}>
              ×
            </button>
          )}
        </span>
      ))}
      {here !== '' && !views.some(isHere) && (
        <Button quiet onClick={() => setSaving(true)}>
          {t('views.save')}
        </Button>
      )}
      {saving && (
        <SaveView
          page={page}
          search={`?${here}`}
          own={views.filter(({ ownerId }) => ownerId === me)}
          onClose={() => setSaving(false)}
        />
      )}
      {removing && <Remove view={removing} onClose={() => setRemoving(null)} />}
    </nav>
  );
}

function Remove({ view, onClose }: { view: SavedView; onClose(): void }) {
  const { t } = useTranslation('parts');
  const client = useQueryClient();
  const remove = async () => {
    await removeView(view.id);
    await client.invalidateQueries({ queryKey: savedViewsQuery.queryKey });
  };
  return (
    <Confirm
      title={t('views.remove', { name: view.name })}
      action={t('views.removeIt')}
      onConfirm={remove}
      onClose={onClose}
    >
      <p>{t(view.shared ? 'views.removeShared' : 'views.removeOwn')}</p>
    </Confirm>
  );
}

/** In whatever order it was written. */
function sorted(search: string): string {
  const params = new URLSearchParams(search);
  params.sort();
  return params.toString();
}

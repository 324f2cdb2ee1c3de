import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { removeView, type SavedView, savedViewsQuery, saveView } from '../client/saved-views';
import { useSession } from '../client/session';
import { Button } from './button';
import { Confirm, Dialog } from './dialog';
import { Checkbox, TextField } from './field';
import { ProblemNote } from './problem-note';
import styles from './saved-views.module.css';

/** The views that were saved of a page, as links, and the way to save the one that is shown. */
export function SavedViews({ page, search }: { page: SavedView['page']; search: string }) {
  const { t } = useTranslation('parts');
  const me = useSession()?.person?.id;
  const found = useQuery(savedViewsQuery);
  const [saving, setSaving] = useState(false);
  const [removing, setRemoving] = useState<SavedView | null>(null);
  const client = useQueryClient();
  const here = search === '' ? '' : `?${search}`;
  const views = (found.data ?? []).filter((view) => view.page === page);
  const saved = views.some((view) => view.search === here);
  // Views are a convenience: where they cannot be had, the page is whole without them.
  if (!found.data) return null;
  return (
    <nav aria-label={t('views')} className={styles.views}>
      {views.map((view) => (
        <span key={view.id} className={styles.view}>
          <Link href={`/${page}${view.search}`} aria-current={view.search === here ? 'page' : undefined}>
            {view.name}
            {view.shared && view.ownerId !== me && <small> · {t('views.shared')}</small>}
          </Link>
          {view.ownerId === me && (
            <button type="button" aria-label={t('views.remove', { name: view.name })} onClick={() => setRemoving(view)}>
              ×
            </button>
          )}
        </span>
      ))}
      {here !== '' && !saved && (
        <Button quiet onClick={() => setSaving(true)}>
          {t('views.save')}
        </Button>
      )}
      {saving && <SaveView page={page} search={here} onClose={() => setSaving(false)} />}
      {removing && (
        <Confirm
          title={t('views.remove', { name: removing.name })}
          action={t('views.removeIt')}
          onClose={() => setRemoving(null)}
          onConfirm={async () => {
            await removeView(removing.id);
            await client.invalidateQueries({ queryKey: savedViewsQuery.queryKey });
          }}
        >
          <p>{t('views.removeHint')}</p>
        </Confirm>
      )}
    </nav>
  );
}

function SaveView({ page, search, onClose }: { page: SavedView['page']; search: string; onClose(): void }) {
  const { t } = useTranslation('parts');
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [shared, setShared] = useState(false);
  const [state, setState] = useState<{ busy: boolean; error: unknown }>({ busy: false, error: null });
  const save = async () => {
    setState({ busy: true, error: null });
    try {
      await saveView({ name: name.trim(), page, search, shared });
      await client.invalidateQueries({ queryKey: savedViewsQuery.queryKey });
      onClose();
    } catch (error) {
      setState({ busy: false, error });
    }
  };
  return (
    <Dialog
      title={t('views.save')}
      onClose={onClose}
      actions={
        <Button primary busy={state.busy} disabled={name.trim() === ''} onClick={() => void save()}>
          {t('views.saveIt')}
        </Button>
      }
    >
      <TextField label={t('views.name')} value={name} onChange={setName} maxLength={100} required />
      <Checkbox label={t('views.share')} checked={shared} onChange={setShared} />
      {state.error !== null && <ProblemNote error={state.error} />}
    </Dialog>
  );
}

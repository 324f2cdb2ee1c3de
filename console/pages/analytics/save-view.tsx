import { type FormEvent, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask } from '../../client/ask';
import { useSession } from '../../client/session';
import { Button } from '../../parts/button';
import { Dialog } from '../../parts/dialog';
import { Checkbox, Select, TextField } from '../../parts/field';
import { ProblemNote } from '../../parts/problem-note';
import { toast } from '../../parts/toasts';
import styles from './saved-views.module.css';

/** As GET /v1/saved-views lists them. */
export interface SavedView {
  id: string;
  name: string;
  page: 'runs' | 'analytics';
  search: string;
  shared: boolean;
  ownerId: string;
  createdAt: string;
}

/** Saves the address under a name, or in place of one of one's own. */
export function SaveView({
  search,
  views,
  onClose,
  onSaved,
}: {
  search: string;
  views: readonly SavedView[];
  onClose(): void;
  onSaved(): Promise<unknown>;
}) {
  const { t } = useTranslation('insight');
  const form = useId();
  const person = useSession()?.person?.id;
  const own = views.filter(({ ownerId }) => ownerId === person);
  const [typed, setTyped] = useState({ over: '', name: '', shared: false });
  const [state, setState] = useState<{ busy: boolean; error: unknown }>({ busy: false, error: null });
  const over = (id: string) => {
    const view = own.find((one) => one.id === id);
    setTyped(view ? { over: id, name: view.name, shared: view.shared } : { ...typed, over: '' });
  };
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setState({ busy: true, error: null });
    const body = { name: typed.name.trim(), page: 'analytics', search, shared: typed.shared };
    try {
      if (typed.over) await ask('PUT', `/v1/saved-views/${typed.over}`, body);
      else await ask('POST', '/v1/saved-views', body);
      await onSaved();
      toast(t('views.saved', { name: body.name }));
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
        <Button primary type="submit" form={form} busy={state.busy} disabled={typed.name.trim() === ''}>
          {t('views.save.action')}
        </Button>
      }
    >
      <form id={form} className={styles.form} onSubmit={(event) => void save(event)}>
        {own.length > 0 && (
          <Select
            label={t('views.over')}
            value={typed.over}
            choices={[
              { value: '', words: t('views.over.new') },
              ...own.map(({ id, name }) => ({ value: id, words: name })),
            ]}
            onChange={over}
          />
        )}
        <TextField
          label={t('views.name')}
          required
          maxLength={120}
          value={typed.name}
          onChange={(name) => setTyped({ ...typed, name })}
        />
        <Checkbox
          label={t('views.share')}
          hint={t('views.share.hint')}
          checked={typed.shared}
          onChange={(shared) => setTyped({ ...typed, shared })}
        />
      </form>
      {state.error !== null && <ProblemNote error={state.error} />}
    </Dialog>
  );
}

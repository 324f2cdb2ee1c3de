import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type SavedView, savedViewsQuery, saveView } from '../client/saved-views';
import { Button } from './button';
import { Dialog } from './dialog';
import { Checkbox, Select, TextField } from './field';
import { ProblemNote } from './problem-note';
import styles from './saved-views.module.css';
import { toast } from './toasts';

interface Given {
  page: SavedView['page'];
  /** With its question mark. */
  search: string;
  /** One's own views of the page. */
  own: readonly SavedView[];
  onClose(): void;
}

/** Saves the address under a name, or in place of one of one's own. */
export function SaveView({ page, search, own, onClose }: Given) {
  const { t } = useTranslation('parts');
  const client = useQueryClient();
  const form = useId();
  const [typed, setTyped] = useState({ over: '', name: '', shared: false });
  const [state, setState] = useState<{ busy: boolean; error: unknown }>({ busy: false, error: null });
  const over = (id: string) => {
    const view = own.find((one) => one.id === id);
    setTyped(view ? { over: id, name: view.name, shared: view.shared } : { ...typed, over: '' });
  };
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setState({ busy: true, error: null });
    const name = typed.name.trim();
    try {
      await saveView({ name, page, search, shared: typed.shared }, typed.over || null);
      await client.invalidateQueries({ queryKey: savedViewsQuery.queryKey });
      toast(t('views.saved', { name }));
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
          {t('views.saveIt')}
        </Button>
      }
    >
      <form id={form} className={styles.form} onSubmit={(event) => void save(event)}>
        {own.length > 0 && (
          <Select
            label={t('views.over')}
            value={typed.over}
            choices={[
              { value: '', words: t('views.overNone') },
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
          hint={t('views.shareHint')}
          checked={typed.shared}
          onChange={(shared) => setTyped({ ...typed, shared })}
        />
      </form>
      {state.error !== null && <ProblemNote error={state.error} />}
    </Dialog>
  );
}

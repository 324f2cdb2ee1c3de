import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from './button';
import styles from './dialog.module.css';
import { ProblemNote } from './problem-note';

/** The browser's own dialog: it keeps the focus inside, closes by Escape and gives the focus back. */
export function Dialog({
  title,
  onClose,
  children,
  actions,
  wide,
}: {
  title: string;
  onClose(): void;
  children: ReactNode;
  actions?: ReactNode;
  wide?: boolean;
}) {
  const { t } = useTranslation('parts');
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    return () => shown?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className={styles.dialog}
      data-wide={wide}
      aria-label={title}
      onCancel={onClose}
      onClose={onClose}
    >
      <div className={styles.head}>
        <h2>{title}</h2>
        <Button quiet onClick={onClose}>
          {t('close')}
        </Button>
      </div>
      {children}
      {actions && <div className={styles.actions}>{actions}</div>}
    </dialog>
  );
}

/** Asks before something that cannot be taken back is done; stays open with the reason where it was refused. */
export function Confirm({
  title,
  children,
  action,
  onConfirm,
  onClose,
}: {
  title: string;
  children: ReactNode;
  /** What the button says: the thing itself, as “Delete the key”. */
  action: string;
  onConfirm(): Promise<unknown>;
  onClose(): void;
}) {
  const { t } = useTranslation('parts');
  const [state, setState] = useState<{ busy: boolean; error: unknown }>({ busy: false, error: null });
  const confirm = async () => {
    setState({ busy: true, error: null });
    try {
      await onConfirm();
      onClose();
    } catch (error) {
      setState({ busy: false, error });
    }
  };
  return (
    <Dialog
      title={title}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button danger busy={state.busy} onClick={() => void confirm()}>
            {action}
          </Button>
        </>
      }
    >
      {children}
      {state.error !== null && <ProblemNote error={state.error} />}
    </Dialog>
  );
}

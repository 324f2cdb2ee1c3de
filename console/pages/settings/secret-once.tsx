import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../parts/button';
import { Code } from '../../parts/copy';
import { Dialog } from '../../parts/dialog';
import { Note } from '../../parts/note';

/** What is shown this once: it stands there until whoever made it says that they have it. */
export function SecretOnce({
  title,
  label,
  text,
  children,
  onClose,
}: {
  title: string;
  label: string;
  text: string;
  children?: ReactNode;
  onClose(): void;
}) {
  const { t } = useTranslation('settings');
  return (
    <Dialog
      title={title}
      onClose={onClose}
      actions={
        <Button primary onClick={onClose}>
          {t('once.have')}
        </Button>
      }
    >
      <Note tone="wait" title={t('once')} />
      <Code text={text} label={label} />
      {children}
    </Dialog>
  );
}

import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from './button';
import styles from './copy.module.css';

const SAYS_SO_MS = 2_000;

export function CopyButton({ text, children }: { text: string; children?: string }) {
  const { t } = useTranslation('parts');
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), SAYS_SO_MS);
  };
  return (
    <Button quiet onClick={() => void copy()}>
      <span aria-live="polite">{copied ? t('copied') : (children ?? t('copy'))}</span>
    </Button>
  );
}

/** Something to be pasted elsewhere. */
export function Code({ text, label }: { text: string; label: string }) {
  return (
    <div className={styles.code}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard. */}
      <section tabIndex={0} aria-label={label}>
        <pre dir="ltr">{text}</pre>
      </section>
      <CopyButton text={text} />
    </div>
  );
}

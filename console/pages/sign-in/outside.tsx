import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Page } from '../../parts/page';
import { LanguageChoice, ThemeChoice } from '../../shell/looks';
import mark from '../../shell/mark.svg';
import styles from './outside.module.css';

/** The frame of a page for whoever has not signed in: how it looks can be chosen here, too. */
export function Outside({ title, about, children }: { title: string; about?: ReactNode; children: ReactNode }) {
  const { t } = useTranslation('shell');
  return (
    <main className={styles.outside}>
      <p className={styles.brand}>
        <img src={mark} alt="" />
        {t('title')}
      </p>
      <Page title={title} about={about}>
        {children}
        <div className={styles.looks}>
          <LanguageChoice />
          <ThemeChoice />
        </div>
      </Page>
    </main>
  );
}

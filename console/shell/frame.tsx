import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import { api } from '../client/api';
import { useRights, useSession, useSessionChanged } from '../client/session';
import { Button } from '../parts/button';
import { chooseLanguage, LANGUAGES, type Language } from '../words/words';
import styles from './frame.module.css';
import mark from './mark.svg';
import { type Theme, useTheme } from './theme';
import { Unreachable } from './unreachable';

/** What stands around every page: the way to the others, who one is, how it looks. */
export function Frame({ children }: { children: ReactNode }) {
  const { t } = useTranslation('shell');
  const [open, setOpen] = useState(false);
  const [path] = useLocation();
  const main = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is done once for each page.
  useEffect(() => {
    setOpen(false);
    // A new page is read from its beginning, by eye and by ear.
    window.scrollTo(0, 0);
    if (document.activeElement === document.body || document.activeElement?.closest('nav')) main.current?.focus();
  }, [path]);
  return (
    <div className={styles.frame}>
      <a className={styles.skip} href="#main">
        {t('skip')}
      </a>
      <header className={styles.side} data-open={open}>
        <Link href="/" className={styles.brand}>
          <img src={mark} alt="" />
          {t('title')}
        </Link>
        <div className={styles.menu}>
          <Button quiet aria-expanded={open} onClick={() => setOpen(!open)}>
            {t('menu')}
          </Button>
        </div>
        <Navigation path={path} />
        <Foot />
      </header>
      <Unreachable className={styles.banner} />
      <main id="main" ref={main} tabIndex={-1} className={styles.main}>
        {children}
      </main>
    </div>
  );
}

function Navigation({ path }: { path: string }) {
  const { t } = useTranslation('shell');
  const { sees } = useRights();
  const links = [
    { href: '/', words: t('home'), seen: true },
    { href: '/flows', words: t('flows'), seen: sees('flows') },
    { href: '/runs', words: t('runs'), seen: sees('invocations') },
    { href: '/analytics', words: t('analytics'), seen: sees('analytics') },
    { href: '/live', words: t('live'), seen: sees('analytics') },
    { href: '/settings', words: t('settings'), seen: true },
  ];
  const current = (href: string) => (href === '/' ? path === '/' : path === href || path.startsWith(`${href}/`));
  return (
    <nav aria-label={t('nav')}>
      <ul className={styles.links}>
        {links
          .filter(({ seen }) => seen)
          .map(({ href, words }) => (
            <li key={href}>
              <Link href={href} aria-current={current(href) ? 'page' : undefined}>
                {words}
              </Link>
            </li>
          ))}
      </ul>
    </nav>
  );
}

function Foot() {
  const { t, i18n } = useTranslation(['shell', 'vocabulary']);
  const [theme, setTheme] = useTheme();
  const person = useSession()?.person;
  const changed = useSessionChanged();
  const signOut = async () => {
    // Whether it was ended or not, the page shows what the server says of it now.
    await api.DELETE('/v1/session').catch(() => {});
    changed(null);
  };
  return (
    <div className={styles.foot}>
      <label>
        {t('theme')}
        <select value={theme} onChange={({ target }) => setTheme(target.value as Theme)}>
          <option value="system">{t('theme.system')}</option>
          <option value="light">{t('theme.light')}</option>
          <option value="dark">{t('theme.dark')}</option>
        </select>
      </label>
      <label>
        {t('language')}
        <select value={i18n.language} onChange={({ target }) => void chooseLanguage(target.value as Language)}>
          {Object.entries(LANGUAGES).map(([code, { name }]) => (
            <option key={code} value={code} lang={code}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <a href="/docs">{t('apiReference')}</a>
      {person && (
        <div className={styles.person}>
          <p>{person.name}</p>
          <p>{t(`vocabulary:role.${person.role}`)}</p>
        </div>
      )}
      <Button quiet onClick={() => void signOut()}>
        {t('signOut')}
      </Button>
    </div>
  );
}

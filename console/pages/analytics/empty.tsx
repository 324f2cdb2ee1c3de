import { useTranslation } from 'react-i18next';
import { LinkButton } from '../../parts/button';
import { Card } from '../../parts/page';
import styles from './empty.module.css';
import { type Filters, pathOf } from './filters';

/** Nothing ran in that time: where else to look, and how to have something to look at. */
export function Empty({ filters }: { filters: Filters }) {
  const { t } = useTranslation('insight');
  return (
    <Card>
      <div className={styles.empty}>
        <h2>{t('empty')}</h2>
        <p>{t(filters.mode === 'live' ? 'empty.live' : 'empty.test')}</p>
        <div className={styles.ways}>
          {filters.mode === 'live' && (
            <LinkButton primary href={pathOf({ ...filters, mode: 'test' })}>
              {t('empty.toTest')}
            </LinkButton>
          )}
          {(filters.range.span !== '90d' || filters.version) && (
            <LinkButton href={pathOf({ ...filters, version: null, range: { span: '90d' } })}>
              {t('empty.longer')}
            </LinkButton>
          )}
          <LinkButton href="/flows">{t('empty.toFlows')}</LinkButton>
        </div>
      </div>
    </Card>
  );
}

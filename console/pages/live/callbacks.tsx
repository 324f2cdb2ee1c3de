import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { whole } from '../../parts/amounts';
import { Card } from '../../parts/page';
import { Tile, Tiles } from '../../parts/tile';
import type { Now } from './now';

/** Callbacks on their way, and whose endpoint does not take them. */
export function Callbacks({ callbacks: { pending, failing, disabledProfiles } }: { callbacks: Now['callbacks'] }) {
  const { t } = useTranslation('insight');
  return (
    <Card title={t('callbacks')}>
      <Tiles label={t('callbacks')}>
        <Tile name={t('callbacks.pending')} value={whole(pending)} />
        <Tile name={t('callbacks.failing')} value={whole(failing)} tone={failing > 0 ? 'bad' : 'plain'} />
        <Tile
          name={t('callbacks.disabled')}
          value={whole(disabledProfiles)}
          tone={disabledProfiles > 0 ? 'wait' : 'plain'}
        />
      </Tiles>
      <p>
        <Link href="/settings/callback-profiles">{t('callbacks.link')}</Link>
      </p>
    </Card>
  );
}

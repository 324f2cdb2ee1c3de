import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'wouter';
import type { Mode } from '../../../../schemas/vocabulary';
import { Page } from '../../../parts/page';
import { Tabs } from '../../../parts/tabs';
import { RecipientConsents } from './recipient-consents';
import { Suppressions } from './suppressions';

/** Who must not be sent to, and who agreed to what; of live runs, or of test runs. */
export default function Consents() {
  const { t } = useTranslation('settings');
  const [search] = useSearchParams();
  const mode: Mode = search.get('mode') === 'test' ? 'test' : 'live';
  return (
    <Page title={t('section.consents')} about={t('consents.about')}>
      <Tabs
        label={t('mode')}
        tabs={(['live', 'test'] as const).map((one) => {
          const href = `/settings/consents${one === 'test' ? '?mode=test' : ''}`;
          return { href, words: t(`mode.${one}`), current: one === mode };
        })}
      />
      <RecipientConsents key={`consents ${mode}`} mode={mode} />
      <Suppressions key={`suppressions ${mode}`} mode={mode} />
    </Page>
  );
}

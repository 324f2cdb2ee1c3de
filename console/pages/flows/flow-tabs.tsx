import { useTranslation } from 'react-i18next';
import { useRights } from '../../client/session';
import { Tabs } from '../../parts/tabs';

export type FlowPart = 'design' | 'simulate' | 'versions';

/** The pages of one flow, and those of other rooms that show it. */
export function FlowTabs({ flowId, workflowId, current }: { flowId: string; workflowId: string; current: FlowPart }) {
  const { t } = useTranslation('trial');
  const { sees } = useRights();
  const about = encodeURIComponent(workflowId);
  const tabs = [
    { href: `/flows/${flowId}`, words: t('tab.design'), current: current === 'design', seen: true },
    { href: `/flows/${flowId}/simulate`, words: t('tab.simulate'), current: current === 'simulate', seen: true },
    { href: `/flows/${flowId}/versions`, words: t('tab.versions'), current: current === 'versions', seen: true },
    { href: `/runs?workflowId=${about}`, words: t('tab.runs'), current: false, seen: sees('invocations') },
    { href: `/analytics?flow=${about}`, words: t('tab.analytics'), current: false, seen: sees('analytics') },
  ];
  return <Tabs label={t('tabs')} tabs={tabs.filter(({ seen }) => seen)} />;
}

import { useQuery } from '@tanstack/react-query';
import { useParams } from 'wouter';
import { Page } from '../../parts/page';
import { Review } from './review';
import { asDefinition, flowQuery } from './trial-queries';

export default function Wizard() {
  const { id = '' } = useParams<{ id: string }>();
  const { data } = useQuery(flowQuery(id));
  if (!data) return null;
  return (
    <Page title={data.name}>
      <Review flowId={id} definition={asDefinition(data.draft)} etag={'"1"'} dirty={false} />
    </Page>
  );
}

import type { Answer, HubClient, HubErrorEntry } from './client.ts';
import { ProjectFundsDocument, type ProjectFundsQuery } from './generated/operations.ts';

export type ProjectFunds = NonNullable<ProjectFundsQuery['projects']>['nodes'][number];

/** All projects of a district, page by page; tells `onErrors` what a department could not say. */
export async function* projectFunds(
  client: HubClient,
  district: string,
  onErrors: (errors: readonly HubErrorEntry[]) => void = () => undefined,
): AsyncGenerator<ProjectFunds> {
  let after: string | null = null;
  do {
    const { data, errors }: Answer<ProjectFundsQuery> = await client.query(ProjectFundsDocument, { district, after });
    if (errors.length > 0) onErrors(errors);
    if (!data?.projects) return;
    yield* data.projects.nodes;
    after = data.projects.pageInfo.hasNextPage ? data.projects.pageInfo.endCursor : null;
  } while (after !== null);
}

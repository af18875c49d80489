import { expect, it } from 'vitest';
import { createSmallHub } from '../../helpers/small-hub.ts';

it('tells a source that is not there from one in which nothing drifted', async () => {
  await using small = createSmallHub();
  await using running = await small.start();
  const { drift } = running.hub.mappings;
  const editor = { subject: '王', roles: [], unverified: 'developer' } as const;
  const unknown = { code: 'BAD_USER_INPUT', message: 'there is no source "libary"; did you mean "library"?' };
  await expect(drift.draftRepair('libary', editor)).rejects.toMatchObject(unknown);
  await expect(drift.accept('libary', editor)).rejects.toMatchObject(unknown);
  await expect(drift.draftRepair('library', editor)).rejects.toMatchObject({ code: 'BAD_USER_INPUT', message: 'nothing has drifted in "library"' });
});

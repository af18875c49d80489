import { describeCapture } from './capture-kit.ts';

describeCapture('changes of SQLite by triggers', {
  engine: 'sqlite',
  mode: 'trigger',
  lose: (shop) => shop.session.run('delete from yiwang_changes'),
});
describeCapture('changes of SQLite by looking', { engine: 'sqlite', mode: 'poll' });

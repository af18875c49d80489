import { describeCapture } from './capture-kit.ts';

describeCapture('changes of Postgres by its log', {
  engine: 'postgres',
  mode: 'log',
  lose: (shop) => shop.session.run(`select pg_drop_replication_slot('yiwang_shop')`),
});
describeCapture('changes of Postgres by triggers', {
  engine: 'postgres',
  mode: 'trigger',
  lose: (shop) => shop.session.run(`select yiwang.forget(interval '0')`),
});
describeCapture('changes of Postgres by looking', { engine: 'postgres', mode: 'poll' });

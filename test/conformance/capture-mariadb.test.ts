import { describeCapture } from './capture-kit.ts';

describeCapture('changes of MariaDB by its log', { engine: 'mariadb', mode: 'log' });
describeCapture('changes of MariaDB by triggers', {
  engine: 'mariadb',
  mode: 'trigger',
  lose: (shop) => shop.session.run('replace into yiwang_forgotten select 1, max(seq) from yiwang_changes', 'delete from yiwang_changes'),
});
describeCapture('changes of MariaDB by looking', { engine: 'mariadb', mode: 'poll' });

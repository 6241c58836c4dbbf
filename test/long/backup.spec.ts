import { backupDrill } from '../support/backup-drill.js';
import { NO_FAULTS } from '../support/stored-events.js';

describe('backup and restore, at length', () => {
  it('DUR-17 ten backups under load, each restored elsewhere', async () => {
    for (let turn = 0; turn < 10; turn += 1) {
      const report = await backupDrill(8_000);
      expect(report).toMatchObject({
        backup: { code: 0 },
        restore: { code: 0 },
        verify: { code: 0 },
        faults: NO_FAULTS,
        again: [202, 202],
      });
      process.stdout.write(`${report.acknowledgedBefore} events acknowledged before the backup's position, all there\n`);
    }
  });
});

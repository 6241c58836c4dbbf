import type { Machine } from '../company.js';
import { zeekConnection } from '../network-events.js';
import type { World } from '../world.js';
import type { Activity, Routine } from './activity.js';

const CRON_JOBS = [
  ['root', '/usr/lib/apt/apt.systemd.daily'],
  ['root', 'command -v debian-sa1 > /dev/null && debian-sa1 1 1'],
  ['www-data', 'php /var/www/app/cron.php'],
  ['postgres', '/usr/local/bin/archive-wal.sh'],
  ['root', 'curl -fsS https://status.example.org/ping/7 > /dev/null'],
] as const;
const SUDO_COMMANDS = [
  '/usr/bin/systemctl restart nginx',
  '/usr/bin/systemctl status postgresql',
  '/usr/bin/journalctl -u nginx --since today',
  '/usr/bin/apt-get update',
  '/usr/bin/tail -n 200 /var/log/nginx/error.log',
  '/usr/bin/find /var/log -name *.gz -mtime +30 -delete',
  '/usr/bin/vim /etc/nginx/nginx.conf',
];
const GUESSED_NAMES = 'admin oracle test ubuntu postgres git ftpuser user support pi'.split(' ');

/** A line of a server's authentication or cron log, in the layout of rsyslog with full time stamps. */
function syslogLine(world: World, time: number, machine: Machine, message: string): void {
  const stamp = new Date(time).toISOString().replace('Z', '+00:00');
  world.emit(time, 'linux-auth', { message: `${stamp} ${machine.name} ${message}` });
}

function anyServer(world: World): Machine {
  const { servers } = world.company;
  return world.random.pick([servers['web-01'], servers['web-02'], servers['db-01'], servers['bastion-01']]);
}

const cron: Activity = (world, time) => {
  const machine = anyServer(world);
  const [user, command] = world.random.pick(CRON_JOBS);
  const pid = world.random.int(2_000, 900_000);
  syslogLine(world, time, machine, `CRON[${pid}]: pam_unix(cron:session): session opened for user ${user}(uid=0) by (uid=0)`);
  syslogLine(world, time + 4, machine, `CRON[${pid + 1}]: (${user}) CMD (${command})`);
  syslogLine(world, time + 900, machine, `CRON[${pid}]: pam_unix(cron:session): session closed for user ${user}`);
};

const logIn: Activity = (world, time) => {
  const { servers, administrators, developers } = world.company;
  const machine = anyServer(world);
  const person = world.random.pick([...administrators, ...developers]);
  const source = machine === servers['bastion-01'] ? person.workstation : servers['bastion-01'];
  const pid = world.random.int(2_000, 900_000);
  const port = world.random.int(49_152, 65_535);
  zeekConnection(world, time - 500, { from: source.address, to: machine.address, port: 22, sourcePort: port, service: 'ssh' });
  if (world.random.chance(0.05))
    syslogLine(world, time - 300, machine, `sshd[${pid}]: Failed password for ${person.account} from ${source.address} port ${port} ssh2`);
  syslogLine(
    world,
    time,
    machine,
    `sshd[${pid}]: Accepted publickey for ${person.account} from ${source.address} port ${port} ssh2: ED25519 SHA256:${world.random.hex(12)}`,
  );
  syslogLine(
    world,
    time + 5,
    machine,
    `sshd[${pid}]: pam_unix(sshd:session): session opened for user ${person.account}(uid=1000) by ${person.account}(uid=0)`,
  );
  if (world.random.chance(0.6)) {
    const command = world.random.chance(0.015) ? '/usr/bin/bash' : world.random.pick(SUDO_COMMANDS);
    const when = time + world.random.int(4_000, 120_000);
    syslogLine(world, when, machine, `sudo: ${person.account} : TTY=pts/0 ; PWD=/home/${person.account} ; USER=root ; COMMAND=${command}`);
  }
  const end = time + world.random.int(130_000, 2_000_000);
  syslogLine(world, end, machine, `sshd[${pid}]: pam_unix(sshd:session): session closed for user ${person.account}`);
};

const deploy: Activity = (world, time) => {
  const { servers } = world.company;
  const machine = world.random.pick([servers['web-01'], servers['web-02']]);
  const pid = world.random.int(2_000, 900_000);
  syslogLine(
    world,
    time,
    machine,
    `sshd[${pid}]: Accepted publickey for deploy from ${servers.DEPLOY01.address} port ${world.random.int(49_152, 65_535)} ssh2: ED25519 SHA256:4mS0dYw1`,
  );
  syslogLine(
    world,
    time + 2_000,
    machine,
    `sudo:   deploy : TTY=unknown ; PWD=/srv/app ; USER=root ; COMMAND=/usr/bin/bash /opt/deploy/rollout.sh`,
  );
  syslogLine(world, time + 9_000, machine, `sshd[${pid}]: pam_unix(sshd:session): session closed for user deploy`);
};

/** The bastion is on the internet, and the internet knocks. */
const knock: Activity = (world, time) => {
  const machine = world.company.servers['bastion-01'];
  const source = `198.51.100.${world.random.int(200, 250)}`;
  const pid = world.random.int(2_000, 900_000);
  const port = world.random.int(30_000, 65_535);
  zeekConnection(world, time - 200, {
    from: source,
    to: machine.address,
    port: 22,
    sourcePort: port,
    service: 'ssh',
    sent: 900,
    received: 1_700,
  });
  if (world.random.chance(0.15)) {
    syslogLine(world, time, machine, `sshd[${pid}]: Failed password for root from ${source} port ${port} ssh2`);
    return;
  }
  const name = world.random.pick(GUESSED_NAMES);
  syslogLine(world, time, machine, `sshd[${pid}]: Invalid user ${name} from ${source} port ${port}`);
  syslogLine(world, time + 1_800, machine, `sshd[${pid}]: Connection closed by invalid user ${name} ${source} port ${port} [preauth]`);
};

/** What happens on the Linux servers. */
export const LINUX_SERVERS: readonly Routine[] = [
  { act: cron, atWork: 4, atNight: 4 },
  { act: logIn, atWork: 3, atNight: 0.1 },
  { act: deploy, atWork: 0.5, atNight: 0.1 },
  { act: knock, atWork: 0.6, atNight: 0.6 },
];

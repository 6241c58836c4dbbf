import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describeUnless } from './describe-unless.js';
import { freePort } from './free-port.js';
import { PubSubRig } from './pubsub-rig.js';
import { isInstalled } from './redis-server.js';

const START_MS = 30_000;
const JAR = /^cloud-pubsub-emulator.*\.jar$/;
/** Where the Cloud SDK keeps its emulator, below where it is installed. */
const IN_SDK = join('platform', 'pubsub-emulator', 'lib');
const SDKS = ['/usr/lib/google-cloud-sdk', '/usr/share/google-cloud-sdk', '/opt/google-cloud-sdk', '/google-cloud-sdk'];

/** Google's emulator of Pub/Sub, as a process of its own. Nothing is kept over a restart, topics and subscriptions included. */
export class PubSubServer extends PubSubRig {
  private process: ChildProcess | undefined;

  private constructor(port: number) {
    super(port);
  }

  static async start(): Promise<PubSubServer> {
    process.env['METADATA_SERVER_DETECTION'] = 'none';
    const server = new PubSubServer(await freePort());
    await server.begin();
    return server;
  }

  /** Starts it again on the same port after `kill`, empty. */
  async begin(): Promise<void> {
    const jar = emulatorJar();
    if (jar === undefined) throw new Error('there is no emulator of Pub/Sub here');
    const options = ['-XX:TieredStopAtLevel=1', '-Xmx512m', '-jar', jar, '--host=127.0.0.1', `--port=${this.port}`];
    this.process = spawn('java', options, { stdio: 'ignore' });
    for (const deadline = Date.now() + START_MS; ; await pause(50)) {
      const answer = await fetch(`http://127.0.0.1:${this.port}/`).catch(() => undefined);
      if (answer?.ok) return;
      if (Date.now() > deadline) throw new Error('the emulator of Pub/Sub does not answer');
    }
  }

  /** Ends it at once, with all that it has. */
  async kill(): Promise<void> {
    const { process: running } = this;
    this.process = undefined;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const ended = new Promise((done) => running.once('exit', done));
    running.kill('SIGKILL');
    await ended;
  }

  async stop(): Promise<void> {
    await this.closeClients();
    await this.kill();
  }
}

/** Describes what needs Google's emulator of Pub/Sub, with one of the suite's own. */
export function describeWithPubSub(title: string, suite: (server: () => PubSubServer) => void): void {
  const withServer = (): void => {
    let server: PubSubServer | undefined;
    beforeAll(async () => {
      server = await PubSubServer.start();
    });
    afterAll(() => server?.stop());
    suite(() => {
      if (!server) throw new Error('the emulator of Pub/Sub has not started');
      return server;
    });
  };
  describeUnless(missing(), title, withServer, 'emulator');
}

function missing(): string | undefined {
  if (!isInstalled('java')) return 'java not installed';
  return emulatorJar() === undefined
    ? "no emulator of Pub/Sub: install the Cloud SDK's, or name it in GATRA_PUBSUB_EMULATOR_JAR"
    : undefined;
}

function emulatorJar(): string | undefined {
  const named = process.env['GATRA_PUBSUB_EMULATOR_JAR'];
  if (named) return existsSync(named) ? named : undefined;
  const sdks = [process.env['CLOUDSDK_ROOT'], process.env['CLOUDSDK_ROOT_DIR'], sdkOfPath(), ...SDKS];
  for (const directory of sdks.flatMap((sdk) => (sdk ? [join(sdk, IN_SDK)] : []))) {
    const jar = existsSync(directory) ? readdirSync(directory).find((name) => JAR.test(name)) : undefined;
    if (jar !== undefined) return join(directory, jar);
  }
  return undefined;
}

/** The Cloud SDK whose `gcloud` is in the path. */
function sdkOfPath(): string | undefined {
  const { stdout } = spawnSync('sh', ['-c', 'readlink -f "$(command -v gcloud)"'], { encoding: 'utf8' });
  return stdout.trim() === '' ? undefined : join(stdout.trim(), '..', '..');
}

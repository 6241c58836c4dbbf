import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';

/** Ports of the instances of each service. */
export interface Backends {
  readonly mssp: readonly number[];
  readonly taa: readonly number[];
  readonly cra: readonly number[];
  readonly cla: readonly number[];
}

/** A real HAProxy before services on this machine: what is asked goes to the service that answers it, and to an instance of it that is ready. */
export class HaProxy {
  private constructor(
    private readonly process: ChildProcess,
    private readonly directory: string,
    readonly baseUrl: string,
  ) {}

  /** Starts it on a port of its own; the instances need not be there yet. */
  static async start(port: number, backends: Backends): Promise<HaProxy> {
    const directory = mkdtempSync(join(tmpdir(), 'gatra-haproxy-'));
    const file = join(directory, 'haproxy.cfg');
    writeFileSync(file, configuration(port, await freePort(), backends));
    const child = spawn('haproxy', ['-f', file, '-db'], { stdio: 'ignore' });
    const proxy = new HaProxy(child, directory, `http://127.0.0.1:${port}`);
    await eventually(() => fetch(`${proxy.baseUrl}/health/live`));
    return proxy;
  }

  async stop(): Promise<void> {
    const ended = new Promise((done) => this.process.once('exit', done));
    this.process.kill('SIGKILL');
    await ended;
    rmSync(this.directory, { recursive: true, force: true });
  }
}

function configuration(port: number, statisticsPort: number, backends: Backends): string {
  const servers = Object.entries(backends).map(
    ([name, ports]: [string, readonly number[]]) => `backend ${name}
  option httpchk
  http-check send meth GET uri /health/ready
  http-check expect status 200
${ports.map((own, at) => `  server ${name}${at} 127.0.0.1:${own} check inter 250ms fall 2 rise 1\n`).join('')}`,
  );
  return `defaults
  mode http
  timeout connect 1s
  timeout client 60s
  timeout server 60s
  timeout check 2s
  option redispatch
  retries 3
frontend api
  bind 127.0.0.1:${port}
  use_backend taa if { path_beg /api/v1/triage /api/v1/intel /api/v1/threat-intel }
  use_backend cra if { path_beg /api/v1/approvals /api/v1/contain /api/v1/edl /edl/ /api/v1/webhooks }
  use_backend cra if { path_reg ^/api/v1/incidents/[^/]+/actions }
  use_backend cla if { path_beg /api/v1/feedback }
  default_backend mssp
frontend statistics
  bind 127.0.0.1:${statisticsPort}
  stats enable
${servers.join('')}`;
}

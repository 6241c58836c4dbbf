import { Certificates } from './certificates.js';

/** What servers of Redis speak TLS with, to clients and to one another: one certificate that has signed itself. */
export class RedisTls {
  private readonly certificates = new Certificates();

  constructor() {
    this.certificates.place(this.certificates.make());
  }

  /** Who has signed the certificate. */
  get caFile(): string {
    return this.certificates.certFile;
  }

  /** Settings of a server that is spoken to so on this port, each a name and its value. */
  settings(port: number): readonly (readonly [name: string, value: string])[] {
    const { certFile, keyFile } = this.certificates;
    return [
      ['tls-port', String(port)],
      ['tls-cert-file', certFile],
      ['tls-key-file', keyFile],
      ['tls-ca-cert-file', certFile],
      ['tls-auth-clients', 'no'],
      ['tls-replication', 'yes'],
    ];
  }

  remove(): void {
    this.certificates.remove();
  }
}

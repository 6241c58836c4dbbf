import { ExpressAdapter } from '@nestjs/platform-express';
import { createHttpServer } from './http-server.js';
import type { TlsFiles } from './tls-files.js';

/** Express on a server with our limits; the framework's own choice leaves some of them at values that slow clients outwait. */
export class HttpAdapter extends ExpressAdapter {
  constructor(readonly tls: TlsFiles | null) {
    super();
  }

  override initHttpServer(): void {
    this.httpServer = createHttpServer(this.getInstance(), this.tls);
  }
}

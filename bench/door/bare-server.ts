import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';

/** A Nest app with one route and no door: what a request costs before anything of ours runs. Prints its URL. */
class Bare {
  answer(): object {
    return { tenant_id: 'acme-corp', limits: [{ policy: 'ingest', rate: 1, burst: 1, remaining: 1, reset_seconds: 0 }] };
  }
}

class BareModule {}

const answer = Object.getOwnPropertyDescriptor(Bare.prototype, 'answer');
if (!answer) throw new Error('the route is missing');
Get()(Bare.prototype, 'answer', answer);
Controller('bare')(Bare);
Module({ controllers: [Bare] })(BareModule);

const app = await NestFactory.create<NestExpressApplication>(BareModule, { logger: false });
await app.listen(0, '127.0.0.1');
process.stdout.write(`${await app.getUrl()}\n`);
process.on('SIGTERM', () => process.exit(0));

import { Module } from '@nestjs/common';
import { IngestLimiter } from './ingest-limiter.js';
import { RateLimitAdminController } from './rate-limit-admin.controller.js';
import { RateLimitController } from './rate-limit.controller.js';

/** Limits of tenants, and what is told of them. */
@Module({
  controllers: [RateLimitController, RateLimitAdminController],
  providers: [IngestLimiter],
  exports: [IngestLimiter],
})
export class RateLimitModule {}

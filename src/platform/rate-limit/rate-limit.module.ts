import { Module } from '@nestjs/common';
import { IngestLimiter } from './ingest-limiter.js';
import { MemoryRateLimitStore } from './memory-rate-limit-store.js';
import { RateLimitController } from './rate-limit.controller.js';
import { RateLimitStore } from './rate-limit-store.js';

/** Rate limits, kept in this process. */
@Module({
  controllers: [RateLimitController],
  providers: [{ provide: RateLimitStore, useClass: MemoryRateLimitStore }, IngestLimiter],
  exports: [IngestLimiter],
})
export class RateLimitModule {}

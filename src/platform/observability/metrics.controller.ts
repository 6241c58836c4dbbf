import { Controller, Get, Header, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import { AllowOwnCredential } from '../auth/allow.decorator.js';
import { Metrics } from './metrics.js';
import { MetricsAccessGuard } from './metrics-access.guard.js';

/** Metrics for Prometheus. */
@ApiTags('operations')
@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  /** All metrics, in Prometheus' text format. */
  @Get()
  @AllowOwnCredential('bearer')
  @UseGuards(MetricsAccessGuard)
  @Header('Content-Type', 'text/plain; version=0.0.4; charset=utf-8')
  @ApiProduces('text/plain')
  @ApiOkResponse({ type: String, description: 'Prometheus text format' })
  scrape(): Promise<string> {
    return this.metrics.registry.metrics();
  }
}

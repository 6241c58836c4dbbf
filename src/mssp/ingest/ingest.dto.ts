import { ApiProperty } from '@nestjs/swagger';
import { EVENT_FORMATS } from '../../contracts/security-event.js';

/** Body of a JSON request. Read by the pipeline, not by a validator; the class is its description. */
export class EventEnvelopeDto {
  @ApiProperty({
    enum: ['auto', ...EVENT_FORMATS],
    required: false,
    default: 'auto',
    description: 'Format of the events; auto goes by shape.',
  })
  source?: string;

  @ApiProperty({
    type: 'array',
    minItems: 1,
    maxItems: 5_000,
    items: { type: 'object', additionalProperties: true },
    example: [
      {
        '@timestamp': '2026-01-15T09:30:00.000Z',
        EventID: 1,
        Channel: 'Microsoft-Windows-Sysmon/Operational',
        Computer: 'ws-12.example.com',
      },
    ],
  })
  events: Record<string, unknown>[];
}

/** Why one event was not taken. */
export class RejectedEventDto {
  /** Position in the request, from 0. */
  index: number;
  /** @example not_an_object */
  code: string;
  detail: string;
}

/** What became of a batch: `received = accepted + duplicates + rejected`. */
export class IngestAnswerDto {
  /** @example accepted */
  status: string;
  batch_id: string;
  tenant_id: string;
  correlation_id: string;
  received: number;
  /** Stored, and inspected unless `inspected` says otherwise. */
  accepted: number;
  /** Already stored under the identity that their source gives them. */
  duplicates: number;
  rejected: RejectedEventDto[];
  /** False where detection could not run: the batch is stored and inspected later. */
  inspected: boolean;
  alerts_raised: number;
  /** Events that may still be sent at once. */
  rate_limit_remaining: number;
}

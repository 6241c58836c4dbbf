import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, Equals, IsArray, IsObject, IsOptional, IsString, MaxLength } from 'class-validator';
import { TLP_MARKINGS, type Tlp } from '../contracts/tlp.js';
import { SomeOf, SomeTexts } from '../platform/http/list-filter.js';
import { PageQuery, type Page } from '../platform/http/page.js';
import { INDICATOR_TYPES, type IndicatorType, type IndicatorValue, type UnsupportedIndicator } from './domain/indicator.js';
import type { ImportResult, ShownIndicator } from './indicators.service.js';
import { MayBeLeftOut } from '../platform/http/may-be-left-out.js';

const MOST_OBJECTS = 5_000;

const EXAMPLE_INDICATOR = {
  type: 'indicator',
  spec_version: '2.1',
  id: 'indicator--5e0f2b9c-7c64-4c0f-9c4e-0d8a2a3f1b10',
  created: '2026-03-01T08:00:00.000Z',
  modified: '2026-03-01T08:00:00.000Z',
  name: 'Command and control of a known intruder',
  pattern: "[ipv4-addr:value = '203.0.113.66' OR domain-name:value = 'update.bad.example']",
  pattern_type: 'stix',
  valid_from: '2026-03-01T08:00:00.000Z',
  confidence: 85,
};

/** Which indicators are wanted. */
export class IndicatorQuery extends PageQuery {
  @SomeOf(INDICATOR_TYPES)
  type?: IndicatorType[];

  /** An exact value: an address, address block, domain, URL, hash or e-mail address. */
  @IsString()
  @MaxLength(2_048)
  @IsOptional()
  value?: string;

  /** `api`, or the name of a feed. */
  @SomeTexts(200)
  source?: string[];
}

/** A STIX 2.1 bundle. Objects other than indicators are passed over. */
export class StixBundleDto {
  @ApiProperty({ example: 'bundle' })
  @Equals('bundle')
  type: string;

  @ApiProperty({ required: false, example: 'bundle--3f0a6f0e-2c1b-4b5e-8d7a-9b1c2d3e4f50' })
  @IsString()
  @MaxLength(128)
  @MayBeLeftOut()
  id?: string;

  @IsString()
  @MaxLength(8)
  @MayBeLeftOut()
  spec_version?: string;

  @ApiProperty({ type: 'array', items: { type: 'object', additionalProperties: true }, example: [EXAMPLE_INDICATOR] })
  @IsArray()
  @ArrayMaxSize(MOST_OBJECTS)
  @IsObject({ each: true })
  objects: Record<string, unknown>[];
}

/** Something offered that cannot be used, and why. */
export class UnsupportedIndicatorDto implements UnsupportedIndicator {
  @ApiProperty({ example: 'indicator--0d4d3a5e-0000-4000-8000-000000000001' })
  id: string;

  @ApiProperty({ example: 'a constant is expected at the end' })
  reason: string;
}

/** What became of a bundle. */
export class ImportResultDto implements ImportResult {
  /** Indicators that are new. */
  @ApiProperty({ example: 1 })
  accepted: number;

  /** Indicators that were there under the same id and now say something else. */
  @ApiProperty({ example: 0 })
  updated: number;

  @ApiProperty({ type: [UnsupportedIndicatorDto] })
  unsupported: UnsupportedIndicatorDto[];
}

/** One thing that an indicator looks for. */
export class IndicatorValueDto implements IndicatorValue {
  @ApiProperty({ enum: INDICATOR_TYPES, example: 'ip' })
  type: IndicatorType;

  @ApiProperty({ example: '203.0.113.66' })
  value: string;
}

/** An indicator in force for the tenant. */
export class IndicatorDto implements ShownIndicator {
  @ApiProperty({ example: '0a4f1a8e-6f0b-5a55-9a53-1f2e3d4c5b6a' })
  indicator_id: string;

  @ApiProperty({ example: 'api' })
  source: string;

  /** Identifier that the source gave it. */
  @ApiProperty({ example: 'indicator--5e0f2b9c-7c64-4c0f-9c4e-0d8a2a3f1b10' })
  external_id: string;

  name: string;

  @ApiProperty({ type: [IndicatorValueDto] })
  values: IndicatorValueDto[];

  @ApiProperty({ type: String, nullable: true, example: '2026-03-01T08:00:00.000Z' })
  valid_from: string | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  valid_until: string | null;

  /** 0 to 1. */
  @ApiProperty({ example: 0.85 })
  confidence: number;

  revoked: boolean;

  /** When its source made this version of it, where it says so. */
  @ApiProperty({ required: false, example: '2026-03-01T08:00:00.000Z' })
  modified?: string;

  /** Where the indicator is more than a list of values: the STIX pattern that events are compared with. There are no values then. */
  @ApiProperty({ required: false, example: "[process:name = 'a.exe' AND process:command_line LIKE '%-enc%']" })
  pattern?: string;

  /** Whom it may be shared with (Traffic Light Protocol 2.0), where its source says so. */
  @ApiProperty({ required: false, enum: TLP_MARKINGS })
  tlp?: Tlp;

  /** Some of its values are on an allow-list, and so are not matched. */
  @ApiProperty({ example: false })
  allow_listed: boolean;

  @ApiProperty({ example: '2026-03-01T08:05:00.000Z' })
  created_at: string;

  @ApiProperty({ example: '2026-03-01T08:05:00.000Z' })
  updated_at: string;
}

/** A page of indicators, ordered by id. */
export class IndicatorPage implements Page<IndicatorDto> {
  @ApiProperty({ type: [IndicatorDto] })
  items: IndicatorDto[];

  /** Give it as `cursor` for the next page. */
  @ApiProperty({ type: String, nullable: true, example: null })
  next_cursor: string | null;
}

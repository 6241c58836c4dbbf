import { ApiProperty } from '@nestjs/swagger';
import { IsUUID } from 'class-validator';
import type { ContainmentPlan } from '../contracts/containment.js';
import { ContainmentActionDto } from './containment.dto.js';

/** An incident to be contained: by its id alone, as what is known of it comes from where incidents are kept. */
export class ContainRequestDto {
  @ApiProperty({ example: 'f0e1d2c3-0000-5000-8000-000000000004' })
  @IsUUID()
  incident_id: string;
}

/** What is intended for an incident. */
export class ContainmentPlanDto implements ContainmentPlan {
  incident_id: string;

  @ApiProperty({ type: String, nullable: true })
  playbook: string | null;

  /** Actions of this incident; those of low risk run at once, the rest waits for a person. */
  actions: ContainmentActionDto[];

  /** Actions of other incidents that do already what the playbook asks for here. */
  covered: ContainmentActionDto[];
}

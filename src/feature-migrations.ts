import { claMigrations } from './cla/adapters/cla-migrations.js';
import { craMigrations } from './cra/adapters/cra-migrations.js';
import { caseMigrations } from './mssp/cases/adapters/case-migrations.js';
import type { Migrations } from './platform/storage/migrations.js';
import { taaMigrations } from './taa/adapters/taa-migrations.js';

/** The features' tables in each tenant's database, for whoever puts the platform together. */
export const featureMigrations: Migrations = { ...caseMigrations, ...taaMigrations, ...craMigrations, ...claMigrations };

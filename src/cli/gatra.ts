import 'reflect-metadata';
import { Command } from 'commander';
import { registerAudit } from './audit/audit-command.js';

const program = new Command('gatra').description('The GATRA SOC platform on the command line').showHelpAfterError();

registerAudit(program);

await program.parseAsync();

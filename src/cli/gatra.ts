import 'reflect-metadata';
import { Command } from 'commander';
import { registerAudit } from './audit/audit-command.js';
import { registerDemo } from './demo/demo-command.js';
import { registerScan } from './scan/scan-command.js';

const program = new Command('gatra').description('The GATRA SOC platform on the command line').showHelpAfterError();

registerAudit(program);
registerDemo(program);
registerScan(program);

await program.parseAsync();

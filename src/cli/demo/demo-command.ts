import { InvalidArgumentError, type Command } from 'commander';
import { runDemo, type DemoOptions } from './run-demo.js';

/** Adds `gatra demo`. */
export function registerDemo(program: Command): void {
  program
    .command('demo')
    .description('Show the main job: events in; alerts, an incident, an approval, a published block and a verified audit log out')
    .option('--exit', 'stop when done, instead of staying up to be looked at', false)
    .option('--events <path...>', 'send these files or directories of NDJSON (plain or gzip) instead of the generated day', [])
    .option('--rules <path...>', 'Sigma rules (files, directories, .tar.gz) besides the starter pack', [])
    .option('--seed <number>', 'seed of the generated day', wholeNumber, 7)
    .option('--port <number>', 'port to serve at; 0 takes a free one', wholeNumber, 0)
    .option('--credentials <file>', 'show it on a deployment that runs, with its credentials in the form of bootstrap.json')
    .option('--url <url>', 'where that deployment is; the base_url of the credentials file where left out')
    .action(async (options: DemoOptions) => {
      process.exitCode = await runDemo(options);
    });
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError('a whole number');
  return value;
}

// with-services.mjs COMMAND [ARGUMENT…]: runs a command with TEST_AMQP_URL, TEST_DATABASE_URL and TEST_MANAGEMENT_URL set:
// as they are where the environment has them, else to throw-away services that last as long as the command, and that are
// as safe, and so as slow, as in production: it is for benchmarks.
import { runInForeground } from './launcher/foreground.mjs';
import { runCommand } from './launcher/problem.mjs';
import { startTestServices } from './launcher/test-services.mjs';

await runCommand(async () => {
  const [program, ...args] = process.argv.slice(2);
  if (program === undefined) {
    console.error('Usage: node scripts/with-services.mjs COMMAND [ARGUMENT…]');
    return 2;
  }
  const given = process.env['TEST_AMQP_URL'] && process.env['TEST_DATABASE_URL'];
  const services = given ? undefined : await startTestServices({ asInProduction: true });
  const env = services && {
    TEST_AMQP_URL: services.amqpUrl,
    TEST_DATABASE_URL: services.databaseUrl,
    TEST_MANAGEMENT_URL: services.managementUrl,
  };
  try {
    return await runInForeground(program, args, env);
  } finally {
    await services?.end();
  }
});

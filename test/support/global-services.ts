import { startTestServices } from '../../scripts/launcher/test-services.mjs';

const VARIABLES = ['TEST_AMQP_URL', 'TEST_DATABASE_URL', 'TEST_MANAGEMENT_URL'] as const;

/** Every project that needs services has this set-up: the first one in a run starts them, the end of that one ends them. */
export async function setup(): Promise<(() => Promise<void>) | undefined> {
  const missing = VARIABLES.filter((name) => !process.env[name]);
  if (missing.length === 0) return undefined;
  if (missing.length < VARIABLES.length) {
    throw new Error(`Set all of ${VARIABLES.join(', ')} or none: ${missing.join(', ')} is missing.`);
  }
  const services = await startTestServices();
  process.env['TEST_AMQP_URL'] = services.amqpUrl;
  process.env['TEST_DATABASE_URL'] = services.databaseUrl;
  process.env['TEST_MANAGEMENT_URL'] = services.managementUrl;
  return services.end;
}

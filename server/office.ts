import type { Logger } from 'pino';

import { sessionCookieName } from './access/session-cookie.ts';
import { singleSignOnRoutes } from './access/oidc/oidc-routes.ts';
import { secondFactorRoutes } from './access/second-factor/second-factor-routes.ts';
import { signInMethodRoutes } from './access/sign-in-methods.ts';
import { authenticateWith, sessionRoutes } from './access/session-routes.ts';
import { accountRoutes } from './access/account-routes.ts';
import { SessionWatch } from './access/session-watch.ts';
import { authenticateWithTokens } from './access/token-authentication.ts';
import { tokenRoutes } from './access/token-routes.ts';
import { userRoutes } from './access/user-routes.ts';
import { ensureAdministrator } from './access/users-store.ts';
import { openConnection } from './amqp/connection.ts';
import { openManagement } from './amqp/management.ts';
import { openPublisher } from './amqp/publisher.ts';
import { Routing } from './amqp/routing.ts';
import { askExchange, askQueue } from './amqp/topology.ts';
import { auditRoutes } from './audit/audit-routes.ts';
import { startAuditing, type Auditing } from './audit/auditing.ts';
import { untilDatabaseAnswers } from './bring-up.ts';
import type { Config } from './config.ts';
import type { HealthEvent } from './contract/schemas/events.ts';
import { connectDatabase, cutConnections } from './database/connect.ts';
import { DatabaseWatch } from './database/database-watch.ts';
import { registerInstance, type Instance } from './database/instance.ts';
import { migrate, MIGRATION_WAIT_SECONDS } from './database/migrate.ts';
import { Names } from './database/names.ts';
import { deadQueueRoutes } from './dead-queues/dead-queue-routes.ts';
import { brokerAddress, ensureBroker, ensureDeadQueues } from './dead-queues/dead-queue-store.ts';
import { QueueFacts } from './dead-queues/queue-facts.ts';
import { ContentCipher } from './encryption/content-cipher.ts';
import { openContentKeysOfOffice } from './encryption/open-content-keys.ts';
import { auditExportRoutes } from './exports/audit-export.ts';
import { messagesExportRoutes } from './exports/messages-export.ts';
import { operationItemsExportRoutes } from './exports/operation-items-export.ts';
import { groupRoutes } from './groups/group-routes.ts';
import { ordersExportRoutes } from './exports/orders-export.ts';
import { healthRoutes } from './health.ts';
import { startIntake, type Intake } from './intake/intake.ts';
import { rejectRoutes } from './intake/reject-routes.ts';
import { ChangeFeed } from './live/change-feed.ts';
import { eventRoutes } from './live/event-routes.ts';
import { CurrentMasking } from './masking/current-masking.ts';
import { maskRoutes } from './masking/mask-routes.ts';
import { maskingRoutes } from './masking/masking-routes.ts';
import type { ReadKeys } from './masking/masking.ts';
import { revealRoutes } from './masking/reveal-routes.ts';
import { editRoutes } from './messages/edits/edit-routes.ts';
import { filterValueRoutes } from './messages/filter-value-routes.ts';
import { messageRoutes } from './messages/message-routes.ts';
import { readMessages } from './messages/message-rows.ts';
import { ensureInstallation } from './messages/resend-mark.ts';
import { openMetrics } from './metrics.ts';
import { LEASE_TIMES } from './operations/lease.ts';
import { OperationFeed } from './operations/operation-feed.ts';
import { operationRoutes } from './operations/operation-routes.ts';
import { OperationRunner } from './operations/runner.ts';
import { extractBusinessKeys } from './orders/business-keys.ts';
import { Purging } from './retention/purging.ts';
import { retentionRoutes } from './retention/retention-routes.ts';
import { Settling } from './retention/settling.ts';
import { savedViewRoutes } from './saved-views/saved-view-routes.ts';
import { openSettings, type CurrentSettings } from './settings/current-settings.ts';
import { settingsRoutes } from './settings/settings-routes.ts';
import { DEFAULT_SETTINGS } from './settings/settings-store.ts';
import { statisticsRoutes } from './stats/statistics-routes.ts';
import { timelineRoutes } from './timeline/timeline-routes.ts';
import { createApp } from './web/app.ts';
import { listen } from './web/listen.ts';
import { openApiDocument } from './web/openapi.ts';
import { route, type Route } from './web/route.ts';
import { cameOverTls } from './web/security-headers.ts';
import { EventStreams } from './web/server-sent-events.ts';

/** The whole office in this process. */
export interface Office {
  /** Where the console and the API are. */
  url: string;
  /**
   * Stops in order, within 10 s: no longer ready → no more intake, batches finished and acked, operations at a message
   * boundary → channels, then connections → event streams → HTTP → the database pools.
   */
  stop: () => Promise<void>;
  /** Takes up a renewed certificate now; by itself it does so within ten seconds. */
  reloadCertificate: () => void;
}

export interface OfficeOptions {
  logger: Logger;
  /** The built console, or null to serve the API alone. */
  clientDir: string | null;
  /** Called when the start finds something, after listening began, that waiting cannot mend (a newer schema). */
  onCannotStart: (error: unknown) => void;
}

const VERSION = '0.1.0';

/** For the database as the console and the API ask it: connections, and how long each call waits for one, in ms. */
const ASKED_POOL_SIZE = 10;
const ASKED_WAIT_MS = 5_000;
/** How long the server may say nothing to a statement that somebody waits for. */
const ASKED_SILENCE_MS = 15_000;
/** What a stop may take, in ms: for a start that is under way, for what is in hand, and for each goodbye. Usually next to nothing. */
const STOP_START_MS = 500;
const STOP_WORK_MS = 4_500;
const STOP_GOODBYE_MS = 1_000;

/**
 * Builds every part and starts listening. It comes back as soon as the console can be reached; database and broker may
 * come later, `GET /health/ready` says when they are there.
 *
 * @throws the system's error when it cannot listen.
 */
export async function openOffice(config: Config, { logger, clientDir, onCannotStart }: OfficeOptions): Promise<Office> {
  // Whoever works without a person waiting has a pool of its own: it cannot take the connections of those who ask.
  const contentCipher = new ContentCipher(config.contentKeys);
  const database = connectDatabase({ url: config.databaseUrl, tls: config.databaseTls, contentCipher });
  const asked = connectDatabase({
    url: config.databaseUrl,
    tls: config.databaseTls,
    contentCipher,
    poolSize: ASKED_POOL_SIZE,
    waitMs: ASKED_WAIT_MS,
    silenceMs: ASKED_SILENCE_MS,
  });
  const amqp = { url: config.amqpUrl, tls: config.amqpTls, logger };
  const intakeConnection = openConnection({ ...amqp, name: 'dead-letter-office intake' });
  const publishConnection = openConnection({ ...amqp, name: 'dead-letter-office resend' });

  const publisher = openPublisher({ connection: publishConnection, logger });
  const streams = new EventStreams();
  const tellHealth = () => {
    streams.tell('health', { type: 'health' } satisfies HealthEvent);
  };
  const watch = new DatabaseWatch({
    url: config.databaseUrl,
    tls: config.databaseTls,
    impatient: [asked],
    patient: [database],
    onChange: tellHealth,
  });
  intakeConnection.onStateChange(tellHealth);
  const broker = brokerAddress(config.amqpUrl);
  const management =
    config.managementUrl === null ? null : openManagement({ url: config.managementUrl, tls: config.amqpTls });
  const routing = new Routing({ management, vhost: broker.vhost });
  const facts = new QueueFacts({
    management,
    vhost: broker.vhost,
    isRabbit4: () => Number(intakeConnection.session?.serverVersion.split('.')[0] ?? 0) >= 4,
  });

  let migrated = false;
  let instance: Instance | null = null;
  let intake: Intake | null = null;
  let runner: OperationRunner | null = null;
  let settling: Settling | null = null;
  let purging: Purging | null = null;
  let auditing: Auditing | null = null;
  let settings: CurrentSettings | null = null;
  const stopping = new AbortController();

  const metrics = openMetrics({
    watch,
    pools: { asked, work: database },
    brokers: { intake: intakeConnection, resend: publishConnection },
    streams,
    storing: () => intake?.storing ?? null,
  });
  const masking = new CurrentMasking(asked);
  const keysOf: ReadKeys = (message) => Object.fromEntries(extractBusinessKeys(config.businessKeys, message));
  const authenticate = authenticateWithTokens(asked, authenticateWith(asked, config.session));
  const routes: Route[] = [
    ...metrics.routes,
    ...healthRoutes({
      database: watch,
      broker: intakeConnection,
      migrated: () => migrated && !stopping.signal.aborted,
    }),
    ...signInMethodRoutes(config),
    ...secondFactorRoutes(asked),
    ...(config.singleSignOn === null
      ? []
      : singleSignOnRoutes({ config: config.singleSignOn, database: asked, times: config.session, logger })),
    ...sessionRoutes(asked, config.session, config.localSignIn),
    ...accountRoutes(asked, config.session),
    ...userRoutes(asked),
    ...tokenRoutes(asked),
    // Before the routes of one message: their paths are like theirs.
    ...messagesExportRoutes(asked, masking),
    ...filterValueRoutes(asked),
    ...messageRoutes({ database: asked, terms: () => publisher.terms }),
    ...editRoutes({
      database: asked,
      terms: () => publisher.terms,
      readKeys: ({ properties, headers = [], body }) =>
        extractBusinessKeys(config.businessKeys, { properties, headers, body }),
      keyHeaders: config.businessKeys.flatMap(({ sources }) =>
        sources.flatMap((source) => (source.from === 'header' ? [source.name] : [])),
      ),
    }),
    ...timelineRoutes(asked),
    ...groupRoutes(asked),
    ...ordersExportRoutes(asked, masking),
    ...operationRoutes({
      database: asked,
      readMessages,
      askExchange: (exchange) => askExchange(publishConnection, exchange),
      askQueue: (queue) => askQueue(publishConnection, queue),
      terms: () => publisher.terms,
      reach: (publication) => routing.reach(publication),
      rules: () => settings?.now ?? DEFAULT_SETTINGS,
      nudge: () => runner?.nudge(),
    }),
    ...eventRoutes({
      operations: new OperationFeed(asked, logger),
      changes: new ChangeFeed(asked, logger),
      streams,
      masking,
      database: asked,
      authenticate,
      sessions: new SessionWatch(asked, logger),
    }),
    ...operationItemsExportRoutes(asked, masking),
    ...deadQueueRoutes({
      database: asked,
      broker,
      facts,
      askQueue: (queue) => askQueue(intakeConnection, queue),
    }),
    ...statisticsRoutes({ database: asked, facts }),
    ...rejectRoutes({ database: asked, parts: () => intake?.manual ?? null }),
    ...auditExportRoutes(asked, masking, { seals: config.audit.sealKeys.length > 0 }),
    ...auditRoutes(asked, { seals: config.audit.sealKeys.length > 0 }),
    ...savedViewRoutes(asked),
    ...settingsRoutes(asked, () => settings?.follow()),
    ...retentionRoutes(asked),
    ...maskingRoutes(asked, masking),
    ...revealRoutes(asked, () => publisher.terms),
  ];
  const app = createApp({
    logger,
    routes: [...maskRoutes(routes, { database: asked, current: masking, readKeys: keysOf }), documentRoute(routes)],
    authenticate,
    duringDatabase: (work) => watch.during(work),
    clientDir,
    trustProxy: config.trustProxy,
    publicOrigin: config.publicUrl,
  });
  const behindProxy = config.trustProxy !== null;
  const http = await listen(app, { ...config.http, tls: config.tls, behindProxy, logger }).catch((error: unknown) => {
    watch.stop();
    metrics.close();
    throw error;
  });
  logger.info({ url: http.url }, 'The console is reachable.');

  const bringUp = async () => {
    await migrateAlone(config);
    const { generatedPassword } = await ensureAdministrator(database, config.administrator);
    // The only place where it is ever said: there is no other way to hand over a password that was generated.
    if (generatedPassword !== null) {
      process.stdout.write(`First administrator: ${config.administrator.username}, password: ${generatedPassword}\n`);
    }
    const installation = await ensureInstallation(database);
    const brokerRow = await ensureBroker(database, broker);
    await ensureDeadQueues(database, brokerRow, config.deadQueues);
    instance ??= await registerInstance({ database, logger });
    await openContentKeysOfOffice(database, instance.id, logger);
    intake = startIntake({
      database,
      names: new Names(database),
      connection: intakeConnection,
      broker: brokerRow,
      instance,
      installation,
      keyRules: config.businessKeys,
      journalDir: config.intakeJournalDir,
      settings: config.intake,
      logger,
    });
    settings = await openSettings(database, logger);
    runner = new OperationRunner({
      database,
      settings,
      publisher,
      connection: publishConnection,
      installation,
      logger,
      times: LEASE_TIMES,
      instanceId: instance.id,
    });
    runner.start();
    settling = new Settling({
      database,
      connection: intakeConnection,
      instanceId: instance.id,
      quietPeriodMs: config.quietPeriodMs,
      logger,
    });
    purging = new Purging({ database, instanceId: instance.id, settings, logger });
    auditing = startAuditing({ database, instanceId: instance.id, logger, ...config.audit });
    migrated = true;
    logger.info('The office is ready.');
  };
  const broughtUp = untilDatabaseAnswers(bringUp, { logger, signal: stopping.signal }).catch((error: unknown) => {
    if (!stopping.signal.aborted) onCannotStart(error);
  });

  return {
    url: http.url,
    reloadCertificate: http.reloadCertificate,
    stop: async () => {
      stopping.abort();
      // What a silent server still owes is not waited for.
      if (!watch.there) [database, asked].forEach(cutConnections);
      await atMost(STOP_START_MS, broughtUp);
      // Each finishes what it has in hand; none of them needs the other.
      await atMost(
        STOP_WORK_MS,
        Promise.all([
          settling?.stop(),
          purging?.stop(),
          intake?.stop(STOP_WORK_MS),
          runner === null ? publisher.close() : runner.stop(STOP_WORK_MS),
          settings?.stop(),
        ]),
      );
      // What those did last is sealed, too.
      await atMost(STOP_GOODBYE_MS, Promise.resolve(auditing?.stop()));
      await atMost(STOP_GOODBYE_MS, Promise.all([intakeConnection.close(), publishConnection.close()]));
      streams.close();
      await http.close(STOP_GOODBYE_MS);
      if (!watch.there) [database, asked].forEach(cutConnections);
      await atMost(STOP_GOODBYE_MS, Promise.resolve(instance?.stop()));
      watch.stop();
      metrics.close();
      await atMost(STOP_GOODBYE_MS, Promise.all([database.destroy(), asked.destroy()]));
    },
  };
}

/** Waits, but no longer than that: what is not over by then is for the next start to find, as after a crash. */
async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  // When time is up nobody waits for the work any more, so that its own failure must not go unhandled.
  work.catch(() => undefined);
  const enough = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  try {
    await Promise.race([work, enough]);
  } finally {
    clearTimeout(timer);
  }
}

/** On connections without a time limit: a step over a large table takes what it takes. */
async function migrateAlone({ databaseUrl, databaseTls }: Config): Promise<void> {
  const database = connectDatabase({
    url: databaseUrl,
    tls: databaseTls,
    poolSize: 3,
    silenceMs: null,
    tableWaitSeconds: MIGRATION_WAIT_SECONDS,
  });
  try {
    await migrate(database);
  } finally {
    await database.destroy();
  }
}

function documentRoute(routes: readonly Route[]): Route {
  const [document, documentOverTls] = [false, true].map((overTls) =>
    openApiDocument(routes, VERSION, sessionCookieName(overTls)),
  );
  return route({
    method: 'get',
    path: '/api/openapi.json',
    summary: 'This document',
    access: 'public',
    withoutDatabase: true,
    responses: { 200: { description: 'OpenAPI 3.1' } },
    handle: ({ request }) => ({ status: 200, body: cameOverTls(request) ? documentOverTls : document }),
  });
}

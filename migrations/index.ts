import { createBrokers } from './0001-brokers.ts';
import { createNames } from './0002-names.ts';
import { createIdSequences } from './0003-id-sequences.ts';
import { createInstallation } from './0004-installation.ts';
import { createInstances } from './0005-instances.ts';
import { createDeadQueues } from './0006-dead-queues.ts';
import { createDeadQueueWatches } from './0007-dead-queue-watches.ts';
import { createFailureGroups } from './0008-failure-groups.ts';
import { createFingerprints } from './0009-fingerprints.ts';
import { createFailedMessages } from './0010-failed-messages.ts';
import { createDeaths } from './0011-deaths.ts';
import { createContents } from './0012-contents.ts';
import { createContentChunks } from './0013-content-chunks.ts';
import { createIntakeBatches } from './0014-intake-batches.ts';
import { createRecentArrivals } from './0015-recent-arrivals.ts';
import { createIntakeRejects } from './0016-intake-rejects.ts';
import { createBusinessKeys } from './0017-business-keys.ts';
import { createFailureCounts } from './0018-failure-counts.ts';
import { createUsers } from './0019-users.ts';
import { createSessions } from './0020-sessions.ts';
import { createApiTokens } from './0021-api-tokens.ts';
import { createSettings } from './0022-settings.ts';
import { createOperations } from './0023-operations.ts';
import { createOperationItems } from './0024-operation-items.ts';
import { createAuditEvents } from './0025-audit-events.ts';
import { addContentsEnvelopeId } from './0026-contents-envelope-id.ts';
import { addContentsInexactParts } from './0027-contents-inexact-parts.ts';
import { createLeases } from './0028-leases.ts';
import { createQuietClocks } from './0029-quiet-clocks.ts';
import { addItemsSettled } from './0030-items-settled.ts';
import { addOperationsSettled } from './0031-operations-settled.ts';
import { createUnmarkedResends } from './0032-unmarked-resends.ts';
import { addDeathsRecognisedBy } from './0033-deaths-recognised-by.ts';
import { addOperationsHold } from './0034-operations-hold.ts';
import { addOperationsCanary } from './0035-operations-canary.ts';
import { createPurgeWalks } from './0036-purge-walks.ts';
import { indexDeathsContent } from './0037-deaths-content.ts';
import { addDeadQueuesWhenAway } from './0038-dead-queues-when-away.ts';
import { createRegisteredEntries } from './0039-registered-entries.ts';
import { createOperationPortions } from './0040-operation-portions.ts';
import { moveMarkedItemsToPortions } from './0041-marked-items-to-portions.ts';
import { dropItemsStateIndex } from './0042-items-without-state-index.ts';
import { unmarkItems } from './0043-items-without-publishing.ts';
import { dropItemsLeaseToken } from './0044-items-without-token.ts';
import { addFailureGroupsTriage } from './0045-failure-groups-triage.ts';
import { orderFailureCountsByHour } from './0046-failure-counts-by-hour.ts';
import { createSavedViews } from './0047-saved-views.ts';
import { createChanges } from './0048-changes.ts';
import { createEdits } from './0049-edits.ts';
import { addUsersScope } from './0050-users-scope.ts';
import { renameAdministrators } from './0051-users-admin.ts';
import { createOperationDeadQueues } from './0052-operation-dead-queues.ts';
import { nameDeadQueuesOfOperations } from './0053-operations-of-dead-queues.ts';
import { addUsersManaged } from './0054-users-managed.ts';
import { addSessionsListed } from './0055-sessions-listed.ts';
import { createSignInPlaces } from './0056-sign-in-places.ts';
import { addApiTokensLimits } from './0057-api-tokens-limits.ts';
import { addDeadQueuesApproval } from './0058-dead-queues-approval.ts';
import { addOperationsApproval } from './0059-operations-approval.ts';
import { createMaskingRules } from './0063-masking-rules.ts';
import { addUsualMaskingRules } from './0064-usual-masking-rules.ts';
import { searchAuditEvents } from './0066-audit-events-searched.ts';
import { createAuditSeals } from './0067-audit-seals.ts';
import { createAuditEventOrders } from './0068-audit-event-orders.ts';
import { createAuditStreamPositions } from './0069-audit-stream-positions.ts';
import { createUserIdentities } from './0070-user-identities.ts';
import { createSignOns } from './0071-sign-ons.ts';
import { createSecondFactors } from './0072-second-factors.ts';
import { createRecoveryCodes } from './0073-recovery-codes.ts';
import { addContentsKeyId } from './0074-contents-key-id.ts';
import { addInstancesContentKey } from './0075-instances-content-key.ts';
import { createContentKeys } from './0076-content-keys.ts';
import { createContentRotations } from './0077-content-rotations.ts';
import type { Migration } from './migration.ts';

/** Every step, in order. New steps go at the end. */
export const migrations: readonly Migration[] = [
  createBrokers,
  createNames,
  createIdSequences,
  createInstallation,
  createInstances,
  createDeadQueues,
  createDeadQueueWatches,
  createFailureGroups,
  createFingerprints,
  createFailedMessages,
  createDeaths,
  createContents,
  createContentChunks,
  createIntakeBatches,
  createRecentArrivals,
  createIntakeRejects,
  createBusinessKeys,
  createFailureCounts,
  createUsers,
  createSessions,
  createApiTokens,
  createSettings,
  createOperations,
  createOperationItems,
  createAuditEvents,
  addContentsEnvelopeId,
  addContentsInexactParts,
  createLeases,
  createQuietClocks,
  addItemsSettled,
  addOperationsSettled,
  createUnmarkedResends,
  addDeathsRecognisedBy,
  addOperationsHold,
  addOperationsCanary,
  createPurgeWalks,
  indexDeathsContent,
  addDeadQueuesWhenAway,
  createRegisteredEntries,
  createOperationPortions,
  moveMarkedItemsToPortions,
  dropItemsStateIndex,
  unmarkItems,
  dropItemsLeaseToken,
  addFailureGroupsTriage,
  orderFailureCountsByHour,
  createSavedViews,
  createChanges,
  createEdits,
  addUsersScope,
  renameAdministrators,
  createOperationDeadQueues,
  nameDeadQueuesOfOperations,
  addUsersManaged,
  addSessionsListed,
  createSignInPlaces,
  addApiTokensLimits,
  addDeadQueuesApproval,
  addOperationsApproval,
  createMaskingRules,
  addUsualMaskingRules,
  searchAuditEvents,
  createAuditSeals,
  createAuditEventOrders,
  createAuditStreamPositions,
  createUserIdentities,
  createSignOns,
  createSecondFactors,
  createRecoveryCodes,
  addContentsKeyId,
  addInstancesContentKey,
  createContentKeys,
  createContentRotations,
];

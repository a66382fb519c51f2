import { brokerFaults } from './broker-faults.ts';
import { databaseFaults, poisonFaults } from './database-faults.ts';
import type { Fault } from './fault.ts';
import { officeFaults } from './office-faults.ts';

/** Every fault, in the order of the table. */
export const catalogue: readonly Fault[] = [...officeFaults, ...brokerFaults, ...databaseFaults, ...poisonFaults];

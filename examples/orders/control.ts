import { FAULT_NAMES, isFaultName } from './faults.ts';
import { readState } from './state-file.ts';
import { exampleStatusSchema } from './status.ts';
import type { ExampleStatus } from './status.ts';

/** The other commands: each talks to the running example over HTTP. Resolves to the exit code. */
export async function control(
  command: 'status' | 'fix' | 'break',
  names: string[],
  stateFile: string,
  print: (line: string) => void,
): Promise<number> {
  const chosen = names.includes('all') ? [...FAULT_NAMES] : names;
  const unknown = chosen.filter((name) => !isFaultName(name));
  if (command !== 'status' && (chosen.length === 0 || unknown.length > 0)) {
    if (unknown.length > 0) print(`No such cause: ${unknown.join(', ')}`);
    print(`The causes are: ${FAULT_NAMES.join(', ')}, or all of them: all`);
    return 1;
  }
  const state = await readState(stateFile);
  try {
    if (state === null) throw new Error('no state file');
    if (command !== 'status') for (const name of chosen) await setFault(state.url, name, command === 'break');
    const response = await fetch(`${state.url}/status`, { signal: AbortSignal.timeout(10_000) });
    printStatus(exampleStatusSchema.parse(await response.json()), state.url, print);
    return 0;
  } catch {
    print(`The example does not answer (looked in ${stateFile}). Start it with npm start, or: npm run example -- run`);
    return 1;
  }
}

async function setFault(url: string, name: string, broken: boolean): Promise<void> {
  const response = await fetch(`${url}/faults/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ broken }),
    signal: AbortSignal.timeout(10_000),
  });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`the example answered ${response.status}`);
}

function printStatus(status: ExampleStatus, url: string, print: (line: string) => void): void {
  print(`${url}  broker ${status.broker}, ${status.failed} failed, ${status.processedTotal} processed`);
  if (status.pausedBecause !== null) print(`No new orders: ${status.pausedBecause}`);
  for (const fault of status.faults) {
    print(
      `${fault.broken ? 'BROKEN' : 'fixed '}  ${fault.name.padEnd(16)} ${String(fault.failed).padStart(5)} failed  ${fault.looksLike}`,
    );
  }
}

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isRunning, recordOf } from '../../../scripts/launcher/processes.mjs';
import { Running, endWhatRunsIn, isHeld } from '../../../scripts/launcher/running.mjs';

let folder: string;
const started: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'running-'));
});

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** A process of somebody, in a group of its own as those of the launcher are. */
async function program(): Promise<number> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' });
  started.push(child);
  await once(child, 'spawn');
  if (child.pid === undefined) throw new Error('the program did not start');
  return child.pid;
}

/** What a launcher that was killed has left behind. */
function leftBehind(child: { pid: number; identity: string }): void {
  const record = {
    launcher: { pid: 2 ** 22 + 1, identity: 'a launcher of old' },
    children: [{ name: 'database', deadlineMs: 5000, ...child }],
  };
  writeFileSync(path.join(folder, 'running.json'), JSON.stringify(record));
}

describe('A folder of local services', () => {
  it('is held by one launcher at a time', async () => {
    const running = await Running.claim(folder);
    expect(isHeld(folder)).toBe(true);
    await expect(Running.claim(folder)).rejects.toThrow(`as process ${process.pid}`);
    await running.end();
    expect(isHeld(folder)).toBe(false);
    await (await Running.claim(folder)).end();
  });

  it('is handed to whoever waits, once it is free', async () => {
    const first = await Running.claim(folder);
    const waiting = Running.claim(folder, { wait: true });
    await first.end();
    await (await waiting).end();
  });

  it('is cleared of what a killed launcher left running', async () => {
    const child = recordOf(await program());
    leftBehind(child);
    const running = await Running.claim(folder);
    expect(isRunning(child)).toBe(false);
    await running.end();
  });

  it('never costs a process its life that only has the number of an old one', async () => {
    const stranger = recordOf(await program());
    leftBehind({ pid: stranger.pid, identity: 'a process of old' });
    await (await Running.claim(folder)).end();
    expect(isRunning(stranger)).toBe(true);
  });

  it('can be cleared from outside', async () => {
    const child = recordOf(await program());
    leftBehind(child);
    expect(await endWhatRunsIn(folder)).toBe(true);
    expect(isRunning(child)).toBe(false);
    expect(await endWhatRunsIn(folder)).toBe(false);
  });
});

describe('A program started there', () => {
  it('is written down, logged, and ended with the rest', async () => {
    const running = await Running.claim(folder);
    const script = "console.log('at work'); setInterval(() => {}, 1000)";
    running.start('office', process.execPath, ['-e', script], { deadlineMs: 5000 });
    const record = JSON.parse(readFileSync(path.join(folder, 'running.json'), 'utf8')) as {
      children: { name: string; pid: number; identity: string }[];
    };
    const [child] = record.children;
    expect(child?.name).toBe('office');
    if (!child) return;
    expect(isRunning(child)).toBe(true);
    await expect.poll(() => running.logTail('office')).toBe('at work');
    await running.end();
    expect(isRunning(child)).toBe(false);
  });

  it('is told of with the end of its log when it ends by itself', async () => {
    const running = await Running.claim(folder);
    const told = new Promise<string>((resolve) => {
      running.onUnexpectedExit((exit) => {
        resolve(running.describeExit(exit));
      });
    });
    running.start('office', process.execPath, ['-e', "console.error('no port'); process.exit(3)"], {
      deadlineMs: 5000,
    });
    expect(await told).toMatch(/^office ended with exit code 3\.[^]*no port$/);
    expect(() => {
      running.mustRun('office');
    }).toThrow('no port');
    await running.end();
  });

  it('that cannot be run is told of too', async () => {
    const running = await Running.claim(folder);
    running.start('office', path.join(folder, 'no-such-program'), [], { deadlineMs: 5000 });
    await expect
      .poll(() => {
        try {
          running.mustRun('office');
          return 'runs';
        } catch (error) {
          return String(error);
        }
      })
      .toContain('ENOENT');
    await running.end();
  });
});

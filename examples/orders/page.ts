import type { ExampleStatus } from './status.ts';

/** The example's own page: server-rendered, every value escaped, refreshed by `page-script.ts` while it is looked at. */

const STYLE = `
:root { color-scheme: light dark; --line: #8884; --bad: #b3261e; --good: #1b6e3c; }
@media (prefers-color-scheme: dark) { :root { --bad: #ff897d; --good: #7ddc9f; } }
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; padding: 1.5rem; max-width: 68rem; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: start; vertical-align: top; padding: .5rem .75rem .5rem 0; border-bottom: 1px solid var(--line); }
td.number, th.number { text-align: end; font-variant-numeric: tabular-nums; }
small, .quiet { opacity: .75; }
.bad { color: var(--bad); font-weight: 600; }
.good { color: var(--good); font-weight: 600; }
button, a.button { font: inherit; min-width: 5rem; padding: .3rem .9rem; border-radius: .4rem; cursor: pointer;
  border: 1px solid currentColor; background: none; color: inherit; text-decoration: none; display: inline-block; }
button:focus-visible, a:focus-visible { outline: 2px solid Highlight; outline-offset: 2px; }
.scroll { overflow-x: auto; }
.notice { border-inline-start: 4px solid var(--bad); padding: .5rem 1rem; }
form { margin: 0; }
`;

export function renderPage(status: ExampleStatus, consoleUrl: string | null): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Order cancellations: example pipeline</title>
<style>${STYLE}</style>
<noscript><meta http-equiv="refresh" content="5"></noscript>
<script src="/page.js" defer></script>
</head>
<body>
<h1>Order cancellations</h1>
<p class="quiet">A small pipeline with real failures: API → business workers → notification workers.</p>
${renderState(status, consoleUrl)}
</body>
</html>
`;
}

/** The part of the page that changes. */
export function renderState(status: ExampleStatus, consoleUrl: string | null): string {
  const broken = status.faults.filter(({ broken: isBroken }) => isBroken);
  return `<main id="state">
${status.broker === 'away' ? '<p class="notice" role="alert">The broker is away. Everything goes on when it is back.</p>' : ''}
${status.pausedBecause === null ? '' : `<p class="notice" role="alert">No new orders are sent: ${escapeHtml(status.pausedBecause)}</p>`}
<p><span class="${status.failed > 0 ? 'bad' : 'good'}">${status.failed} failed</span>,
<span class="good">${status.processedTotal} processed</span> since ${escapeHtml(status.startedAt)},
${status.receiptPrinterCrashes} crashes of the receipt printer.</p>
<h2>What to do next</h2>
<p>${nextStep(broken.length, status.failed)}</p>
${consoleUrl === null ? '' : `<p><a class="button" href="${escapeHtml(consoleUrl)}">Open the console</a></p>`}
<h2>Causes of failure</h2>
<div class="scroll"><table>
<thead><tr><th>Cause</th><th>State</th><th class="number">Failed</th><th>In the console</th><th></th></tr></thead>
<tbody>
${status.faults.map(renderFault).join('\n')}
</tbody>
</table></div>
<h2>Queues</h2>
<div class="scroll"><table>
<thead><tr><th>Queue</th><th class="number">Processed</th><th class="number">Waiting</th></tr></thead>
<tbody>
${status.queues.map(renderQueue).join('\n')}
</tbody>
</table></div>
<p class="quiet">Waiting is looked at every 10 seconds. Dead queues are empty while the office takes their messages in.</p>
</main>`;
}

function nextStep(broken: number, failed: number): string {
  if (failed === 0) return 'Wait: within half a minute orders of every kind have been cancelled, and some have failed.';
  if (broken > 0) {
    return 'Look at the failed messages in the console. Then fix one of the causes below, select its messages in the console and resend them: they succeed.';
  }
  return 'Everything is fixed. Resend what is still pending in the console, or break a cause again.';
}

function renderFault(fault: ExampleStatus['faults'][number]): string {
  const action = fault.broken ? 'fix' : 'break';
  const name = escapeHtml(fault.name);
  return `<tr>
<td><strong>${name}</strong><br>${escapeHtml(fault.trouble)}<br><small>Fixed means: ${escapeHtml(fault.cure)}.</small></td>
<td>${fault.broken ? '<span class="bad">broken</span>' : '<span class="good">fixed</span>'}</td>
<td class="number">${fault.failed}</td>
<td>${escapeHtml(fault.looksLike)}</td>
<td><form method="post" action="/faults/${name}"><button id="${action}-${name}" name="broken" value="${!fault.broken}"
aria-label="${fault.broken ? 'Fix' : 'Break'} ${name}">${fault.broken ? 'Fix' : 'Break'}</button></form></td>
</tr>`;
}

function renderQueue(queue: ExampleStatus['queues'][number]): string {
  const processed = queue.dead ? '<span class="quiet">dead queue</span>' : String(queue.processed);
  return `<tr><td>${escapeHtml(queue.name)}</td><td class="number">${processed}</td><td class="number">${queue.waiting ?? '?'}</td></tr>`;
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

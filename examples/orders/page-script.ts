/** Refreshes the page's state every 3 s while it is looked at, and keeps the keyboard where it is. */
export const PAGE_SCRIPT = `
setInterval(async () => {
  if (document.hidden) return;
  try {
    const response = await fetch('/state', { cache: 'no-store' });
    if (!response.ok) return;
    const html = await response.text();
    const state = document.getElementById('state');
    const focused = document.activeElement && document.activeElement.id;
    if (!state) return;
    state.outerHTML = html;
    if (focused) document.getElementById(focused)?.focus();
  } catch {
    // The example is being restarted; the next look finds it.
  }
}, 3000);
`;

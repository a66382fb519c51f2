import { cleanup, configure, render } from '@testing-library/react';
import { memoryStore } from 'ra-core';
import { afterEach, vi } from 'vitest';

import { App } from '../App.tsx';
import { createI18nProvider } from '../i18n/i18n-provider.ts';
import { loadTexts } from '../i18n/load-texts.ts';
import type { LocaleName } from '../i18n/locales.ts';
import { FakeOffice } from './fake-office.ts';

/**
 * jsdom matches every rule of the page for every element whose name is asked for, which makes a query take seconds.
 * These tests are not about how things look, so an element's own style is style enough.
 */
if (document.defaultView) {
  document.defaultView.getComputedStyle = (element) => (element as HTMLElement).style;
}

/**
 * Screens are loaded when they are first opened, which takes its time on a busy machine. To ask for every element
 * whether it is hidden costs a second a query in jsdom; what stands behind a dialog is kept out by `within(dialog)`.
 */
vi.setConfig({ testTimeout: 60_000 });
configure({
  asyncUtilTimeout: 15_000,
  defaultHidden: true,
  getElementError: (message) => new Error(message ?? 'Not found.'),
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

/** The whole console on a fake office, at an address (`/messages?status=all`). */
export async function renderApp(
  address: string,
  { office = new FakeOffice(), locale = 'en' }: { office?: FakeOffice; locale?: LocaleName } = {},
): Promise<FakeOffice> {
  vi.stubGlobal('fetch', office.fetch);
  window.location.hash = `#${address}`;
  const i18nProvider = createI18nProvider(locale, await loadTexts(locale));
  render(<App store={memoryStore({ locale })} i18nProvider={i18nProvider} />);
  return office;
}

/** The address as the user could share it. */
export function currentAddress(): string {
  return window.location.hash.slice(1);
}

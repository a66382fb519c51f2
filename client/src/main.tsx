import { localStorageStore } from 'ra-core';
import { createRoot } from 'react-dom/client';

import { App } from './App.tsx';
import { createI18nProvider } from './i18n/i18n-provider.ts';
import { loadTexts } from './i18n/load-texts.ts';
import { preferredLocale } from './i18n/locales.ts';

const store = localStorageStore(undefined, 'dead-letter-office');
const locale = preferredLocale(store.getItem('locale'), navigator.languages);
document.documentElement.lang = locale;
const i18nProvider = createI18nProvider(locale, await loadTexts(locale));

const root = document.getElementById('root');
if (root) createRoot(root).render(<App store={store} i18nProvider={i18nProvider} />);

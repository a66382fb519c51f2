import createCache from '@emotion/cache';
import { CacheProvider } from '@emotion/react';
import { QueryClient } from '@tanstack/react-query';
import CssBaseline from '@mui/material/CssBaseline';
import { CoreAdminUI, CustomRoutes, Resource, type I18nProvider, type Store } from 'ra-core';
import { AdminContext, Notification } from 'react-admin';
import { useState } from 'react';

import { account } from './account/index.ts';
import { createAuthProvider } from './api/auth-provider.ts';
import { dataProvider } from './api/data-provider.ts';
import { auditEvents } from './audit/index.ts';
import { deadQueues } from './dead-queues/index.ts';
import { BrokenScreen } from './frame/BrokenScreen.tsx';
import { Frame } from './frame/Frame.tsx';
import { NoSuchScreen } from './frame/NoSuchScreen.tsx';
import { groups } from './groups/index.tsx';
import { messages } from './messages/index.tsx';
import { operations } from './operations/index.tsx';
import { Overview } from './overview/index.ts';
import { orders } from './orders/index.tsx';
import { rejects } from './rejects/index.tsx';
import { secondFactorRoute } from './second-factor/index.tsx';
import { settings } from './settings/index.tsx';
import { SignIn } from './session/SignIn.tsx';
import { Loading } from './frame/Loading.tsx';
import { tokenRoute } from './tokens/index.tsx';
import { styleNonce } from './theme/style-nonce.ts';
import { users } from './users/index.ts';
import { darkTheme, lightTheme } from './theme/theme.ts';

interface AppProps {
  store: Store;
  i18nProvider: I18nProvider;
}

/** The console. */
export function App({ store, i18nProvider }: AppProps) {
  const [authProvider] = useState(createAuthProvider);
  const [queryClient] = useState(
    () => new QueryClient({ defaultOptions: { queries: { staleTime: 1000, refetchOnWindowFocus: true } } }),
  );
  const [styles] = useState(() => createCache({ key: 'css', ...styleNonce() }));
  return (
    <CacheProvider value={styles}>
      <AdminContext
        authProvider={authProvider}
        dataProvider={dataProvider}
        i18nProvider={i18nProvider}
        queryClient={queryClient}
        store={store}
        lightTheme={lightTheme}
        darkTheme={darkTheme}
      >
        <CssBaseline enableColorScheme />
        <CoreAdminUI
          disableTelemetry
          requireAuth
          layout={Frame}
          dashboard={Overview}
          loginPage={SignIn}
          catchAll={NoSuchScreen}
          error={BrokenScreen}
          loading={Loading}
          title="Dead Letter Office"
        >
          <Resource {...messages} />
          <Resource {...groups} />
          <Resource {...orders} />
          <Resource {...operations} />
          <Resource {...deadQueues} />
          <Resource {...rejects} />
          <Resource {...auditEvents} />
          <Resource {...settings} />
          <CustomRoutes>{tokenRoute}</CustomRoutes>
          <CustomRoutes>{secondFactorRoute}</CustomRoutes>
          <Resource {...users} />
          <Resource {...account} />
        </CoreAdminUI>
        <Notification />
      </AdminContext>
    </CacheProvider>
  );
}

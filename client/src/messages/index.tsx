import { lazy } from 'react';
import { Route } from 'react-router-dom';

const MessageList = lazy(async () => ({ default: (await import('./MessageList.tsx')).MessageList }));
const MessagePage = lazy(async () => ({ default: (await import('./MessagePage.tsx')).MessagePage }));

/** Failed messages: the desk, and one message. */
export const messages = {
  name: 'messages',
  list: MessageList,
  recordRepresentation: 'id',
  children: <Route path=":id" element={<MessagePage />} />,
};

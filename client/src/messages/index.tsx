import { lazy } from 'react';
import { Route } from 'react-router-dom';

const MessageList = lazy(async () => ({ default: (await import('./MessageList.tsx')).MessageList }));
const MessagePage = lazy(async () => ({ default: (await import('./MessagePage.tsx')).MessagePage }));

const ComparePage = lazy(async () => ({ default: (await import('./compare/ComparePage.tsx')).ComparePage }));

/** Failed messages: the desk, one message, and two side by side. */
export const messages = {
  name: 'messages',
  list: MessageList,
  recordRepresentation: 'id',
  children: (
    <>
      <Route path="compare" element={<ComparePage />} />
      <Route path=":id" element={<MessagePage />} />
    </>
  ),
};

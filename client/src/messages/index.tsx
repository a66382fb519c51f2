import { lazy } from 'react';
import { Route } from 'react-router-dom';

const MessageList = lazy(async () => ({ default: (await import('./MessageList.tsx')).MessageList }));
const MessagePage = lazy(async () => ({ default: (await import('./MessagePage.tsx')).MessagePage }));
const EditPage = lazy(async () => ({ default: (await import('./edit/EditPage.tsx')).EditPage }));
const SentEditPage = lazy(async () => ({ default: (await import('./edit/SentEditPage.tsx')).SentEditPage }));

const ComparePage = lazy(async () => ({ default: (await import('./compare/ComparePage.tsx')).ComparePage }));

/** Failed messages: the desk, one message, two side by side, the editor, and what was sent in a message's place. */
export const messages = {
  name: 'messages',
  list: MessageList,
  recordRepresentation: 'id',
  children: [
    <Route key="compare" path="compare" element={<ComparePage />} />,
    <Route key="one" path=":id" element={<MessagePage />} />,
    <Route key="edit" path=":id/edit" element={<EditPage />} />,
    <Route key="sent" path=":id/edits/:editId" element={<SentEditPage />} />,
  ],
};

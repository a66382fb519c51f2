import { EditorView } from '@codemirror/view';
import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';

import type { Role } from '../../../../server/contract/access.ts';
import type { NewDraft } from '../../../../server/contract/schemas/drafts.ts';
import type { MessageDetail } from '../../../../server/contract/schemas/messages.ts';
import { FakeOffice, problem } from '../../testing/fake-office.ts';
import { currentAddress, renderApp } from '../../testing/render-app.tsx';

const ID = '88996';
const BODY = '{"orderId":"ORD-20261122-000012","customer":"김하늘","amount":9007199254740993}';

function officeOf(role: Role, detail: Partial<MessageDetail> = {}): FakeOffice {
  const office = new FakeOffice();
  office.role = role;
  office.details[ID] = detail;
  return office;
}
const withBody = (text: string): Partial<MessageDetail> => ({
  bodyPreview: { encoding: 'utf8', text, truncated: false },
});

async function openEditor(office: FakeOffice): Promise<EditorView> {
  await renderApp(`/messages/${ID}/edit`, { office });
  return await editorView();
}
async function editorView(): Promise<EditorView> {
  const content = await screen.findByRole('textbox', { name: 'Body' });
  const view = EditorView.findFromDOM(content);
  if (!view) throw new Error('No editor is there.');
  return view;
}
/** Replaces one piece of the body, as typing does. */
function type(view: EditorView, old: string, next: string): void {
  const from = view.state.sliceDoc().indexOf(old);
  expect(from, old).toBeGreaterThanOrEqual(0);
  act(() => {
    view.dispatch({ changes: { from, to: from + old.length, insert: next } });
  });
}
const fill = (name: string | RegExp, value: string) => {
  fireEvent.change(screen.getByRole('textbox', { name }), { target: { value } });
};
const press = (name: string | RegExp) => {
  fireEvent.click(screen.getByRole('button', { name }));
};
const sent = (office: FakeOffice, method: string, path: RegExp) =>
  office.seen.filter((one) => one.method === method && path.test(one.path)).map(({ body }) => body);
const saved = (office: FakeOffice) => sent(office, 'PUT', /\/draft$/) as NewDraft[];
const started = (office: FakeOffice) => sent(office, 'POST', /^\/api\/operations$/);

// jsdom lays nothing out: what is asked of a range's place on the screen has no answer there.
Range.prototype.getClientRects = () => [] as unknown as DOMRectList;

describe('The way into the editor', () => {
  it('is open to a lead by the menu and by the key e', async () => {
    await renderApp(`/messages/${ID}`, { office: officeOf('lead') });
    await screen.findByTestId('body');
    press('More');
    fireEvent.click(await screen.findByRole('menuitem', { name: /Edit and resend …/ }));
    await editorView();
    expect(currentAddress()).toBe(`/messages/${ID}/edit`);
    cleanup();
    await renderApp(`/messages/${ID}`, { office: officeOf('admin') });
    await screen.findByTestId('body');
    fireEvent.keyDown(document.body, { key: 'e' });
    await editorView();
  });

  it('is closed to an operator, with the reason: in the menu, by the key, in the dialog, and at the address', async () => {
    const reason = /Only a lead or an administrator may do this; your role is operator\./;
    const office = officeOf('operator');
    await renderApp(`/messages/${ID}`, { office });
    await screen.findByTestId('body');
    press('More');
    const item = await screen.findByRole('menuitem', { name: reason });
    expect(item.getAttribute('aria-disabled')).toBe('true');
    fireEvent.keyDown(screen.getByRole('menu'), { key: 'Escape' });
    await waitFor(() => {
      expect(screen.queryByRole('menu')).toBeNull();
    });
    fireEvent.keyDown(document.body, { key: 'e' });
    expect(await screen.findByText(reason)).toBeTruthy();
    press('Resend');
    const dialog = await screen.findByRole('dialog');
    expect(within(dialog).getByRole('button', { name: 'Edit first …' }).getAttribute('aria-disabled')).toBe('true');
    cleanup();
    await renderApp(`/messages/${ID}/edit`, { office });
    expect(await screen.findByText('Editing takes another role')).toBeTruthy();
    expect(office.seen.some(({ path }) => path.endsWith('/draft'))).toBe(false);
  });

  it('is closed for states that are not sent, and for contents that are gone', async () => {
    const office = officeOf('lead');
    const message = office.messages.find(({ id }) => id === ID);
    if (message) message.status = 'deleted';
    await renderApp(`/messages/${ID}`, { office });
    await screen.findByTestId('body');
    press('More');
    expect(await screen.findByRole('menuitem', { name: /Only messages .* can be edited and sent/ })).toBeTruthy();
    cleanup();
    await renderApp(`/messages/${ID}/edit`, { office });
    expect(await screen.findByText('This message cannot be edited now')).toBeTruthy();
    cleanup();
    await renderApp(`/messages/${ID}`, { office: officeOf('lead', { bodyPreview: null }) });
    await screen.findByText(/contents of this message were removed/);
    press('More');
    expect(await screen.findByRole('menuitem', { name: /Its contents were removed/ })).toBeTruthy();
  });
});

describe('Editing a message', () => {
  it('saves the body exactly: every digit, and only what was changed', async () => {
    const office = officeOf('lead');
    const view = await openEditor(office);
    expect(view.state.sliceDoc()).toBe(BODY);
    expect(screen.getByRole('button', { name: 'Save draft' }).getAttribute('aria-disabled')).toBe('true');
    type(view, '9007199254740993', '9007199254740995.10');
    press('Save draft');
    expect(await screen.findByText('The draft is saved. Nothing was sent.')).toBeTruthy();
    expect(saved(office)).toEqual([
      {
        body: { encoding: 'utf8', text: BODY.replace('740993', '740995.10') },
        ...{ deathId: '889961', version: 0 },
      },
    ]);
    expect(started(office)).toHaveLength(0);
  });

  it('keeps CR LF, mixed line ends, a byte order mark and control characters byte by byte', async () => {
    for (const text of ['{\r\n  "a": 1\r\n}\r\n', 'a\r\nb\nc\rd\u0000\r\n', '\ufeff{"a": 1}']) {
      const office = officeOf('lead', withBody(text));
      const view = await openEditor(office);
      expect(view.state.sliceDoc()).toBe(text);
      act(() => {
        view.dispatch({ changes: { from: view.state.doc.length, insert: 'x' } });
      });
      press('Save draft');
      fireEvent.click(await screen.findByRole('button', { name: 'Keep it like this' }));
      await waitFor(() => {
        expect(saved(office)[0]?.body).toEqual({ encoding: 'utf8', text: `${text}x` });
      });
      cleanup();
    }
  }, 120_000);

  it('lays JSON out by white space alone, in the line ends that it has', async () => {
    const office = officeOf('lead', withBody('{"a":1.10,\r\n"b":[9007199254740993]}'));
    const view = await openEditor(office);
    press('Lay out');
    await waitFor(() => {
      expect(view.state.sliceDoc()).toBe('{\r\n  "a": 1.10,\r\n  "b": [\r\n    9007199254740993\r\n  ]\r\n}');
    });
  });

  it('says where JSON is wrong, asks before it saves that, and does not forbid it', async () => {
    const office = officeOf('lead');
    const view = await openEditor(office);
    type(view, '"customer"', 'customer');
    expect(await screen.findByText('Not valid JSON at line 1, column 34')).toBeTruthy();
    press('Save draft');
    expect(await screen.findByRole('dialog', { name: 'The body is not valid JSON' })).toBeTruthy();
    expect(saved(office)).toHaveLength(0);
    press('Keep it like this');
    await screen.findByText('The draft is saved. Nothing was sent.');
    expect(saved(office)[0]?.body?.text).toContain(',customer:');
  });

  it('keeps the types of headers, marks what others go by, and never hands over the locked ones', async () => {
    const office = officeOf('lead');
    await openEditor(office);
    fill('Value of x-attempt', '9007199254740997');
    expect(
      within(screen.getByRole('region', { name: 'Headers' })).getByText(/Receivers or order look-ups/),
    ).toBeTruthy();
    press('Remove trace');
    press('Add header');
    fill('Name of header 4', 'x-delivery-count');
    expect(await screen.findByText('A header of this name cannot be set by hand.')).toBeTruthy();
    expect(screen.getByRole('button', { name: /Review and send/ }).getAttribute('aria-disabled')).toBe('true');
    fill('Name of x-delivery-count', 'fixed');
    fireEvent.change(screen.getByRole('combobox', { name: 'Type of fixed' }), { target: { value: 'boolean' } });
    press('Save draft');
    await screen.findByText('The draft is saved. Nothing was sent.');
    expect(saved(office)[0]).toEqual({
      headersTyped: [
        { name: 'x-attempt', type: 'int64', value: '9007199254740997' },
        { name: '__proto__', type: 'string', value: 'just a name' },
        { name: 'fixed', type: 'boolean', value: true },
      ],
      ...{ deathId: '889961', version: 0 },
    });
    press(/^Not editable/);
    expect(await screen.findByText('x-failure-type')).toBeTruthy();
    expect(screen.getByText('RabbitMQ’s own bookkeeping. A resend leaves it off.')).toBeTruthy();
  });

  it('says why a body is not edited, and edits the rest', async () => {
    const office = officeOf('lead', { bodyPreview: { encoding: 'base64', text: '/w==', truncated: false } });
    await renderApp(`/messages/${ID}/edit`, { office });
    expect(await screen.findByText(/The body is not UTF-8 text/)).toBeTruthy();
    fill('Value of messageId', 'm-8-edited');
    press('Save draft');
    await screen.findByText('The draft is saved. Nothing was sent.');
    expect(saved(office)[0]).not.toHaveProperty('body');
    expect(saved(office)[0]?.properties).toMatchObject({ messageId: 'm-8-edited', deliveryMode: 2 });
  });

  it('asks before what is not saved is left', async () => {
    const office = officeOf('lead');
    const view = await openEditor(office);
    type(view, '김', '이');
    fireEvent.click(screen.getByRole('link', { name: 'Message' }));
    expect(await screen.findByRole('dialog', { name: 'Discard what you changed?' })).toBeTruthy();
    press('Keep editing');
    press('Save draft');
    await screen.findByText('The draft is saved. Nothing was sent.');
    fireEvent.click(screen.getByRole('link', { name: 'Message' }));
    const note = await screen.findByTestId('draft');
    expect(note.textContent).toMatch(/^Draft by operator, /);
  });
});

describe('A draft of a message', () => {
  it('is shown on its page, continued, and discarded after a question', async () => {
    const office = officeOf('lead');
    const view = await openEditor(office);
    type(view, '김', '이');
    press('Save draft');
    await screen.findByText('The draft is saved. Nothing was sent.');
    cleanup();
    await renderApp(`/messages/${ID}`, { office });
    fireEvent.click(within(await screen.findByTestId('draft')).getByRole('button', { name: 'Continue' }));
    expect((await editorView()).state.sliceDoc()).toContain('이하늘');
    fireEvent.click(screen.getByRole('link', { name: 'Message' }));
    fireEvent.click(within(await screen.findByTestId('draft')).getByRole('button', { name: 'Discard draft' }));
    const dialog = await screen.findByRole('dialog', { name: 'Discard this draft?' });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Discard draft' }));
    await waitFor(() => {
      expect(screen.queryByTestId('draft')).toBeNull();
    });
    expect(office.edits.draftOf(ID)).toBeNull();
  });

  it('that somebody else has saved meanwhile is not written over: it is compared, and one is chosen', async () => {
    const office = officeOf('lead');
    const view = await openEditor(office);
    type(view, '김', '이');
    office.edits.author = 'kim';
    const detail = await office.fetch(`/api/messages/${ID}`).then((answer) => answer.json() as Promise<MessageDetail>);
    expect(office.edits.save(detail, { body: { encoding: 'utf8', text: BODY.replace('김', '박') } })).toBeUndefined();
    press('Save draft');
    expect(await screen.findByText('Somebody else has saved or sent this draft meanwhile.')).toBeTruthy();
    expect(screen.getByText(/Nothing was saved or sent/)).toBeTruthy();
    press('Compare with what is there now');
    expect(await screen.findByText(/kim has saved another draft meanwhile/)).toBeTruthy();
    press('Compare');
    expect((await screen.findByTestId('diff')).textContent).toContain('박하늘');
    press('Keep what is in the editor');
    office.edits.author = 'operator';
    press('Save draft');
    await screen.findByText('The draft is saved. Nothing was sent.');
    expect(saved(office).map(({ version }) => version)).toEqual([0, 1]);
    expect(office.edits.draftOf(ID)?.contents.body?.text).toContain('이하늘');
  });

  it('of earlier contents is there to be compared and taken over; the editor starts from the latest', async () => {
    const office = officeOf('lead');
    const detail = await office.fetch(`/api/messages/${ID}`).then((answer) => answer.json() as Promise<MessageDetail>);
    office.edits.save(detail, { body: { encoding: 'utf8', text: '{"old":1}' } });
    const draft = office.edits.draftOf(ID);
    if (draft) draft.outdated = true;
    await renderApp(`/messages/${ID}`, { office });
    expect((await screen.findByTestId('draft')).textContent).toContain('it has failed again since'.slice(3));
    fireEvent.click(screen.getByRole('button', { name: 'Start anew' }));
    const view = await editorView();
    expect(view.state.sliceDoc()).toBe(BODY);
    expect(screen.getByText(/There is a draft of earlier contents/)).toBeTruthy();
    press('Take those contents');
    await waitFor(() => {
      expect(view.state.sliceDoc()).toBe('{"old":1}');
    });
  });

  it('whose answer was lost is found saved by the second press, and is no conflict', async () => {
    const office = officeOf('lead');
    const view = await openEditor(office);
    type(view, '김', '이');
    const { fetch } = office;
    office.faults.push({
      path: /\/draft$/,
      answer: async () => {
        const asked = office.seen.at(-1);
        await fetch(`/api/messages/${ID}/draft`, { method: 'PUT', body: JSON.stringify(asked?.body) });
        throw new TypeError('Failed to fetch');
      },
    });
    press('Save draft');
    expect(await screen.findByText(/It is not known whether the draft was saved/)).toBeTruthy();
    press('Save draft');
    expect(await screen.findByText('The draft is saved. Nothing was sent.')).toBeTruthy();
    expect(office.edits.draftOf(ID)?.version).toBe(1);
  });
});

describe('Sending an edited message', () => {
  async function review(office: FakeOffice): Promise<void> {
    const view = await openEditor(office);
    type(view, '000012', '000099');
    fill('Value of x-attempt', '9007199254740997');
    press(/Review and send/);
    await screen.findByRole('heading', { name: `Review the edit of message ${ID}` });
  }
  const send = () => screen.getByRole('button', { name: 'Send the edited message' });

  it('shows what is different, warns of the order ID, and needs a reason', async () => {
    const office = officeOf('lead');
    await review(office);
    expect(screen.getByText('Order ID: ORD-20261122-000012 → ORD-20261122-000099')).toBeTruthy();
    const table = screen.getByRole('table', { name: 'Headers' });
    expect(within(table).getByText('x-attempt').closest('tr')?.textContent).toMatch(
      /changed.*int64 ?9007199254740993.*int64 ?9007199254740997/,
    );
    expect(screen.getByTestId('diff').textContent).toContain('ORD-20261122-000099');
    await waitFor(() => {
      expect(sent(office, 'POST', /preview$/).at(-1)).toMatchObject({
        ...{ action: 'resend', selection: { ids: [ID] }, edited: true, draftVersions: { [ID]: 1 } },
      });
    });
    expect(send().getAttribute('aria-disabled')).toBe('true');
    fireEvent.click(send());
    expect(started(office)).toHaveLength(0);
  });

  it('sends the version that was shown, once, follows it, and links both', async () => {
    const office = officeOf('lead');
    await review(office);
    fill(/Reason/, ' wrong order number ');
    fireEvent.click(send());
    fireEvent.click(send());
    const dialog = await screen.findByRole('dialog');
    expect(await within(dialog).findByText('finished', {}, { timeout: 8000 })).toBeTruthy();
    expect(started(office)).toEqual([
      {
        ...{ action: 'resend', selection: { ids: [ID] }, edited: true, draftVersions: { [ID]: 1 } },
        ...{ reason: 'wrong order number', target: { kind: 'original' } },
      },
    ]);
    fireEvent.click(within(dialog).getByRole('button', { name: 'Close' }));
    fireEvent.click(await screen.findByRole('tab', { name: 'Timeline' }));
    expect((await screen.findByTestId('timeline')).textContent).toContain('Resend, edited, by operator');
    const list = await screen.findByRole('region', { name: 'Edits that were sent' });
    expect(list.textContent).toContain('changed: Body, x-attempt');
    fireEvent.click(within(list).getByRole('link', { name: 'What was sent' }));
    await screen.findByRole('heading', { name: `Edit 700 of message ${ID}` });
    expect((await screen.findByTestId('diff')).textContent).toContain('ORD-20261122-000012');
    expect(screen.getByText('confirmed')).toBeTruthy();
    // What was sent is where the next edit can begin.
    const [before] = saved(office);
    fireEvent.click(await screen.findByRole('button', { name: 'Edit again from here' }));
    expect((await editorView()).state.sliceDoc()).toBe(before?.body?.text);
    press('Save draft');
    await waitFor(() => {
      expect(saved(office)[1]).toMatchObject({ body: before?.body, headersTyped: before?.headersTyped, version: 0 });
    });
    cleanup();
    await renderApp(`/messages/${ID}/edits/700`, { office });
    const again = await screen.findByRole('button', { name: 'Edit again from here' });
    expect(again.getAttribute('aria-disabled')).toBe('true');
  });

  it('says that nothing was started when the draft is another by now, and leads to a comparison', async () => {
    const office = officeOf('lead');
    await review(office);
    const draft = office.edits.draftOf(ID);
    if (draft) Object.assign(draft, { version: 2, author: 'kim' });
    fill(/Reason/, 'wrong order number');
    fireEvent.click(send());
    expect(await screen.findByText('Nothing was started.')).toBeTruthy();
    expect(office.operations).toHaveLength(0);
    press('Compare with what is there now');
    expect(await screen.findByText(/kim has saved another draft/)).toBeTruthy();
  });

  it('names the parts that RabbitMQ would not take', async () => {
    const office = officeOf('lead');
    const view = await openEditor(office);
    type(view, '김', '이');
    office.faults.push({
      path: /\/draft$/,
      answer: () => problem('draft.notSendable', { params: { parts: 'headers.<b>x</b> (refused)' } }),
    });
    press(/Review and send/);
    expect(await screen.findByText('headers.<b>x</b> (refused)')).toBeTruthy();
    expect(screen.getByText(/Your edit is still in the editor/)).toBeTruthy();
    expect(view.state.sliceDoc()).toContain('이하늘');
  });
});

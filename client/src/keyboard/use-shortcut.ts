import { useEffect, useRef } from 'react';

/** The keys that mean something outside of fields. */
export const SHORTCUT_KEYS = ['/', '?', 'd', 'e', 'j', 'k', 'o', 'r', 'x'] as const;
export type ShortcutKey = (typeof SHORTCUT_KEYS)[number];

type Act = () => void;

/** By key; the one that came last has it, so that a screen takes a key over from the frame while it is open. */
const acts = new Map<ShortcutKey, Act[]>();

/**
 * Calls `act` when the key is pressed: never while somebody types in a field, in a menu or in a dialog, and not with
 * Ctrl, Alt or Meta, which are the browser's.
 */
export function useShortcut(key: ShortcutKey, act: Act): void {
  const current = useRef(act);
  useEffect(() => {
    current.current = act;
  });
  useEffect(() => {
    const own: Act = () => {
      current.current();
    };
    if (acts.size === 0) document.addEventListener('keydown', onKey);
    acts.set(key, [...(acts.get(key) ?? []), own]);
    return () => {
      const others = (acts.get(key) ?? []).filter((other) => other !== own);
      if (others.length > 0) acts.set(key, others);
      else acts.delete(key);
      if (acts.size === 0) document.removeEventListener('keydown', onKey);
    };
  }, [key]);
}

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || hasKeysOfItsOwn(event.target)) return;
  const key = keyOf(event);
  const act = key && acts.get(key)?.at(-1);
  if (!act) return;
  event.preventDefault();
  act();
}

/** A Korean keyboard gives `ㅓ` for the key that is `j`: then the place of the key counts. */
function keyOf({ key, code, shiftKey }: KeyboardEvent): ShortcutKey | undefined {
  const known = SHORTCUT_KEYS.find((one) => one === key);
  if (known !== undefined || /^[\x20-\x7e]$/.test(key)) return known;
  if (code === 'Slash') return shiftKey ? '?' : '/';
  return SHORTCUT_KEYS.find((one) => !shiftKey && code === `Key${one.toUpperCase()}`);
}

function hasKeysOfItsOwn(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.closest('[role="dialog"], [role="menu"], [role="listbox"]')) return true;
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio', 'button'].includes(target.type);
  return /^(TEXTAREA|SELECT)$/.test(target.tagName);
}

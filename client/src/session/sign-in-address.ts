import { ERRORS, type ErrorCode } from '../../../server/contract/errors.ts';
import { OfficeError } from '../api/office-error.ts';

/** What the sign-in screen knows by its own address, or by where the user was when the session ended. */
export interface SignInAddress {
  /** The screen to go to afterwards, as it stands after the `#`. */
  next: string;
  /** Why a single sign-on was refused. */
  refusal: OfficeError | undefined;
}

const REQUEST_ID = /^[\da-f-]{36}$/;

/** Takes nothing from the address but a screen of the console, a code that is known and an id: anybody can make a link. */
export function readSignInAddress({ search, state }: { search: string; state: unknown }): SignInAddress {
  const query = new URLSearchParams(search);
  const code = query.get('refused');
  const id = query.get('request') ?? '';
  return {
    next: screenOf(query.get('next') ?? fromState(state)),
    refusal: isErrorCode(code)
      ? new OfficeError(code, { status: ERRORS[code].status, requestId: REQUEST_ID.test(id) ? id : undefined })
      : undefined,
  };
}

function isErrorCode(code: string | null): code is ErrorCode {
  return code !== null && Object.hasOwn(ERRORS, code);
}

/** As react-admin leaves it behind when a session ends. */
function fromState(state: unknown): string {
  if (typeof state !== 'object' || state === null) return '/';
  const part = (name: string) => {
    const value: unknown = Reflect.get(state, name);
    return typeof value === 'string' ? value : '';
  };
  return part('nextPathname') + part('nextSearch');
}

function screenOf(wanted: string): string {
  if (!/^\/(?![/\\])/.test(wanted)) return '/';
  const { pathname, search } = new URL(wanted, 'http://console');
  return pathname + search;
}

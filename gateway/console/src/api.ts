import type {Problem, SessionView} from './views.js';

/** What the gateway refused, as its problem document says it. */
export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
  }

  get signedOut(): boolean {
    return this.problem.status === 401;
  }

  get forbidden(): boolean {
    return this.problem.status === 403;
  }
}

/** No answer came, or none of a gateway. */
export class Unreachable extends Error {}

/** Longer than the gateway takes for anything that the console asks; a status waits 2 s for a disk. */
const LIMIT_MILLIS = 20_000;

const SESSION = '/api/v1/session';

async function call(method: string, path: string, attended: boolean, body?: unknown): Promise<Response> {
  const headers: Record<string, string> = {};
  if (body !== undefined) {
    headers['Content-Type'] = 'application/json';
  }
  if (!attended) {
    headers['Culvert-Unattended'] = 'yes';
  }
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers,
      ...(body === undefined ? {} : {body: JSON.stringify(body)}),
      credentials: 'same-origin',
      cache: 'no-store',
      signal: AbortSignal.timeout(LIMIT_MILLIS),
    });
  } catch (failure) {
    throw new Unreachable(String(failure));
  }
  if (response.ok) {
    return response;
  }
  if (response.headers.get('Content-Type')?.startsWith('application/problem+json')) {
    throw new Refused(await response.json());
  }
  throw new Unreachable(`${response.status}`);
}

/** @param attended whether a person asks; what the page asks by itself leaves the session idle */
export async function get<T>(path: string, attended: boolean): Promise<T> {
  return (await call('GET', `/api/v1${path}`, attended)).json();
}

/** The session there is. */
export async function session(attended: boolean): Promise<SessionView> {
  return (await call('GET', SESSION, attended)).json();
}

/** Opens a session with a one-time code. */
export async function signIn(code: string): Promise<SessionView> {
  return (await call('POST', SESSION, true, {code})).json();
}

export async function signOut(): Promise<void> {
  await call('DELETE', SESSION, true);
}

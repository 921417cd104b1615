// What can go wrong between here and the server: it refused, or there was no answer.

export interface ErrorBody {
  code: string;
  message: string;
  details?: Record<string, unknown>;
}

/** The server refused, in the contract's words; the same over REST and the socket. */
export class ApiError extends Error {
  readonly code: string;
  readonly details: Record<string, unknown>;
  readonly status: number | null;
  readonly requestId: string | null;

  constructor(body: ErrorBody, status: number | null = null, requestId: string | null = null) {
    super(body.message);
    this.name = "ApiError";
    this.code = body.code;
    this.details = body.details ?? {};
    this.status = status;
    this.requestId = requestId;
  }

  get retryAfterMs(): number | null {
    const given = this.details["retry_after_ms"];
    return typeof given === "number" ? given : null;
  }

  /** Whether the same request may succeed later, unchanged. */
  get passes(): boolean {
    return this.code === "rate_limited" || this.code === "unavailable" || this.code === "internal";
  }
}

/** There was no answer: no network, no server, or it came too late. */
export class Unreachable extends Error {
  constructor(cause?: unknown) {
    super("No connection to the server.", { cause });
    this.name = "Unreachable";
  }
}

/** The connection was closed while an answer was awaited. */
export class Closed extends Unreachable {
  readonly code: number;

  constructor(code: number) {
    super();
    this.name = "Closed";
    this.code = code;
  }

  /** Whether it was closed because of what was sent, and not of something on the way. */
  get blames(): boolean {
    return BLAMING.has(this.code);
  }
}

/** Unreadable, too large, or too much for the server: its own codes, and those of RFC 6455 §7.4.1. */
const BLAMING = new Set([1003, 1007, 1008, 1009, 1011, 4400, 4413]);

/** The server no longer knows this session: there will be no answer until somebody signs in. */
export class SignedOut extends Unreachable {
  constructor() {
    super();
    this.name = "SignedOut";
  }
}

// What the server in memory says no with, and the moment at which everything there happens.

export const AT = "2026-11-21T09:30:00.000Z";

export class Refusal extends Error {
  readonly status: number;
  readonly body: { code: string; message: string; details?: Record<string, unknown> };

  constructor(status: number, code: string, details?: Record<string, unknown>) {
    super(code);
    this.status = status;
    this.body = { code, message: code, ...(details ? { details } : {}) };
  }
}

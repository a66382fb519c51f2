/** Days: what an API token lives when nobody says, and at most. */
export const TOKEN_DAYS = { usual: 90, most: 365 } as const;

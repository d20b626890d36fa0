// How learning can stand.

/** While it goes on. */
export const RUNNING = ["waiting", "learning"];

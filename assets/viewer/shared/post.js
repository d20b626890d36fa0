// Requests to the routes of the app, and how long is waited for them.

const PATIENCE = { views: 20_000, arrive: 30_000 }; // milliseconds; others have OTHERS
const OTHERS = 15_000;

/** @type {any} */
const page = window;
const root = () => String(page.gradio_config?.root || "").replace(/\/$/, "");
const wayTo = (way) => `${root()}/session/${way}`;

let underWay = new Set(); // AbortControllers
let wakers = [];

/** The server's answer as JSON; rejects when it cannot be reached. */
export async function post(way, body) {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), PATIENCE[way] ?? OTHERS);
  underWay.add(controller);
  try {
    const answer = await fetch(wayTo(way), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      signal: controller.signal,
    });
    if (!answer.ok) throw new Error(answer.statusText);
    return await answer.json();
  } finally {
    clearTimeout(timer);
    underWay.delete(controller);
  }
}

/** Tells the server something while the page goes, when no answer can be waited for. */
export function postLast(way, body) {
  navigator.sendBeacon(wayTo(way), new Blob([JSON.stringify(body)], { type: "application/json" }));
}

/** Resolves after so many milliseconds, or when the browser says that the connection may be back. */
export const pause = (milliseconds) =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    wakers.push(() => {
      clearTimeout(timer);
      resolve(undefined);
    });
  });

function wake() {
  const waiting = wakers;
  wakers = [];
  for (const resume of waiting) resume();
}

// What hangs on a connection that is gone is asked again.
function interrupt() {
  const hanging = underWay;
  underWay = new Set();
  for (const controller of hanging) controller.abort();
}

/** Watches what the browser says of its connection. */
export function watchBrowser() {
  window.addEventListener("offline", interrupt);
  window.addEventListener("online", wake);
  window.addEventListener("pageshow", wake);
  document.addEventListener("visibilitychange", wake);
}

// Files on their way to the server: one after the other, with how much of them all is sent, and why one did not arrive.

const STALLED = 60_000; // milliseconds without a byte after which the connection counts as lost
const STALLED_ALONE = 3000; // the same where the server cannot be reached otherwise either

/**
 * Why a file did not arrive: "lost" (the connection, or the session), "large", "refused" (by the server), "told" (the
 * same, and a notice of the session says why), "unreadable" or "cancelled".
 */
export class SendingError extends Error {
  constructor(reason, status = 0) {
    super(reason);
    this.reason = reason;
    this.status = status;
  }
}

/**
 * Sends files one by one. After a lost connection, or when it is cancelled, those that are left are not tried.
 * send(file, onBytes, signal): resolves to the path on the server, or rejects with a SendingError. limit: bytes of one
 * file. onProgress({number, total, fraction, file}): before each file and as bytes go; number from 1, fraction of all bytes.
 * @returns {Promise<{sent: {path: string, name: string}[], failed: {file: File, reason: string, status: number}[]}>}
 */
export async function sendFiles(files, { send, limit, onProgress, signal }) {
  const all = files.reduce((sum, { size }) => sum + (size <= limit ? size : 0), 0) || 1;
  const sent = [];
  const failed = [];
  let before = 0; // bytes of the files that are done with
  let ended = null; // why the rest is not tried
  for (const [place, file] of files.entries()) {
    const fail = ({ reason, status = 0 }) => failed.push({ file, reason, status });
    if (ended || signal.aborted) {
      fail({ reason: ended ?? "cancelled" });
      continue;
    }
    if (file.size > limit) {
      fail({ reason: "large" });
      continue;
    }
    const tell = (bytes) => {
      const fraction = Math.min(1, (before + Math.min(bytes, file.size)) / all);
      onProgress({ number: place + 1, total: files.length, fraction, file });
    };
    tell(0);
    try {
      sent.push({ path: await send(file, tell, signal), name: file.name });
    } catch (error) {
      fail(error instanceof SendingError ? error : { reason: "refused" });
      if (["lost", "cancelled", "told"].includes(error.reason)) ended = error.reason;
    }
    before += file.size;
  }
  return { sent, failed };
}

/**
 * Sends one file to an address of the app that takes files; resolves to its path there. token, tab: whose file it is.
 * isLost: whether the server cannot be reached otherwise.
 */
export function sendFile(address, file, { token, tab, onBytes, signal, isLost }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let heard = Date.now();
    let stalled = false;
    const abort = () => request.abort();
    const timer = setInterval(() => {
      if (Date.now() - heard < (isLost() ? STALLED_ALONE : STALLED)) return;
      stalled = true;
      abort();
    }, 500);
    const settle = (act) => {
      clearInterval(timer);
      signal.removeEventListener("abort", abort);
      act();
    };
    const fail = (reason) => settle(() => reject(new SendingError(reason, request.status)));
    request.open("POST", address);
    request.upload.addEventListener("progress", ({ loaded }) => {
      heard = Date.now();
      onBytes(loaded);
    });
    request.addEventListener("load", () => {
      const { state, path } = request.status === 200 ? answerIn(request.responseText) : {};
      if (state === "received") settle(() => resolve(path));
      else if (state === "told") fail("told");
      else if (state === "gone" || state === "taken" || request.status === 408) fail("lost");
      else fail(request.status === 413 ? "large" : "refused");
    });
    request.addEventListener("abort", () => fail(stalled ? "lost" : "cancelled"));
    // a file that was moved since it was chosen looks like a lost connection
    request.addEventListener("error", () =>
      file
        .slice(0, 1)
        .arrayBuffer()
        .then(
          () => fail("lost"),
          () => fail("unreadable")
        )
    );
    signal.addEventListener("abort", abort);
    request.setRequestHeader("X-Mark-Token", token);
    request.setRequestHeader("X-Mark-Tab", tab);
    request.setRequestHeader("X-Mark-Name", encodeURIComponent(file.name));
    request.send(file);
  });
}

function answerIn(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

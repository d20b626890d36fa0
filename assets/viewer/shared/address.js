// Addresses on the server of the page.

/** The address of a file, also behind a proxy that serves the app below a path of its own. */
export function fileAddress({ root = "", api_prefix: prefix = "/gradio_api" }, path) {
  const parts = [root || "", prefix || "/gradio_api"].map((part) => String(part).replace(/\/$/, ""));
  return `${parts.join("")}/file=${path.split("/").map(encodeURIComponent).join("/")}`;
}

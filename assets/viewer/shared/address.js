// Addresses on the server of the page.

const ways = ({ root = "", api_prefix: prefix = "/gradio_api" }) =>
  [root || "", prefix || "/gradio_api"].map((part) => String(part).replace(/\/$/, "")).join("");

/** The address of a file, also behind a proxy that serves the app below a path of its own. */
export const fileAddress = (config, path) =>
  `${ways(config)}/file=${path.split("/").map(encodeURIComponent).join("/")}`;

/** The address that takes files of the tab's session. */
export const uploadAddress = ({ root = "" }) => `${String(root || "").replace(/\/$/, "")}/session/upload`;

// A photograph: by the telephone's own camera where there is one, with a small dialog elsewhere.

import { make } from "../shared/dom.js";
import { find } from "../shared/host.js";
import { tr } from "../shared/language.js";
import { say } from "../shared/notices.js";
import { addFiles } from "./uploads.js";

const cameraButton = find(".mk-camera");
const cameraDialog = find(".mk-camera-dialog");
const video = find(".mk-video");
let cameraStream = null;

const canFilm = Boolean(navigator.mediaDevices && navigator.mediaDevices.getUserMedia);
const onTelephone = window.matchMedia("(pointer: coarse)").matches;
cameraButton.hidden = !canFilm && !onTelephone;

function stopCamera() {
  if (cameraStream) for (const track of cameraStream.getTracks()) track.stop();
  cameraStream = null;
  video.srcObject = null;
  if (cameraDialog.open) cameraDialog.close();
}

cameraButton.addEventListener("click", async () => {
  if (onTelephone) {
    find(".mk-shot").click();
    return;
  }
  try {
    cameraStream = await navigator.mediaDevices.getUserMedia({
      video: { facingMode: "environment", width: { ideal: 3840 }, height: { ideal: 2160 } },
    });
  } catch {
    say(tr("No camera could be used; please allow it in the browser, or add a file instead."));
    return;
  }
  video.srcObject = cameraStream;
  cameraDialog.showModal();
});

find(".mk-camera-take").addEventListener("click", () => {
  const canvas = make("canvas", { width: video.videoWidth, height: video.videoHeight });
  if (!canvas.width) return; // the camera has not sent a picture yet
  canvas.getContext("2d").drawImage(video, 0, 0);
  stopCamera();
  canvas.toBlob(
    (blob) => addFiles([new File([blob], "photograph.jpg", { type: "image/jpeg" })]),
    "image/jpeg",
    0.92
  );
});
find(".mk-camera-close").addEventListener("click", stopCamera);
cameraDialog.addEventListener("close", stopCamera);

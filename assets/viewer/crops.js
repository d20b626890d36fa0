// Snippets: cut in the browser from the one picture of the page, which is fetched and decoded once.

const pictures = new Map(); // page id -> promise of an HTMLImageElement

function picture(page) {
  if (!pictures.has(page.id)) {
    const image = new Image();
    image.src = fileUrl(page.picture);
    const loaded = image.decode().then(() => image);
    loaded.catch(() => pictures.delete(page.id));
    pictures.set(page.id, loaded);
  }
  return pictures.get(page.id);
}

function forgetPictures(keptIds) {
  for (const id of pictures.keys()) if (!keptIds.has(id)) pictures.delete(id);
}

// Draws box (x, y, w, h in page pixels) with a little of its surroundings, at most maxWidth x maxHeight CSS pixels.
function drawCrop(canvas, page, box, maxWidth, maxHeight) {
  const margin = Math.round(box[3] * 0.18) + 2;
  const x = Math.max(0, box[0] - margin);
  const y = Math.max(0, box[1] - margin);
  const w = Math.min(page.width, box[0] + box[2] + margin) - x;
  const h = Math.min(page.height, box[1] + box[3] + margin) - y;
  const fit = Math.min(maxWidth / w, maxHeight / h);
  const density = Math.min(2, window.devicePixelRatio || 1);
  canvas.width = Math.max(1, Math.round(w * fit * density));
  canvas.height = Math.max(1, Math.round(h * fit * density));
  canvas.style.width = `${Math.max(1, Math.round(w * fit))}px`;
  canvas.style.height = `${Math.max(1, Math.round(h * fit))}px`;
  picture(page).then(
    (image) => {
      const reduced = image.naturalWidth / page.width;
      const pen = canvas.getContext("2d");
      pen.imageSmoothingQuality = "high";
      pen.drawImage(
        image, x * reduced, y * reduced, w * reduced, h * reduced, 0, 0, canvas.width, canvas.height
      );
    },
    () => {}
  );
}

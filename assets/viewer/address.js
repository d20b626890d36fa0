// Pages by their web address. Of a manifest with several pages the visitor first says which.

const web = find(".mk-web");
const addressInput = find(".mk-address");
const offerPanel = find(".mk-offer");

find(".mk-address-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const url = addressInput.value.trim();
  if (!url) return addressInput.focus();
  clearNotices();
  askForPage("add_address", { url, ...layoutWanted() });
  addressInput.value = "";
});
web.addEventListener("toggle", () => web.open && addressInput.focus());

// Drawn once an offer, so that what is being typed stays; only the room for pages changes.
function drawOffer(offer) {
  const shown = offer ? String(offer.number) : "";
  if (offer) put(find(".mk-offer-room"), roomText(offer));
  if (offerPanel.dataset.number === shown) return;
  offerPanel.dataset.number = shown;
  offerPanel.hidden = !offer;
  if (!offer) return;
  find(".mk-offer-title").textContent = offer.title;
  const facts = { pages: count(offer.pages, "page", "pages"), first: offer.first, last: offer.last };
  put(find(".mk-offer-facts"), tr("{pages}, from {first} to {last}.", facts));
  const input = find(".mk-offer-pages");
  const most = Math.max(1, Math.min(offer.pages, offer.room));
  input.value = most === 1 ? "1" : `1-${most}`;
  web.open = false;
  if (document.activeElement === document.body || web.contains(document.activeElement)) {
    input.focus();
    input.select();
  }
}

function roomText(offer) {
  return offer.pages > offer.room ? plural(offer.room, "There is room for {n} more page.", "There is room for {n} more pages.") : "";
}

find(".mk-offer-form").addEventListener("submit", (event) => {
  event.preventDefault();
  clearNotices();
  askForPage("choose_pages", { number: Number(offerPanel.dataset.number), pages: find(".mk-offer-pages").value });
});
find(".mk-offer-close").addEventListener("click", () => {
  trigger("choose_pages", { number: Number(offerPanel.dataset.number), pages: null });
  find(".mk-add").focus();
});

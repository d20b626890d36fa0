// Typed word or clicked word: how much either counts, as it was learnt or as the visitor wants it.

const balance = find(".mk-balance");
const balanceInput = find(".mk-balance-input");
const balanceSaid = find(".mk-balance-said");
const balanceLearnt = find(".mk-balance-learnt");

function drawBalance() {
  const result = state.result;
  const both = Boolean(result && !result.error && result.weight !== null && state.example && textInput.value.trim());
  balance.hidden = !both;
  balanceLearnt.hidden = state.lam === null;
  if (!both || document.activeElement === balanceInput) return;
  sayBalance(Math.round(100 * result.weight));
}

function sayBalance(share) {
  balanceInput.value = String(share);
  balanceSaid.textContent = `${share}\u202f%`;
  const shares = { share, rest: 100 - share };
  setAll(balanceInput, { "aria-valuetext": tr("clicked word {share} percent, typed word {rest} percent", shares) });
}

balanceInput.addEventListener("input", () => sayBalance(Number(balanceInput.value)));
balanceInput.addEventListener("change", () => {
  state.lam = Number(balanceInput.value) / 100;
  askAgain();
});
balanceLearnt.addEventListener("click", () => {
  state.lam = null;
  balanceInput.focus();
  balanceInput.blur();
  askAgain();
});

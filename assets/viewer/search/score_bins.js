// Scores in bins of one size.

export const BINS = 25;

/**
 * How many of all hits, and of those that are highlighted, have a score in each bin of 0..1.
 * @param {{score: number}[]} hits @param {{score: number}[]} lit
 */
export function binsOf(hits, lit) {
  const bins = Array.from({ length: BINS }, () => ({ all: 0, lit: 0 }));
  const binOf = ({ score }) => bins[Math.min(BINS - 1, Math.floor(score * BINS))];
  for (const hit of hits) binOf(hit).all += 1;
  for (const hit of lit) binOf(hit).lit += 1;
  return bins;
}

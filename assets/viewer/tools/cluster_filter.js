// Which word clusters are listed.

/** The name that a visitor gave, or the reading. */
export const labelOf = (cluster) => cluster.name || cluster.reads;

/** The clusters whose name or reading has these letters. once: also words that occur once. */
export function chosenClusters(clusters, letters, once) {
  const wanted = letters.trim().toLowerCase();
  const fits = ({ name, reads }) => `${name} ${reads}`.toLowerCase().includes(wanted);
  return clusters.filter((cluster) => (once || cluster.count > 1) && fits(cluster));
}

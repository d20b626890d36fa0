// Files and addresses on their way to become pages.

import { named, tr, worded } from "../shared/language.js";

/** @typedef {import("../shared/types.js").UploadJob} UploadJob */

/** What a job is called. @param {UploadJob} job */
export const titleOfJob = (job) => named(job.title);

/** What is being done, without the share of it: that is the progress bar's. @param {UploadJob} job */
export function stepOf(job) {
  const step = worded(job.step);
  if (!job.number || (job.number === 1 && job.total === 1)) return step;
  if (!job.total) return tr("{step}, page {number}", { step, number: job.number });
  return tr("{step}, page {number} of {total}", { step, number: job.number, total: job.total });
}

/** How much of all its pages is done, or of the one page where their number is not known, 0..1. @param {UploadJob} job */
export function shareOf(job) {
  return job.total > 1 && job.number ? (job.number - 1 + job.fraction) / job.total : job.fraction;
}

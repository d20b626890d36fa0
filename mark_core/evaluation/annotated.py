"""The part of a page that its annotation covers: the convex hull of its true boxes, widened by half a line.

Ground truths often stop short of the page: headings, page numbers and notes are left out. Nobody has said what stands
there, so a box there is neither right nor wrong; measures may leave it out.
"""

from __future__ import annotations

import cv2
import numpy as np

_HALF_A_LINE = 0.5  # of the usual height of a true box


def in_annotated_part(boxes: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Which boxes have their centre in the annotated part of a page.

    boxes: (N, 4) and truth: (M, 4) x y w h in the same pixels. Returns (N,) bool, all False if there is no truth.
    """
    boxes = np.asarray(boxes, np.float32).reshape(-1, 4)
    truth = np.asarray(truth, np.float32).reshape(-1, 4)
    if not len(truth):
        return np.zeros(len(boxes), bool)
    x, y, w, h = truth.T
    corners = np.stack([np.concatenate([x, x + w, x, x + w]), np.concatenate([y, y, y + h, y + h])], axis=1)
    hull = cv2.convexHull(np.ascontiguousarray(corners))
    margin = _HALF_A_LINE * float(np.median(h))
    centres = boxes[:, :2] + boxes[:, 2:] / 2
    return np.array(
        [cv2.pointPolygonTest(hull, (float(a), float(b)), True) >= -margin for a, b in centres], bool
    )

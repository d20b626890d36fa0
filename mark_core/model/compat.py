"""Make ``import torchvision`` work beside a CPU build of torch.

The general torchvision wheel registers meta kernels for two operators that its CPU-incompatible extension
would have defined; without them the import fails with "operator torchvision::nms does not exist". open_clip
and timm use only torchvision's transforms, so declaring the two schemas is enough. It is done only after
the import has failed.
"""

from __future__ import annotations

import sys
from typing import Any

_keep_alive: list[Any] = []


def import_torchvision() -> None:
    """Import torchvision, declaring its missing operators first if that is what stops it."""
    import torch

    try:
        import torchvision
    except RuntimeError as error:
        if "does not exist" not in str(error):
            raise
        for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
            del sys.modules[name]
        library = torch.library.Library("torchvision", "FRAGMENT")
        for operator in ("nms", "qnms"):
            library.define(f"{operator}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        _keep_alive.append(library)
        import torchvision  # noqa: F401
